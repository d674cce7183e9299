//! Exemplars: beside a counter or a bucket, one recording and where it came from.

use super::thread::is_nowhere;
use crate::name::LabelName;
use crate::panic::caught;
use crate::registry::dropped_exemplar;
use crate::tracing;
use once_cell::race::OnceBox;
use once_cell::sync::OnceCell;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The most code points that names and values of an exemplar's labels have
/// together (OpenMetrics 1.0, Exemplars).
const LONGEST: usize = 128;

/// Where a recording came from: labels such as a trace's id.
///
/// ```
/// use metrics_runtime::Exemplar;
///
/// assert!(Exemplar::new([("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")]).is_ok());
/// assert!(Exemplar::new([("trace_id", "x".repeat(200))]).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemplar(Box<[(String, String)]>);

/// Why labels can't be those of an exemplar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExemplarError {
    /// A name isn't that of a label.
    #[error(transparent)]
    Name(#[from] crate::NameError),
    /// A label is named twice.
    #[error("the label `{label}` of an exemplar stands twice; name each label once")]
    Duplicate {
        /// The label in question.
        label: String,
    },
    /// A value has a NUL character, for which Prometheus (2.42) refuses the whole
    /// page, though the format allows it.
    #[error("the label `{label}` of an exemplar has a NUL character; leave it out")]
    Nul {
        /// The label in question.
        label: String,
    },
    /// The labels are too long together.
    #[error(
        "the labels of an exemplar have {length} characters; names and values have at most \
         {LONGEST} together"
    )]
    TooLong {
        /// Code points of all names and values.
        length: usize,
    },
}

impl Exemplar {
    /// An exemplar with these labels.
    ///
    /// # Errors
    ///
    /// [`ExemplarError`] for a name that isn't valid or stands twice, for a value
    /// with a NUL character, and for labels of more than 128 characters (code
    /// points) together, names included.
    pub fn new<N: Into<String>, V: Into<String>>(
        labels: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ExemplarError> {
        let labels = labels.into_iter();
        let labels: Box<[(String, String)]> = labels
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut length = 0;
        for (index, (name, value)) in labels.iter().enumerate() {
            LabelName::new(name)?;
            if labels.iter().take(index).any(|(other, _)| other == name) {
                let label = name.clone();
                return Err(ExemplarError::Duplicate { label });
            }
            if value.contains('\0') {
                let label = name.clone();
                return Err(ExemplarError::Nul { label });
            }
            length += name.chars().count() + value.chars().count();
        }
        if length > LONGEST {
            return Err(ExemplarError::TooLong { length });
        }
        Ok(Self(labels))
    }
}

type Source = Box<dyn Fn() -> Option<Result<Exemplar, ExemplarError>> + Send + Sync>;

static SOURCE: OnceCell<Source> = OnceCell::new();

/// Whether anybody knows where recordings come from.
static ON: AtomicBool = AtomicBool::new(tracing::ON);

/// The number of times that exemplars were asked for.
static ROUND: AtomicU32 = AtomicU32::new(1);

/// Milliseconds of Unix at which they were asked for last.
static ASKED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread asks the source.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// The least time between two exemplars of a series or bucket.
const PAUSE: Duration = Duration::from_secs(1);

/// The source of exemplars is set already.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the source of exemplars is set already; set it once, at the start of `main`")]
pub struct ExemplarSourceError;

/// Says where recordings come from: `source` is asked, by the thread that
/// records, for the labels of its current trace; `None` if there is none. With the
/// feature `tracing` it is asked instead of `span_exemplar`.
///
/// Of each counter and each bucket the first recording after a page that shows
/// exemplars (OpenMetrics, protobuf) becomes its exemplar, at most one in a
/// second. Calls of attributes count, and [`Counter::inc`](crate::Counter::inc)
/// and [`Histogram::observe`](crate::Histogram::observe). An error is counted in
/// `metrics_dropped_exemplars_total{reason="invalid"}` of the global registry, a
/// panic as `reason="panic"`; neither reaches who records.
///
/// # Errors
///
/// [`ExemplarSourceError`] when a source is set already.
pub fn set_exemplar_source(
    source: impl Fn() -> Option<Result<Exemplar, ExemplarError>> + Send + Sync + 'static,
) -> Result<(), ExemplarSourceError> {
    SOURCE
        .set(Box::new(source))
        .map_err(|_| ExemplarSourceError)?;
    ON.store(true, Ordering::Relaxed);
    Ok(())
}

/// An exemplar of a series or bucket.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    exemplar: Exemplar,
    value: f64,
    unix_millis: u64,
}

impl Kept {
    pub(crate) fn labels(&self) -> &[(String, String)] {
        &self.exemplar.0
    }

    pub(crate) fn value(&self) -> f64 {
        self.value
    }

    pub(crate) fn unix_millis(&self) -> u64 {
        self.unix_millis
    }
}

/// Cells of a chunk.
const CELLS: usize = 512;

/// As many chunks as a slab has.
const CHUNKS: usize = 1 << 18;

/// The exemplars of a chunk's cells.
struct Chunk {
    /// The rounds in which they were taken, apart from them: these are looked at by
    /// every recording.
    rounds: [AtomicU32; CELLS],
    kept: [Mutex<Option<Box<Kept>>>; CELLS],
}

impl Chunk {
    fn new() -> Box<Self> {
        Box::new(Self {
            rounds: std::array::from_fn(|_| AtomicU32::new(0)),
            kept: std::array::from_fn(|_| Mutex::new(None)),
        })
    }
}

/// Chunks by number, each made when one of its cells has an exemplar: one look-up on
/// the way to a round. What isn't used takes no memory.
static EXEMPLARS: [OnceBox<Chunk>; CHUNKS] = [const { OnceBox::new() }; CHUNKS];

/// Whether there is a source.
#[inline]
pub(crate) fn is_on() -> bool {
    // Relaxed, here and below: whether one is due is a question of taste.
    ON.load(Ordering::Relaxed)
}

/// Offers the recording at this cell, of this value, as an exemplar.
#[inline]
pub(crate) fn offer(cell: u32, value: impl FnOnce() -> f64) {
    if is_on() {
        offer_to(cell, value);
    }
}

/// As [`offer`], once it is known that there is a source.
#[inline]
pub(crate) fn offer_to(cell: u32, value: impl FnOnce() -> f64) {
    if is_due(cell) {
        take(cell, value());
    }
}

#[inline]
fn is_due(cell: u32) -> bool {
    let Some(chunk) = EXEMPLARS.get(cell as usize / CELLS) else {
        return false;
    };
    let taken = |chunk: &Chunk| chunk.rounds[cell as usize % CELLS].load(Ordering::Relaxed);
    chunk.get().map_or(0, taken) != ROUND.load(Ordering::Relaxed)
}

#[cold]
#[inline(never)]
fn take(cell: u32, value: f64) {
    // Of what is recorded nowhere nothing is kept, and nobody is asked again.
    if is_nowhere(cell) {
        return settle(cell);
    }
    // What the source records has no exemplars: it would ask the source.
    let asking = ASKING.try_with(|asking| asking.replace(true));
    if asking != Ok(false) {
        return;
    }
    // The user's code, under no lock.
    let asked = caught(|| match SOURCE.get() {
        Some(source) => source(),
        None => tracing::span_exemplar().map(Ok),
    });
    let _ = ASKING.try_with(|asking| asking.set(false));
    match asked {
        Some(None) => {}
        Some(Some(Ok(exemplar))) => keep(cell, value, exemplar),
        // The next one may be valid.
        Some(Some(Err(_))) => dropped_exemplar("invalid"),
        None => {
            // Unwinding is slow, and tells the panic hook: no more often than a source
            // that works is asked.
            settle(cell);
            dropped_exemplar("panic");
        }
    }
}

/// Asks for no exemplar at this cell before the next round.
fn settle(cell: u32) {
    if let Some(chunk) = EXEMPLARS.get(cell as usize / CELLS) {
        let round = ROUND.load(Ordering::Relaxed);
        let chunk = chunk.get_or_init(Chunk::new);
        chunk.rounds[cell as usize % CELLS].store(round, Ordering::Relaxed);
    }
}

/// Keeps an exemplar; not if somebody else is at it.
fn keep(cell: u32, value: f64, exemplar: Exemplar) {
    let Some(chunk) = EXEMPLARS.get(cell as usize / CELLS) else {
        return;
    };
    let chunk = chunk.get_or_init(Chunk::new);
    let place = cell as usize % CELLS;
    let Ok(mut kept) = chunk.kept[place].try_lock() else {
        return;
    };
    let round = ROUND.load(Ordering::Relaxed);
    chunk.rounds[place].store(round, Ordering::Relaxed);
    *kept = Some(Box::new(Kept {
        exemplar,
        value,
        unix_millis: unix_millis(),
    }));
}

fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// The exemplar of the series or bucket at this cell.
pub(crate) fn kept(cell: u32) -> Option<Kept> {
    // A native series that was never recorded into has its cells nowhere.
    if !is_on() || is_nowhere(cell) {
        return None;
    }
    let chunk = EXEMPLARS.get(cell as usize / CELLS)?.get()?;
    let kept = chunk.kept[cell as usize % CELLS].lock();
    let kept = kept.unwrap_or_else(PoisonError::into_inner);
    kept.as_deref().cloned()
}

/// After a page that shows exemplars: newer ones are wanted.
pub(crate) fn ask_again() {
    let now = unix_millis();
    let asked = ASKED.load(Ordering::Relaxed);
    let pause = u128::from(now.abs_diff(asked)) >= PAUSE.as_millis();
    if pause
        && ASKED
            .compare_exchange(asked, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    {
        ROUND.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Exemplar, ExemplarError, keep, kept};

    // O7. Mutation: bytes are counted instead of code points.
    #[test]
    fn labels_have_at_most_128_code_points() {
        let of = |length: usize| Exemplar::new([("id", "\u{fc}".repeat(length))]);
        assert!(of(126).is_ok());
        assert_eq!(of(127), Err(ExemplarError::TooLong { length: 129 }));
        let twice = Exemplar::new([("a", "x"), ("a", "y")]);
        assert!(matches!(twice, Err(ExemplarError::Duplicate { .. })));
        let nul = Exemplar::new([("a", "x\0")]);
        assert!(matches!(nul, Err(ExemplarError::Nul { .. })));
        assert!(matches!(
            Exemplar::new([("1", "x")]),
            Err(ExemplarError::Name(_))
        ));
    }

    #[test]
    fn each_cell_keeps_its_own() {
        for cell in [20 * 512, 20 * 512 + 1, 70_000_000] {
            let exemplar = Exemplar::new([("cell", cell.to_string())]);
            keep(cell, f64::from(cell), exemplar.expect("it is valid"));
        }
        super::ON.store(true, std::sync::atomic::Ordering::Relaxed);
        let found = kept(20 * 512 + 1).expect("it was kept");
        assert_eq!(found.labels()[0].1, "10241");
        assert!(kept(20 * 512 + 2).is_none());
        assert!(kept(70_000_000).is_some());
        assert!(kept(u32::MAX).is_none());
    }
}
