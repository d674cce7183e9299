//! `count_request_queries`: the queries that each request makes. The numbers
//! go to the global registry, so each test has a process of its own.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};

use integration_tests::child::in_child;
use metrics_runtime::{Registry, count_request_queries, global, track_query};

use crate::driver::{End, Failure, assert_panics, page, ready, suspend};

static REGISTRY: Registry = Registry::new();

#[track_query(select, table = "rows", registry = REGISTRY)]
async fn query(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[track_query(select, table = "rows", when = counted, registry = REGISTRY)]
fn query_when(counted: bool) {
    let _ = counted;
}

#[track_query(select, table = "rows", prefix = "own", registry = REGISTRY)]
#[track_query(select, table = "rows")]
fn query_of_two_families() {}

async fn make(queries: u32) {
    for _ in 0..queries {
        let _ = query(End::Return).await;
    }
}

/// The numbers of queries of all requests that have ended, from the buckets.
fn requests() -> Vec<u32> {
    let page = page(global());
    let bounds = ["0", "1", "2", "3", "5"];
    let mut requests = Vec::new();
    let mut below = 0.0;
    for bound in bounds {
        let bucket = "http_request_db_queries_bucket";
        let all = page.value(bucket, &[("le", bound)]).unwrap_or(0.0);
        while below < all {
            requests.push(bound.parse().expect("it is a number"));
            below += 1.0;
        }
    }
    let all = page.value("http_request_db_queries_count", &[]);
    assert_eq!(all.or(Some(0.0)), Some(below), "one made too many");
    let sum = page.value("http_request_db_queries_sum", &[]);
    let expected: u32 = requests.iter().sum();
    assert_eq!(sum.or(Some(0.0)), Some(f64::from(expected)));
    requests
}

#[test]
fn a_query_that_two_attributes_track_is_one() {
    let name = "request::a_query_that_two_attributes_track_is_one";
    in_child(name, &[], || {
        ready(count_request_queries(async { query_of_two_families() }));
        assert_eq!(requests(), [1]);
        for family in ["db_queries_total", "own_db_queries_total"] {
            assert_eq!(page(&REGISTRY).sum(family, &[]), Some(1.0), "{family}");
        }
    });
}

// Mutation: a request has ended only when its future is dropped.
#[test]
fn requests_that_take_turns_on_one_thread_count_their_own() {
    let name = "request::requests_that_take_turns_on_one_thread_count_their_own";
    in_child(name, &[], || {
        let mut first = pin!(count_request_queries(make(3)));
        let mut second = pin!(count_request_queries(make(1)));
        suspend(first.as_mut());
        suspend(second.as_mut());
        suspend(first.as_mut());
        ready(make(1));
        ready(second);
        suspend(first.as_mut());
        assert_eq!(requests(), [1]);
        ready(first);
        assert_eq!(requests(), [1, 3]);
        // All were counted as queries, in a request or not.
        let all = page(&REGISTRY).sum("db_queries_total", &[]);
        assert_eq!(all, Some(5.0));
    });
}

#[test]
fn failed_queries_count_and_those_left_out_do_not() {
    let name = "request::failed_queries_count_and_those_left_out_do_not";
    in_child(name, &[], || {
        ready(count_request_queries(async {
            let _ = query(End::Fail).await;
            query_when(false);
            query_when(true);
            drop(query(End::Return));
        }));
        ready(count_request_queries(make(0)));
        assert_eq!(requests(), [0, 2]);
    });
}

// Mutations: a poll goes on with the count that it finds; what was counted outside
// isn't put back after it.
#[test]
fn of_requests_in_each_other_the_inner_one_counts() {
    let name = "request::of_requests_in_each_other_the_inner_one_counts";
    in_child(name, &[], || {
        ready(count_request_queries(async {
            make(1).await;
            count_request_queries(make(3)).await;
            make(1).await;
        }));
        assert_eq!(requests(), [2, 3]);
    });
}

async fn make_and_panic() {
    make(1).await;
    let _ = query(End::Panic).await;
}

// Mutation: what was counted outside is put back after a poll and not by a guard.
#[test]
fn a_panic_in_a_request_gives_the_outer_one_its_count_back() {
    let name = "request::a_panic_in_a_request_gives_the_outer_one_its_count_back";
    in_child(name, &[], || {
        ready(count_request_queries(async {
            make(2).await;
            assert_panics(|| ready(count_request_queries(make_and_panic())));
            make(1).await;
        }));
        assert_eq!(requests(), [2, 3]);
        assert_panics(|| ready(count_request_queries(make_and_panic())));
        ready(make(3));
        assert_eq!(requests(), [2, 2, 3], "nobody counts outside");
    });
}

#[test]
fn a_task_that_a_request_spawns_is_not_part_of_it() {
    let name = "request::a_task_that_a_request_spawns_is_not_part_of_it";
    in_child(name, &[], || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("the runtime starts");
        runtime.block_on(count_request_queries(async {
            make(1).await;
            let task = tokio::spawn(make(5));
            make(1).await;
            task.await.expect("the task ends well");
        }));
        assert_eq!(requests(), [2]);
    });
}

#[test]
fn a_request_that_moves_between_threads_keeps_its_count() {
    let name = "request::a_request_that_moves_between_threads_keeps_its_count";
    in_child(name, &[], || {
        let mut request = Box::pin(count_request_queries(make(3)));
        suspend(request.as_mut());
        suspend(request.as_mut());
        let moved = std::thread::spawn(move || ready(request));
        moved.join().expect("the request ends well");
        ready(make(1));
        assert_eq!(requests(), [3]);
    });
}

/// Polls a request once and drops it in the middle of its second query.
fn cancel_in_second_query() {
    let mut request = Box::pin(count_request_queries(async {
        make(1).await;
        let _ = query(End::Wait).await;
    }));
    suspend(request.as_mut());
    suspend(request.as_mut());
    drop(request);
}

#[test]
fn a_request_that_is_polled_again_is_no_second_one() {
    let name = "request::a_request_that_is_polled_again_is_no_second_one";
    in_child(name, &[], || {
        let mut request = pin!(count_request_queries(make(1)));
        ready(request.as_mut());
        assert_eq!(requests(), [1], "it is still there");
        suspend(request.as_mut());
        assert_eq!(requests(), [1]);
    });
}

// Mutation: the future is dropped without its own count in force.
#[test]
fn a_request_counts_from_its_first_poll_also_when_it_is_dropped() {
    let name = "request::a_request_counts_from_its_first_poll_also_when_it_is_dropped";
    in_child(name, &[], || {
        drop(count_request_queries(make(1)));
        assert_eq!(requests(), Vec::<u32>::new());
        cancel_in_second_query();
        assert_eq!(requests(), [2], "with the query that was cancelled");
        let request = count_request_queries(async { cancel_in_second_query() });
        ready(request);
        assert_eq!(requests(), [0, 2, 2], "and not for the one that drops it");
        let dropping = Box::pin(count_request_queries(make(1)));
        let outer = count_request_queries(async move {
            drop(dropping);
            make(1).await;
        });
        ready(outer);
        assert_eq!(requests(), [0, 1, 2, 2]);
    });
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        std::panic::panic_any("dropped");
    }
}

#[test]
fn a_panic_in_the_drop_of_a_request_gives_the_outer_one_its_count_back() {
    let name = "request::a_panic_in_the_drop_of_a_request_gives_the_outer_one_its_count_back";
    in_child(name, &[], || {
        ready(count_request_queries(async {
            make(1).await;
            let held = PanicsWhenDropped;
            let mut inner: Pin<Box<dyn Future<Output = ()>>> =
                Box::pin(count_request_queries(async move {
                    let _held = held;
                    make(5).await;
                }));
            suspend(inner.as_mut());
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(inner)));
            assert!(dropped.is_err());
            make(1).await;
        }));
        // The inner one had one query, which was cancelled.
        assert_eq!(requests(), [1, 2]);
    });
}
