//! Requests and their answers.

mod answer;
mod executor;
mod failure;
mod limit;
mod query;
mod sharing;

use super::page::Maker;
use super::{Handler, HandlerOptions};
use crate::Registry;
use crate::encode::{Missing, Wanted};
use crate::http::{Access, Guard, Policy};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use std::sync::Mutex;
use std::sync::mpsc::channel;

type Answer = Response<Full<Bytes>>;

fn registry() -> &'static Registry {
    Box::leak(Box::new(Registry::new()))
}

fn handler() -> Handler {
    new(registry(), HandlerOptions::new())
}

fn new(registry: &'static Registry, options: HandlerOptions) -> Handler {
    of(Maker::new(registry), registry, options)
}

fn of(maker: Maker, registry: &'static Registry, options: HandlerOptions) -> Handler {
    let policy = Policy::of(Access::new()).expect("the environment says nothing");
    Handler::of(maker, Guard::new(policy, registry), options)
}

/// A handler whose pages are written by `render`.
fn injected(
    options: HandlerOptions,
    render: impl Fn(Wanted<'_>, &mut Vec<u8>) -> Vec<Missing> + Send + Sync + 'static,
) -> (Handler, &'static Registry) {
    let registry = registry();
    let mut maker = Maker::new(registry);
    maker.render = Box::new(render);
    (of(maker, registry, options), registry)
}

fn request(method: Method, uri: &str, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("the request is valid")
}

async fn get(handler: &Handler, uri: &str, headers: &[(&str, &str)]) -> Answer {
    handler.respond(&request(Method::GET, uri, headers)).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

async fn body(answer: Answer) -> Bytes {
    let body = answer.into_body().collect().await;
    body.expect("a whole body doesn't fail").to_bytes()
}

async fn text(answer: Answer) -> String {
    String::from_utf8(body(answer).await.into()).expect("it is text")
}

/// A page that isn't written before the other end is dropped.
fn hung() -> (
    std::sync::mpsc::Sender<()>,
    impl Fn(Wanted<'_>, &mut Vec<u8>) -> Vec<Missing> + Send + Sync + 'static,
) {
    let (sender, receiver) = channel::<()>();
    let receiver = Mutex::new(receiver);
    let render = move |_: Wanted<'_>, _: &mut Vec<u8>| {
        let _ = receiver.lock().expect("nothing panics").recv();
        Vec::new()
    };
    (sender, render)
}
