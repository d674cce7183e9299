//! What a scan has found, as a table.

use std::fmt;
use std::net::SocketAddr;

use crate::service::service;

/// What is known of a scan when it has ended, or was cut short.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Ports that were to be scanned.
    pub total: u64,
    /// Hosts of which a port was open or closed.
    pub hosts: u64,
    /// Ports that take connections.
    pub open: u64,
    /// Ports that refuse them.
    pub closed: u64,
    /// Ports that haven't answered in time.
    pub filtered: u64,
    /// Ports that couldn't be tried.
    pub errors: u64,
    /// The open ports in their order, 10,000 of them at most.
    pub found: Vec<SocketAddr>,
    /// Why a port couldn't be tried.
    pub first_error: Option<String>,
}

impl Report {
    /// Ports that have their result.
    pub const fn probed(&self) -> u64 {
        self.open + self.closed + self.filtered + self.errors
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.found.is_empty() {
            writeln!(f, "{:<15}  {:>5}  SERVICE", "HOST", "PORT")?;
        }
        for address in &self.found {
            let (host, port) = (address.ip().to_string(), address.port());
            let service = service(port).unwrap_or("unknown");
            writeln!(f, "{host:<15}  {port:>5}  {service}")?;
        }
        let untold = self.open - (self.found.len() as u64).min(self.open);
        if untold > 0 {
            writeln!(f, "… and {untold} more")?;
        }
        writeln!(f, "probed    {} of {}", self.probed(), self.total)?;
        writeln!(f, "hosts     {}", self.hosts)?;
        writeln!(f, "open      {}", self.open)?;
        writeln!(f, "closed    {}", self.closed)?;
        writeln!(f, "filtered  {}", self.filtered)?;
        write!(f, "errors    {}", self.errors)?;
        if let Some(error) = &self.first_error {
            write!(f, ", the first: {error}; try fewer at a time")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_table_with_sums() {
        let report = Report {
            total: 20,
            hosts: 2,
            open: 3,
            closed: 9,
            filtered: 1,
            errors: 1,
            found: vec![
                SocketAddr::from(([127, 0, 0, 1], 22)),
                SocketAddr::from(([127, 100, 100, 100], 40_000)),
            ],
            first_error: Some("too many open files".to_owned()),
        };
        let lines = [
            "HOST              PORT  SERVICE",
            "127.0.0.1           22  ssh",
            "127.100.100.100  40000  unknown",
            "… and 1 more",
            "probed    14 of 20",
            "hosts     2",
            "open      3",
            "closed    9",
            "filtered  1",
            "errors    1, the first: too many open files; try fewer at a time",
        ];
        assert_eq!(report.to_string(), lines.join("\n"));
    }

    #[test]
    fn needs_no_table_for_nothing() {
        let report = Report::default().to_string();
        assert!(report.starts_with("probed    0 of 0\n"), "{report}");
    }
}
