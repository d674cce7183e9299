//! Where to listen, as the environment says.

use crate::config::{EnvironmentError, variable};
use std::net::IpAddr;
use std::ops::RangeInclusive;

/// What the environment says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    pub(super) address: Option<IpAddr>,
    pub(super) port: Option<u16>,
    pub(super) ports: Option<RangeInclusive<u16>>,
}

impl Environment {
    /// Reads the process' environment.
    pub(super) fn read() -> Result<Self, EnvironmentError> {
        Self::read_with(variable)
    }

    fn read_with(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let address = parse(
            &get,
            "METRICS_EXPORT_ADDRESS",
            "it takes an IP address, such as `127.0.0.1`, `0.0.0.0` or `::`",
            |value| value.parse().ok(),
        )?;
        let port = parse(
            &get,
            "METRICS_EXPORT_PORT",
            "it takes a port from 1 to 65535",
            parse_port,
        )?;
        let ports = parse(
            &get,
            "METRICS_EXPORT_PORT_RANGE",
            "it takes a first and a last port, such as `8001-8050`, from 1 to 65535",
            parse_range,
        )?;
        if let (Some(_), Some(value)) = (port, get("METRICS_EXPORT_PORT_RANGE")) {
            return Err(EnvironmentError {
                variable: "METRICS_EXPORT_PORT_RANGE",
                value,
                expected: "METRICS_EXPORT_PORT is set too; unset one of them",
            });
        }
        Ok(Self {
            address,
            port,
            ports,
        })
    }
}

fn parse<T>(
    get: impl Fn(&'static str) -> Option<String>,
    variable: &'static str,
    expected: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, EnvironmentError> {
    let Some(value) = get(variable) else {
        return Ok(None);
    };
    let parsed = parse(value.trim());
    parsed.map(Some).ok_or(EnvironmentError {
        variable,
        value,
        expected,
    })
}

fn parse_port(value: &str) -> Option<u16> {
    value.parse().ok().filter(|port| *port != 0)
}

fn parse_range(value: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = value.split_once('-')?;
    let (first, last) = (parse_port(first.trim())?, parse_port(last.trim())?);
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::Environment;

    const RANGE: &str = "METRICS_EXPORT_PORT_RANGE";

    fn read(variables: &[(&str, &str)]) -> Result<Environment, String> {
        let get = |asked| {
            let found = variables.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| (*value).to_owned())
        };
        Environment::read_with(get).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_an_address_with_a_port_or_a_range() {
        let address = ("METRICS_EXPORT_ADDRESS", "::1");
        let read_port = read(&[address, ("METRICS_EXPORT_PORT", "9000")]).unwrap();
        assert_eq!(read_port.address, Some("::1".parse().unwrap()));
        assert_eq!(read_port.port, Some(9000));
        let ranged = read(&[(RANGE, "8001 - 8050")]).unwrap();
        assert_eq!(ranged.ports, Some(8001..=8050));
        assert_eq!(read(&[(RANGE, "7-7")]).unwrap().ports, Some(7..=7));
        assert_eq!(read(&[]), Ok(Environment::default()));
    }

    #[test]
    fn a_bad_value_is_named_with_what_is_taken() {
        for range in ["8001", "8050-8001", "0-10", "1-65536", "-", "1-2-3"] {
            let error = read(&[(RANGE, range)]).unwrap_err();
            assert_eq!(
                error,
                format!(
                    "the environment variable {RANGE} is `{range}`; it takes a first and a last \
                     port, such as `8001-8050`, from 1 to 65535"
                )
            );
        }
        for port in ["0", "65536", "http"] {
            assert!(read(&[("METRICS_EXPORT_PORT", port)]).is_err(), "{port}");
        }
        let error = read(&[("METRICS_EXPORT_ADDRESS", "localhost")]).unwrap_err();
        assert!(error.contains("an IP address"), "{error}");
    }

    #[test]
    fn a_port_and_a_range_contradict_each_other() {
        let both = [(RANGE, "1-2"), ("METRICS_EXPORT_PORT", "1")];
        assert!(read(&both).unwrap_err().contains("unset one of them"));
    }
}
