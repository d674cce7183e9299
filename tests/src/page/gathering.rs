//! The lines of a page, gathered into families.

use std::collections::{BTreeMap, HashMap};

use super::line::Line;
use super::{Family, Fault, Kind, PageError, Sample, histogram};

/// The families of the lines read so far.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    families: Vec<Family>,
    index: HashMap<String, usize>,
    series: HashMap<(String, BTreeMap<String, String>), usize>,
}

impl Gathering {
    /// Adds a line.
    pub(super) fn add(&mut self, line: Line) -> Result<(), Fault> {
        match line {
            Line::Help { name, text } => {
                let family = self.describe("HELP", &name)?;
                if family.help.replace(text).is_some() {
                    let keyword = "HELP";
                    return Err(Fault::Repeated { keyword, name });
                }
                Ok(())
            }
            Line::Type { name, kind } => self.add_type(name, kind),
            Line::Sample(sample) => self.add_sample(sample),
            Line::Silent => Ok(()),
        }
    }

    /// Checks what can only be known at the end of the page.
    pub(super) fn finish(self) -> Result<Vec<Family>, PageError> {
        for family in &self.families {
            histogram::check(family)?;
            for sample in &family.samples {
                self.check_created(sample).map_err(|fault| PageError {
                    line: sample.line,
                    fault,
                })?;
            }
        }
        Ok(self.families)
    }

    fn add_type(&mut self, name: String, kind: Kind) -> Result<(), Fault> {
        let family = self.describe("TYPE", &name)?;
        if family.typed {
            let keyword = "TYPE";
            return Err(Fault::Repeated { keyword, name });
        }
        family.typed = true;
        family.kind = kind;
        let names = kind
            .suffixes()
            .iter()
            .map(|suffix| format!("{name}{suffix}"));
        match names.into_iter().find(|name| self.index.contains_key(name)) {
            Some(taken) => Err(Fault::Overlap {
                name: taken,
                owner: name,
                kind,
            }),
            None => Ok(()),
        }
    }

    fn add_sample(&mut self, sample: Sample) -> Result<(), Fault> {
        let owner = match self.index.get(&sample.name) {
            Some(exact) => Some(*exact),
            None => self.owner(&sample.name),
        };
        let at = match owner {
            Some(at) => at,
            None => self.insert(&sample.name),
        };
        if at + 1 != self.families.len() {
            return Err(Fault::Scattered(self.families[at].name.clone()));
        }
        let family = &mut self.families[at];
        if family.kind == Kind::Histogram && family.name == sample.name {
            let (name, kind) = (sample.name, family.kind);
            return Err(Fault::Stray { name, kind });
        }
        let series = (sample.name.clone(), sample.labels.clone());
        if let Some(line) = self.series.insert(series, sample.line) {
            return Err(Fault::Duplicate(line));
        }
        family.samples.push(sample);
        Ok(())
    }

    /// The family that a HELP or TYPE line stands before.
    fn describe(&mut self, keyword: &'static str, name: &str) -> Result<&mut Family, Fault> {
        let at = match self.index.get(name) {
            Some(at) => *at,
            None => match self.owner(name) {
                Some(owner) => {
                    let Family {
                        name: owner, kind, ..
                    } = &self.families[owner];
                    return Err(Fault::Overlap {
                        name: name.to_owned(),
                        owner: owner.clone(),
                        kind: *kind,
                    });
                }
                None => self.insert(name),
            },
        };
        if !self.families[at].samples.is_empty() {
            let name = name.to_owned();
            return Err(Fault::Late { keyword, name });
        }
        if at + 1 != self.families.len() {
            return Err(Fault::Scattered(name.to_owned()));
        }
        Ok(&mut self.families[at])
    }

    /// The histogram or summary that has samples of this name.
    fn owner(&self, sample: &str) -> Option<usize> {
        ["_bucket", "_sum", "_count"].iter().find_map(|suffix| {
            let at = *self.index.get(sample.strip_suffix(suffix)?)?;
            let kind = self.families[at].kind;
            kind.suffixes().contains(suffix).then_some(at)
        })
    }

    fn insert(&mut self, name: &str) -> usize {
        let at = self.families.len();
        self.index.insert(name.to_owned(), at);
        self.families.push(Family {
            name: name.to_owned(),
            kind: Kind::Untyped,
            help: None,
            samples: Vec::new(),
            typed: false,
        });
        at
    }

    /// T15: no `_created` beside a counter, histogram or summary.
    fn check_created(&self, sample: &Sample) -> Result<(), Fault> {
        let Some(stem) = sample.name.strip_suffix("_created") else {
            return Ok(());
        };
        let names = [stem.to_owned(), format!("{stem}_total")];
        let mut families = names.iter().filter_map(|name| self.index.get(name));
        let accumulates = |at: &usize| {
            let kind = self.families[*at].kind;
            matches!(kind, Kind::Counter | Kind::Histogram | Kind::Summary)
        };
        if families.any(accumulates) {
            return Err(Fault::OpenMetrics("a `_created` sample"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::page::{Page, fault_of};

    #[test]
    fn keeps_a_gauge_that_ends_in_created() {
        assert!(Page::parse("# TYPE order_created gauge\norder_created 1\n").is_ok());
    }

    #[test]
    fn refuses_a_second_help() {
        assert_eq!(
            fault_of("# HELP m a\n# HELP m a\n"),
            "line 2: second HELP of `m`"
        );
    }

    #[test]
    fn refuses_a_second_type() {
        assert_eq!(
            fault_of("# TYPE m gauge\n# TYPE m gauge\n"),
            "line 2: second TYPE of `m`"
        );
    }

    #[test]
    fn refuses_a_type_after_samples() {
        assert_eq!(
            fault_of("m 1\n# TYPE m gauge\n"),
            "line 2: TYPE of `m` comes after its samples"
        );
    }

    #[test]
    fn refuses_a_histogram_type_after_its_buckets() {
        assert_eq!(
            fault_of("m_bucket{le=\"+Inf\"} 1\n# TYPE m histogram\n"),
            "line 2: `m_bucket` is a family, and a sample of the histogram `m` as well"
        );
    }

    #[test]
    fn refuses_a_help_after_samples() {
        assert_eq!(
            fault_of("m 1\n# HELP m a\n"),
            "line 2: HELP of `m` comes after its samples"
        );
    }

    #[test]
    fn refuses_samples_in_two_groups() {
        assert_eq!(
            fault_of("a 1\nb 1\na{l=\"x\"} 1\n"),
            "line 3: the lines of `a` aren't one group"
        );
    }

    #[test]
    fn refuses_a_type_away_from_its_samples() {
        assert_eq!(
            fault_of("# TYPE a gauge\n# TYPE b gauge\nb 1\na 1\n"),
            "line 4: the lines of `a` aren't one group"
        );
        assert_eq!(
            fault_of("# HELP a x\n# HELP b x\n# TYPE a gauge\n"),
            "line 3: the lines of `a` aren't one group"
        );
    }

    #[test]
    fn refuses_a_family_named_as_a_sample_of_another() {
        assert_eq!(
            fault_of("# TYPE m summary\n# TYPE m_count counter\n"),
            "line 2: `m_count` is a family, and a sample of the summary `m` as well"
        );
    }

    #[test]
    fn refuses_a_repeated_series() {
        assert_eq!(
            fault_of("m{a=\"1\",b=\"2\"} 1\nm 3\nm{b=\"2\",a=\"1\"} 1\n"),
            "line 3: the same series as on line 1"
        );
    }

    #[test]
    fn refuses_creation_times() {
        assert_eq!(
            fault_of("# TYPE m_total counter\nm_total 1\n# TYPE m_created gauge\nm_created 1\n"),
            "line 4: a `_created` sample belongs to OpenMetrics"
        );
    }

    #[test]
    fn refuses_a_histogram_with_a_bare_sample() {
        assert_eq!(
            fault_of("# TYPE m histogram\nm 1\n"),
            "line 2: `m` is no sample of a histogram"
        );
    }
}
