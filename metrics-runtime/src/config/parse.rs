//! What values of settings are valid, wherever they are said.

use std::ops::RangeInclusive;
use std::time::Duration;

pub(super) const BOOL: &str = "it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`";

pub(super) fn bool(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => None,
    }
}

pub(super) const MILLISECONDS: &str = "it takes milliseconds above zero, such as `100` or `2.5`";

pub(super) fn milliseconds(value: &str) -> Option<Duration> {
    let milliseconds: f64 = value.parse().ok()?;
    let duration = Duration::try_from_secs_f64(milliseconds / 1e3).ok()?;
    (!duration.is_zero()).then_some(duration)
}

pub(super) const PATH: &str = "it takes a path such as `/metrics`: a `/`, then letters, digits, \
    `/`, `-`, `_`, `.` and `~`, and no `//`";

/// A path without the slash at its end.
pub(super) fn path(value: &str) -> Option<String> {
    let path = value.strip_suffix('/').unwrap_or(value);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let segments = path.strip_prefix('/')?;
    // A dot alone is a segment that clients resolve before they ask.
    let valid = |segment: &str| !matches!(segment, "" | "." | "..");
    let is_path = segments.split('/').all(valid) && path.bytes().all(allowed);
    is_path.then(|| path.to_owned())
}

pub(super) const RATE: &str = "it takes a share from 0 to 1, such as `0.1`";

pub(super) fn rate(value: &str) -> Option<f64> {
    let rate: f64 = value.parse().ok()?;
    is_rate(rate).then_some(rate)
}

pub(crate) fn is_rate(rate: f64) -> bool {
    (0.0..=1.0).contains(&rate)
}

pub(super) const BUCKETS: &str =
    "it takes rising seconds above zero, from one to 500 of them, such as `0.01,0.1,1`";

/// Bounds with commas between them; infinity at their end goes without saying.
pub(super) fn buckets(value: &str) -> Option<Vec<f64>> {
    let bounds = value.split(',').map(|bound| bound.trim().parse().ok());
    let mut bounds: Vec<f64> = bounds.collect::<Option<_>>()?;
    bounds.pop_if(|bound| *bound == f64::INFINITY);
    are_buckets(&bounds).then_some(bounds)
}

pub(crate) fn are_buckets(bounds: &[f64]) -> bool {
    let positive = bounds.iter().all(|bound| bound.is_finite() && *bound > 0.0);
    (1..=500).contains(&bounds.len()) && positive && bounds.is_sorted_by(|a, b| a < b)
}

pub(super) const HOST: &str = "it takes hosts as `Host` names them, such as `shop.example` or \
     `shop.example:8080`, without a scheme or a path";
pub(super) const STEP: &str = "it takes a finite number above zero, such as `1000`";
pub(super) const REQUESTS: &str = "it takes requests in a second above zero, such as `50`";

pub(super) const PORT: &str = "it takes a port from 1 to 65535";

pub(super) fn port(value: &str) -> Option<u16> {
    value.parse().ok().filter(|port| *port != 0)
}

pub(super) const PORTS: &str =
    "it takes a first and a last port, such as `8001-8050`, from 1 to 65535";

pub(super) fn ports(value: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = value.split_once('-')?;
    let (first, last) = (port(first.trim())?, port(last.trim())?);
    (first <= last).then_some(first..=last)
}

/// Items with commas between them.
pub(super) fn list(value: &str) -> Vec<String> {
    let items = value.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{buckets, milliseconds, path, ports, rate};
    use std::time::Duration;

    #[test]
    fn a_path_is_plain_and_has_no_slash_at_its_end() {
        for (value, expected) in [
            ("/metrics", "/metrics"),
            ("/metrics/", "/metrics"),
            (
                "/api/system/metrics/prometheus/",
                "/api/system/metrics/prometheus",
            ),
            ("/.well-known/m_1~", "/.well-known/m_1~"),
        ] {
            assert_eq!(path(value).as_deref(), Some(expected));
        }
        let bad = [
            "", "/", "//", "metrics", "/a//b", "/a/../b", "/.", "/{id}", "/a b", "/a?b", "/a#b",
            "/%2f", "/ä", "/*", "/a\\b",
        ];
        for value in bad {
            assert_eq!(path(value), None, "{value}");
        }
    }

    #[test]
    fn buckets_rise_above_zero() {
        assert_eq!(buckets("0.01, 0.1,1"), Some(vec![0.01, 0.1, 1.0]));
        assert_eq!(buckets("1,inf"), Some(vec![1.0]));
        for value in [
            "", "1,", "1,1", "2,1", "0,1", "-1", "NaN", "inf", "a", "inf,inf",
        ] {
            assert_eq!(buckets(value), None, "{value}");
        }
        let many: Vec<String> = (1..=501).map(|bound| bound.to_string()).collect();
        assert_eq!(buckets(&many.join(",")), None);
        assert!(buckets(&many[..500].join(",")).is_some());
    }

    #[test]
    fn a_rate_is_a_share() {
        assert_eq!(rate("0.25"), Some(0.25));
        assert_eq!(rate("0"), Some(0.0));
        for value in ["-0.1", "1.1", "NaN", "inf", "10%", ""] {
            assert_eq!(rate(value), None, "{value}");
        }
    }

    #[test]
    fn durations_are_milliseconds_above_zero() {
        assert_eq!(milliseconds("2.5"), Some(Duration::from_micros(2_500)));
        for value in ["0", "-1", "1s", "NaN", "inf", "1e300", "1e-9"] {
            assert_eq!(milliseconds(value), None, "{value}");
        }
    }

    #[test]
    fn a_range_of_ports_has_two_ends() {
        assert_eq!(ports("8001 - 8050"), Some(8001..=8050));
        assert_eq!(ports("7-7"), Some(7..=7));
        for value in ["8001", "8050-8001", "0-10", "1-65536", "-", "1-2-3"] {
            assert_eq!(ports(value), None, "{value}");
        }
    }
}
