//! `GET /analytics`: how requests, functions, caches and models have done in the last 1, 5
//! and 15 minutes.
//!
//! A thread reads the cumulative values of a few families every five seconds into rings of
//! samples, and an answer is the difference between now and the oldest sample of a window.
//! Everything counts from zero, so what isn't in that sample was made since, at zero: a
//! series that appears meanwhile is counted in full.
//!
//! # Memory
//!
//! A sample takes 8 bytes for each column, and there are 42 samples at most: 336 bytes for
//! each column. A counter takes two columns for each endpoint, function, cache or model, a
//! histogram one for each bucket and two more. Beyond 16,384 columns, which are
//! 5.5 MB, series aren't sampled, and the answer says how many.

mod book;
mod quantile;
mod report;
mod ring;
mod sampler;
mod source;
#[cfg(test)]
mod tests;

pub(super) use sampler::Recorder;

use super::answer::Answer;

/// The report of now.
pub(super) fn answer(recorder: &Recorder) -> Answer {
    Answer::json(&recorder.report())
}
