//! Taking a port.

use super::ServeError;
use super::socket;
use crate::config::Config;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::ops::RangeInclusive;

/// Where to listen.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On the first of these addresses that can be had.
    Addresses(Vec<SocketAddr>),
    /// On the first free port.
    Ports(IpAddr, RangeInclusive<u16>),
}

impl Place {
    /// Decides where: what is said here wins over the settings, and an address
    /// of here, which has a port, over all of it.
    pub(super) fn decide(
        address: Option<Vec<SocketAddr>>,
        ports: Option<RangeInclusive<u16>>,
        config: &Config,
    ) -> Result<Self, ServeError> {
        if let Some(range) = ports.clone()
            && (range.is_empty() || *range.start() == 0)
        {
            return Err(ServeError::PortRange { range });
        }
        let ip = address
            .as_ref()
            .and_then(|all| all.first())
            .map(SocketAddr::ip);
        match (address, ip, ports) {
            (_, Some(ip), Some(ports)) => Ok(Self::Ports(ip, ports)),
            (Some(addresses), _, None) => Ok(Self::Addresses(addresses)),
            (_, None, Some(ports)) => Ok(Self::Ports(config.export_address, ports)),
            (None, _, None) => {
                let ip = config.export_address;
                if let Some(ports) = config.export_port_range.clone() {
                    return Ok(Self::Ports(ip, ports));
                }
                let address = SocketAddr::new(ip, config.export_port);
                Ok(Self::Addresses(vec![address]))
            }
        }
    }

    /// Takes the port.
    pub(super) fn bind(self) -> Result<TcpListener, ServeError> {
        match self {
            Self::Addresses(addresses) => bind_first(&addresses),
            Self::Ports(ip, range) => bind_free(ip, range),
        }
    }
}

fn bind_first(addresses: &[SocketAddr]) -> Result<TcpListener, ServeError> {
    let mut failed = None;
    for &address in addresses {
        match bind(address) {
            Ok(listener) => return Ok(listener),
            Err(source) => failed = Some(ServeError::Bind { address, source }),
        }
    }
    Err(failed.unwrap_or_else(|| ServeError::Address(io::ErrorKind::NotFound.into())))
}

fn bind_free(ip: IpAddr, range: RangeInclusive<u16>) -> Result<TcpListener, ServeError> {
    for port in range.clone() {
        let address = SocketAddr::new(ip, port);
        match bind(address) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            // No other port will do better: the address isn't this machine's,
            // or the process may not listen.
            Err(source) => return Err(ServeError::Bind { address, source }),
        }
    }
    Err(ServeError::PortsTaken { ip, range })
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    socket::prepare(&listener);
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::Place;
    use crate::config::Config;
    use crate::listener::ServeError;
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    fn config() -> Config {
        Config {
            export_address: [0, 0, 0, 0].into(),
            export_port_range: Some(8001..=8050),
            ..Config::default()
        }
    }

    #[test]
    fn what_is_said_here_wins_over_the_settings() {
        let here: SocketAddr = ([127, 0, 0, 2], 80).into();
        let decide =
            |address, ports| Place::decide(address, ports, &config()).expect("all is valid");
        assert_eq!(
            decide(Some(vec![here]), None),
            Place::Addresses(vec![here]),
            "mutation: the range of the settings taken although code gave a port"
        );
        assert_eq!(
            decide(Some(vec![here]), Some(1..=2)),
            Place::Ports(here.ip(), 1..=2)
        );
        let anywhere = [0, 0, 0, 0].into();
        assert_eq!(decide(None, Some(1..=2)), Place::Ports(anywhere, 1..=2));
        assert_eq!(decide(None, None), Place::Ports(anywhere, 8001..=8050));
        let default = Place::decide(None, None, &Config::default());
        let default = default.expect("all is valid");
        assert_eq!(
            default,
            Place::Addresses(vec![([127, 0, 0, 1], 9464).into()])
        );
    }

    #[test]
    fn a_range_of_code_is_checked() {
        #[expect(clippy::reversed_empty_ranges, reason = "it is what is refused")]
        for range in [9..=8, 0..=8] {
            let error = Place::decide(None, Some(range), &config()).unwrap_err();
            assert!(matches!(error, ServeError::PortRange { .. }), "{error}");
        }
    }

    #[test]
    fn takes_the_first_free_port_and_names_a_full_range() {
        // Two neighbours of which the first is taken.
        let (taken, port) = (0..100)
            .find_map(|_| {
                let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
                let port = taken.local_addr().ok()?.port();
                let next = port.checked_add(1)?;
                TcpListener::bind((Ipv4Addr::LOCALHOST, next)).ok()?;
                Some((taken, port))
            })
            .expect("some neighbours are free");
        let ip = Ipv4Addr::LOCALHOST.into();
        let listener = Place::Ports(ip, port..=port + 1).bind();
        let listener = listener.expect("the second port is free");
        assert_eq!(listener.local_addr().expect("it is bound").port(), port + 1);
        let error = Place::Ports(ip, port..=port + 1).bind().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "all ports of {port}-{} on 127.0.0.1 are taken; widen the range or stop what \
                 listens there",
                port + 1
            )
        );
        drop(taken);
    }
}
