//! Blocks, closures and futures that are measured without a function of their
//! own: attributes can't stand on expressions.
//!
//! Each attribute has a macro of its name here, which takes the value of the
//! label `function`, the attribute's options, and then what is measured.
//!
//! - `async { … }` becomes a future that is measured from its first poll on;
//! - a closure, also an async one or one that returns an async block, becomes one
//!   of which each call is measured;
//! - any other expression, such as `{ … }`, is measured and gives its value. As in an
//!   async block, `?` and `return` leave the expression, not the function around
//!   it, and the type must be known without a look at what surrounds it.
//!
//! A future that isn't written as an async block is no such: it would be measured
//! while it is made. Write `async { fetch().await }`.
//!
//! ```
//! use metrics_runtime::{block, global};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let total = block::timed!("sum", { (1..=10).sum::<u32>() });
//! assert_eq!(total, 55);
//!
//! let parse = block::counted!("parse", |text: &str| text.parse::<u32>());
//! parse("7").unwrap();
//! parse("seven").unwrap_err();
//!
//! let found = block::track_query!("find", select, table = "users", async {
//!     Ok::<_, std::io::Error>(1)
//! });
//! found.await.unwrap();
//!
//! let page = global().to_text();
//! assert!(page.contains(r#"function_duration_seconds_count{function="sum","#));
//! let failed = |line: &&str| line.contains(r#"{function="parse","#) && line.contains("error");
//! assert!(page.lines().find(failed).is_some_and(|line| line.ends_with(" 1")));
//! assert!(page.contains(
//!     "db_queries_total{database=\"default\",operation=\"select\",table=\"users\",outcome=\"ok\"} 1\n"
//! ));
//! # }
//! ```
//!
//! ```compile_fail
//! // The name comes first: there is no function that has one.
//! let total = metrics_runtime::block::timed!({ 1 + 1 });
//! ```

pub use metrics_macros::{
    counted_block as counted, in_progress_block as in_progress, timed_block as timed,
    track_cache_block as track_cache, track_model_block as track_model,
    track_query_block as track_query, track_task_block as track_task,
};
