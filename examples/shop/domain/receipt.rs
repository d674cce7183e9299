//! Receipts go out by e-mail, behind the customer's back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics_runtime::track_task;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::time;

use crate::stop;

/// Who pays while so many receipts wait has to wait, too.
const MOST_WAITING: usize = 64;

/// What the mail server takes, which the shop plays itself.
const DELAY: Duration = Duration::from_millis(5);

/// Every tenth e-mail bounces.
const BOUNCES_EVERY: u64 = 10;

pub(crate) struct Receipt {
    pub(crate) order_id: i64,
}

#[derive(Debug, Error)]
#[error("the e-mail bounced")]
struct ReceiptError;

/// Where receipts are left to be sent.
#[derive(Clone)]
pub(crate) struct Outbox(mpsc::Sender<Receipt>);

impl Outbox {
    /// An outbox, and its other end for [`send_receipts`].
    pub(crate) fn new() -> (Self, mpsc::Receiver<Receipt>) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        (Self(sender), receiver)
    }

    pub(crate) async fn put(&self, receipt: Receipt) {
        if let Err(refused) = self.0.send(receipt).await {
            let id = refused.0.order_id;
            eprintln!("error: no receipt for order {id}: the shop has closed");
        }
    }
}

/// Sends receipts until told to stop, and then those that wait.
pub(crate) async fn send_receipts(
    mut waiting: mpsc::Receiver<Receipt>,
    mut stopping: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            receipt = waiting.recv() => {
                let Some(receipt) = receipt else { return };
                // What bounces is counted, and not sent again.
                let _ = send_receipt(&receipt).await;
            }
            () = stop::told(&mut stopping), if !waiting.is_closed() => waiting.close(),
        }
    }
}

#[track_task]
async fn send_receipt(_: &Receipt) -> Result<(), ReceiptError> {
    static SENT: AtomicU64 = AtomicU64::new(0);

    time::sleep(DELAY).await;
    // Relaxed: only the number counts, nothing is published with it.
    let sent = SENT.fetch_add(1, Ordering::Relaxed) + 1;
    if sent.is_multiple_of(BOUNCES_EVERY) {
        return Err(ReceiptError);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use metrics_runtime::global;

    use super::*;

    #[tokio::test]
    async fn sends_what_waits_before_it_stops() {
        let (outbox, waiting) = Outbox::new();
        for order_id in 0..3 {
            outbox.put(Receipt { order_id }).await;
        }
        send_receipts(waiting, watch::Sender::new(true).subscribe()).await;

        let sent = "task_runs_total{task=\"send_receipt\",outcome=\"ok\"} 3\n";
        let page = global().to_text();
        assert!(page.contains(sent), "{page}");
    }
}
