//! What a visitor's browser tells the shop: visits, and events on its pages.

use axum::http::StatusCode;
use serde_json::json;

use super::super::call::Call;
use super::super::route::Route;
use super::Visitor;

impl Visitor {
    /// Begins a visit, at times in another browser, which the shop doesn't know.
    pub(super) async fn begin_visit(&mut self) {
        let sources = [
            "direct",
            "search",
            "social",
            "email",
            "referral",
            "pigeon post",
        ];
        let source = sources[self.random.usize(..sources.len())];
        let visitor = self.browser_id.take().filter(|_| self.random.bool());
        let visit = json!({ "source": source, "visitor": visitor });
        let call = Call::new(Route::BeginVisit).json(visit);
        let Some(answer) = self.send(call).await else {
            return;
        };
        if answer.status == StatusCode::CREATED {
            let source = known(source, &sources[..5]);
            let deed = format!("analytics_visitors_total source={source}");
            self.tally.did(deed);
        }
        if answer.status.is_success() {
            self.tally.did("analytics_sessions_total");
        }
        self.browser_id = answer.body["visitor"].as_str().map(str::to_owned);
    }

    pub(super) async fn report_event(&mut self) {
        let categories = ["navigation", "engagement", "conversion", "telepathy"];
        let actions = ["open", "click", "scroll", "share", "complete", "wink"];
        let category = categories[self.random.usize(..categories.len())];
        let action = actions[self.random.usize(..actions.len())];
        let event = json!({ "category": category, "action": action });
        let answer = self.send(Call::new(Route::ReportEvent).json(event)).await;
        if answer.is_some_and(|answer| answer.status == StatusCode::NO_CONTENT) {
            let category = known(category, &categories[..3]);
            let action = known(action, &actions[..5]);
            let deed = format!("analytics_events_total category={category} action={action}");
            self.tally.did(deed);
        }
    }
}

/// What the shop calls a word: itself if it knows it.
fn known(word: &'static str, words: &[&str]) -> &'static str {
    if words.contains(&word) { word } else { "other" }
}
