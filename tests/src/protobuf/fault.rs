//! What can be wrong with a page in protobuf.

use prost::DecodeError;

use super::model::MetricType;

/// The first fault of a page.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtobufError {
    /// P1, P2: the bytes are no sequence of messages, or text isn't UTF-8.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A fault within a family.
    #[error("in `{name}`: {fault}")]
    Family {
        /// The family.
        name: String,
        /// What is wrong with it.
        #[source]
        fault: Box<Self>,
    },
    /// A family without a name.
    #[error("a family has no name")]
    NoName,
    /// A family without a type, or with one that isn't known.
    #[error("there is no type")]
    NoType,
    /// Two families of one name.
    #[error("the family `{0}` is given twice")]
    RepeatedFamily(String),
    /// A label twice in one metric.
    #[error("a label is named twice")]
    RepeatedLabel,
    /// Two metrics with the same labels.
    #[error("two metrics have the same labels")]
    RepeatedSeries,
    /// A metric that isn't what its family says.
    #[error("a metric isn't exactly one {0:?}")]
    WrongValue(MetricType),
    /// A histogram without what it must have.
    #[error("a histogram has no {0}")]
    Missing(&'static str),
    /// Buckets that don't rise, shrink, or hold more than the count.
    #[error("a bucket {0}")]
    Bucket(&'static str),
    /// P4.
    #[error("the schema {0} is not among -4 to 8")]
    Schema(i32),
    /// P3.
    #[error("an empty native histogram has no no-op span, and so looks like a classic one")]
    NoSpan,
    /// P4.
    #[error("the spans have room for {spans} buckets, and there are {deltas}")]
    Spans {
        /// Σ of the lengths.
        spans: u64,
        /// Buckets that are given.
        deltas: u64,
    },
    /// P4.
    #[error("the offset of a span after the first is negative")]
    Offset,
    /// P4.
    #[error("the deltas of the buckets sum up to a number below 0")]
    BelowZero,
    /// The buckets hold something else than the count.
    #[error("the count is {count}, but the buckets hold {sum}")]
    Count {
        /// The count that is given.
        count: u64,
        /// What the buckets hold.
        sum: u64,
    },
    /// P5.
    #[error("an exemplar of a native histogram has no timestamp")]
    ExemplarWithoutTimestamp,
}
