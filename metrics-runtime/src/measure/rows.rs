//! The rows of a call, counted by the user's closure on the value of success.

use crate::outcome::Probe;

/// An integer that can be a number of rows; one below zero counts as none.
#[diagnostic::on_unimplemented(
    message = "`rows` must give an integer, not `{Self}`",
    label = "not a number of rows",
    note = "return the number of rows, for example `rows = |users| users.len()`"
)]
pub trait RowCount {
    /// The number of rows.
    fn rows(self) -> u64;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl RowCount for $type {
            fn rows(self) -> u64 {
                u64::try_from(self).unwrap_or(0)
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// Rows of `Ok`; `Err` has none.
pub trait RowsOfResult<'a, T: 'a> {
    /// The rows of the probed value.
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64;
}

impl<'a, T, E> RowsOfResult<'a, T> for &&Probe<'a, Result<T, E>> {
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64 {
        self.0.as_ref().map_or(0, |value| rows(value).rows())
    }
}

/// Rows of `Some`; `None` has none.
pub trait RowsOfOption<'a, T: 'a> {
    /// The rows of the probed value.
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64;
}

impl<'a, T> RowsOfOption<'a, T> for &Probe<'a, Option<T>> {
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64 {
        self.0.as_ref().map_or(0, |value| rows(value).rows())
    }
}

/// Rows of any other value.
pub trait RowsOfAny<'a, T: ?Sized + 'a> {
    /// The rows of the probed value.
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64;
}

impl<'a, T: ?Sized> RowsOfAny<'a, T> for Probe<'a, T> {
    fn __rows<N: RowCount>(&self, rows: impl FnOnce(&'a T) -> N) -> u64 {
        rows(self.0).rows()
    }
}

/// The rows of a call by the user's closure, which is asked for by a method that
/// has its span.
#[doc(hidden)]
#[macro_export]
macro_rules! __rows {
    ($value:expr, $method:ident = $rows:expr) => {{
        use $crate::__private::{RowsOfAny as _, RowsOfOption as _, RowsOfResult as _};
        (&&&$crate::__private::Probe($value)).$method($rows)
    }};
}

#[cfg(test)]
#[expect(
    unused_imports,
    reason = "the macro imports all levels, which only this crate lints"
)]
mod tests {
    macro_rules! rows {
        ($value:expr, $rows:expr) => {
            $crate::__rows!(&$value, __rows = $rows)
        };
    }

    #[test]
    fn the_closure_sees_the_value_of_success() {
        assert_eq!(rows!(Ok::<_, ()>(vec![1, 2]), Vec::len), 2);
        assert_eq!(rows!(Some(7_u64), |n| *n), 7);
        assert_eq!(rows!([1, 2, 3], |list| list.len()), 3);
        assert_eq!(
            rows!(Ok::<_, ()>(Some("x")), |found| usize::from(found.is_some())),
            1
        );
    }

    #[test]
    fn without_success_and_below_zero_there_are_none() {
        assert_eq!(rows!(Err::<u64, _>(()), |n| *n), 0);
        assert_eq!(rows!(None::<u64>, |n| *n), 0);
        assert_eq!(rows!(-5_i64, |n| *n), 0);
    }
}
