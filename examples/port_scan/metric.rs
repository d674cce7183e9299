//! What a scan records, and the bound on its labels.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU16, Ordering};

use metrics_runtime::metrics;

use crate::probe::Status;
use crate::service::service;

#[metrics]
pub(crate) mod family {
    /// Scanned ports by result; `other` is any that isn't well known nor found open.
    // 44 ports of 4 results, 4 results of others, and 100 that were found.
    #[cap(300)]
    pub(crate) fn port_scan_results_total(port: &str, service: &str, status: Status) -> Counter;
    /// Hosts of which a port was open or closed, once in each scan.
    pub(crate) fn hosts_discovered_total() -> Counter;
    /// Share of the ports that the current scan has done, or the last one if none runs.
    #[unit(ratio)]
    pub(crate) fn port_scan_progress_ratio() -> Gauge;
}

/// So many ports that aren't well known get their number when they are found open,
/// until the process ends.
pub const NAMED_PORTS: usize = 100;

static NAMED: NamedPorts<NAMED_PORTS> = NamedPorts::new();

/// Counts the result of a port.
pub(crate) fn count(port: u16, status: Status) {
    let label = label(port, status, &NAMED);
    let service = service(port).unwrap_or("unknown");
    family::port_scan_results_total(&label, service, status).inc();
}

/// The value of the label `port`.
fn label<const N: usize>(port: u16, status: Status, named: &NamedPorts<N>) -> Cow<'static, str> {
    if service(port).is_some() || (status == Status::Open && named.has_place_for(port)) {
        Cow::Owned(port.to_string())
    } else {
        Cow::Borrowed("other")
    }
}

/// The first `N` ports that were found open; 0, which is no port, is a free place.
struct NamedPorts<const N: usize>([AtomicU16; N]);

impl<const N: usize> NamedPorts<N> {
    const fn new() -> Self {
        Self([const { AtomicU16::new(0) }; N])
    }

    /// Whether the port is among them; it takes a place if there is one.
    fn has_place_for(&self, port: u16) -> bool {
        self.0.iter().any(|place| {
            // Relaxed: a place is taken once, and nothing is published with it.
            let taken = place.compare_exchange(0, port, Ordering::Relaxed, Ordering::Relaxed);
            taken.is_ok() || taken == Err(port)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::WELL_KNOWN;

    // Mutations: `label` doesn't look at the status; `has_place_for` doesn't compare a
    // place that is taken, or is always true.
    #[test]
    fn numbers_of_ports_are_bounded() {
        let named = NamedPorts::<2>::new();
        assert_eq!(label(22, Status::Filtered, &named), "22");
        assert_eq!(label(4001, Status::Closed, &named), "other");
        for port in [4001, 4002, 4001] {
            assert_eq!(label(port, Status::Open, &named), port.to_string());
        }
        assert_eq!(label(4003, Status::Open, &named), "other");
        assert_eq!(label(4002, Status::Open, &named), "4002");
        assert_eq!(label(4001, Status::Closed, &named), "other");
        assert_eq!(label(22, Status::Open, &named), "22");
    }

    #[test]
    fn the_cap_has_room_for_all_series() {
        let statuses = <Status as metrics_runtime::ClosedLabel>::VALUES.len();
        let series = (WELL_KNOWN.len() + 1) * statuses + NAMED_PORTS;
        assert!(series <= 300, "{series}");
    }
}
