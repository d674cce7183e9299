//! The shop's design contest: assignments, and what users have submitted for them.

use metrics_runtime::{track_model, track_query};

use super::Pool;

use crate::business::{SubmissionStatus, Verdict, text};

pub(crate) struct NewSubmission {
    pub(crate) assignment_id: i64,
    pub(crate) user_id: i64,
    pub(crate) text: String,
    pub(crate) status: SubmissionStatus,
    /// In milliseconds since 1970.
    pub(crate) submitted_at: i64,
}

#[derive(Clone)]
pub(crate) struct SubmissionRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "submissions")]
impl SubmissionRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// When an assignment is due, in milliseconds since 1970, if there is one.
    #[track_model(read, model = "Assignment", rows = |found| usize::from(found.is_some()))]
    #[track_query(select, table = "assignments")]
    pub(crate) async fn due_at(&self, assignment_id: i64) -> sqlx::Result<Option<i64>> {
        sqlx::query_scalar("SELECT due_at FROM assignments WHERE id = $1")
            .bind(assignment_id)
            .fetch_optional(&self.pool)
            .await
    }

    /// Takes a user's submission and returns its id; `None` if there is one already that
    /// wasn't returned.
    #[track_model(insert, rows = |taken| usize::from(taken.is_some()))]
    #[track_query(insert)]
    pub(crate) async fn put(&self, submission: &NewSubmission) -> sqlx::Result<Option<i64>> {
        sqlx::query_scalar(
            "INSERT INTO submissions (assignment_id, user_id, text, status, submitted_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (assignment_id, user_id) DO UPDATE
             SET text = excluded.text, status = excluded.status,
                 submitted_at = excluded.submitted_at
             WHERE submissions.status = 'returned'
             RETURNING id",
        )
        .bind(submission.assignment_id)
        .bind(submission.user_id)
        .bind(&submission.text)
        .bind(text(submission.status))
        .bind(submission.submitted_at)
        .fetch_optional(&self.pool)
        .await
    }

    /// Reviews a submission; returns 0 if there is none that waits for this reviewer.
    #[track_model(update, rows = |updated| *updated)]
    #[track_query(update)]
    pub(crate) async fn review(
        &self,
        id: i64,
        reviewer_id: i64,
        verdict: Verdict,
        points: Option<i64>,
    ) -> sqlx::Result<u64> {
        let done = sqlx::query(
            "UPDATE submissions SET status = $1, points = $2
             WHERE id = $3 AND user_id <> $4 AND status IN ('on_time', 'late')",
        )
        .bind(text(verdict))
        .bind(points)
        .bind(id)
        .bind(reviewer_id)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    // Mutations: what was graded may be submitted again; authors review themselves.
    #[tokio::test]
    async fn is_submitted_reviewed_by_another_and_submitted_again_once_returned() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let ada = store.users.insert("ada", "").await.expect("it is free");
        let bob = store.users.insert("bob", "").await.expect("it is free");
        let submissions = &store.submissions;
        let of_ada = NewSubmission {
            assignment_id: 1,
            user_id: ada,
            text: "a tea pot".to_owned(),
            status: SubmissionStatus::OnTime,
            submitted_at: 0,
        };
        let put = async || submissions.put(&of_ada).await.expect("the database works");
        let review = async |id, user_id, verdict| {
            let reviewed = submissions.review(id, user_id, verdict, None).await;
            reviewed.expect("the database works")
        };
        let id = put().await.expect("it is the first");
        assert_eq!(put().await, None);
        assert_eq!(review(id, ada, Verdict::Graded).await, 0);
        assert_eq!(review(id, bob, Verdict::Returned).await, 1);
        assert_eq!(review(id, bob, Verdict::Graded).await, 0);
        assert_eq!(put().await, Some(id));
        assert_eq!(review(id, bob, Verdict::Graded).await, 1);
        assert_eq!(put().await, None);

        let due = async |id| submissions.due_at(id).await.expect("the database works");
        assert!(due(1).await > due(2).await);
        assert_eq!(due(3).await, None);
        store.close().await;
    }
}
