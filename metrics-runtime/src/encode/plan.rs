//! What of a registry's page stays the same from scrape to scrape.

use super::page::Wanted;
use super::section::{Reader, Section};
use super::sink::{Length, PageSink, Piece};
use super::{Format, collected, openmetrics, protobuf};
use crate::collect::model::{Family, Kind};
use crate::record::Scan;
use crate::registry::{Registry, Settings};
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
    /// Bytes of the pages before, as text and in OpenMetrics; none if there are
    /// series that they didn't have.
    lengths: [Option<usize>; 2],
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
            lengths: [None; 2],
        }
    }

    /// Takes up families and rows that are new. Returns the names that two of
    /// our families have, for which one of them is left out.
    pub(super) fn update(&mut self, registry: &Registry) -> Vec<String> {
        let mut shadowed = Vec::new();
        if let Some((len, mut families)) = registry.families_beyond(self.families) {
            self.families = len;
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
                let new = || Section::new(name, family);
                self.sections.push(section.unwrap_or_else(new));
            }
            self.lengths = [None; 2];
        }
        for section in &mut self.sections {
            if section.take_up_rows() {
                self.lengths = [None; 2];
            }
        }
        shadowed
    }

    /// The kind of our family of this name.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        let place = self
            .sections
            .binary_search_by(|section| (*section.name).cmp(name));
        let section = self.sections.get(place.ok()?)?;
        Some(section.family.schema.kind.into())
    }

    /// Appends the page; `foreign` are families that are sorted by names that
    /// ours don't have.
    pub(super) fn append(
        &mut self,
        registry: &Registry,
        foreign: &[Family],
        wanted: Wanted<'_>,
        out: &mut Vec<u8>,
    ) {
        self.scan.refresh();
        let settings = registry.settings();
        match wanted.format {
            Format::Text => self.append_lines::<false>(settings, foreign, wanted, out),
            Format::OpenMetrics => self.append_lines::<true>(settings, foreign, wanted, out),
            Format::Protobuf => self.append_messages(settings, foreign, wanted, out),
        }
    }

    /// Appends the page in one of the text formats, with one allocation at most.
    fn append_lines<const OM: bool>(
        &mut self,
        settings: &Settings,
        foreign: &[Family],
        wanted: Wanted<'_>,
        out: &mut Vec<u8>,
    ) {
        // Numbers grow a little from page to page and while one is written.
        let room = out.capacity() - out.len();
        let fits = |length: &usize| length + length / 512 + Piece::FRONT <= room;
        let known = self.lengths[usize::from(OM)].filter(|_| wanted.names.is_none());
        if !known.as_ref().is_some_and(fits) {
            let length = known.unwrap_or_else(|| {
                let mut length = Length::default();
                self.write::<OM>(settings, foreign, wanted, &mut length);
                length.0
            });
            out.reserve_exact(length + length / 256 + Piece::FRONT);
        }
        let start = out.len();
        self.write::<OM>(settings, foreign, wanted, out);
        if wanted.names.is_none() {
            self.lengths[usize::from(OM)] = Some(out.len() - start);
        }
    }

    fn write<const OM: bool>(
        &mut self,
        settings: &Settings,
        foreign: &[Family],
        wanted: Wanted<'_>,
        out: &mut impl PageSink,
    ) {
        let mut reader = Reader {
            scan: &mut self.scan,
            scratch: &mut self.scratch,
            settings,
        };
        let mut foreign = foreign
            .iter()
            .filter(|family| wanted.has_collected(family))
            .peekable();
        for section in &mut self.sections {
            while let Some(family) = foreign.next_if(|family| family.name < section.name) {
                collected::write::<OM>(out, family);
            }
            if wanted.has_section(section) {
                section.write_lines::<OM>(out, &mut reader);
            }
        }
        for family in foreign {
            collected::write::<OM>(out, family);
        }
        if OM {
            out.text(openmetrics::EOF);
        }
    }

    fn append_messages(
        &mut self,
        settings: &Settings,
        foreign: &[Family],
        wanted: Wanted<'_>,
        out: &mut Vec<u8>,
    ) {
        let mut reader = Reader {
            scan: &mut self.scan,
            scratch: &mut self.scratch,
            settings,
        };
        for section in &mut self.sections {
            if wanted.has_section(section) {
                section.write_message(out, &mut reader);
            }
        }
        // A scraper doesn't look at the order.
        for family in foreign.iter().filter(|family| wanted.has_collected(family)) {
            protobuf::write(out, family);
        }
    }
}
