//! What a series is handed out as: by kind, and by family.

use super::{Counter, FamilyCore, Gauge, Histogram, InProgress};
use crate::outcome::Outcome;
use std::marker::PhantomData;
use std::sync::Arc;

mod sealed {
    use crate::catalogue::{OFF, Site, UNRESOLVED};
    use crate::desc::Unit;
    use crate::measure::nth;
    use crate::record::{Bounds, FamilyCore};

    /// Keeps [`Metric`](super::Metric) to the kinds that cells exist for.
    pub trait Sealed: Copy {
        /// A series that swallows what is recorded.
        const NOWHERE: Self;

        fn at(family: &FamilyCore, cell: u32) -> Self;

        /// The nth of the series that lie in a row from a site's first cell on.
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self;
    }

    impl Sealed for super::Counter {
        const NOWHERE: Self = Self {
            cell: 0,
            site: None,
            off: true,
        };

        #[inline]
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::counter(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self {
            Self {
                cell: first.wrapping_add(index),
                site: Some(site),
                off: false,
            }
        }
    }

    impl Sealed for super::Gauge {
        const NOWHERE: Self = Self { cell: 0 };

        #[inline]
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::gauge(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self {
            if matches!(first, UNRESOLVED | OFF) {
                return nth(site, index).map_or(Self::NOWHERE, |(_, cell)| Self { cell });
            }
            Self {
                cell: first.wrapping_add(index),
            }
        }
    }

    impl Sealed for super::InProgress {
        const NOWHERE: Self = Self { cell: 0 };

        fn at(_: &FamilyCore, cell: u32) -> Self {
            Self { cell }
        }

        #[inline]
        fn in_row(site: &'static Site, _: u32, index: u32) -> Self {
            nth(site, index).map_or(Self::NOWHERE, |(_, cell)| Self { cell })
        }
    }

    impl Sealed for super::Histogram {
        const NOWHERE: Self = Self {
            cell: 0,
            bounds: Bounds::NONE,
            unit: Unit::Value,
        };

        fn at(family: &FamilyCore, cell: u32) -> Self {
            family.histogram(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, _: u32, index: u32) -> Self {
            nth(site, index).map_or(Self::NOWHERE, |(family, cell)| family.histogram(cell))
        }
    }
}

/// The series of a family with these label values and this outcome.
pub(crate) fn at<M: Metric>(family: &FamilyCore, values: &[&str], outcome: Outcome) -> M {
    M::at(family, family.shown(values, outcome))
}

/// [`Counter`], [`Gauge`], [`Histogram`] or [`InProgress`].
pub trait Metric: sealed::Sealed {}

impl Metric for Counter {}
impl Metric for Gauge {}
impl Metric for Histogram {}
impl Metric for InProgress {}

/// A family with `N` labels, made at run time through a
/// [`Registry`](crate::Registry).
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let logins = registry.counter_family("logins_total", "Logins.", ["method", "result"])?;
/// logins.with(["password", "ok"]).inc();
/// assert!(registry.to_text().contains(r#"logins_total{method="password",result="ok"} 1"#));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Family<M, const N: usize> {
    pub(crate) core: Arc<FamilyCore>,
    pub(crate) metric: PhantomData<fn() -> M>,
}

impl<M: Metric, const N: usize> Family<M, N> {
    /// The series with these label values, in the order of the labels.
    ///
    /// It is served from now on, at zero until something is recorded. Label
    /// values are compared in full. Past 2,000 series, or with a value over
    /// 1 KiB, it is the family's overflow series, whose values are all
    /// `__overflow__`.
    pub fn with(&self, values: [&str; N]) -> M {
        at(&self.core, &values, Outcome::Ok)
    }
}
