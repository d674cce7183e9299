//! The runtime's own listener under load, over real sockets: ten thousand
//! scrapers at once, a thousand clients that stall, and collectors that hang,
//! panic and fail; and it and axum's router with clients that go away, read a byte
//! at a time or send what would unpack to much, and with no descriptors left.
//!
//! The server is a process of its own, so that its memory and its files aren't
//! those of its clients: each test runs itself again as one. With `METRICS_PROVE`
//! the numbers are those that are promised, and times are held to their limits;
//! else they are scaled down, and only counts and states are asserted.

mod abort;
mod bomb;
mod client;
mod collector;
mod exhaustion;
mod figure;
mod file;
mod isolation;
mod memory;
mod population;
mod recorder;
mod scraper;
mod server;
mod serving;
mod slow;
mod stall;
mod thread;

/// Whether this run is as long as it is promised.
fn proves() -> bool {
    std::env::var_os("METRICS_PROVE").is_some()
}

/// A runtime for clients, which has all of the processor that the server leaves.
fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("threads can be started")
}
