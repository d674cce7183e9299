//! The document, as a tester reads it.

use crate::service::{Service, TOKEN};
use integration_tests::schemathesis;
use metrics_runtime::Endpoints;
use std::env;

/// Examples of each operation.
const EXAMPLES: u32 = 30;

// Done when 6. Mutations: an answer leaves out a field; `/api` answers 500 for a query
// that it can't read.
#[test]
fn nothing_is_answered_but_what_the_document_says() {
    let service = Service::start_with_token(Endpoints::all().increment_rate(1_000_000));
    for id in 0..5 {
        service.get(&format!("/users/{id}"));
    }
    let times = if env::var_os("METRICS_PROVE").is_some() {
        100
    } else {
        1
    };
    let document = "/metrics/openapi.json";
    let token = format!("X-Metrics-Token: {TOKEN}");
    let told = schemathesis::run(&service.base(), document, EXAMPLES * times, &[&token]);
    let told = told.unwrap_or_else(|error| panic!("{error}"));
    println!("{told}");
}
