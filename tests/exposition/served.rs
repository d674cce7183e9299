//! Pages on a socket.

use metrics_runtime::Format;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

type Pages = Mutex<BTreeMap<String, (Format, Vec<u8>)>>;

/// A server of pages by path, as long as the program runs; where there is none, it
/// answers 404.
pub(crate) struct Served {
    address: SocketAddr,
    pages: Arc<Pages>,
}

impl Served {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let pages = Arc::new(Pages::default());
        let served = Arc::clone(&pages);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away is its own business.
                let _ = stream.and_then(|stream| answer(stream, &served));
            }
        });
        Self { address, pages }
    }

    /// Where it listens, as `host:port`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Serves a page at this path from now on.
    pub(crate) fn put(&self, path: &str, format: Format, page: Vec<u8>) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.insert(path.to_owned(), (format, page));
    }
}

fn answer(mut stream: TcpStream, pages: &Pages) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let page = {
        let pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(path).cloned()
    };
    let (status, kind, page) = match page {
        Some((format, page)) => ("200 OK", format.content_type(), page),
        None => ("404 Not Found", "text/plain", Vec::new()),
    };
    let length = page.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )?;
    stream.write_all(&page)
}
