//! What a counter has, or why it can't be read.

use super::ErrorRate;
use crate::Registry;
use crate::health::ready::counter::{Expected, Found, find};
use crate::name::LabelName;
use crate::record::FamilyCore;

/// Events, and the errors among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) events: u64,
    pub(super) errors: u64,
}

/// Why there is nothing to read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(
        "there is no counter `{family}`{}; name one that is on the page, or declare it at \
         start-up",
        nearest.as_ref().map(|it| format!(", but `{it}`")).unwrap_or_default()
    )]
    Family {
        family: String,
        nearest: Option<String>,
    },
    #[error("the counter `{family}` has no label `{label}`; name one of {labels:?}")]
    Label {
        family: String,
        label: String,
        labels: Vec<String>,
    },
    #[error("nothing counts in `{family}`; {remedy}")]
    Idle {
        family: String,
        remedy: &'static str,
    },
}

impl Unreadable {
    fn label<'a>(rate: &ErrorRate, labels: impl Iterator<Item = &'a str>, outcome: bool) -> Self {
        let outcome = outcome.then_some("outcome");
        Self::Label {
            family: rate.family.clone(),
            label: rate.label.clone(),
            labels: labels.chain(outcome).map(str::to_owned).collect(),
        }
    }
}

/// What was counted.
pub(super) fn count(registry: &Registry, rate: &ErrorRate) -> Result<Count, Unreadable> {
    let by_outcome = rate.label == "outcome";
    let family = match find(registry, &rate.family) {
        Found::Family(family) => family,
        Found::Expected(Expected { desc, remedy }) => {
            let known = desc.labels.contains(&rate.label.as_str());
            if !(known || by_outcome && desc.by_outcome) {
                let labels = desc.labels.iter().copied();
                return Err(Unreadable::label(rate, labels, desc.by_outcome));
            }
            let family = || rate.family.clone();
            let idle = remedy.map(|remedy| Unreadable::Idle {
                family: family(),
                remedy,
            });
            return idle.map_or_else(|| Ok(Count::default()), Err);
        }
        Found::Nothing(nearest) => {
            let family = rate.family.clone();
            return Err(Unreadable::Family { family, nearest });
        }
    };
    let schema = &family.schema;
    let names = || schema.labels.iter().map(LabelName::as_str);
    let index = names().position(|label| label == rate.label);
    if index.is_none() && !(by_outcome && schema.by_outcome) {
        return Err(Unreadable::label(rate, names(), schema.by_outcome));
    }
    let mut count = Count::default();
    for series in family.series() {
        let value = FamilyCore::counter(series.cell).get();
        let label = match index {
            Some(index) => series.values.get(index).map(String::as_str),
            None => series.outcome,
        };
        count.events = count.events.saturating_add(value);
        if label.is_some_and(|label| (rate.is_error)(label)) {
            count.errors = count.errors.saturating_add(value);
        }
    }
    Ok(count)
}
