//! The families of the layer, in a registry.

use super::label_set::LabelSet;
use super::option::Options;
use super::placement::Placement;
use crate::builtin::http as builtin;
use crate::builtin::query::HTTP_REQUEST_DB_QUERIES;
use crate::catalogue::has_queries;
use crate::desc::{Desc, Schema};
use crate::measure::is_chosen;
use crate::record::{FamilyCore, at};
use crate::{Counter, Histogram, Outcome, Registry};
use std::sync::Arc;

/// The families of the layer, in a registry, and what decides about them.
#[derive(Debug)]
pub(super) struct Families {
    pub(super) requests: Arc<FamilyCore>,
    pub(super) duration: Arc<FamilyCore>,
    pub(super) in_progress: Arc<FamilyCore>,
    pub(super) first_byte: Arc<FamilyCore>,
    pub(super) request_size: Arc<FamilyCore>,
    pub(super) response_size: Arc<FamilyCore>,
    exceptions: Arc<FamilyCore>,
    aborted: Arc<FamilyCore>,
    blocked: Arc<FamilyCore>,
    /// In programs that count queries.
    pub(super) queries: Option<Histogram>,
    /// The share of requests that are timed and sized, as of all numbers of 64
    /// bits; `None` for all.
    sample: Option<u64>,
    pub(super) labels: LabelSet,
    pub(super) placement: &'static Placement,
}

/// The share of the numbers of 64 bits that lie below this one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is below one and not negative"
)]
fn threshold(rate: f64) -> u64 {
    (rate * 2_f64.powi(64)) as u64
}

/// Says in a help text that this is a sample.
fn tell_sample(schema: &mut Schema, rate: f64) {
    let told =
        format!(" Of a random sample: {rate} of all requests, which http_requests_total counts.");
    schema.help.push_str(&told);
}

impl Families {
    pub(super) fn of(
        registry: &Registry,
        options: &Options,
        placement: &'static Placement,
    ) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        let sampled = |desc: &Desc, change: &dyn Fn(&mut Schema)| {
            registry.builtin_with(desc, |schema| {
                change(schema);
                if let Some(rate) = options.sample {
                    tell_sample(schema, rate);
                }
            })
        };
        let latency = |schema: &mut Schema| {
            if let Some(bounds) = &options.buckets {
                schema.buckets.clone_from(bounds);
            }
        };
        let queries = || {
            let family = registry.builtin(&HTTP_REQUEST_DB_QUERIES);
            at(&family, &[], Outcome::Ok)
        };
        Self {
            requests: registry.builtin_with(&builtin::HTTP_REQUESTS_TOTAL, |schema| {
                options.labels.extend(schema);
            }),
            duration: sampled(&builtin::HTTP_REQUEST_DURATION_SECONDS, &|schema| {
                latency(schema);
                options.labels.extend(schema);
            }),
            in_progress: family(&builtin::HTTP_REQUESTS_IN_PROGRESS),
            first_byte: sampled(&builtin::HTTP_TIME_TO_FIRST_BYTE_SECONDS, &latency),
            request_size: sampled(&builtin::HTTP_REQUEST_SIZE_BYTES, &|_| {}),
            response_size: sampled(&builtin::HTTP_RESPONSE_SIZE_BYTES, &|_| {}),
            exceptions: family(&builtin::HTTP_EXCEPTIONS_TOTAL),
            aborted: family(&builtin::HTTP_RESPONSES_ABORTED_TOTAL),
            blocked: family(&builtin::HTTP_REQUESTS_BLOCKED_TOTAL),
            queries: has_queries().then(queries),
            sample: options.sample.map(threshold),
            labels: options.labels.clone(),
            placement,
        }
    }

    /// Whether a request is more than counted, timed and sized.
    pub(super) fn are_special(&self) -> bool {
        self.queries.is_some() || self.sample.is_some() || self.labels.combinations() > 1
    }

    /// Whether a request is timed and sized.
    #[inline]
    pub(super) fn is_chosen(&self) -> bool {
        self.sample
            .is_none_or(|threshold| threshold > 0 && is_chosen(threshold))
    }

    pub(super) fn exception(&self, endpoint: &str, kind: &str) -> Counter {
        at(&self.exceptions, &[endpoint, kind], Outcome::Ok)
    }

    pub(super) fn aborted(&self, endpoint: &str, phase: &str) -> Counter {
        at(&self.aborted, &[endpoint, phase], Outcome::Ok)
    }

    pub(super) fn blocked(&self, reason: &str) -> Counter {
        at(&self.blocked, &[reason], Outcome::Ok)
    }
}
