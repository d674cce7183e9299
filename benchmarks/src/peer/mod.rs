//! The peers, one file each.

mod autometrics;
mod fast_telemetry;
mod fastmetrics;
mod foundations;
mod measured;
mod metrics;
mod metriken;
mod opentelemetry;
mod prometheus;
mod prometheus_client;

use crate::case::Case;
use crate::exposition::Encoder;

pub(crate) fn cases() -> Vec<Case> {
    let peers = [
        prometheus::cases,
        prometheus_client::cases,
        metrics::cases,
        measured::cases,
        autometrics::cases,
        foundations::cases,
        opentelemetry::cases,
        fastmetrics::cases,
        metriken::cases,
        fast_telemetry::cases,
    ];
    peers.into_iter().flat_map(|cases| cases()).collect()
}

pub(crate) fn encoders() -> Vec<Encoder> {
    let peers = [
        prometheus::encoders,
        prometheus_client::encoders,
        metrics::encoders,
        measured::encoders,
        opentelemetry::encoders,
        fastmetrics::encoders,
        fast_telemetry::encoders,
    ];
    peers.into_iter().flat_map(|encoders| encoders()).collect()
}
