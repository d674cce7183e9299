//! Values that the user's closures read from what a call returns.

/// What a closure reads from a value. The bound names the value's lifetime, so
/// that a closure may return a part of it.
pub fn of_returned<'a, T: ?Sized, R>(value: &'a T, read: impl FnOnce(&'a T) -> R) -> R {
    read(value)
}
