//! The command line.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use clap::Parser;
use port_scan::{Hosts, Plan, Ports};
use thiserror::Error;

/// Scans ports of this machine's loopback addresses, and of no others, and counts
/// what it finds.
#[derive(Debug, Parser)]
#[command(name = "port-scan", version)]
pub(crate) struct Options {
    /// Addresses and networks of loopback (127.0.0.0/8, `::1`), separated by commas
    hosts: Hosts,

    /// Ports and ranges, separated by commas
    #[arg(long, default_value = "1-1024")]
    ports: Ports,

    /// Ports that are tried at a time, up to 4096; each takes an open file
    #[arg(long, value_name = "N", default_value = "256", value_parser = parse_concurrency)]
    concurrency: NonZeroU16,

    /// How long a port may take to answer: `200ms`, `2s`
    #[arg(long, default_value = "200ms", value_parser = parse_timeout)]
    timeout: Duration,

    /// Serve the metrics at this address meanwhile; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,

    /// Serve them so many seconds more after the scan, for a last scrape
    #[arg(long, value_name = "N", default_value_t = 0, requires = "listen")]
    pub(crate) linger: u64,
}

impl Options {
    pub(crate) fn plan(&self) -> Plan {
        Plan::new(self.hosts.clone(), self.ports.clone())
            .concurrency(self.concurrency)
            .timeout(self.timeout)
    }
}

#[derive(Debug, Error)]
#[error("give a number from 1 to 4096")]
struct ConcurrencyError;

fn parse_concurrency(text: &str) -> Result<NonZeroU16, ConcurrencyError> {
    let number = text.parse().ok();
    number
        .filter(|number: &NonZeroU16| number.get() <= 4096)
        .ok_or(ConcurrencyError)
}

#[derive(Debug, Error)]
#[error("give a time above zero and up to an hour in `ms` or `s`, as in `200ms` or `2s`")]
struct TimeoutError;

fn parse_timeout(text: &str) -> Result<Duration, TimeoutError> {
    let time = if let Some(number) = text.strip_suffix("ms") {
        number.parse().map(Duration::from_millis)
    } else if let Some(number) = text.strip_suffix('s') {
        number.parse().map(Duration::from_secs)
    } else {
        return Err(TimeoutError);
    };
    let bounds = Duration::from_millis(1)..=Duration::from_hours(1);
    time.ok()
        .filter(|time| bounds.contains(time))
        .ok_or(TimeoutError)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn describes_a_valid_command_line() {
        Options::command().debug_assert();
    }

    #[test]
    fn reads_times_with_their_unit() {
        assert_eq!(
            parse_timeout("200ms").ok(),
            Some(Duration::from_millis(200))
        );
        assert_eq!(parse_timeout("3600s").ok(), Some(Duration::from_hours(1)));
        for wrong in ["200", "0ms", "3601s", "ms", "s", "-1s", "1.5s", "2m", ""] {
            assert!(parse_timeout(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bounds_the_concurrency() {
        assert_eq!(parse_concurrency("4096").ok(), NonZeroU16::new(4096));
        for wrong in ["0", "4097", "many", "-1"] {
            assert!(parse_concurrency(wrong).is_err(), "{wrong}");
        }
    }
}
