//! The trace that a request belongs to, as its visitor knows it.

use axum::http::HeaderMap;
use fastrand::Rng;
use serde::Serialize;

use crate::trace::TRACE_RESPONSE;

/// The header with a visitor's own trace (W3C Trace Context).
pub(super) const TRACE_PARENT: &str = "traceparent";

/// The ids of a trace that is sampled, in lower-case hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Trace {
    pub(super) trace_id: String,
    /// The shop's span; only an answer says it.
    pub(super) span_id: Option<String>,
}

impl Trace {
    /// What the headers of an answer say; `None` if the trace isn't sampled.
    pub(super) fn of_answer(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(TRACE_RESPONSE)?.to_str().ok()?;
        let mut fields = header.split('-').skip(1);
        let (trace, span) = (fields.next()?, fields.next()?);
        let sampled = fields.next()? == "01";
        sampled.then(|| Self {
            trace_id: trace.to_owned(),
            span_id: Some(span.to_owned()),
        })
    }

    /// A trace of the visitor's own, which will have no answer.
    pub(super) fn begin(random: &mut Rng) -> Self {
        Self {
            trace_id: format!("{:032x}", random.u128(1..)),
            span_id: None,
        }
    }

    /// Brings the trace to the shop.
    pub(super) fn parent(&self, random: &mut Rng) -> String {
        format!("00-{}-{:016x}-01", self.trace_id, random.u64(1..))
    }
}

/// A trace of the visitor's own that isn't sampled, and therefore forgotten.
pub(super) fn unsampled_parent(random: &mut Rng) -> String {
    let (trace, span) = (random.u128(1..), random.u64(1..));
    format!("00-{trace:032x}-{span:016x}-00")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn reads_the_ids_of_sampled_traces() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        let of = |flags| {
            let value = HeaderValue::try_from(format!("00-{trace}-{span}-{flags}"));
            let value = value.expect("it is printable");
            Trace::of_answer(&HeaderMap::from_iter([(TRACE_RESPONSE, value)]))
        };
        let expected = Trace {
            trace_id: trace.to_owned(),
            span_id: Some(span.to_owned()),
        };
        assert_eq!(of("01"), Some(expected));
        assert_eq!(of("00"), None);
        assert_eq!(Trace::of_answer(&HeaderMap::new()), None);
    }
}
