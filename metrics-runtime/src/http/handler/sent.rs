//! What is held until a page is sent.

use bytes::Bytes;

/// The bytes of a page, and what they hold.
struct Sent<T> {
    page: Bytes,
    /// Let go once nobody sends them any more.
    _held: T,
}

impl<T> AsRef<[u8]> for Sent<T> {
    fn as_ref(&self) -> &[u8] {
        &self.page
    }
}

/// A page that holds this until it is sent, or nobody wants it any more.
pub(super) fn holding(page: Bytes, held: impl Send + 'static) -> Bytes {
    Bytes::from_owner(Sent { page, _held: held })
}
