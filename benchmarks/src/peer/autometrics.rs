//! `autometrics` with its `prometheus` backend and exporter. Its attribute times
//! and counts; there is nothing smaller. Its page is that of `prometheus`.

use crate::case::{Case, Job, Worked, poll, work, work_async};
use autometrics::autometrics;
use autometrics::settings::AutometricsSettingsBuilder;
use prometheus::Registry;
use std::sync::Once;

#[autometrics]
fn attributed(x: u64) -> Worked {
    work(x)
}

#[autometrics]
async fn attributed_async(x: u64) -> Worked {
    work_async(x).await
}

pub(crate) fn cases() -> Vec<Case> {
    static START: Once = Once::new();
    START.call_once(|| {
        // Its default is the process' registry, whose page we serve too.
        AutometricsSettingsBuilder::default()
            .prometheus_registry(Registry::new())
            .init();
    });
    vec![
        Case::new(Job::Both, "autometrics", attributed).with_instants(),
        Case::new(Job::TimedAsync, "autometrics, which counts too", |x| {
            poll(attributed_async(x))
        })
        .with_instants(),
    ]
}
