//! Who may read what the toolkit serves: over raw sockets, since clients and servers
//! that tidy paths and headers up would hide what a guard has to see, and against a
//! model of the rules that shares no code with them.
//!
//! `METRICS_SEED` repeats a run; its seed is printed. `METRICS_PROVE` runs a million
//! random requests of each kind instead of some thousands.

mod app;
mod asked;
mod default_rule;
mod diagnostic;
mod endpoint;
mod forwarded;
mod model;
mod path;
mod poisoning;
mod random;
mod raw;
mod reentry;
mod refusal;
mod scraped;
mod secrecy;
mod seed;
mod unaware;
mod unguarded;
mod unknown_peer;
mod unrestricted;
