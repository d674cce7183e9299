//! Numbers that stand in the database: read in the background, served from memory, so
//! that scrapes cost the database nothing and don't wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics_runtime::{RegisterError, Registry};
use thiserror::Error;
use tokio::time;

use crate::store::{FigureRepository, Figures};

/// What a query may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Older numbers are not served: a gap tells more than a line that lies.
const MOST_AGE: Duration = Duration::from_secs(10);

/// Why the numbers are as old as they are.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum StandingError {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("the database took more than a second; its load or its locks are to be looked at")]
    TimedOut(#[from] time::error::Elapsed),
}

/// The latest numbers, which gauges serve.
#[derive(Clone, Default)]
pub(crate) struct Standing {
    latest: Arc<Mutex<Option<(Instant, Figures)>>>,
}

impl Standing {
    /// From one query to the next.
    pub(crate) const PERIOD: Duration = Duration::from_secs(2);

    /// Reads the numbers anew; those of before stay if that fails.
    ///
    /// A task of `Metrics::every` calls it, so that failures are in `task_runs_total` and
    /// the time of the last success in `task_last_success_timestamp_seconds`.
    ///
    /// # Errors
    ///
    /// [`StandingError`] when the database fails or is too slow.
    pub(crate) async fn refresh(&self, figures: &FigureRepository) -> Result<(), StandingError> {
        let begun = Instant::now();
        let read = time::timeout(PATIENCE, figures.read()).await??;
        *self.latest() = Some((begun, read));
        Ok(())
    }

    pub(super) fn register(&self, registry: &Registry) -> Result<(), RegisterError> {
        for (name, help, number) in [
            (
                "visitors_known",
                "Visitors so far, by the database; NaN if it hasn't said for 10 s.",
                (|figures| figures.visitors) as fn(&Figures) -> i64,
            ),
            (
                "orders_open",
                "Orders that aren't paid, by the database; NaN if it hasn't said for 10 s.",
                |figures| figures.orders_open,
            ),
            (
                "emails_waiting",
                "E-mails that are to be sent, by the database; NaN if it hasn't said for 10 s.",
                |figures| figures.emails_waiting,
            ),
        ] {
            let standing = self.clone();
            registry.gauge_fn(name, help, move || standing.number(number, Instant::now()))?;
        }
        let standing = self.clone();
        registry.gauge_fn(
            "standing_age_seconds",
            "Age of the numbers that the database has said; NaN before the first ones.",
            move || standing.age(Instant::now()),
        )
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
    fn number(&self, number: fn(&Figures) -> i64, now: Instant) -> f64 {
        let latest = self.latest();
        let fresh = latest.as_ref().filter(|(begun, _)| {
            let age = now.saturating_duration_since(*begun);
            age <= MOST_AGE
        });
        fresh.map_or(f64::NAN, |(_, figures)| number(figures) as f64)
    }

    fn age(&self, now: Instant) -> f64 {
        let latest = self.latest();
        let begun = latest.as_ref().map(|(begun, _)| *begun);
        begun.map_or(f64::NAN, |begun| {
            now.saturating_duration_since(begun).as_secs_f64()
        })
    }

    fn latest(&self) -> MutexGuard<'_, Option<(Instant, Figures)>> {
        // The value is replaced as a whole, so poison means nothing.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    // Mutations: numbers of any age are served; a failure clears them.
    #[tokio::test]
    async fn serves_numbers_while_they_are_fresh_and_says_how_old_they_are() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let registry = Registry::new();
        let standing = Standing::default();
        standing.register(&registry).expect("the names are free");
        assert!(registry.to_text().contains("\nvisitors_known NaN\n"));
        assert!(registry.to_text().contains("\nstanding_age_seconds NaN\n"));

        store
            .visitors
            .insert("a", "search", 0)
            .await
            .expect("the id is new");
        standing
            .refresh(&store.figures)
            .await
            .expect("the database works");
        assert!(registry.to_text().contains("\nvisitors_known 1\n"));
        assert!(registry.to_text().contains("\norders_open 0\n"));
        assert!(registry.to_text().contains("\nemails_waiting 0\n"));

        // A database that fails leaves what it said before, for a while.
        store.close().await;
        let failed = standing.refresh(&store.figures).await;
        assert!(matches!(failed, Err(StandingError::Database(_))));
        let visitors = |age| {
            let (begun, _) = standing.latest().expect("it was read once");
            standing.number(|figures| figures.visitors, begun + age)
        };
        assert!((visitors(MOST_AGE) - 1.0).abs() < f64::EPSILON);
        assert!(visitors(MOST_AGE + Duration::from_millis(1)).is_nan());
        let (begun, _) = standing.latest().expect("it was read once");
        let age = standing.age(begun + Duration::from_mins(1));
        assert!((age - 60.0).abs() < f64::EPSILON);
    }
}
