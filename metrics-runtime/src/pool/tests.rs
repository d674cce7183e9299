use super::{PoolError, PoolState, PoolStatistics};
use crate::{Metrics, Registry};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// A pool of which the state is said.
#[derive(Default)]
struct Said {
    size: AtomicU64,
}

struct Seen(Weak<Said>);

impl PoolStatistics for Seen {
    fn state(&self) -> Option<PoolState> {
        let pool = self.0.upgrade()?;
        Some(PoolState::new(pool.size.load(Ordering::Relaxed), 1).max(4))
    }
}

fn metrics(namespace: &str) -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let builder = Metrics::builder().registry(registry).namespace(namespace);
    builder.build().expect("the set-up is valid")
}

// Mutation: the registry keeps the pool.
#[test]
fn a_pool_is_on_the_page_as_long_as_it_is_there() {
    let metrics = metrics("shop");
    let pool = Arc::new(Said::default());
    pool.size.store(3, Ordering::Relaxed);
    let seen = Seen(Arc::downgrade(&pool));
    metrics
        .instrument_pool_statistics("main", seen)
        .expect("the name is free");
    let page = metrics.to_text();
    for line in [
        "shop_db_connections{database=\"main\",state=\"active\"} 2\n",
        "shop_db_connections{database=\"main\",state=\"idle\"} 1\n",
        "shop_db_connections_max{database=\"main\"} 4\n",
    ] {
        assert!(page.contains(line), "{line}{page}");
    }
    assert!(!page.contains("db_connections_waiting"), "{page}");
    pool.size.store(0, Ordering::Relaxed);
    let line = "shop_db_connections{database=\"main\",state=\"active\"} 0\n";
    assert!(metrics.to_text().contains(line), "more idle than there are");
    drop(pool);
    let series = "db_connections{database=\"main\"";
    assert!(!metrics.to_text().contains(series));
}

// Mutation: `register` doesn't ask whether the pool before is gone.
#[test]
fn a_name_is_free_again_when_its_pool_is_gone() {
    let metrics = metrics("shop");
    let pool = Arc::new(Said::default());
    let instrument =
        |pool: &Arc<Said>| metrics.instrument_pool_statistics("main", Seen(Arc::downgrade(pool)));
    instrument(&pool).expect("the name is free");
    let name = "main".to_owned();
    assert_eq!(instrument(&pool), Err(PoolError::Taken { name }));
    drop(pool);
    let pool = Arc::new(Said::default());
    pool.size.store(2, Ordering::Relaxed);
    instrument(&pool).expect("the name is free again");
    let line = "db_connections{database=\"main\",state=\"active\"} 1\n";
    assert!(metrics.to_text().contains(line));
}

#[test]
fn pools_share_families_and_registries_share_nothing() {
    let (one, other) = (metrics("one"), metrics("other"));
    let state = |size| move || Some(PoolState::new(size, 0).waiting(7));
    for name in ["a", "b"] {
        one.instrument_pool_statistics(name, state(1))
            .expect("the name is free");
    }
    other
        .instrument_pool_statistics("a", state(2))
        .expect("the name is free in another registry");
    let page = one.to_text();
    assert_eq!(page.matches("# TYPE one_db_connections gauge").count(), 1);
    assert_eq!(page.matches("state=\"active\"} 1\n").count(), 2);
    let waiting = "other_db_connections_waiting{database=\"a\"} 7\n";
    assert!(other.to_text().contains(waiting));
}

#[test]
fn a_pool_that_panics_is_left_out_alone() {
    let metrics = metrics("shop");
    metrics
        .instrument_pool_statistics("bad", || panic!("on purpose"))
        .expect("the name is free");
    metrics
        .instrument_pool_statistics("good", || Some(PoolState::new(1, 0)))
        .expect("the name is free");
    let page = metrics.to_text();
    assert!(page.contains("db_connections{database=\"good\",state=\"active\"} 1\n"));
    assert!(!page.contains("db_connections{database=\"bad\""), "{page}");
}
