//! What the allocator says of itself.

use crate::MetricsBuilder;
use crate::collect::{Collector, Families, double};
use std::error::Error;

/// What an allocator knows of its memory, in bytes; what it doesn't know is left out.
///
/// ```
/// use metrics_runtime::AllocatorReading;
///
/// let reading = AllocatorReading::new().allocated_bytes(4096).resident_bytes(65536);
/// assert_eq!(reading, AllocatorReading::new().resident_bytes(65536).allocated_bytes(4096));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllocatorReading {
    allocated: Option<u64>,
    active: Option<u64>,
    resident: Option<u64>,
    mapped: Option<u64>,
    retained: Option<u64>,
    metadata: Option<u64>,
}

impl AllocatorReading {
    /// Nothing is known yet.
    pub const fn new() -> Self {
        Self {
            allocated: None,
            active: None,
            resident: None,
            mapped: None,
            retained: None,
            metadata: None,
        }
    }

    /// Bytes that the program has allocated.
    #[must_use]
    pub const fn allocated_bytes(mut self, bytes: u64) -> Self {
        self.allocated = Some(bytes);
        self
    }

    /// Bytes of the pages in which those lie; also served as `process_heap_bytes`.
    #[must_use]
    pub const fn active_bytes(mut self, bytes: u64) -> Self {
        self.active = Some(bytes);
        self
    }

    /// Bytes that the allocator keeps in physical memory, with its own and those that
    /// are free.
    #[must_use]
    pub const fn resident_bytes(mut self, bytes: u64) -> Self {
        self.resident = Some(bytes);
        self
    }

    /// Bytes that the allocator has mapped from the system.
    #[must_use]
    pub const fn mapped_bytes(mut self, bytes: u64) -> Self {
        self.mapped = Some(bytes);
        self
    }

    /// Bytes of address space that it keeps without memory behind them.
    #[must_use]
    pub const fn retained_bytes(mut self, bytes: u64) -> Self {
        self.retained = Some(bytes);
        self
    }

    /// Bytes that it takes for its own purposes.
    #[must_use]
    pub const fn metadata_bytes(mut self, bytes: u64) -> Self {
        self.metadata = Some(bytes);
        self
    }
}

/// An allocator that says how much memory it holds; a closure is one.
pub trait AllocatorStatistics: Send + Sync + 'static {
    /// Asks the allocator, each time that a page is made.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from answering; its families are left out then.
    fn read(&self) -> Result<AllocatorReading, Box<dyn Error + Send + Sync>>;
}

impl<F> AllocatorStatistics for F
where
    F: Fn() -> Result<AllocatorReading, Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
{
    fn read(&self) -> Result<AllocatorReading, Box<dyn Error + Send + Sync>> {
        self()
    }
}

struct Allocator<A>(A);

impl<A: AllocatorStatistics> Collector for Allocator<A> {
    fn name(&self) -> &'static str {
        "allocator"
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        let reading = self.0.read()?;
        let all = [
            (
                "allocator_allocated_bytes",
                "Bytes that the program has allocated.",
                reading.allocated,
            ),
            (
                "allocator_active_bytes",
                "Bytes of the pages in which allocations lie.",
                reading.active,
            ),
            (
                "allocator_resident_bytes",
                "Bytes that the allocator keeps in physical memory.",
                reading.resident,
            ),
            (
                "allocator_mapped_bytes",
                "Bytes that the allocator has mapped from the system.",
                reading.mapped,
            ),
            (
                "allocator_retained_bytes",
                "Bytes of address space that the allocator keeps without memory behind them.",
                reading.retained,
            ),
            (
                "allocator_metadata_bytes",
                "Bytes that the allocator takes for its own purposes.",
                reading.metadata,
            ),
            (
                "process_heap_bytes",
                "Process heap size in bytes.",
                reading.active,
            ),
        ];
        for (name, help, bytes) in all {
            if let Some(bytes) = bytes {
                families.gauge(name, help, &[], double(bytes));
            }
        }
        Ok(())
    }
}

impl MetricsBuilder {
    /// Serves what the allocator says of its memory: `allocator_allocated_bytes`,
    /// `allocator_active_bytes` (and `process_heap_bytes`, which is the same),
    /// `allocator_resident_bytes`, `allocator_mapped_bytes`, `allocator_retained_bytes`
    /// and `allocator_metadata_bytes`, as far as it knows them.
    ///
    /// It runs as the [`Collector`] `allocator`. The system's allocator has no
    /// statistics to give; jemalloc has all, by the crate `tikv-jemalloc-ctl` with its
    /// features `stats` and `use_std`:
    ///
    /// ```ignore
    /// use metrics_runtime::{AllocatorReading, Metrics};
    /// use tikv_jemalloc_ctl::{epoch, stats};
    ///
    /// #[global_allocator]
    /// static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
    ///
    /// let metrics = Metrics::builder()
    ///     .allocator(|| {
    ///         // The statistics are of the last epoch.
    ///         epoch::advance()?;
    ///         Ok(AllocatorReading::new()
    ///             .allocated_bytes(stats::allocated::read()? as u64)
    ///             .active_bytes(stats::active::read()? as u64)
    ///             .resident_bytes(stats::resident::read()? as u64)
    ///             .mapped_bytes(stats::mapped::read()? as u64)
    ///             .retained_bytes(stats::retained::read()? as u64)
    ///             .metadata_bytes(stats::metadata::read()? as u64))
    ///     })
    ///     .build()?;
    /// ```
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// use metrics_runtime::{AllocatorReading, Metrics};
    ///
    /// let metrics = Metrics::builder()
    ///     .allocator(|| Ok(AllocatorReading::new().allocated_bytes(4096)))
    ///     .build()?;
    /// let page = metrics.to_text();
    /// assert!(page.contains("\nallocator_allocated_bytes 4096\n"));
    /// assert!(!page.contains("allocator_active_bytes"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn allocator(self, allocator: impl AllocatorStatistics) -> Self {
        self.collector(Allocator(allocator))
    }
}

#[cfg(test)]
mod tests {
    use super::AllocatorReading;
    use crate::{Metrics, Registry};

    static KNOWN: Registry = Registry::new();
    static FAILING: Registry = Registry::new();

    // Mutation: two of the numbers are exchanged, or one is left out.
    #[test]
    fn each_number_is_served_under_its_name() {
        let read = || {
            let reading = AllocatorReading::new().allocated_bytes(1).active_bytes(2);
            let reading = reading.resident_bytes(3).mapped_bytes(4);
            Ok(reading.retained_bytes(5).metadata_bytes(6))
        };
        let metrics = Metrics::builder().registry(&KNOWN).allocator(read).build();
        let page = metrics.expect("the set-up is valid").to_text();
        for line in [
            "allocator_allocated_bytes 1",
            "allocator_active_bytes 2",
            "allocator_resident_bytes 3",
            "allocator_mapped_bytes 4",
            "allocator_retained_bytes 5",
            "allocator_metadata_bytes 6",
            "process_heap_bytes 2",
            "metrics_collector_success{collector=\"allocator\"} 1",
        ] {
            assert!(
                page.contains(&format!("\n{line}\n")),
                "{line} isn't in {page}"
            );
        }
    }

    #[test]
    fn an_allocator_that_does_not_answer_is_left_out() {
        let metrics = Metrics::builder()
            .registry(&FAILING)
            .allocator(|| Err("it is busy".into()))
            .build();
        let page = metrics.expect("the set-up is valid").to_text();
        assert!(page.contains("metrics_collector_success{collector=\"allocator\"} 0"));
        assert!(!page.contains("allocator_allocated_bytes"), "{page}");
    }
}
