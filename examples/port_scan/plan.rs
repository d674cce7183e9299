//! What a scan is to do.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

use crate::port::Ports;
use crate::target::Hosts;

/// Hosts and ports, and how hard they are tried.
#[derive(Clone, Debug)]
#[must_use = "a plan does nothing until it is given to `scan`"]
pub struct Plan {
    pub(crate) hosts: Hosts,
    ports: Ports,
    pub(crate) concurrency: usize,
    pub(crate) timeout: Duration,
}

/// A port of a host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// Where the host stands among those of the plan.
    pub(crate) host: usize,
    pub(crate) address: SocketAddr,
}

impl Plan {
    /// Every port of every host, 256 at a time, each for 200 ms at most.
    pub const fn new(hosts: Hosts, ports: Ports) -> Self {
        Self {
            hosts,
            ports,
            concurrency: 256,
            timeout: Duration::from_millis(200),
        }
    }

    /// So many ports are tried at a time, each of which takes an open file.
    pub fn concurrency(mut self, concurrency: NonZeroU16) -> Self {
        self.concurrency = concurrency.get().into();
        self
    }

    /// A port that hasn't answered for so long is [filtered](crate::Status::Filtered).
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The number of ports, those of all hosts together.
    pub fn total(&self) -> u64 {
        self.hosts.addresses().len() as u64 * self.ports.numbers().len() as u64
    }

    pub(crate) fn targets(&self) -> impl Iterator<Item = Target> {
        let hosts = self.hosts.addresses().iter().copied().enumerate();
        hosts.flat_map(|(host, address): (usize, IpAddr)| {
            let ports = self.ports.numbers().iter();
            ports.map(move |port| Target {
                host,
                address: SocketAddr::new(address, *port),
            })
        })
    }
}
