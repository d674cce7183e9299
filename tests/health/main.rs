//! Health over real sockets, with checks that misbehave and with real dependencies.
//!
//! `METRICS_PROVE` measures how fast probes are answered meanwhile, and sends ten
//! thousand of them; run it with `--test-threads 1`.

mod attribute;
mod bad;
mod client;
mod details;
mod drain;
mod http;
mod kubernetes;
mod pool;
mod probe;
mod redis;
mod reentry;
mod restart;
mod service;

/// Whether times are measured.
fn proving() -> bool {
    std::env::var_os("METRICS_PROVE").is_some()
}
