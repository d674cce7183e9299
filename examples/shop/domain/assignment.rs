//! The design contest: submissions are taken in time or late, or rejected; others than
//! their authors grade or return them.

use serde::{Deserialize, Serialize};

use super::errand::see_through;
use super::moment;
use crate::business::{SubmissionStatus, Verdict, family, text};
use crate::error::ShopError;
use crate::store::{NewSubmission, Store};

/// The longest submission, in letters.
const MOST_LETTERS: usize = 10_000;

/// A submission that was taken.
#[derive(Serialize)]
pub(crate) struct Submitted {
    id: i64,
    status: &'static str,
}

/// What a reviewer says of a submission.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub(crate) enum Review {
    /// With zero to a hundred points.
    Graded { points: u8 },
    /// For another try.
    Returned,
}

/// Takes or rejects a user's submission for an assignment, and counts which.
pub(crate) async fn submit(
    store: &Store,
    user_id: i64,
    assignment_id: i64,
    work: String,
) -> Result<Submitted, ShopError> {
    let due_at = store.submissions.due_at(assignment_id).await?;
    let due_at = due_at.ok_or(ShopError::NotFound("assignment"))?;
    if !(1..=MOST_LETTERS).contains(&work.chars().count()) {
        family::assignments_submitted_total(SubmissionStatus::Rejected).inc();
        return Err(ShopError::Unfit("submission"));
    }
    let submitted_at = moment::now();
    let status = if submitted_at <= due_at {
        SubmissionStatus::OnTime
    } else {
        SubmissionStatus::Late
    };
    let submission = NewSubmission {
        assignment_id,
        user_id,
        text: work,
        status,
        submitted_at,
    };
    let submissions = store.submissions.clone();
    see_through(async move {
        let taken = submissions.put(&submission).await?;
        let status = taken.map_or(SubmissionStatus::Rejected, |_| status);
        family::assignments_submitted_total(status).inc();
        let id = taken.ok_or(ShopError::AlreadySubmitted)?;
        let status = text(status);
        Ok(Submitted { id, status })
    })
    .await
}

/// Reviews a submission of somebody else.
pub(crate) async fn review(
    store: &Store,
    reviewer_id: i64,
    submission_id: i64,
    review: Review,
) -> Result<(), ShopError> {
    let (verdict, points) = match review {
        Review::Graded { points } if points > 100 => return Err(ShopError::Unfit("grade")),
        Review::Graded { points } => (Verdict::Graded, Some(i64::from(points))),
        Review::Returned => (Verdict::Returned, None),
    };
    let submissions = store.submissions.clone();
    see_through(async move {
        let reviewed = submissions
            .review(submission_id, reviewer_id, verdict, points)
            .await?;
        if reviewed == 0 {
            return Err(ShopError::NothingToReview);
        }
        family::assignments_reviewed_total(verdict).inc();
        Ok(())
    })
    .await
}
