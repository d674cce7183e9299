//! A blocking HTTP client for components on loopback.

use std::time::Duration;

use ureq::Agent;
use ureq::http::header::CONTENT_TYPE;

/// What a component answered.
#[derive(Debug)]
pub struct Response {
    /// The status code, redirects and errors included.
    pub status: u16,
    /// The `Content-Type` header, empty when there is none.
    pub content_type: String,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text, for messages: bytes that aren't UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Gets `url`, with `parameters` added to its query.
///
/// # Errors
///
/// When no complete answer came within ten seconds; an answer with an error
/// status is a [`Response`].
pub fn get(url: &str, parameters: &[(&str, &str)]) -> Result<Response, ureq::Error> {
    let pairs = parameters.iter().copied();
    read(agent().get(url).query_pairs(pairs).call()?)
}

/// Gets `url` with these header fields.
///
/// # Errors
///
/// As for [`get`].
pub fn get_with(url: &str, headers: &[(&str, &str)]) -> Result<Response, ureq::Error> {
    let request = headers
        .iter()
        .fold(agent().get(url), |request, (name, value)| {
            request.header(*name, *value)
        });
    read(request.call()?)
}

/// Puts a body of this media type to `url`.
///
/// # Errors
///
/// As for [`get`].
pub fn put(url: &str, content_type: &str, body: &[u8]) -> Result<Response, ureq::Error> {
    let request = agent().put(url).header(CONTENT_TYPE, content_type);
    read(request.send(body)?)
}

/// Posts a body of this media type to `url`, with these header fields.
///
/// # Errors
///
/// As for [`get`].
pub fn post(
    url: &str,
    content_type: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response, ureq::Error> {
    let request = agent().post(url).header(CONTENT_TYPE, content_type);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    read(request.send(body)?)
}

/// A fresh agent for each call: no test sees a connection of another one. A
/// proxy from the environment is ignored, since it can't reach our loopback.
fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .build()
        .into()
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Response, ureq::Error> {
    let content_type = response.headers().get(CONTENT_TYPE);
    Ok(Response {
        status: response.status().as_u16(),
        content_type: content_type
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default(),
        body: response
            .body_mut()
            .with_config()
            .limit(u64::MAX)
            .read_to_vec()?,
    })
}
