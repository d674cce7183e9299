//! Families of django-prometheus that have no equal among ours: what the HTTP layer
//! records under [`Profile::DjangoPrometheus`](crate::Profile::DjangoPrometheus),
//! and what an application under that profile counts by hand, since no annotated
//! function sees it: templates.

use super::family;
use crate::desc::Desc;

/// Those that have labels.
static LABELLED: [&Desc; 10] = [
    &DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD,
    &DJANGO_HTTP_REQUESTS_TOTAL_BY_METHOD_TOTAL,
    &DJANGO_HTTP_REQUESTS_TOTAL_BY_TRANSPORT_TOTAL,
    &DJANGO_HTTP_REQUESTS_TOTAL_BY_VIEW_TRANSPORT_METHOD_TOTAL,
    &DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_TOTAL,
    &DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL,
    &DJANGO_HTTP_RESPONSES_TOTAL_BY_CHARSET_TOTAL,
    &DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_TYPE_TOTAL,
    &DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_VIEW_TOTAL,
    &DJANGO_HTTP_RESPONSES_TOTAL_BY_TEMPLATENAME_TOTAL,
];

/// The family here that has this label, if one has.
pub(crate) fn family_with_label(label: &str) -> Option<&'static str> {
    let mut families = LABELLED.into_iter();
    let found = families.find(|family| family.labels.contains(&label));
    found.map(|family| family.name)
}

family! {
    /// Total count of requests before middlewares run.
    DJANGO_HTTP_REQUESTS_BEFORE_MIDDLEWARES_TOTAL: counter
    django_http_requests_before_middlewares_total() -> Counter
}

family! {
    /// Total count of responses before middlewares run.
    DJANGO_HTTP_RESPONSES_BEFORE_MIDDLEWARES_TOTAL: counter
    django_http_responses_before_middlewares_total() -> Counter
}

family! {
    /// Histogram of requests processing time (including middleware processing time).
    DJANGO_HTTP_REQUESTS_LATENCY_INCLUDING_MIDDLEWARES_SECONDS: duration(
        0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0
    )
    django_http_requests_latency_including_middlewares_seconds() -> Histogram
}

family! {
    /// Count of requests for which the latency was unknown, middlewares included.
    DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_INCLUDING_MIDDLEWARES_TOTAL: counter
    django_http_requests_unknown_latency_including_middlewares_total() -> Counter
}

family! {
    /// Histogram of request processing time labelled by view.
    DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD: duration(
        0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 25.0, 50.0, 75.0
    ), cap 10_000
    django_http_requests_latency_seconds_by_view_method(method, view) -> Histogram
}

family! {
    /// Count of requests for which the latency was unknown.
    DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_TOTAL: counter
    django_http_requests_unknown_latency_total() -> Counter
}

family! {
    /// Count of AJAX requests.
    DJANGO_HTTP_AJAX_REQUESTS_TOTAL: counter
    django_http_ajax_requests_total() -> Counter
}

family! {
    /// Count of requests by method.
    DJANGO_HTTP_REQUESTS_TOTAL_BY_METHOD_TOTAL: counter
    django_http_requests_total_by_method_total(method) -> Counter
}

family! {
    /// Count of requests by transport.
    DJANGO_HTTP_REQUESTS_TOTAL_BY_TRANSPORT_TOTAL: counter
    django_http_requests_total_by_transport_total(transport) -> Counter
}

family! {
    /// Count of requests by view, transport, method.
    DJANGO_HTTP_REQUESTS_TOTAL_BY_VIEW_TRANSPORT_METHOD_TOTAL: counter, cap 10_000
    django_http_requests_total_by_view_transport_method_total(method, transport, view) -> Counter
}

family! {
    /// Histogram of requests by body size.
    DJANGO_HTTP_REQUESTS_BODY_TOTAL_BYTES: histogram(
        0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0, 8_192.0, 16_384.0, 32_768.0, 65_536.0, 131_072.0, 262_144.0, 524_288.0, 1_048_576.0, 2_097_152.0, 4_194_304.0, 8_388_608.0, 16_777_216.0, 33_554_432.0, 67_108_864.0, 134_217_728.0, 268_435_456.0, 536_870_912.0
    )
    django_http_requests_body_total_bytes() -> Histogram
}

family! {
    /// Count of responses by status.
    DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_TOTAL: counter
    django_http_responses_total_by_status_total(status) -> Counter
}

family! {
    /// Count of responses by status, view, method.
    DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL: counter, cap 20_000
    django_http_responses_total_by_status_view_method_total(method, status, view) -> Counter
}

family! {
    /// Histogram of responses by body size.
    DJANGO_HTTP_RESPONSES_BODY_TOTAL_BYTES: histogram(
        0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0, 8_192.0, 16_384.0, 32_768.0, 65_536.0, 131_072.0, 262_144.0, 524_288.0, 1_048_576.0, 2_097_152.0, 4_194_304.0, 8_388_608.0, 16_777_216.0, 33_554_432.0, 67_108_864.0, 134_217_728.0, 268_435_456.0, 536_870_912.0
    )
    django_http_responses_body_total_bytes() -> Histogram
}

family! {
    /// Count of responses by charset.
    DJANGO_HTTP_RESPONSES_TOTAL_BY_CHARSET_TOTAL: counter
    django_http_responses_total_by_charset_total(charset) -> Counter
}

family! {
    /// Count of streaming responses.
    DJANGO_HTTP_RESPONSES_STREAMING_TOTAL: counter
    django_http_responses_streaming_total() -> Counter
}

family! {
    /// Count of exceptions by object type.
    DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_TYPE_TOTAL: counter
    django_http_exceptions_total_by_type_total(r#type) -> Counter
}

family! {
    /// Count of exceptions by view.
    DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_VIEW_TOTAL: counter
    django_http_exceptions_total_by_view_total(view) -> Counter
}

family! {
    /// Count of responses by template name.
    DJANGO_HTTP_RESPONSES_TOTAL_BY_TEMPLATENAME_TOTAL: counter
    django_http_responses_total_by_templatename_total(templatename) -> Counter
}
