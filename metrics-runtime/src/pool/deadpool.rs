//! Pools of deadpool.

use crate::pool::{PoolState, PoolStatistics};
use deadpool::managed::{Manager, Object, Pool};

impl<M, W> PoolStatistics for Pool<M, W>
where
    M: Manager + 'static,
    W: From<Object<M>> + 'static,
{
    /// Never `None`: it keeps its pool.
    fn state(&self) -> Option<PoolState> {
        let status = self.status();
        let count = |count| u64::try_from(count).unwrap_or(u64::MAX);
        let state = PoolState::new(count(status.size), count(status.available));
        let state = state.max(count(status.max_size));
        Some(state.waiting(count(status.waiting)))
    }
}

#[cfg(test)]
mod tests {
    use crate::pool::{PoolState, PoolStatistics};
    use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};
    use std::io;

    #[derive(Debug)]
    struct Own;

    impl Manager for Own {
        type Type = ();
        type Error = io::Error;

        async fn create(&self) -> io::Result<()> {
            Ok(())
        }

        async fn recycle(&self, (): &mut (), _: &Metrics) -> RecycleResult<io::Error> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_pool_of_deadpool_says_what_it_has() {
        let pool: Pool<Own> = Pool::builder(Own).max_size(2).build().expect("it is whole");
        let held = pool.get().await;
        let state = |idle| Some(PoolState::new(1, idle).max(2).waiting(0));
        assert_eq!(PoolStatistics::state(&pool), state(0));
        drop(held);
        assert_eq!(PoolStatistics::state(&pool), state(1));
    }
}
