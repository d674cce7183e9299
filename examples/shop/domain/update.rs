//! What happens to orders, for whoever follows them.

use serde::Serialize;
use tokio::sync::broadcast;

/// Who is slower by more than so many updates misses the oldest.
const MOST_BEHIND: usize = 256;

#[derive(Clone, Serialize)]
pub(crate) struct OrderUpdate {
    #[serde(skip)]
    pub(crate) user_id: i64,
    pub(crate) id: i64,
    pub(crate) status: OrderStatus,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderStatus {
    Placed,
    Paid,
}

/// The updates of all orders.
#[derive(Clone)]
pub(crate) struct OrderUpdates(broadcast::Sender<OrderUpdate>);

impl OrderUpdates {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(MOST_BEHIND))
    }

    pub(crate) fn publish(&self, update: OrderUpdate) {
        // An error says that nobody listens.
        let _ = self.0.send(update);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<OrderUpdate> {
        self.0.subscribe()
    }
}
