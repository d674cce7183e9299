//! Ports of loopback that are open, closed or filtered.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use integration_tests::component::free_port;
use integration_tests::page::Page;
use port_scan::service;
use tokio::net::{TcpSocket, TcpStream};

/// Far more than any step takes; nothing is slower when it is longer.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

pub(crate) const FIRST: Ipv4Addr = Ipv4Addr::LOCALHOST;
pub(crate) const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A port that nobody listens on and that is known for nothing.
pub(crate) fn closed_port() -> u16 {
    let mut ports = std::iter::repeat_with(free_port);
    let port = ports.find(|port| service(*port).is_none());
    port.expect("few ports are known for something")
}

/// An open port, until it is dropped.
pub(crate) fn open(host: Ipv4Addr, port: u16) -> TcpListener {
    TcpListener::bind((host, port)).unwrap_or_else(|error| panic!("{host}:{port}: {error}"))
}

/// A port that doesn't answer: its queue is full, so that Linux drops what comes.
pub(crate) struct Filtered {
    pub(crate) address: SocketAddr,
    _waiting: TcpStream,
    _listener: tokio::net::TcpListener,
}

impl Filtered {
    pub(crate) async fn new(host: Ipv4Addr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        let address = (host, closed_port()).into();
        socket.bind(address).expect("the port is free");
        // A queue of no length takes one connection.
        let listener = socket.listen(0).expect("a bound socket can listen");
        let waiting = TcpStream::connect(address).await;
        Self {
            address,
            _waiting: waiting.expect("there is room for one"),
            _listener: listener,
        }
    }
}

/// `port_scan_results_total` by its labels: port, service, status.
pub(crate) fn results(page: &str) -> BTreeMap<[String; 3], f64> {
    let page = Page::parse(page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    let samples = page.samples();
    let results = samples.filter(|sample| sample.name == "port_scan_results_total");
    results
        .map(|sample| {
            let label = |name| sample.labels.get(name).cloned().unwrap_or_default();
            (["port", "service", "status"].map(label), sample.value)
        })
        .collect()
}
