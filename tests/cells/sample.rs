//! What a page says of the families under test, read without a full parse: the
//! pages are made by the hundred thousand.

/// The values of one page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) events: u64,
    pub(crate) count: u64,
    pub(crate) sum: u64,
    /// The bucket up to `+Inf`.
    pub(crate) infinite: u64,
}

/// The value of the only sample that starts so.
pub(crate) fn value(page: &str, start: &str) -> Option<u64> {
    let mut lines = page.lines().filter(|line| line.starts_with(start));
    let line = lines.next()?;
    let (_, value) = line.rsplit_once(' ')?;
    value.parse().ok()
}

impl Seen {
    pub(crate) fn on(page: &str) -> Self {
        let value = |start| value(page, start).expect("the sample is on the page");
        Self {
            events: value("events_total "),
            count: value("size_ones_count "),
            sum: value("size_ones_sum "),
            infinite: value("size_ones_bucket{le=\"+Inf\"} "),
        }
    }
}

/// Looks at page after page.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) pages: u64,
    before: Seen,
}

impl Watch {
    /// Panics when a histogram is torn, or when anything is less than before.
    pub(crate) fn look(&mut self, page: &str) {
        let seen = Seen::on(page);
        assert_eq!(
            [seen.count, seen.infinite],
            [seen.sum; 2],
            "torn on page {}",
            self.pages
        );
        let before = self.before;
        assert!(
            seen.events >= before.events && seen.count >= before.count,
            "{seen:?} after {before:?}"
        );
        self.before = seen;
        self.pages += 1;
    }
}
