//! Caches of moka, those that block and those that are awaited: what is recorded is what
//! their callers have seen.

mod awaited;
mod blocking;
mod diagnostic;
mod entries;
mod eviction;
mod listener;
mod lookup;
mod page;
mod tally;

use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);
