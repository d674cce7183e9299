//! The table of a run's figures, and their limits.

use std::cmp::Ordering;
use std::fmt::Display;
use std::time::Duration;

/// Figures of one test, printed when it is done with them.
#[derive(Default)]
pub(crate) struct Figures {
    rows: Vec<[String; 3]>,
    missed: Vec<String>,
}

impl Figures {
    /// A figure without a limit.
    pub(crate) fn note(&mut self, what: &str, value: impl Display) {
        self.rows
            .push([what.to_owned(), value.to_string(), String::new()]);
    }

    /// A figure that may be `limit` at most.
    pub(crate) fn hold<T: Copy + PartialOrd + Show>(&mut self, what: &str, value: T, limit: T) {
        let row = [what.to_owned(), value.show(), limit.show()];
        // What can't be compared is missed too.
        let within = value.partial_cmp(&limit).is_some_and(Ordering::is_le);
        if !within {
            self.missed.push(row.join(" | "));
        }
        self.rows.push(row);
    }

    /// Prints the table; fails if a limit was missed.
    pub(crate) fn finish(self, title: &str) {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(7)
        };
        let [first, second] = [width(0), width(1)];
        println!("\n{title}");
        println!("{:<first$}  {:>second$}  limit", "", "figure");
        for [what, value, limit] in &self.rows {
            println!("{what:<first$}  {value:>second$}  {limit}");
        }
        assert!(self.missed.is_empty(), "missed: {:#?}", self.missed);
    }
}

/// How a figure is printed.
pub(crate) trait Show {
    fn show(&self) -> String;
}

impl Show for u64 {
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Show for f64 {
    fn show(&self) -> String {
        format!("{self:.2}")
    }
}

impl Show for Duration {
    fn show(&self) -> String {
        format!("{:.1} ms", self.as_secs_f64() * 1e3)
    }
}

/// Bytes, as a figure.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Bytes(pub(crate) u64);

impl Show for Bytes {
    #[expect(clippy::cast_precision_loss, reason = "it is printed")]
    fn show(&self) -> String {
        format!("{:.1} MiB", self.0 as f64 / f64::from(1 << 20))
    }
}

/// The value below which `hundredths` of all are.
pub(crate) fn percentile(values: &mut [Duration], hundredths: usize) -> Duration {
    values.sort_unstable();
    let at = (values.len() * hundredths).div_ceil(100).max(1) - 1;
    values.get(at).copied().unwrap_or_default()
}
