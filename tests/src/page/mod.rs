//! A page in the Prometheus text format 0.0.4, read strictly.
//!
//! Written from the [specification], not from our encoder, so that neither
//! repeats a mistake of the other. It also refuses what no other consumer
//! notices, such as a series given twice or buckets that shrink. The rules are
//! numbered T1 to T15, as in the faults' documentation.
//!
//! [specification]: https://prometheus.io/docs/instrumenting/exposition_formats/

mod family;
mod fault;
mod gathering;
mod histogram;
mod line;
mod number;

pub use self::family::{Family, Kind, Sample};
pub use self::fault::{Fault, PageError};

use self::gathering::Gathering;

/// The families of a valid page.
#[derive(Clone, Debug)]
pub struct Page {
    families: Vec<Family>,
}

impl Page {
    /// Parses a body and checks that it keeps every rule of the format.
    ///
    /// # Errors
    ///
    /// With the first fault and its line.
    pub fn parse(body: impl AsRef<[u8]>) -> Result<Self, PageError> {
        let mut gathering = Gathering::default();
        let body = body.as_ref();
        for (line, number) in body.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            add_line(&mut gathering, line, number).map_err(|fault| PageError {
                line: number,
                fault,
            })?;
        }
        let families = gathering.finish()?;
        Ok(Self { families })
    }

    /// The families in the order of the page.
    pub fn families(&self) -> impl Iterator<Item = &Family> {
        self.families.iter()
    }

    /// The samples of all families in the order of the page.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.families().flat_map(|family| &family.samples)
    }

    /// The value of the series with this name and exactly these labels.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let mut found = self.select(name, labels);
        found
            .find(|sample| sample.labels.len() == labels.len())
            .map(|sample| sample.value)
    }

    /// The sum over the series with this name and at least these labels, `None`
    /// when there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let values = self.select(name, labels).map(|sample| sample.value);
        values.reduce(|sum, value| sum + value)
    }

    fn select(&self, name: &str, labels: &[(&str, &str)]) -> impl Iterator<Item = &Sample> {
        self.samples().filter(move |sample| {
            let has = |(label, value): &(&str, &str)| {
                let found = sample.labels.get(*label);
                found.is_some_and(|found| found == value)
            };
            sample.name == name && labels.iter().all(has)
        })
    }
}

fn add_line(gathering: &mut Gathering, line: &[u8], number: usize) -> Result<(), Fault> {
    let line = line.strip_suffix(b"\n").ok_or(Fault::NoFinalLineFeed)?;
    let line = str::from_utf8(line).map_err(|_| Fault::NotUtf8)?;
    gathering.add(line::parse_line(line, number)?)
}

/// The message for a page that must be refused.
#[cfg(test)]
fn fault_of(page: impl AsRef<[u8]>) -> String {
    let error = Page::parse(page).expect_err("the page must be refused");
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_values_families_and_sums() {
        let page = Page::parse(
            "# HELP a_total As.\n# TYPE a_total counter\n\
             a_total{x=\"1\",y=\"1\"} 1\na_total{x=\"1\",y=\"2\"} 2\na_total{x=\"2\",y=\"1\"} 4\n\
             # TYPE b gauge\nb 8\nc 9\n",
        )
        .expect("the page is valid");
        assert_eq!(page.value("a_total", &[("y", "2"), ("x", "1")]), Some(2.0));
        assert_eq!(page.value("a_total", &[("x", "1")]), None);
        assert_eq!(page.sum("a_total", &[("x", "1")]), Some(3.0));
        assert_eq!(page.sum("a_total", &[("x", "3")]), None);
        assert_eq!(page.value("b", &[]), Some(8.0));
        let families: Vec<_> = page
            .families()
            .map(|family| (family.name.as_str(), family.kind, family.samples.len()))
            .collect();
        assert_eq!(
            families,
            [
                ("a_total", Kind::Counter, 3),
                ("b", Kind::Gauge, 1),
                ("c", Kind::Untyped, 1)
            ]
        );
    }

    #[test]
    fn accepts_an_empty_page() {
        let page = Page::parse("").expect("nothing is wrong with nothing");
        assert_eq!(page.samples().count(), 0);
    }

    #[test]
    fn refuses_bytes_that_are_not_utf8() {
        assert_eq!(
            fault_of(b"a 1\nm{l=\"\xff\"} 1\n"),
            "line 2: bytes that aren't UTF-8"
        );
    }

    #[test]
    fn refuses_a_page_without_final_line_feed() {
        assert_eq!(
            fault_of("a 1\nb 1"),
            "line 2: no line feed ends the last line"
        );
    }
}
