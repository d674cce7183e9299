//! What sites record that isn't plain.

use super::{Instrument, Record, Site};
use crate::registry::Registry;
use metrics_site::{QUERY, RUNNING, TIMED};

/// What other sites record, and where.
#[derive(Debug)]
pub struct Own {
    pub(super) registry: &'static Registry,
    pub(super) instruments: &'static [Instrument],
    /// What the instruments want, [`TIMED`], [`RUNNING`] and [`QUERY`].
    wants: u8,
}

impl Own {
    /// These instruments, in this registry.
    pub const fn new(registry: &'static Registry, instruments: &'static [Instrument]) -> Self {
        let mut wants = 0;
        let mut index = 0;
        while index < instruments.len() {
            let record = instruments[index].record;
            if record.is_of_time() {
                wants |= TIMED;
            }
            if matches!(record, Record::InProgress) {
                wants |= RUNNING;
            }
            if matches!(record, Record::Queries) {
                wants |= QUERY;
            }
            index += 1;
        }
        Self {
            registry,
            instruments,
            wants,
        }
    }
}

/// A site that isn't in the catalogue yet, where this is called; `origin` is
/// the module's path and the file, with a line feed between.
#[track_caller]
pub const fn declared(
    function: &'static str,
    origin: &'static str,
    fallible: bool,
    own: &'static Own,
) -> Site {
    Site::new(function, origin, fallible, own.wants, own)
}
