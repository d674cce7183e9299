//! What the toolkit tells the operator.

use metrics_runtime::{Diagnostic, set_diagnostics_hook};
use std::cell::Cell;
use std::sync::Once;

thread_local! {
    /// By the thread that asks, since other tests of the binary are told too.
    static TOLD: Cell<usize> = const { Cell::new(0) };
}

/// Listens from now on.
pub(crate) fn hear() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let hooked = set_diagnostics_hook(|diagnostic| {
            assert!(
                matches!(diagnostic, Diagnostic::UnknownPeer),
                "{diagnostic}"
            );
            let text = diagnostic.to_string();
            assert!(text.contains("into_make_service_with_connect_info::<SocketAddr>()"));
            TOLD.set(TOLD.get() + 1);
        });
        hooked.expect("nothing else of this process sets it");
    });
}

/// How often this thread was told that a server doesn't say who asks.
pub(crate) fn told() -> usize {
    TOLD.get()
}
