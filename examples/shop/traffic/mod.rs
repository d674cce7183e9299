//! Visitors who keep the numbers moving, and their own count of what they did.

mod acknowledgement;
mod body;
mod call;
mod client;
mod report;
mod route;
mod socket;
mod tally;
mod trace;
mod visitor;

use std::net::SocketAddr;

use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use acknowledgement::{Acknowledgements, follow};
pub(crate) use report::ReportFile;
pub(crate) use tally::Tally;
use visitor::Visitor;

use crate::domain::MailServer;

/// Visitors at work.
pub(crate) struct Traffic {
    visitors: JoinSet<Tally>,
    closing: watch::Sender<bool>,
}

impl Traffic {
    /// Sends `count` visitors to the shop at `address`.
    pub(crate) fn start(
        count: u16,
        address: SocketAddr,
        acknowledgements: &Acknowledgements,
        mail_server: &MailServer,
    ) -> Self {
        let closing = watch::Sender::new(false);
        let visitors = (0..count)
            .map(|number| {
                let (acknowledgements, mail_server) =
                    (acknowledgements.clone(), mail_server.clone());
                Visitor::new(number, address, acknowledgements, mail_server)
                    .stroll(closing.subscribe())
            })
            .collect();
        Self { visitors, closing }
    }

    /// Lets each visitor finish what it is about, then adds up their tallies.
    pub(crate) async fn stop(self) -> Tally {
        self.closing.send_replace(true);
        let mut total = Tally::default();
        for tally in self.visitors.join_all().await {
            total.merge(tally);
        }
        total
    }
}
