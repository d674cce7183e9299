//! The ports of a scan.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::str::FromStr;

use thiserror::Error;

/// The most items of a list, which may repeat themselves.
const MOST_ITEMS: usize = 1_000;

/// Ports, each once, in their order.
///
/// ```
/// use port_scan::Ports;
///
/// let ports: Ports = "8080,1-3".parse()?;
/// assert_eq!(ports.numbers(), [1, 2, 3, 8080]);
/// # Ok::<(), port_scan::PortError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ports(Vec<u16>);

/// Why a text is no list of ports.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PortError {
    /// A part of it is no number that a port can have.
    #[error(
        "`{0}` is neither a port nor a range; give numbers from 1 to 65535, as in `1-1024,8080`"
    )]
    NoPort(String),
    /// A range ends before it begins.
    #[error("the range `{0}-{1}` ends before it begins; write `{1}-{0}`")]
    Backwards(u16, u16),
    /// It has too many parts.
    #[error("these are more than {MOST_ITEMS} ports and ranges; put neighbours into ranges")]
    TooMany,
}

impl Ports {
    /// The ports, of which there is at least one.
    pub fn numbers(&self) -> &[u16] {
        &self.0
    }
}

impl FromStr for Ports {
    type Err = PortError;

    /// Reads ports and ranges, separated by commas.
    fn from_str(text: &str) -> Result<Self, PortError> {
        let mut ports = BTreeSet::new();
        for (index, item) in text.split(',').map(str::trim).enumerate() {
            if index >= MOST_ITEMS {
                return Err(PortError::TooMany);
            }
            let (first, last) = item.split_once('-').unwrap_or((item, item));
            let number = |text: &str| {
                let port = text.parse().map(NonZeroU16::get);
                port.map_err(|_| PortError::NoPort(item.to_owned()))
            };
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return Err(PortError::Backwards(first, last));
            }
            ports.extend(first..=last);
        }
        Ok(Self(ports.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Result<usize, PortError> {
        text.parse().map(|ports: Ports| ports.numbers().len())
    }

    #[test]
    fn reads_ports_and_ranges_once_each() {
        assert_eq!(count("1-1024,8080"), Ok(1025));
        assert_eq!(count("80, 70-90 ,80"), Ok(21));
        assert_eq!(count("1-65535"), Ok(65_535));
        assert_eq!(count("65535-65535"), Ok(1));
    }

    // Mutation: numbers are read as `u16`, which lets in port 0.
    #[test]
    fn refuses_what_no_port_can_be() {
        for text in [
            "", "0", "0-10", "65536", "-5", "5-", "http", "1-2-3", "80,", "1 2",
        ] {
            let refused = count(text);
            assert!(
                matches!(refused, Err(PortError::NoPort(_))),
                "{text}: {refused:?}"
            );
        }
        assert_eq!(count("90-80"), Err(PortError::Backwards(90, 80)));
        assert_eq!(count(&"1,".repeat(2000)), Err(PortError::TooMany));
    }
}
