//! Registries of many series, and a way to write each as a page.

/// A registry's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Histograms instead of counters.
    pub histograms: bool,
    /// How many series.
    pub series: usize,
}

/// Series of one family.
const FAMILY: usize = 100;

/// Names of the labels.
pub(crate) const LABELS: [&str; 3] = ["service", "method", "status"];

/// Finite bounds of the histograms, in seconds.
pub(crate) const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Observations of each histogram.
const OBSERVATIONS: u32 = 20;

impl Shape {
    /// All shapes that are measured.
    pub const ALL: [Self; 5] = [
        Self::new(false, 1_000),
        Self::new(false, 10_000),
        Self::new(false, 100_000),
        Self::new(true, 1_000),
        Self::new(true, 10_000),
    ];

    const fn new(histograms: bool, series: usize) -> Self {
        Self { histograms, series }
    }

    /// `counters-1000` and so on.
    pub fn word(self) -> String {
        let kind = if self.histograms {
            "histograms"
        } else {
            "counters"
        };
        format!("{kind}-{}", self.series)
    }

    /// The families' names and the series in each.
    pub(crate) fn families(self) -> impl Iterator<Item = FamilyShape> {
        (0..self.series / FAMILY).map(move |index| FamilyShape {
            name: if self.histograms {
                format!("bench_{index:04}_duration_seconds")
            } else {
                format!("bench_{index:04}_calls_total")
            },
            first: index * FAMILY,
        })
    }
}

/// A family to be made.
pub(crate) struct FamilyShape {
    /// Ends in `_total` if it is a counter.
    pub(crate) name: String,
    first: usize,
}

impl FamilyShape {
    /// The name for libraries that add `_total` themselves.
    pub(crate) fn stem(&self) -> &str {
        self.name.strip_suffix("_total").unwrap_or(&self.name)
    }

    pub(crate) fn series(&self) -> impl Iterator<Item = SeriesShape> {
        (self.first..self.first + FAMILY).map(|index| SeriesShape {
            values: [
                format!("svc-{:08}", index % 7),
                format!("mth-{index:08}"),
                format!("sts-{:08}", index % 3),
            ],
            index: index as u64,
        })
    }
}

/// The help text of every family.
pub(crate) const HELP: &str = "A family.";

/// A series to be made.
pub(crate) struct SeriesShape {
    /// 12 bytes each.
    pub(crate) values: [String; 3],
    index: u64,
}

impl SeriesShape {
    pub(crate) fn values(&self) -> [&str; 3] {
        self.values.each_ref().map(String::as_str)
    }

    /// What the counter counts to.
    pub(crate) const fn count(&self) -> u64 {
        self.index * 7_919 % 1_000_000
    }

    /// What the histogram observes: from 1 ms to about 16 s.
    pub(crate) fn observations(&self) -> impl Iterator<Item = f64> {
        let skew = u32::try_from(self.index % 13).unwrap_or(0);
        (0..OBSERVATIONS)
            .map(move |n| 0.001 * 1.63_f64.powi(n.cast_signed()) + f64::from(skew) * 1e-4)
    }
}

/// A library with a text format.
pub struct Encoder {
    /// Its name.
    pub name: &'static str,
    /// Makes a registry.
    pub build: fn(Shape) -> Encode,
}

type Fresh = dyn Fn() -> Page;
type Append = dyn Fn(&mut Vec<u8>);

/// A registry that can be written.
pub enum Encode {
    /// As a page of its own.
    Fresh(Box<Fresh>),
    /// At the end of a buffer.
    Append(Box<Append>),
}

/// What an encoder returns.
pub enum Page {
    /// Text.
    Text(String),
    /// Bytes that are text.
    Binary(Vec<u8>),
    /// Bytes that several may own.
    Shared(bytes::Bytes),
}

impl AsRef<[u8]> for Page {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Text(page) => page.as_bytes(),
            Self::Binary(page) => page,
            Self::Shared(page) => page,
        }
    }
}
