//! Who may read the metrics: a user of the shop who is logged in.

use std::sync::{Arc, OnceLock};

use axum::http::header::COOKIE;
use axum::http::request::Parts;
use metrics_runtime::Access;

use crate::domain::session;
use crate::store::Store;

/// The store that is asked, once it is open: it is opened with the metrics, and they are
/// built with the rule.
pub(crate) type Known = Arc<OnceLock<Store>>;

/// The rule by which the user of this name is let in, with the session that logging in
/// has opened, and nobody else; before there is a store, nobody at all.
pub(crate) fn for_superuser(store: &Known, name: &str) -> Access {
    let (store, name) = (Arc::clone(store), name.to_owned());
    Access::new().authorizer(move |parts| {
        let (store, name) = (Arc::clone(&store), name.clone());
        async move {
            match store.get() {
                Some(store) => is_superuser(store, &name, &parts).await,
                None => false,
            }
        }
    })
}

/// Whether the request's session, which a browser sends as a cookie and a program in
/// `Authorization`, is that of this user. A database that fails lets nobody in.
async fn is_superuser(store: &Store, name: &str, parts: &Parts) -> bool {
    let user_id = match cookie(parts, "session") {
        Some(token) => store.sessions.find_user(token).await.ok().flatten(),
        None => session::authenticate(store, &parts.headers).await.ok(),
    };
    let superuser = store.users.find_by_name(name).await.ok().flatten();
    matches!((user_id, superuser), (Some(id), Some(superuser)) if id == superuser.id)
}

fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let lines = parts.headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}
