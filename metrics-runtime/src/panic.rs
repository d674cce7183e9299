//! Panics of code that isn't ours.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `f` gives; `None` if it panicked.
pub(crate) fn caught<T>(f: impl FnOnce() -> T) -> Option<T> {
    told(f).ok()
}

/// What `f` gives, or the message of its panic, which may be empty.
pub(crate) fn told<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let text = message(&*payload);
        // Even a payload may panic when it is dropped; what that panics with is left.
        let dropped = catch_unwind(AssertUnwindSafe(move || drop(payload)));
        dropped.unwrap_or_else(mem::forget);
        text
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{caught, told};
    use std::panic::resume_unwind;

    /// Panics again when it is dropped.
    struct Again;

    impl Drop for Again {
        fn drop(&mut self) {
            resume_unwind(Box::new("again"))
        }
    }

    #[test]
    fn panics_are_caught_with_their_payloads() {
        assert_eq!(caught(|| 1), Some(1));
        let text = told(|| -> u8 { resume_unwind(Box::new("on purpose")) });
        assert_eq!(text, Err("on purpose".to_owned()));
        let text = told(|| -> u8 { resume_unwind(Box::new("on purpose".to_owned())) });
        assert_eq!(text, Err("on purpose".to_owned()));
        // Mutation: the payload is dropped where nothing catches.
        assert_eq!(caught(|| -> u8 { resume_unwind(Box::new(Again)) }), None);
    }
}
