//! Routers that everyone is let in by, where the server doesn't say who asks: nobody is
//! refused, so nothing else would show it.

use crate::app::{Header, answer, header, is_through, metrics, request, with_endpoints};
use crate::diagnostic::{hear, told, unrestricted};
use axum::Router;
use integration_tests::child::in_child;
use metrics_runtime::{Access, Endpoints};
use std::net::UdpSocket;
use tokio::runtime::Builder;

async fn ask(app: &Router, headers: &[Header]) {
    for _ in 0..3 {
        let response = answer(app, request(None, "/", headers)).await;
        assert!(is_through(&response));
    }
}

/// Something that anybody can send requests to, as far as the process can tell: a port that
/// the system doesn't give to those who only ask.
fn reachable() -> UdpSocket {
    let mut ports = 20_000..30_000;
    let bound = ports.find_map(|port| UdpSocket::bind(("0.0.0.0", port)).ok());
    bound.expect("a port is free")
}

// S8. Mutations: `let_in` wants an address, so that nothing is told; it is told each time,
// or of those who have a token.
#[test]
fn it_is_told_once_that_others_may_ask() {
    let name = "unaware::it_is_told_once_that_others_may_ask";
    in_child(name, &[], || {
        hear();
        let reachable = reachable();
        let runtime = Builder::new_current_thread().build();
        let runtime = runtime.expect("there are threads");
        for (access, expected) in [
            (Access::new().everyone(), &[None][..]),
            (Access::new().token("s3cret-token"), &[]),
        ] {
            let app = metrics(access).router();
            let right = [header("x-metrics-token", "s3cret-token")];
            runtime.block_on(ask(&app, &right));
            assert_eq!(unrestricted(), expected);
        }
        drop(reachable);
    });
}

// Mutation: what isn't known is taken for remote.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_told_where_nobody_else_can_ask() {
    hear();
    let app = metrics(Access::new().everyone()).router();
    unrestricted();
    ask(&app, &[]).await;
    assert_eq!(unrestricted(), []);
}

// S6. A proxy is trusted by its address, and nobody is refused for want of one. Mutation:
// `scheme` doesn't look whether there is one.
#[tokio::test]
async fn a_proxy_that_is_not_heard_is_told_once() {
    hear();
    let asked = |proxy: Option<&str>| {
        let access = Access::new().everyone();
        let access = match proxy {
            Some(proxy) => access.trust_proxy(proxy).expect("it is an address"),
            None => access,
        };
        with_endpoints(access, Endpoints::all()).router::<()>()
    };
    let secure = [header("x-forwarded-proto", "https")];
    let peer = "10.0.0.5".parse().ok();
    for (proxy, peer, expected) in [
        (Some("10.0.0.5"), None, 1),
        (Some("10.0.0.5"), peer, 0),
        (None, None, 0),
    ] {
        let app = asked(proxy);
        let before = told();
        for _ in 0..3 {
            let request = request(peer, "/prometheus-config", &secure);
            assert!(is_through(&answer(&app, request).await));
        }
        assert_eq!(told() - before, expected, "{proxy:?} {peer:?}");
    }
}
