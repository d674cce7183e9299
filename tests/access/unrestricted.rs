//! What can be reached from other machines without access control is told.

use crate::app::{ask, header, is_through, metrics};
use crate::diagnostic::{hear, unrestricted};
use metrics_runtime::{Access, Metrics};
use std::net::SocketAddr;

/// What is told when it listens there, twice; it stops again.
fn listen(metrics: &Metrics, address: &str) -> (SocketAddr, Vec<Option<SocketAddr>>) {
    unrestricted();
    let servers = [(); 2].map(|()| metrics.serve(address).expect("a port is free"));
    let first = servers[0].local_addr();
    for server in servers {
        server.shutdown();
    }
    (first, unrestricted())
}

fn list() -> Access {
    Access::new().allow("192.0.2.0/24").expect("a network")
}

// S8. Mutations: `start` tells nothing; it tells it each time; loopback is told too; so
// is a listener with a token.
#[test]
fn a_listener_on_all_addresses_is_told_once_unless_access_is_controlled() {
    hear();
    for open in [Access::new(), Access::new().everyone()] {
        let (first, told) = listen(&metrics(open.clone()), "0.0.0.0:0");
        assert_eq!(told, [Some(first)]);
        for loopback in ["127.0.0.1:0", "127.0.0.2:0"] {
            let (_, told) = listen(&metrics(open.clone()), loopback);
            assert_eq!(told, [], "{loopback}");
        }
    }
    for closed in [
        Access::new().token("s3cret-token"),
        list(),
        Access::new().authorizer(|_| async { true }),
    ] {
        let (_, told) = listen(&metrics(closed), "0.0.0.0:0");
        assert_eq!(told, []);
    }
}

// S8. A router doesn't know where it is served, until another machine gets in. Mutations:
// it is told of those who have a token, are on the list, or ask from this machine; it is
// told each time.
#[tokio::test]
async fn a_router_is_told_once_another_machine_gets_in_without_access_control() {
    hear();
    let right = [header("x-metrics-token", "s3cret-token")];
    for (access, local, remote, expected) in [
        (Access::new(), "127.0.0.1", "10.1.2.3", 1),
        (Access::new(), "::1", "fd12::1", 1),
        (Access::new().everyone(), "127.0.0.9", "203.0.113.9", 1),
        (Access::new().token("s3cret-token"), "::1", "10.1.2.3", 0),
        (list(), "192.0.2.1", "192.0.2.7", 0),
    ] {
        let shown = format!("{access:?}");
        let app = metrics(access).router::<()>();
        unrestricted();
        for _ in 0..3 {
            assert!(is_through(&ask(&app, local, &right).await), "{shown}");
        }
        assert_eq!(unrestricted(), [], "{shown}");
        for _ in 0..3 {
            assert!(is_through(&ask(&app, remote, &right).await), "{shown}");
        }
        assert_eq!(unrestricted().len(), expected, "{shown}");
    }
    // Who is refused shows nothing: nobody but this machine can read.
    let app = metrics(Access::new()).router::<()>();
    assert!(!is_through(&ask(&app, "203.0.113.9", &right).await));
    assert_eq!(unrestricted(), []);
}
