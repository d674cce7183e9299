//! Pools of bb8.

use crate::pool::{PoolState, PoolStatistics};
use bb8::{ManageConnection, Pool};

impl<M: ManageConnection> PoolStatistics for Pool<M> {
    /// Never `None`: it keeps its pool.
    fn state(&self) -> Option<PoolState> {
        let state = self.state();
        let idle = state.idle_connections.into();
        let max = self.config().max_size.into();
        Some(PoolState::new(state.connections.into(), idle).max(max))
    }
}

#[cfg(test)]
mod tests {
    use crate::pool::{PoolState, PoolStatistics};
    use bb8::{ManageConnection, Pool};
    use std::io;

    struct Manager;

    impl ManageConnection for Manager {
        type Connection = ();
        type Error = io::Error;

        async fn connect(&self) -> io::Result<()> {
            Ok(())
        }

        async fn is_valid(&self, (): &mut ()) -> io::Result<()> {
            Ok(())
        }

        fn has_broken(&self, (): &mut ()) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn a_pool_of_bb8_says_what_it_has() {
        let pool = Pool::builder().max_size(3).build(Manager).await;
        let pool = pool.expect("it connects");
        let state = |idle| Some(PoolState::new(2, idle).max(3));
        let held = (pool.get().await, pool.get().await);
        assert_eq!(PoolStatistics::state(&pool), state(0));
        drop(held);
        assert_eq!(PoolStatistics::state(&pool), state(2));
    }
}
