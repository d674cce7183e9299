//! Work that is seen through even if the customer hangs up.

use tokio::task;
use tracing::Instrument;

use crate::error::ShopError;

/// Does the work in a task of its own.
///
/// In the handler, which goes when the customer does, a commit could take effect and
/// nobody would count it. The task's queries are its own, not the request's; its trace is
/// that of the request.
pub(crate) async fn see_through<T: Send + 'static>(
    work: impl Future<Output = Result<T, ShopError>> + Send + 'static,
) -> Result<T, ShopError> {
    task::spawn(work.in_current_span()).await?
}
