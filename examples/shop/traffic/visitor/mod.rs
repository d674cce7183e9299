//! One visitor: registers, logs in, looks around, orders, pays, and hangs up at times.

mod account;
mod browser;
mod community;

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use axum::http::StatusCode;
use fastrand::Rng;
use serde_json::json;
use tokio::sync::watch;
use tokio::time;

use super::acknowledgement::{Acknowledgements, End, Reach};
use super::call::Call;
use super::client::{Answer, Client};
use super::route::Route;
use super::socket::Socket;
use super::tally::Tally;
use super::trace::{Trace, unsampled_parent};
use crate::domain::{
    DECLINED_CARD, EMPTY_WALLET, GOOD_CARD, MailServer, STALLING_CARD, UNAVAILABLE_CARD,
};

/// Between two requests, in milliseconds.
const PAUSE: Range<u64> = 5..50;

/// A new database has products 1 to 8; nobody sells the ninth.
const PRODUCT_IDS: Range<i64> = 1..10;

pub(super) struct Visitor {
    number: u16,
    address: SocketAddr,
    client: Client,
    acknowledgements: Acknowledgements,
    mail_server: MailServer,
    tally: Tally,
    random: Rng,
    requests: u64,
    name: Option<String>,
    user_id: Option<i64>,
    token: Option<String>,
    /// Has been let in under this name.
    was_let_in: bool,
    /// The id that the shop gave the visitor's browser.
    browser_id: Option<String>,
    /// Placed, not yet paid.
    open_orders: Vec<i64>,
    last_submission: i64,
    updates: Option<Socket>,
}

impl Visitor {
    pub(super) fn new(
        number: u16,
        address: SocketAddr,
        acknowledgements: Acknowledgements,
        mail_server: MailServer,
    ) -> Self {
        Self {
            number,
            address,
            client: Client::new(address),
            acknowledgements,
            mail_server,
            tally: Tally::default(),
            random: Rng::new(),
            requests: 0,
            name: None,
            user_id: None,
            token: None,
            was_let_in: false,
            browser_id: None,
            open_orders: Vec::new(),
            last_submission: 1,
            updates: None,
        }
    }

    /// Does one thing after another until the shop closes.
    pub(super) async fn stroll(mut self, mut closing: watch::Receiver<bool>) -> Tally {
        loop {
            self.act().await;
            let pause = Duration::from_millis(self.random.u64(PAUSE));
            tokio::select! {
                () = time::sleep(pause) => {}
                _ = closing.wait_for(|closing| *closing) => break,
            }
        }
        self.close_updates().await;
        self.tally
    }

    async fn act(&mut self) {
        let Some(name) = self.name.clone() else {
            return self.register().await;
        };
        // Without a session most visitors log in first; the others are refused.
        if self.token.is_none() && self.random.u8(..5) > 0 {
            return self.log_in(name).await;
        }
        // One visitor is curious, and with it a scan under way is met at times.
        if self.number == 0 && self.random.u8(..40) == 0 {
            return self.scan().await;
        }
        match self.random.u8(..140) {
            0..11 => self.look(Call::new(Route::ListProducts)).await,
            11..31 => self.show_product().await,
            31..36 => self.search().await,
            36..42 => self.look(Call::new(Route::RecommendProducts)).await,
            42..46 => self.look(Call::new(Route::ExportProducts)).await,
            46..48 => self.look(Call::new(Route::SalesReport)).await,
            48..51 => self.register().await,
            51..57 => self.log_in(name).await,
            57..60 => self.rate_product().await,
            60..63 => self.follow_orders().await,
            63..79 => self.place_order().await,
            79..100 => self.pay_order().await,
            100..105 => self.begin_visit().await,
            105..110 => self.report_event().await,
            110..116 => self.chat().await,
            116..123 => self.submit().await,
            123..131 => self.review().await,
            131..133 => self.log_out().await,
            133..137 => self.request_link(name).await,
            _ => self.list_messages().await,
        }
    }

    /// Looks at what the shop shows, at times without seeing it through.
    async fn look(&mut self, call: Call) {
        match (call.route, self.random.u8(..8)) {
            (Route::ExportProducts, 0..3) => self.read_and_hang_up(call, Reach::Body).await,
            (Route::ExportProducts | Route::ListProducts | Route::ShowProduct, 7) => {
                self.read_and_hang_up(call, Reach::Head).await;
            }
            _ => drop(self.send(call).await),
        }
    }

    async fn show_product(&mut self) {
        let id = self.random.i64(PRODUCT_IDS);
        self.look(Call::new(Route::ShowProduct).id(id)).await;
    }

    async fn search(&mut self) {
        let query = ["text=tea", "text=coffee", "text=bowl", "text="][self.random.usize(..4)];
        let call = Call::new(Route::SearchProducts).query(query);
        self.look(call).await;
    }

    async fn place_order(&mut self) {
        let product_id = self.random.i64(PRODUCT_IDS);
        // Nobody gets twenty-five.
        let quantity = [1, 1, 1, 2, 2, 3, 4, 5, 10, 25][self.random.usize(..10)];
        let call = Call::new(Route::PlaceOrder)
            .json(json!({ "product_id": product_id, "quantity": quantity }));
        let Some(answer) = self.send(call).await else {
            return;
        };
        match answer.status {
            StatusCode::CREATED => {
                self.open_orders.extend(answer.body["id"].as_i64());
                self.tally
                    .extend_orders(answer.body["total_cents"].as_u64());
            }
            StatusCode::CONFLICT => self.restock(product_id).await,
            _ => {}
        }
    }

    async fn rate_product(&mut self) {
        let product_id = self.random.i64(PRODUCT_IDS);
        // No stars at all are too few.
        let call = Call::new(Route::RateProduct)
            .id(product_id)
            .json(json!({ "stars": self.random.u8(..=5) }));
        self.send(call).await;
    }

    /// Has the shop's machine scanned and looks how far that is, or in vain.
    async fn scan(&mut self) {
        let call =
            Call::new(Route::StartScan).json(json!({ "hosts": "127.0.0.1", "ports": "1-1024" }));
        let Some(answer) = self.send(call).await else {
            return;
        };
        if let Some(id) = answer.body["id"].as_i64() {
            self.send(Call::new(Route::ShowScan).id(id)).await;
        }
    }

    /// Follows its orders, or stops to.
    async fn follow_orders(&mut self) {
        if self.updates.is_some() {
            return self.close_updates().await;
        }
        let path = Route::FollowOrders.path();
        match Socket::open(self.address, path, self.token.as_deref()).await {
            Ok((status, trace, updates)) => {
                self.answered(Route::FollowOrders, status, trace);
                self.updates = updates;
            }
            Err(_) => self.tally.fail(Route::FollowOrders),
        }
    }

    async fn close_updates(&mut self) {
        if let Some(updates) = self.updates.take() {
            self.tally.update(updates.close().await);
        }
    }

    /// Has a product delivered which is sold out, often enough.
    async fn restock(&mut self, product_id: i64) {
        if self.random.bool() {
            let call = Call::new(Route::RestockProduct)
                .id(product_id)
                .json(json!({ "quantity": 40 }));
            self.send(call).await;
        }
    }

    async fn pay_order(&mut self) {
        let Some(id) = self.open_orders.pop() else {
            return self.place_order().await;
        };
        let (method, means) = match self.random.u8(..12) {
            0 => ("card", DECLINED_CARD),
            1 => ("card", UNAVAILABLE_CARD),
            2..4 => ("card", STALLING_CARD),
            4..8 => ("card", GOOD_CARD),
            8 => ("wallet", EMPTY_WALLET),
            9 => ("wallet", "full"),
            _ => ("invoice", "at home"),
        };
        let call = Call::new(Route::PayOrder)
            .id(id)
            .json(json!({ "method": method, method: means }));
        let end = if means == STALLING_CARD {
            self.send_and_hang_up(call).await
        } else {
            let answer = self.send(call).await;
            answer.map(|answer| End::Answered(answer.status))
        };
        let status = match end {
            Some(End::Answered(StatusCode::OK)) => "success",
            Some(End::Answered(StatusCode::PAYMENT_REQUIRED)) => "declined",
            Some(End::Answered(StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT)) => "failed",
            Some(End::Dropped) => "cancelled",
            // Nothing was asked of the provider.
            Some(End::Answered(_) | End::GivenUp(..)) | None => return,
        };
        let deed = format!("payments_processed_total status={status} method={method}");
        self.tally.did(deed);
    }

    /// Sends a request and counts what becomes of it.
    async fn send(&mut self, mut call: Call) -> Option<Answer> {
        let route = call.route;
        // Some come from a trace of their own, which isn't sampled.
        if self.random.u8(..8) == 0 {
            call = call.trace_parent(unsampled_parent(&mut self.random));
        }
        let request_id = self.next_request_id();
        let token = self.token.as_deref();
        let answer = self.client.send(call, &request_id, token).await;
        self.count(route, answer)
    }

    /// Sends a request and drops the connection once the handler is at work on it.
    /// Returns how that ended, if it was sent.
    async fn send_and_hang_up(&mut self, call: Call) -> Option<End> {
        let route = call.route;
        // The answer, which would say the trace, is not waited for.
        let trace = Trace::begin(&mut self.random);
        let call = call.trace_parent(trace.parent(&mut self.random));
        let request_id = self.next_request_id();
        let acknowledgements = &self.acknowledgements;
        let mut expected = acknowledgements.announce(&request_id, Reach::Handler);
        let token = self.token.as_deref();
        let answer = tokio::select! {
            answer = self.client.send(call, &request_id, token) => answer,
            // By now the other branch is dropped, and the connection with it.
            () = expected.acknowledged() => {
                let end = expected.ended().await;
                self.ended(route, end, Some(trace));
                return Some(end);
            }
        };
        let answer = self.count(route, answer);
        answer.map(|answer| End::Answered(answer.status))
    }

    /// Sends a request and drops the connection once so much of the answer is there.
    async fn read_and_hang_up(&mut self, call: Call, reach: Reach) {
        let route = call.route;
        let request_id = self.next_request_id();
        let expected = self.acknowledgements.announce(&request_id, reach);
        let token = self.token.as_deref();
        let read = self
            .client
            .send_and_close(call, &request_id, token, reach)
            .await;
        match read {
            Ok(trace) => self.ended(route, expected.ended().await, trace),
            Err(_) => self.tally.fail(route),
        }
    }

    /// Counts what has become of a request that was announced.
    fn ended(&mut self, route: Route, end: End, trace: Option<Trace>) {
        match end {
            End::Answered(status) => self.answered(route, status, trace),
            End::GivenUp(status, phase) => {
                self.answered(route, status, trace);
                self.tally.abort(route, phase);
            }
            End::Dropped => self.tally.cancel(route, trace),
        }
    }

    fn count(&mut self, route: Route, answer: anyhow::Result<Answer>) -> Option<Answer> {
        match &answer {
            Ok(answer) => self.answered(route, answer.status, answer.trace.clone()),
            Err(_) => self.tally.fail(route),
        }
        answer.ok()
    }

    fn answered(&mut self, route: Route, status: StatusCode, trace: Option<Trace>) {
        self.tally.answer(route, status, trace);
        if status == StatusCode::UNAUTHORIZED {
            self.token = None;
        }
    }

    fn next_request_id(&mut self) -> String {
        self.requests += 1;
        format!("{}-{}", self.number, self.requests)
    }
}
