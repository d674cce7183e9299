//! What the shop does behind the counter, until it closes.

use std::time::Duration;

use metrics_runtime::{Metrics, Schedule};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::business::Standing;
use crate::domain::{MailServer, mail, moment, session};
use crate::store::Store;

/// From one look for login links that have expired to the next.
const PURGE_PERIOD: Duration = Duration::from_secs(10);

pub(crate) struct Background {
    tasks: JoinSet<()>,
    schedules: Vec<Schedule>,
    stopping: watch::Sender<bool>,
}

impl Background {
    pub(crate) fn start(
        metrics: Metrics,
        store: &Store,
        standing: &Standing,
        mail_server: &MailServer,
    ) -> Self {
        let stopping = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(session::sweep(store.sessions.clone(), stopping.subscribe()));
        let (emails, server) = (store.emails.clone(), mail_server.clone());
        let (standing, figures) = (standing.clone(), store.figures.clone());
        let links = store.login_links.clone();
        let schedules = vec![
            metrics.every("send_due_mail", mail::PERIOD, move || {
                mail::send_due(metrics, emails.clone(), server.clone())
            }),
            metrics.every("read_standing", Standing::PERIOD, move || {
                let (standing, figures) = (standing.clone(), figures.clone());
                async move { standing.refresh(&figures).await }
            }),
            metrics.every("purge_login_links", PURGE_PERIOD, move || {
                let links = links.clone();
                async move { links.purge(moment::now()).await }
            }),
        ];
        Self {
            tasks,
            schedules,
            stopping,
        }
    }

    /// Lets each task finish what it is about. E-mails that wait still are in the
    /// database.
    pub(crate) async fn stop(self) {
        self.stopping.send_replace(true);
        for schedule in self.schedules {
            schedule.stop().await;
        }
        self.tasks.join_all().await;
    }
}
