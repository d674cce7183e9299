//! What the visitors count, to be compared with what the shop's metrics say.

use std::collections::BTreeMap;
use std::fmt;

use axum::http::StatusCode;
use serde::Serialize;

use super::route::Route;

/// What became of the requests, by route.
#[derive(Default)]
pub(crate) struct Tally {
    routes: BTreeMap<Route, RouteTally>,
    /// Updates of orders that the visitors followed.
    updates: u64,
}

#[derive(Default)]
struct RouteTally {
    answers: BTreeMap<u16, u64>,
    cancelled: u64,
    failed: u64,
}

impl Tally {
    pub(crate) fn answer(&mut self, route: Route, status: StatusCode) {
        let answers = &mut self.routes.entry(route).or_default().answers;
        *answers.entry(status.as_u16()).or_default() += 1;
    }

    /// Counts a request that the visitor gave up while its handler was at work.
    pub(crate) fn cancel(&mut self, route: Route) {
        self.routes.entry(route).or_default().cancelled += 1;
    }

    /// Counts a request that got no answer at all, for want of a connection.
    pub(crate) fn fail(&mut self, route: Route) {
        self.routes.entry(route).or_default().failed += 1;
    }

    pub(crate) fn update(&mut self, updates: u64) {
        self.updates += updates;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (route, other) in other.routes {
            let mine = self.routes.entry(route).or_default();
            for (status, count) in other.answers {
                *mine.answers.entry(status).or_default() += count;
            }
            mine.cancelled += other.cancelled;
            mine.failed += other.failed;
        }
        self.updates += other.updates;
    }

    pub(crate) fn report(&self) -> Report<'_> {
        let none = const { &RouteTally::new() };
        let routes = Route::ALL
            .map(|route| RouteReport::new(route, self.routes.get(&route).unwrap_or(none)));
        Report {
            requests: routes.iter().map(RouteReport::requests).sum(),
            cancelled: routes.iter().map(|route| route.cancelled).sum(),
            failed: routes.iter().map(|route| route.failed).sum(),
            updates: self.updates,
            routes,
        }
    }
}

/// The sums, for people.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            requests,
            cancelled,
            failed,
            ..
        } = self.report();
        write!(
            f,
            "{requests} requests, {cancelled} of them cancelled, {failed} failed"
        )
    }
}

impl RouteTally {
    const fn new() -> Self {
        Self {
            answers: BTreeMap::new(),
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
    pub(crate) cancelled: u64,
    pub(crate) failed: u64,
    /// Updates of orders that the visitors followed.
    pub(crate) updates: u64,
    routes: [RouteReport<'a>; Route::ALL.len()],
}

#[derive(Serialize)]
struct RouteReport<'a> {
    route: String,
    function: &'static str,
    answers: &'a BTreeMap<u16, u64>,
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
            // The shop's handlers return `Err` for these statuses and for no other.
            if *status >= 400 {
                outcomes.error += count;
            } else {
                outcomes.ok += count;
            }
        }
        Self {
            route: format!("{} {}", route.method(), route.path()),
            function: route.function(),
            answers: &tally.answers,
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
    use serde_json::json;

    use super::*;

    #[test]
    fn adds_up_visitors_and_derives_outcomes() {
        let mut total = Tally::default();
        for _ in 0..2 {
            let mut tally = Tally::default();
            tally.answer(Route::PlaceOrder, StatusCode::CREATED);
            tally.answer(Route::PlaceOrder, StatusCode::CONFLICT);
            tally.cancel(Route::PlaceOrder);
            tally.fail(Route::PlaceOrder);
            tally.update(3);
            total.merge(tally);
        }

        let report = json!(total.report());
        assert_eq!(report["requests"], 8);
        assert_eq!(report["cancelled"], 2);
        assert_eq!(report["failed"], 2);
        assert_eq!(report["updates"], 6);
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
