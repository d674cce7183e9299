//! How visitors register, are let in, and leave.

use axum::http::StatusCode;
use serde_json::json;

use super::super::call::Call;
use super::super::route::Route;
use super::Visitor;

const PASSWORD: &str = "correct horse battery staple";

impl Visitor {
    /// Registers under a new name, or in vain under the one it has.
    pub(super) async fn register(&mut self) {
        let name = match &self.name {
            Some(name) if self.random.bool() => name.clone(),
            _ => format!("visitor-{}-{:08x}", self.number, self.random.u32(..)),
        };
        let call =
            Call::new(Route::RegisterUser).json(json!({ "name": name, "password": PASSWORD }));
        let answer = self.send(call).await;
        let Some(answer) = answer.filter(|answer| answer.status == StatusCode::CREATED) else {
            return;
        };
        self.tally.did("user_registrations_total");
        self.name = Some(name);
        self.user_id = answer.body["id"].as_i64();
        self.token = None;
        self.was_let_in = false;
        self.open_orders.clear();
    }

    /// Logs in by a link that came by e-mail or by token if there is one, else by
    /// password, and mistypes some.
    pub(super) async fn log_in(&mut self, name: String) {
        let code = self.user_id.and_then(|id| self.mail_server.take_code(id));
        let (method, credentials) = match (code, self.token.take()) {
            (Some(code), _) => (
                "magic_link",
                json!({ "method": "magic_link", "code": code }),
            ),
            (None, Some(token)) => ("session", json!({ "method": "token", "token": token })),
            (None, None) => {
                let is_mistyped = self.random.u8(..10) == 0;
                let password = if is_mistyped { "123456" } else { PASSWORD };
                let credentials =
                    json!({ "method": "password", "name": name, "password": password });
                ("password", credentials)
            }
        };
        let call = Call::new(Route::OpenSession).json(credentials);
        let Some(answer) = self.send(call).await else {
            return;
        };
        self.token = answer.body["token"].as_str().map(str::to_owned);
        if answer.status == StatusCode::CREATED {
            let deed = format!("user_logins_total method={method}");
            self.tally.did(deed);
            if !self.was_let_in {
                self.was_let_in = true;
                self.tally.did("active_users");
            }
        }
    }

    pub(super) async fn log_out(&mut self) {
        self.send(Call::new(Route::CloseSession)).await;
        self.token = None;
    }

    /// Asks for a link by e-mail, which it logs in by the next time.
    pub(super) async fn request_link(&mut self, name: String) {
        let call = Call::new(Route::RequestLink).json(json!({ "name": name }));
        self.send(call).await;
    }
}
