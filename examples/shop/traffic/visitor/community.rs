//! What visitors do with each other: they chat, submit to the contest, and review.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::route::Route;
use super::super::socket::Socket;
use super::Visitor;

impl Visitor {
    /// Opens a chat, says a thing or three, and leaves.
    pub(super) async fn chat(&mut self) {
        let chat_type = ["direct", "group", "support"][self.random.usize(..3)];
        let path = format!("{}?type={chat_type}", Route::Chat.path());
        match Socket::open(self.address, &path, self.token.as_deref()).await {
            Ok((status, trace, socket)) => {
                self.answered(Route::Chat, status, trace);
                if let Some(socket) = socket {
                    self.talk(socket, chat_type).await;
                }
            }
            Err(_) => self.tally.fail(Route::Chat),
        }
    }

    async fn talk(&mut self, mut socket: Socket, chat_type: &str) {
        for _ in 0..self.random.u8(1..4) {
            let draft = self.draft();
            match socket.say(&draft).await {
                Ok(true) => {
                    let deed = format!("messages_sent_total chat_type={chat_type}");
                    self.tally.did(deed);
                }
                Ok(false) => {}
                Err(_) => {
                    self.tally.fail(Route::Chat);
                    break;
                }
            }
        }
        self.tally.update(socket.close().await);
    }

    /// Something to say, to the visitor itself if it is to somebody. At times it is
    /// nothing, or to nobody.
    fn draft(&mut self) -> Value {
        match self.random.u8(..8) {
            0 => json!({ "to": self.name, "text": "" }),
            1 => json!({ "to": "nobody", "text": "hello?" }),
            _ => json!({ "to": self.name, "text": "is the tea green?" }),
        }
    }

    pub(super) async fn list_messages(&mut self) {
        let query = ["type=direct", "type=group", "type=support"][self.random.usize(..3)];
        self.send(Call::new(Route::ListMessages).query(query)).await;
    }

    /// Submits to an assignment that isn't due yet, to one that was, or to none.
    pub(super) async fn submit(&mut self) {
        let (id, status) = [(1, "on_time"), (2, "late"), (3, "unknown")][self.random.usize(..3)];
        let text = if self.random.u8(..6) == 0 {
            ""
        } else {
            "a drawing"
        };
        let call = Call::new(Route::SubmitAssignment)
            .id(id)
            .json(json!({ "text": text }));
        let Some(answer) = self.send(call).await else {
            return;
        };
        let status = match answer.status {
            StatusCode::CREATED => status,
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => "rejected",
            _ => return,
        };
        let deed = format!("assignments_submitted_total status={status}");
        self.tally.did(deed);
        let submission = answer.body["id"].as_i64();
        self.last_submission = submission.unwrap_or(self.last_submission);
    }

    /// Reviews one of the submissions up to its own, which it may not.
    pub(super) async fn review(&mut self) {
        let (verdict, review) = if self.random.bool() {
            // More than a hundred points are too many.
            let points = self.random.u8(..120);
            ("graded", json!({ "verdict": "graded", "points": points }))
        } else {
            ("returned", json!({ "verdict": "returned" }))
        };
        let id = self.random.i64(1..=self.last_submission);
        let call = Call::new(Route::ReviewSubmission).id(id).json(review);
        let answer = self.send(call).await;
        if answer.is_some_and(|answer| answer.status == StatusCode::NO_CONTENT) {
            let deed = format!("assignments_reviewed_total verdict={verdict}");
            self.tally.did(deed);
        }
    }
}
