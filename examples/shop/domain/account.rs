//! Registering and logging in.

use metrics_runtime::counted;
use serde::Deserialize;
use tokio::task;

use super::{password, session};
use crate::error::ShopError;
use crate::store::Store;

/// What a user shows to be let in.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub(crate) enum Credentials {
    Password { name: String, password: String },
    Token { token: String },
}

impl Credentials {
    fn method(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::Token { .. } => "token",
        }
    }
}

pub(crate) async fn register(store: &Store, name: &str, password: &str) -> Result<i64, ShopError> {
    // In place: at a millisecond, `function_longest_poll_seconds` shows it and
    // nobody else has to wait. Real hashes belong where `log_in` has its own.
    let hash = password::hash(password)?;
    match store.users.insert(name, &hash).await {
        Err(sqlx::Error::Database(cause)) if cause.is_unique_violation() => {
            Err(ShopError::NameTaken)
        }
        result => Ok(result?),
    }
}

/// Opens a session and returns its token.
#[counted(
    name = "logins_total",
    help = "Logins by method.",
    labels(method = credentials.method())
)]
pub(crate) async fn log_in(store: &Store, credentials: Credentials) -> Result<String, ShopError> {
    let user_id = match credentials {
        Credentials::Password { name, password } => {
            let user = store.users.find_by_name(&name).await?;
            let user = user.ok_or(ShopError::Refused)?;
            let hash = user.password_hash;
            task::spawn_blocking(move || password::verify(&password, &hash)).await??;
            user.id
        }
        Credentials::Token { token } => {
            let user_id = store.sessions.find_user(&token).await?;
            user_id.ok_or(ShopError::Refused)?
        }
    };
    Ok(store.sessions.insert(user_id, session::LIFETIME).await?)
}
