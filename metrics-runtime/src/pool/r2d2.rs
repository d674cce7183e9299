//! Pools of r2d2.

use crate::pool::{PoolState, PoolStatistics};
use r2d2::{ManageConnection, Pool};

impl<M: ManageConnection> PoolStatistics for Pool<M> {
    /// Never `None`: it keeps its pool.
    fn state(&self) -> Option<PoolState> {
        let state = self.state();
        let idle = state.idle_connections.into();
        let max = self.max_size().into();
        Some(PoolState::new(state.connections.into(), idle).max(max))
    }
}

#[cfg(test)]
mod tests {
    use crate::pool::{PoolState, PoolStatistics};
    use r2d2::{ManageConnection, Pool};
    use std::io;

    struct Manager;

    impl ManageConnection for Manager {
        type Connection = ();
        type Error = io::Error;

        fn connect(&self) -> io::Result<()> {
            Ok(())
        }

        fn is_valid(&self, (): &mut ()) -> io::Result<()> {
            Ok(())
        }

        fn has_broken(&self, (): &mut ()) -> bool {
            false
        }
    }

    #[test]
    fn a_pool_of_r2d2_says_what_it_has() {
        // It opens all of them at once.
        let pool = Pool::builder().max_size(2).build(Manager);
        let pool = pool.expect("it connects");
        let held = pool.get();
        let state = |idle| Some(PoolState::new(2, idle).max(2));
        assert_eq!(PoolStatistics::state(&pool), state(1));
        drop(held);
        assert_eq!(PoolStatistics::state(&pool), state(2));
    }
}
