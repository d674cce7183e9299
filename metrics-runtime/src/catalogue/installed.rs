//! How sites come to be resolved: by the runtime, where it is linked.

use crate::measure::unsettled;
use metrics_site::Runtime;
use std::hint::black_box;

static RUNTIME: Runtime = Runtime {
    resolve: |site| unsettled(site).to_bits(),
};

crate::__constructor!(referred to, static INSTALL = start);

/// Has sites resolved from now on. Everything through which recorded metrics can be read
/// comes here, so that who reads them has linked the constructor: by then it has run, and
/// no call before was lost.
pub(crate) fn install() {
    // The linker takes the constructor, since this is looked at.
    black_box(&INSTALL);
    // Where nothing runs before `main`, this is where it begins.
    start();
}

extern "C" fn start() {
    // There is no clock to start before `main` on WebAssembly.
    if cfg!(not(target_family = "wasm")) {
        crate::clock::start();
    }
    metrics_site::install(&RUNTIME);
}
