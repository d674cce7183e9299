//! What the visitors count, to be compared with what the shop's metrics say.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use axum::http::StatusCode;
use serde::Serialize;

use super::acknowledgement::Phase;
use super::route::Route;
use super::trace::Trace;

/// Traces that are remembered; older ones are forgotten.
const REMEMBERED: usize = 50_000;

/// What became of the requests, by route.
#[derive(Default)]
pub(crate) struct Tally {
    routes: BTreeMap<Route, RouteTally>,
    /// Messages that visitors were sent over a WebSocket.
    updates: u64,
    /// The number of orders by their value in cents.
    orders: BTreeMap<u64, u64>,
    /// What the visitors did that the business counts, by family and labels:
    /// `user_logins_total method=password`.
    deeds: BTreeMap<String, u64>,
    /// Oldest first; only those that are sampled.
    traces: VecDeque<TraceReport>,
}

/// A trace, and what became of its request.
#[derive(Serialize)]
struct TraceReport {
    #[serde(flatten)]
    trace: Trace,
    function: &'static str,
    outcome: &'static str,
}

#[derive(Default)]
struct RouteTally {
    answers: BTreeMap<u16, u64>,
    aborted: BTreeMap<Phase, u64>,
    cancelled: u64,
    failed: u64,
}

impl Tally {
    pub(super) fn answer(&mut self, route: Route, status: StatusCode, trace: Option<Trace>) {
        let answers = &mut self.routes.entry(route).or_default().answers;
        *answers.entry(status.as_u16()).or_default() += 1;
        if let Some(trace) = trace {
            let outcome = if is_error(status.as_u16()) {
                "error"
            } else {
                "ok"
            };
            self.remember(route, outcome, trace);
        }
    }

    /// Counts a request that the visitor gave up while its handler was at work.
    pub(super) fn cancel(&mut self, route: Route, trace: Option<Trace>) {
        self.routes.entry(route).or_default().cancelled += 1;
        self.abort(route, Phase::Handler);
        if let Some(trace) = trace {
            self.remember(route, "cancelled", trace);
        }
    }

    /// Counts an answer that the visitor gave up, beside what it was.
    pub(super) fn abort(&mut self, route: Route, phase: Phase) {
        let aborted = &mut self.routes.entry(route).or_default().aborted;
        *aborted.entry(phase).or_default() += 1;
    }

    /// Counts a request that got no answer at all, for want of a connection.
    pub(crate) fn fail(&mut self, route: Route) {
        self.routes.entry(route).or_default().failed += 1;
    }

    pub(crate) fn update(&mut self, updates: u64) {
        self.updates += updates;
    }

    /// Counts something that a family of the business counts, too.
    pub(super) fn did(&mut self, deed: impl Into<String>) {
        *self.deeds.entry(deed.into()).or_default() += 1;
    }

    /// Counts orders of these values in cents.
    pub(super) fn extend_orders(&mut self, values: impl IntoIterator<Item = u64>) {
        for value in values {
            *self.orders.entry(value).or_default() += 1;
        }
    }

    fn remember(&mut self, route: Route, outcome: &'static str, trace: Trace) {
        self.traces.push_back(TraceReport {
            trace,
            function: route.function(),
            outcome,
        });
        if self.traces.len() > REMEMBERED {
            self.traces.pop_front();
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (route, other) in other.routes {
            let mine = self.routes.entry(route).or_default();
            for (status, count) in other.answers {
                *mine.answers.entry(status).or_default() += count;
            }
            for (phase, count) in other.aborted {
                *mine.aborted.entry(phase).or_default() += count;
            }
            mine.cancelled += other.cancelled;
            mine.failed += other.failed;
        }
        self.updates += other.updates;
        for (value, count) in other.orders {
            *self.orders.entry(value).or_default() += count;
        }
        for (deed, count) in other.deeds {
            *self.deeds.entry(deed).or_default() += count;
        }
        self.traces.extend(other.traces);
    }

    pub(crate) fn report(&self) -> Report<'_> {
        let none = const { &RouteTally::new() };
        let routes = Route::ALL
            .map(|route| RouteReport::new(route, self.routes.get(&route).unwrap_or(none)));
        Report {
            requests: routes.iter().map(RouteReport::requests).sum(),
            cancelled: routes.iter().map(|route| route.cancelled).sum(),
            aborted: routes.iter().flat_map(|route| route.aborted.values()).sum(),
            failed: routes.iter().map(|route| route.failed).sum(),
            updates: self.updates,
            order_cents: &self.orders,
            deeds: &self.deeds,
            routes,
            traces: &self.traces,
        }
    }
}

/// The sums, for people.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            requests,
            aborted,
            failed,
            ..
        } = self.report();
        write!(
            f,
            "{requests} requests, {aborted} of them given up, {failed} failed"
        )
    }
}

impl RouteTally {
    const fn new() -> Self {
        Self {
            answers: BTreeMap::new(),
            aborted: BTreeMap::new(),
            cancelled: 0,
            failed: 0,
        }
    }
}

/// The tally as `--report` has it; a route without a request is listed too.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    /// Requests sent, whatever became of them.
    pub(crate) requests: u64,
    /// Those that were given up while their handler was at work.
    pub(crate) cancelled: u64,
    /// Those that were given up at all.
    pub(crate) aborted: u64,
    pub(crate) failed: u64,
    /// Messages that visitors were sent over a WebSocket.
    pub(crate) updates: u64,
    /// The number of orders by their value in cents.
    order_cents: &'a BTreeMap<u64, u64>,
    /// What visitors did that the business counts.
    deeds: &'a BTreeMap<String, u64>,
    routes: [RouteReport<'a>; Route::ALL.len()],
    /// The traces of the requests, as far as they are sampled.
    traces: &'a VecDeque<TraceReport>,
}

/// The shop's handlers return `Err` for these statuses and for no other.
const fn is_error(status: u16) -> bool {
    status >= 400
}

#[derive(Serialize)]
struct RouteReport<'a> {
    route: String,
    function: &'static str,
    /// By status, those that were given up later among them.
    answers: &'a BTreeMap<u16, u64>,
    /// By phase, as `http_responses_aborted_total` should have it.
    aborted: &'a BTreeMap<Phase, u64>,
    cancelled: u64,
    failed: u64,
    outcomes: Outcomes,
}

/// How often the handler ended how, as `function_calls_total` should have it.
#[derive(Serialize)]
struct Outcomes {
    ok: u64,
    error: u64,
    cancelled: u64,
}

impl<'a> RouteReport<'a> {
    fn new(route: Route, tally: &'a RouteTally) -> Self {
        let mut outcomes = Outcomes {
            ok: 0,
            error: 0,
            cancelled: tally.cancelled,
        };
        for (status, count) in &tally.answers {
            if is_error(*status) {
                outcomes.error += count;
            } else {
                outcomes.ok += count;
            }
        }
        Self {
            route: format!("{} {}", route.method(), route.path()),
            function: route.function(),
            answers: &tally.answers,
            aborted: &tally.aborted,
            cancelled: tally.cancelled,
            failed: tally.failed,
            outcomes,
        }
    }

    fn requests(&self) -> u64 {
        self.outcomes.ok + self.outcomes.error + self.cancelled + self.failed
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use serde_json::json;

    use super::*;

    #[test]
    fn adds_up_visitors_and_derives_outcomes() {
        let mut total = Tally::default();
        let trace = Some(Trace {
            trace_id: "a".to_owned(),
            span_id: Some("b".to_owned()),
        });
        for _ in 0..2 {
            let mut tally = Tally::default();
            tally.answer(Route::PlaceOrder, StatusCode::CREATED, trace.clone());
            tally.answer(Route::PlaceOrder, StatusCode::CONFLICT, None);
            tally.cancel(Route::PlaceOrder, Some(Trace::begin(&mut Rng::new())));
            tally.abort(Route::PlaceOrder, Phase::Body);
            tally.extend_orders([790]);
            tally.fail(Route::PlaceOrder);
            tally.update(3);
            tally.did("user_logins_total method=password");
            total.merge(tally);
        }

        let report = json!(total.report());
        assert_eq!(report["requests"], 8);
        assert_eq!(report["cancelled"], 2);
        assert_eq!(report["aborted"], 4);
        assert_eq!(report["failed"], 2);
        assert_eq!(report["updates"], 6);
        assert_eq!(report["order_cents"], json!({ "790": 2 }));
        let deeds = json!({ "user_logins_total method=password": 2 });
        assert_eq!(report["deeds"], deeds);
        let answered = json!({
            "trace_id": "a",
            "span_id": "b",
            "function": "place_order",
            "outcome": "ok",
        });
        assert_eq!(report["traces"][2], answered);
        assert_eq!(report["traces"][3]["outcome"], "cancelled");
        assert_eq!(report["traces"][3]["span_id"], json!(null));
        let routes = report["routes"].as_array().expect("it is a list");
        let placed = routes
            .iter()
            .find(|route| route["function"] == "place_order")
            .expect("every route is listed");
        assert_eq!(
            *placed,
            json!({
                "route": "POST /orders",
                "function": "place_order",
                "answers": { "201": 2, "409": 2 },
                "aborted": { "handler": 2, "body": 2 },
                "cancelled": 2,
                "failed": 2,
                "outcomes": { "ok": 2, "error": 2, "cancelled": 2 },
            })
        );
    }

    #[test]
    fn lists_routes_without_requests() {
        let report = json!(Tally::default().report());
        assert_eq!(report["requests"], 0);
        let routes = report["routes"].as_array().map(Vec::len);
        assert_eq!(routes, Some(Route::ALL.len()));
        assert_eq!(report["routes"][0]["answers"], json!({}));
    }
}
