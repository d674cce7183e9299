//! The exposition formats.

/// A format of the page.
///
/// ```
/// use metrics_runtime::{Format, Registry};
///
/// let registry = Registry::new();
/// registry.counter("sent_messages_total", "Messages sent.")?.inc();
/// let page = registry.encode(Format::OpenMetrics);
/// assert!(page.ends_with(b"\n# EOF\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Prometheus text, version 0.0.4.
    #[default]
    Text,
    /// OpenMetrics text, version 1.0.0: with units, creation times and
    /// exemplars.
    OpenMetrics,
    /// Length-delimited `io.prometheus.client.MetricFamily` messages: with
    /// native histograms, creation times and exemplars.
    Protobuf,
}

impl Format {
    /// All formats.
    pub const ALL: &'static [Self] = &[Self::Text, Self::OpenMetrics, Self::Protobuf];

    /// The media type of a page in this format.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
                 encoding=delimited"
            }
        }
    }

    /// The word for the format in labels and in the query `?format=`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::OpenMetrics => "openmetrics",
            Self::Protobuf => "protobuf",
        }
    }
}
