//! Whether a look-up has found something, told by the type of what it returns.

use crate::outcome::Probe;

/// `Ok(Some(…))` has found something.
pub trait FoundInResult {
    /// Whether the probed value is of something.
    fn __found(&self) -> bool;
}

impl<T, E> FoundInResult for &&Probe<'_, Result<Option<T>, E>> {
    fn __found(&self) -> bool {
        matches!(self.0, Ok(Some(_)))
    }
}

/// `Some(…)` has found something.
pub trait FoundInOption {
    /// Whether the probed value is of something.
    fn __found(&self) -> bool;
}

impl<T> FoundInOption for &Probe<'_, Option<T>> {
    fn __found(&self) -> bool {
        self.0.is_some()
    }
}

/// Every other value needs the user's word, which the compiler says.
pub trait FoundInOther<T: ?Sized> {
    /// Never called.
    fn __found(&self) -> bool
    where
        T: TellsHits,
    {
        false
    }
}

/// A value that tells a hit from a miss by itself.
#[diagnostic::on_unimplemented(
    message = "a look-up that returns `{Self}` doesn't tell a hit from a miss",
    label = "neither an `Option` nor a `Result` of one",
    note = "say what a hit is, for example `hit = |value| !value.is_empty()`"
)]
pub trait TellsHits {}

impl<T: ?Sized> FoundInOther<T> for Probe<'_, T> {}

/// Whether a value is of something that was found; asked for by a method that has
/// the span of the operation.
#[doc(hidden)]
#[macro_export]
macro_rules! __found {
    ($value:expr, $method:ident) => {{
        use $crate::__private::{FoundInOption as _, FoundInOther as _, FoundInResult as _};
        (&&&$crate::__private::Probe($value)).$method()
    }};
}

#[cfg(test)]
#[expect(
    unused_imports,
    reason = "the macro imports all levels, which only this crate lints"
)]
mod tests {
    #[test]
    fn options_tell_hits_from_misses_also_inside_ok() {
        let cases = [
            (crate::__found!(&Some(1), __found), true),
            (crate::__found!(&None::<u8>, __found), false),
            (crate::__found!(&Ok::<_, ()>(Some(1)), __found), true),
            (crate::__found!(&Ok::<Option<u8>, ()>(None), __found), false),
            (crate::__found!(&Err::<Option<u8>, _>(()), __found), false),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
