//! What the toolkit tells the operator.

use metrics_runtime::{Diagnostic, set_diagnostics_hook};
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::sync::Once;

thread_local! {
    /// By the thread that asks, since other tests of the binary are told too.
    static TOLD: Cell<usize> = const { Cell::new(0) };
    static UNRESTRICTED: RefCell<Vec<Option<SocketAddr>>> = const { RefCell::new(Vec::new()) };
}

/// Listens from now on.
pub(crate) fn hear() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let hooked = set_diagnostics_hook(|diagnostic| {
            let text = diagnostic.to_string();
            match diagnostic {
                Diagnostic::UnknownPeer => {
                    assert!(text.contains("into_make_service_with_connect_info::<SocketAddr>()"));
                    TOLD.set(TOLD.get() + 1);
                }
                Diagnostic::Unrestricted { address } => {
                    assert!(text.contains("set METRICS_AUTH_TOKEN or METRICS_ALLOWED_IPS"));
                    let place = address.map_or("to other machines".to_owned(), |it| it.to_string());
                    assert!(text.contains(&place), "{text}");
                    UNRESTRICTED.with_borrow_mut(|told| told.push(*address));
                }
                _ => panic!("{text}"),
            }
        });
        hooked.expect("nothing else of this process sets it");
    });
}

/// How often this thread was told that a server doesn't say who asks.
pub(crate) fn told() -> usize {
    TOLD.get()
}

/// What this thread was told of being without access control, since it asked last.
pub(crate) fn unrestricted() -> Vec<Option<SocketAddr>> {
    UNRESTRICTED.take()
}
