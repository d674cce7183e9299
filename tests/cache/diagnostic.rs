//! What the toolkit has to say of caches.

use std::sync::{Mutex, Once};

use metrics_runtime::{Diagnostic, set_diagnostics_hook};

/// The caches whose listeners have panicked, with what they said.
static TOLD: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// Hears what is said from now on: the hook is the process's.
pub(crate) fn listen() {
    HOOK.call_once(|| {
        let hook = |diagnostic: &Diagnostic| {
            let text = diagnostic.to_string();
            if let Diagnostic::EvictionListener { cache, .. } = diagnostic {
                let mut told = TOLD.lock().expect("nobody panics");
                told.push((cache.clone(), text));
            }
        };
        set_diagnostics_hook(hook).expect("there is no other hook");
    });
}

/// What was said of a cache.
pub(crate) fn told(cache: &str) -> Vec<String> {
    let told = TOLD.lock().expect("nobody panics");
    let told = told.iter().filter(|(of, _)| of == cache);
    told.map(|(_, text)| text.clone()).collect()
}
