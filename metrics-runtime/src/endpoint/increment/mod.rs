//! `POST /increment`: records into families that are marked with `#[remote]`, what
//! another program sends as JSON. All of a request is recorded, or nothing.

mod bucket;
mod depth;
mod item;
mod origin;
mod record;
#[cfg(test)]
mod tests;

pub(super) use bucket::Bucket;
pub(super) use record::{LONGEST_VALUE, declare_own, families};

use super::answer::Answer;
use crate::http::handler::alarm;
use crate::{Endpoints, Guard, Metrics};
use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::json;
use std::time::{Duration, Instant};

/// The longest body in bytes.
pub(super) const LONGEST: usize = 64 * 1_024;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Records what the request says.
pub(super) async fn answer(
    metrics: Metrics,
    guard: &Guard,
    endpoints: &Endpoints,
    bucket: &Bucket,
    head: &Parts,
    body: Body,
) -> Answer {
    // Whom everybody is let in with may read, not write.
    if !guard.authorized(head).await {
        let error = "this path takes a token, an allowed address or a caller that is authorised";
        return Answer::refused(StatusCode::FORBIDDEN, error);
    }
    match read(endpoints, bucket, head, body).await {
        Ok(body) => record(metrics, endpoints, &body),
        Err(refusal) => refusal,
    }
}

/// The body, of a request that may be read at all.
async fn read(
    endpoints: &Endpoints,
    bucket: &Bucket,
    head: &Parts,
    body: Body,
) -> Result<Bytes, Answer> {
    check_media(&head.headers)?;
    origin::check(head, &endpoints.hosts)?;
    if let Err(wait) = bucket.take(Instant::now()) {
        let error = "too many requests; send several items as a list";
        let seconds = wait.as_secs() + 1;
        return Err(Answer::later(StatusCode::TOO_MANY_REQUESTS, error, seconds));
    }
    let too_large = || {
        let error = "the body is longer than 65536 bytes; send fewer items at a time";
        Answer::refused(StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    let announced = head.headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LONGEST as u64) {
        return Err(too_large());
    }
    let read = Limited::new(body, LONGEST).collect();
    let read = alarm::until(Instant::now() + PATIENCE, read).await;
    match read {
        Some(Ok(read)) => Ok(read.to_bytes()),
        Some(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Some(Err(_)) => Err(Answer::refused(
            StatusCode::BAD_REQUEST,
            "the body couldn't be read",
        )),
        None => Err(Answer::refused(
            StatusCode::REQUEST_TIMEOUT,
            "the body didn't come in time",
        )),
    }
}

/// JSON alone, and as it is: a form of another site can't send this media type, and
/// nothing is decompressed, so that few bytes stay few.
fn check_media(headers: &HeaderMap) -> Result<(), Answer> {
    let refused = |error| Err(Answer::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    let encodings = headers.get_all(CONTENT_ENCODING).iter();
    let mut encodings = encodings.map(HeaderValue::as_bytes);
    if !encodings.all(|encoding| encoding.eq_ignore_ascii_case(b"identity")) {
        return refused("the body is encoded; send it without `Content-Encoding`");
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let first = types.next().map(HeaderValue::as_bytes);
    let json = first.is_some_and(|first| first.eq_ignore_ascii_case(b"application/json"));
    if !json || types.next().is_some() {
        return refused("the body must be JSON; send `Content-Type: application/json`");
    }
    Ok(())
}

/// Checks all items, then records them.
fn record(metrics: Metrics, endpoints: &Endpoints, body: &[u8]) -> Answer {
    if !crate::config::recording() {
        let error = "metrics are turned off (METRICS_ENABLED)";
        return Answer::refused(StatusCode::CONFLICT, error);
    }
    let parsed = depth::check(body).and_then(|()| item::parse(body));
    let items = match parsed {
        Ok(items) => items,
        Err(error) => return Answer::refused(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let families = families(metrics.registry());
    let mut checked = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match record::check(&families, item, endpoints.largest_step) {
            Ok(recording) => checked.push(recording),
            Err(error) => {
                let (status, error) = (StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
                return Answer::refused_item(status, &error, index);
            }
        }
    }
    for recording in &checked {
        recording.apply();
    }
    Answer::json(&json!({ "applied": checked.len() }))
}
