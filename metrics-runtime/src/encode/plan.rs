//! What of a registry's page stays the same from scrape to scrape.

use super::foreign;
use super::section::Section;
use super::sink::{Length, PageSink, Piece};
use crate::record::Scan;
use crate::registry::Registry;
use prometheus::proto::MetricFamily;
use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

/// The page of a registry, without its numbers. Recording never waits for it,
/// and no user code runs while it is locked.
#[derive(Debug)]
pub(crate) struct Plan {
    /// By name.
    sections: Vec<Section>,
    /// Families of the registry that were taken up.
    families: usize,
    scan: Scan,
    scratch: Vec<u64>,
    /// Bytes of the page before; none if there are series that it didn't have.
    length: Option<usize>,
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}

impl Plan {
    pub(crate) const fn new() -> Self {
        Self {
            sections: Vec::new(),
            families: 0,
            scan: Scan::new(),
            scratch: Vec::new(),
            length: None,
        }
    }

    /// Takes up families and rows that are new. Returns the names that two of
    /// our families have, for which one of them is left out.
    pub(super) fn update(&mut self, registry: &Registry) -> Vec<String> {
        let mut shadowed = Vec::new();
        if let Some(mut families) = registry.families_beyond(self.families) {
            self.families = families.len();
            let mut known: HashMap<String, Section> = mem::take(&mut self.sections)
                .into_iter()
                .map(|section| (section.name.clone(), section))
                .collect();
            families.sort_by(|(a, _), (b, _)| a.cmp(b));
            self.sections.reserve_exact(families.len());
            for (name, family) in families {
                if self.sections.last().is_some_and(|last| last.name == name) {
                    shadowed.push(name);
                    continue;
                }
                let section = known.remove(&name);
                let section = section.filter(|known| Arc::ptr_eq(&known.family, &family));
                let new = || Section::new(name, family, registry.settings());
                self.sections.push(section.unwrap_or_else(new));
            }
            self.length = None;
        }
        for section in &mut self.sections {
            if section.take_up_rows() {
                self.length = None;
            }
        }
        shadowed
    }

    /// Whether one of our families has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        let place = self
            .sections
            .binary_search_by(|section| (*section.name).cmp(name));
        place.is_ok()
    }

    /// Appends the page; `foreign` are families that are sorted by names that
    /// ours don't have.
    pub(super) fn append(&mut self, foreign: &[MetricFamily], out: &mut Vec<u8>) {
        self.scan.refresh();
        // Numbers grow a little from page to page and while one is written.
        let room = out.capacity() - out.len();
        let fits = |length: &usize| length + length / 512 + Piece::FRONT <= room;
        if !self.length.as_ref().is_some_and(fits) {
            let length = self.length.unwrap_or_else(|| {
                let mut length = Length::default();
                self.write(foreign, &mut length);
                length.0
            });
            out.reserve_exact(length + length / 256 + Piece::FRONT);
        }
        let start = out.len();
        self.write(foreign, out);
        self.length = Some(out.len() - start);
    }

    fn write(&mut self, foreign: &[MetricFamily], out: &mut impl PageSink) {
        let mut foreign = foreign.iter().peekable();
        for section in &mut self.sections {
            while let Some(family) = foreign.next_if(|family| family.name() < &*section.name) {
                foreign::write(out, family);
            }
            section.write(out, &mut self.scan, &mut self.scratch);
        }
        for family in foreign {
            foreign::write(out, family);
        }
    }
}
