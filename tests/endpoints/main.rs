//! What is served beside the page, over sockets, under the programs that read it.
//!
//! `METRICS_PROVE` makes the test by the document a hundred times as long.

mod answers;
mod choice;
mod configuration;
mod document;
mod service;
mod slow;
