//! How much must be free.

use crate::health::HealthReport;

/// How much of something must be left.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Free {
    /// At least so many bytes.
    Bytes(u64),
    /// At least so many percent of all that there is.
    Percent(f64),
}

impl Free {
    /// What `free` bytes of `total` mean; `what` they are.
    pub(super) fn report(self, what: &str, free: u64, total: u64) -> HealthReport {
        #[expect(clippy::cast_precision_loss, reason = "a percentage needs no more")]
        let percent = if total == 0 {
            0.0
        } else {
            free as f64 / total as f64 * 100.0
        };
        let enough = match self {
            Self::Bytes(least) => free >= least,
            Self::Percent(least) => percent >= least,
        };
        let report = if enough {
            HealthReport::up()
        } else {
            let least = match self {
                Self::Bytes(least) => format!("{least} bytes"),
                Self::Percent(least) => format!("{least} %"),
            };
            HealthReport::down(format!(
                "{free} bytes of {what} are free ({percent:.1} %), less than {least}"
            ))
        };
        report.with("free_bytes", free).with("total_bytes", total)
    }
}

#[cfg(test)]
mod tests {
    use super::Free;
    use crate::health::HealthStatus::{Down, Up};

    // Mutation: the bound itself is too little.
    #[test]
    fn less_than_the_bound_is_down() {
        for (least, free, total, expected) in [
            (Free::Bytes(10), 10, 100, Up),
            (Free::Bytes(11), 10, 100, Down),
            (Free::Percent(10.0), 10, 100, Up),
            (Free::Percent(10.1), 10, 100, Down),
            // Nothing of nothing is nothing.
            (Free::Percent(0.1), 0, 0, Down),
            (Free::Bytes(u64::MAX), u64::MAX, u64::MAX, Up),
        ] {
            let report = least.report("memory", free, total);
            assert_eq!(report.status(), expected, "{least:?}");
            assert_eq!(report.data()["free_bytes"], free);
        }
        let report = Free::Percent(20.0).report("the disk", 10, 100);
        let message = "10 bytes of the disk are free (10.0 %), less than 20 %";
        assert_eq!(report.message(), Some(message));
    }
}
