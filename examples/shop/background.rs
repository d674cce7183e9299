//! What the shop does behind the counter, until it closes.

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::domain::{Receipt, send_receipts, session};
use crate::store::Store;

pub(crate) struct Background {
    tasks: JoinSet<()>,
    stopping: watch::Sender<bool>,
}

impl Background {
    pub(crate) fn start(store: &Store, receipts: mpsc::Receiver<Receipt>) -> Self {
        let stopping = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(session::sweep(store.sessions.clone(), stopping.subscribe()));
        tasks.spawn(send_receipts(receipts, stopping.subscribe()));
        Self { tasks, stopping }
    }

    /// Lets each task finish what it is about.
    pub(crate) async fn stop(self) {
        self.stopping.send_replace(true);
        self.tasks.join_all().await;
    }
}
