//! The handle to a registry's checks.

use super::board::{Board, Selection};
use super::{
    Group, HealthCheck, HealthCheckError, HealthError, HealthRouter, HealthSummary, IntoReport,
    site,
};
use crate::{Guard, Metrics, Registry};
use std::fmt;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// The checks of a program: one for each registry that was
/// [built](crate::MetricsBuilder::build), however often it is asked for.
#[derive(Clone)]
pub struct Health {
    board: Arc<Board>,
    /// Who is told details.
    pub(super) guard: Guard,
}

/// Those that were asked for.
static ALL: Mutex<Vec<(&'static Registry, Arc<Board>)>> = Mutex::new(Vec::new());

impl Metrics {
    /// The checks of the program; see [`health`](crate::health).
    pub fn health(&self) -> Health {
        Health {
            board: Health::board_of(self.registry()),
            guard: self.guard(),
        }
    }
}

impl Health {
    fn board_of(registry: &'static Registry) -> Arc<Board> {
        let known = |all: &[(&'static Registry, Arc<Board>)]| {
            let mut all = all.iter();
            let found = all.find(|(known, _)| ptr::eq(*known, registry));
            found.map(|(_, board)| Arc::clone(board))
        };
        let all = || ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(board) = known(&all()) {
            return board;
        }
        // Not under the lock: a conflict of names is reported to the user's hook.
        let made = Self::with_sites(registry);
        let mut all = all();
        if let Some(board) = known(&all) {
            return board;
        }
        all.push((registry, Arc::clone(&made)));
        made
    }

    fn with_sites(registry: &'static Registry) -> Arc<Board> {
        let board = Board::new(registry);
        for site in site::of(registry) {
            // `build` has refused those whose name is taken.
            let _ = board.add(site.check(), false);
        }
        Arc::new(board)
    }

    /// Adds an async check with the usual options: critical, in no group, with a
    /// timeout of one second, every ten seconds.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let health = metrics.health();
    /// health.check("mail", async || Err::<(), _>("no route"))?;
    ///
    /// let summary = health.summary().await?;
    /// assert!(!summary.status.is_available());
    /// assert_eq!(summary.checks[0].message.as_deref(), Some("no route"));
    /// assert!(metrics.to_text().contains(r#"health_check_status{check="mail"} 0"#));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`HealthCheckError`] when the name isn't valid or taken, and when there are 64.
    pub fn check<R: IntoReport>(
        &self,
        name: impl Into<String>,
        check: impl AsyncFn() -> R + Send + Sync + 'static,
    ) -> Result<(), HealthCheckError> {
        self.add(HealthCheck::new(name, check))
    }

    /// Adds a check. It runs once a router was made or a summary asked for.
    ///
    /// # Errors
    ///
    /// [`HealthCheckError`] when a name, the timeout or the interval isn't valid, the
    /// name is taken, and when there are 64.
    pub fn add(&self, check: HealthCheck) -> Result<(), HealthCheckError> {
        self.board.add(check, true)
    }

    /// How the program and all of its checks do: the latest results, for whose first
    /// ones it waits, until their timeouts at most. Inside of a check it waits for
    /// none.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when the system has no thread to start checks from.
    ///
    /// # Cancellation
    ///
    /// It can be dropped at any time; checks go on.
    pub async fn summary(&self) -> Result<HealthSummary, HealthError> {
        let summary = self.summary_of(&Selection::All).await?;
        // All checks are no group that could be missing.
        Ok(summary.unwrap_or_else(HealthSummary::of_nothing))
    }

    /// As [`summary`](Self::summary), of a group; `None` if no check is in it, unless
    /// it is a built-in one.
    ///
    /// # Errors
    ///
    /// [`HealthError`] when the system has no thread to start checks from.
    pub async fn group(
        &self,
        group: impl Into<Group>,
    ) -> Result<Option<HealthSummary>, HealthError> {
        self.summary_of(&Selection::Of(group.into())).await
    }

    pub(super) async fn summary_of(
        &self,
        selection: &Selection,
    ) -> Result<Option<HealthSummary>, HealthError> {
        self.board.begin()?;
        Ok(self.board.summary(selection).await)
    }

    /// Starts the checks where there is a runtime for them; otherwise the first
    /// probe does.
    pub(super) fn begin_if_in_runtime(&self) {
        if tokio::runtime::Handle::try_current().is_ok() {
            // The first probe tries again, and tells.
            let _ = self.board.begin();
        }
    }

    /// Says that the program isn't ready before [`started`](Self::started) is called.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # static REGISTRY: metrics_runtime::Registry = metrics_runtime::Registry::new();
    /// # let metrics = metrics_runtime::Metrics::builder().registry(&REGISTRY).build()?;
    /// use metrics_runtime::health::ServiceStatus;
    ///
    /// let health = metrics.health();
    /// health.starting();
    /// assert_eq!(health.summary().await?.status, ServiceStatus::Starting);
    /// // Caches are filled here.
    /// health.started();
    /// assert_eq!(health.summary().await?.status, ServiceStatus::Up);
    /// # Ok(())
    /// # }
    /// ```
    pub fn starting(&self) {
        self.board.set_starting(true);
    }

    /// Says that the program has started.
    pub fn started(&self) {
        self.board.set_starting(false);
    }

    /// Takes readiness down for good, so that no requests come any more; liveness
    /// stays. True the first time.
    pub fn drain(&self) -> bool {
        self.board.drain()
    }

    /// Whether the program [drains](Self::drain).
    pub fn is_draining(&self) -> bool {
        self.board.is_draining()
    }

    pub(super) fn set_paths(&self, paths: [String; 3]) {
        self.board.set_paths(paths);
    }

    /// Where endpoints were made last: of all checks, of readiness and of liveness.
    #[cfg_attr(
        not(feature = "endpoints"),
        expect(dead_code, reason = "the document of the endpoints names them")
    )]
    pub(crate) fn paths(&self) -> Option<[String; 3]> {
        self.board.paths()
    }

    /// Endpoints with other paths, or that show details.
    pub fn router(&self) -> HealthRouter {
        HealthRouter::new(self.clone())
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").finish_non_exhaustive()
    }
}
