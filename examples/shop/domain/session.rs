//! Who is asking: the session behind a bearer token.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use metrics_runtime::{counted, track_task};
use tokio::sync::watch;
use tokio::time::{self, MissedTickBehavior};

use crate::business::activity;
use crate::error::ShopError;
use crate::stop;
use crate::store::{SessionRepository, Store};

/// Short, so that sessions expire and are purged while one watches.
pub(crate) const LIFETIME: Duration = Duration::from_secs(5);

/// The user whose session the request's `Authorization` header names.
#[counted]
pub(crate) async fn authenticate(store: &Store, headers: &HeaderMap) -> Result<i64, ShopError> {
    let token = token(headers).ok_or(ShopError::Refused)?;
    let user_id = store.sessions.find_user(token).await?;
    let user_id = user_id.ok_or(ShopError::Refused)?;
    activity::saw(user_id);
    Ok(user_id)
}

/// Ends the session that the request's `Authorization` header names.
pub(crate) async fn close(store: &Store, headers: &HeaderMap) -> Result<(), ShopError> {
    let token = token(headers).ok_or(ShopError::Refused)?;
    match store.sessions.delete(token).await? {
        0 => Err(ShopError::Refused),
        _ => Ok(()),
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

/// Purges expired sessions once a second, until told to stop.
pub(crate) async fn sweep(sessions: SessionRepository, mut stopping: watch::Receiver<bool>) {
    let mut ticks = time::interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => if let Err(cause) = purge_sessions(&sessions).await {
                eprintln!("error: can't purge the expired sessions: {cause}");
            },
            () = stop::told(&mut stopping) => return,
        }
    }
}

#[track_task]
async fn purge_sessions(sessions: &SessionRepository) -> sqlx::Result<u64> {
    sessions.purge().await
}
