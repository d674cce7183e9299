//! Registering and logging in.

use std::time::Duration;

use metrics_runtime::counted;
use serde::Deserialize;
use tokio::task;

use super::errand::see_through;
use super::{moment, password, secret, session};
use crate::business::{EmailKind, LoginMethod, activity, family};
use crate::error::ShopError;
use crate::store::Store;

/// How long a link that was sent by e-mail may be used, once.
const LINK_LIFETIME: Duration = Duration::from_mins(1);

/// What a user shows to be let in.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub(crate) enum Credentials {
    Password { name: String, password: String },
    Token { token: String },
    MagicLink { code: String },
}

impl Credentials {
    const fn method(&self) -> LoginMethod {
        match self {
            Self::Password { .. } => LoginMethod::Password,
            Self::Token { .. } => LoginMethod::Session,
            Self::MagicLink { .. } => LoginMethod::MagicLink,
        }
    }
}

pub(crate) async fn register(store: &Store, name: &str, password: &str) -> Result<i64, ShopError> {
    // In place: at a millisecond, `function_longest_poll_seconds` shows it and
    // nobody else has to wait. Real hashes belong where `log_in` has its own.
    let hash = password::hash(password)?;
    let (store, name) = (store.clone(), name.to_owned());
    see_through(async move {
        let id = match store.users.insert(&name, &hash).await {
            Err(sqlx::Error::Database(cause)) if cause.is_unique_violation() => {
                return Err(ShopError::NameTaken);
            }
            result => result?,
        };
        family::user_registrations_total().inc();
        let now = moment::now();
        store.emails.queue(EmailKind::Welcome, id, "", now).await?;
        Ok(id)
    })
    .await
}

/// Has a link sent by which the user of this name is let in. Whether there is one is not
/// told.
pub(crate) async fn request_link(store: &Store, name: &str) -> Result<(), ShopError> {
    let Some(user) = store.users.find_by_name(name).await? else {
        return Ok(());
    };
    let code = secret::draw()?;
    let store = store.clone();
    see_through(async move {
        let now = moment::now();
        let expires_at = now + moment::millis(LINK_LIFETIME);
        store.login_links.insert(&code, user.id, expires_at).await?;
        let kind = EmailKind::LoginLink;
        store.emails.queue(kind, user.id, &code, now).await?;
        Ok(())
    })
    .await
}

/// Opens a session and returns its token.
#[counted(
    name = "logins_total",
    help = "Logins by method.",
    labels(method = credentials.method())
)]
pub(crate) async fn log_in(store: &Store, credentials: Credentials) -> Result<String, ShopError> {
    let method = credentials.method();
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
        Credentials::MagicLink { code } => {
            let user_id = store.login_links.take(&code, moment::now()).await?;
            user_id.ok_or(ShopError::Refused)?
        }
    };
    let sessions = store.sessions.clone();
    see_through(async move {
        let token = sessions.insert(user_id, session::LIFETIME).await?;
        family::user_logins_total(method).inc();
        activity::saw(user_id);
        Ok(token)
    })
    .await
}
