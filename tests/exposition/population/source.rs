//! Where exemplars come from: what the thread says that it is at.

use super::text::text;
use crate::model::Labels;
use fastrand::Rng;
use metrics_runtime::{Exemplar, set_exemplar_source};
use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static CURRENT: RefCell<Option<Labels>> = const { RefCell::new(None) };
}

/// Records with an exemplar of these labels, if they are valid.
pub(crate) fn recorded_with(labels: Labels, record: impl FnOnce()) {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let current = || CURRENT.with_borrow(Clone::clone).map(Exemplar::new);
        set_exemplar_source(current).expect("nobody else sets it");
    });
    CURRENT.set(Some(labels));
    record();
    CURRENT.set(None);
}

/// Records with an exemplar of hostile text, or with none; gives its labels if
/// they are valid.
pub(super) fn with_exemplar(random: &mut Rng, record: impl FnOnce()) -> Option<Labels> {
    if random.u8(0..4) != 0 {
        record();
        return None;
    }
    let names = ["trace_id", "span_id", "_"];
    let names = &names[..random.usize(0..=names.len())];
    // The reference parser takes an escaped quote for the end of an exemplar's label;
    // real Prometheus reads one in `scrape`.
    let mut text = || text(random).replace('"', "'");
    let labels = names.iter().map(|&name| (name.to_owned(), text()));
    let labels: Labels = labels.collect();
    recorded_with(labels.clone(), record);
    let all = labels.iter();
    let length: usize = all
        .map(|(name, value)| name.chars().count() + value.chars().count())
        .sum();
    // Prometheus refuses a page for NUL in an exemplar, so we refuse the exemplar.
    let has_nul = labels.values().any(|value| value.contains('\0'));
    // O7.
    (length <= 128 && !has_nul).then_some(labels)
}
