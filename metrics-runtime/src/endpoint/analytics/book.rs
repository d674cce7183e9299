//! What is sampled: columns of cumulative values.

use super::report::Report;
use super::ring::{Ring, Values};
use super::source::{Part, Source, sources};
use crate::Profile;
use crate::desc::Kind;
use crate::record::{FamilyCore, Scan};
use crate::registry::Registry;
use std::collections::{HashMap, HashSet};
use std::iter::repeat;
use std::sync::Arc;
use std::time::Duration;

/// Columns of a sample, at most.
pub(super) const MOST_COLUMNS: usize = 16_384;

const MINUTE: Duration = Duration::from_mins(1);

/// Series of one family that are added up, and their columns: of a counter all and those
/// that are errors, of a histogram the counts of its buckets, how many are errors, and
/// the sum.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) part: Part,
    /// The values of the labels that keep it apart from others.
    pub(super) key: Vec<String>,
    /// Its first column.
    pub(super) first: usize,
    pub(super) width: usize,
    pub(super) family: Arc<FamilyCore>,
    /// The cells, and whether a cell counts errors.
    cells: Vec<(u32, bool)>,
}

/// All that is sampled of a registry.
#[derive(Debug)]
pub(super) struct Book {
    /// That of the registry.
    profile: Profile,
    pub(super) tracks: Vec<Track>,
    index: HashMap<(Part, Vec<String>), usize>,
    /// Cells that were looked at.
    known: HashSet<u32>,
    /// Label sets of each family that were looked at, and whether the overflow series was.
    seen: HashMap<Part, (usize, bool)>,
    columns: usize,
    most_columns: usize,
    /// Series for which there was no room.
    pub(super) untracked: usize,
    scan: Scan,
    last: Values,
    pub(super) rings: [Ring; 3],
}

impl Book {
    pub(super) fn new(profile: Profile, most_columns: usize) -> Self {
        Self {
            profile,
            tracks: Vec::new(),
            index: HashMap::new(),
            known: HashSet::new(),
            seen: HashMap::new(),
            columns: 0,
            most_columns,
            untracked: 0,
            scan: Scan::new(),
            last: [].into(),
            rings: [1, 5, 15].map(|minutes| Ring::new(MINUTE * minutes)),
        }
    }

    /// Takes a sample; `families` are those of the registry.
    pub(super) fn sample(&mut self, at: Duration, families: &[Arc<FamilyCore>]) {
        let values = self.read(families);
        for ring in &mut self.rings {
            ring.push(at, &values);
        }
    }

    /// What has happened until now.
    pub(super) fn report(&mut self, at: Duration, families: &[Arc<FamilyCore>]) -> Report {
        let values = self.read(families);
        Report::new(self, at, &values)
    }

    fn read(&mut self, families: &[Arc<FamilyCore>]) -> Values {
        for source in sources(self.profile) {
            let mut families = families.iter();
            let name = source.desc.full_name();
            if let Some(family) = families.find(|it| it.schema.name.as_str() == name) {
                self.take_up(source, family);
            }
        }
        self.scan.refresh();
        let mut values = vec![0.0; self.columns];
        for track in &self.tracks {
            let columns = track.first..track.first + track.width;
            let Some(columns) = values.get_mut(columns) else {
                continue;
            };
            if !track.read(&mut self.scan, columns) {
                // A writer is in it: what was read before doesn't decrease.
                let last = self.last.iter().skip(track.first);
                for (column, last) in columns.iter_mut().zip(last.chain(repeat(&0.0))) {
                    *column = *last;
                }
            }
        }
        self.last = values.into();
        Arc::clone(&self.last)
    }

    /// Takes up series that are new.
    fn take_up(&mut self, source: &Source, family: &Arc<FamilyCore>) {
        let now = (family.len(), family.overflowed().is_some());
        if self.seen.insert(source.part, now) == Some(now) {
            return;
        }
        let labels = &family.schema.labels;
        for series in family.series() {
            if !self.known.insert(series.cell) {
                continue;
            }
            let value = |label: &str| {
                if label == "outcome" && family.schema.by_outcome {
                    return series.outcome;
                }
                let place = labels.iter().position(|own| own.as_str() == label)?;
                series.values.get(place).map(String::as_str)
            };
            let key = source.labels.iter().map(|label| value(label));
            let key: Vec<String> = key.map(|value| value.unwrap_or("").to_owned()).collect();
            let is_error = source
                .error
                .is_some_and(|(label, is_error)| value(label).is_some_and(is_error));
            match self.track(source.part, key, family) {
                Some(track) => track.cells.push((series.cell, is_error)),
                None => self.untracked += 1,
            }
        }
    }

    /// The track of a key, made if there is room for it.
    fn track(
        &mut self,
        part: Part,
        key: Vec<String>,
        family: &Arc<FamilyCore>,
    ) -> Option<&mut Track> {
        let known = self.index.get(&(part, key.clone())).copied();
        let index = known.or_else(|| {
            let width = match family.schema.kind {
                // The buckets, the one up to `+Inf`, the errors and the sum.
                Kind::Histogram => family.bounds.values().len() + 3,
                _ => 2,
            };
            if self.columns + width > self.most_columns {
                return None;
            }
            let index = self.tracks.len();
            self.tracks.push(Track {
                part,
                key: key.clone(),
                first: self.columns,
                width,
                family: Arc::clone(family),
                cells: Vec::new(),
            });
            self.columns += width;
            self.index.insert((part, key), index);
            Some(index)
        })?;
        self.tracks.get_mut(index)
    }
}

impl Track {
    /// Adds up its series; false if one couldn't be read.
    fn read(&self, scan: &mut Scan, columns: &mut [f64]) -> bool {
        if self.family.schema.kind != Kind::Histogram {
            if let [all, errors] = columns {
                for (cell, is_error) in &self.cells {
                    #[expect(clippy::cast_precision_loss, reason = "rates are doubles")]
                    let value = scan.sum(*cell) as f64;
                    *all += value;
                    *errors += if *is_error { value } else { 0.0 };
                }
            }
            return true;
        }
        let [counts @ .., errors, sum] = columns else {
            return true;
        };
        let mut read = vec![0; counts.len()];
        for (cell, is_error) in &self.cells {
            let Some(own) = scan.histogram(*cell, self.family.schema.unit, &mut read) else {
                return false;
            };
            *sum += own;
            for (count, own) in counts.iter_mut().zip(&read) {
                #[expect(clippy::cast_precision_loss, reason = "rates are doubles")]
                let own = *own as f64;
                *count += own;
                *errors += if *is_error { own } else { 0.0 };
            }
        }
        true
    }
}

/// The families of the registry, new call sites included.
pub(super) fn families(registry: &Registry) -> Vec<Arc<FamilyCore>> {
    registry.refresh();
    registry.recorded()
}
