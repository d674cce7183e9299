//! The label of the error in a returned value, chosen by the value's type.

use super::{ErrorLabel, find};
use crate::outcome::Probe;
use std::error::Error;

/// Values that may have an error: results.
#[diagnostic::on_unimplemented(
    message = "`error` is for functions that return a `Result`, not `{Self}`",
    label = "not a `Result`",
    note = "remove `error`: it names what is in `Err`"
)]
pub trait MayFail {}

impl<T, E> MayFail for Result<T, E> {}

/// Results whose error has a label.
pub trait ErrorOfLabelled {
    /// The label of the probed result's error, empty for `Ok`.
    fn __error(&self) -> &'static str;
}

impl<T, E: ErrorLabel> ErrorOfLabelled for &&&Probe<'_, Result<T, E>> {
    fn __error(&self) -> &'static str {
        self.0.as_ref().err().map_or("", ErrorLabel::error_label)
    }
}

/// Results whose error holds one of any type, such as `anyhow::Error`.
pub trait ErrorOfReport {
    /// The label of the probed result's error, empty for `Ok`.
    fn __error(&self) -> &'static str;
}

impl<T, E: AsRef<dyn Error + 'static>> ErrorOfReport for &&Probe<'_, Result<T, E>> {
    fn __error(&self) -> &'static str {
        self.0
            .as_ref()
            .err()
            .map_or("", |error| find(error.as_ref()))
    }
}

/// All other results, so that the compiler names what their error lacks.
pub trait ErrorOfResult<E> {
    /// The label of the probed result's error, empty for `Ok`.
    fn __error(&self) -> &'static str
    where
        E: ErrorLabel;
}

impl<T, E> ErrorOfResult<E> for &Probe<'_, Result<T, E>> {
    fn __error(&self) -> &'static str
    where
        E: ErrorLabel,
    {
        ErrorOfLabelled::__error(&&&&Probe(self.0))
    }
}

/// Everything else, so that the compiler says that it isn't a result.
pub trait ErrorOfAny<T: ?Sized> {
    /// The label of no error.
    fn __error(&self) -> &'static str
    where
        T: MayFail,
    {
        ""
    }
}

impl<T: ?Sized> ErrorOfAny<T> for Probe<'_, T> {}

/// Errors that the user's closure names.
pub trait ErrorByResult<'a, E: 'a> {
    /// What the closure gives for the probed result's error. That it is a label's
    /// value is asked where it is used as one, and not here too.
    fn __error_by<L>(&self, by: impl FnOnce(&'a E) -> L) -> Option<L>;
}

impl<'a, T, E> ErrorByResult<'a, E> for &Probe<'a, Result<T, E>> {
    fn __error_by<L>(&self, by: impl FnOnce(&'a E) -> L) -> Option<L> {
        self.0.as_ref().err().map(by)
    }
}

/// Everything else, so that the compiler says that it isn't a result.
pub trait ErrorByAny<'a, T: ?Sized + 'a> {
    /// Nothing: there is no error.
    fn __error_by<L>(&self, _: impl FnOnce(&'a T) -> L) -> Option<L>
    where
        T: MayFail,
    {
        None
    }
}

impl<'a, T: ?Sized> ErrorByAny<'a, T> for Probe<'a, T> {}

/// The error of a returned value, as a label's value: its own, or what a
/// closure gives.
///
/// ```text
/// __error!(&returned)                                 // &'static str
/// __error!(&returned, __error)                        // the same, told where the word stands
/// __error!(&returned, __error_by = |error| error.code())  // Option<impl LabelValue>
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __error {
    ($value:expr) => {
        $crate::__error!($value, __error)
    };
    ($value:expr, $method:ident) => {{
        use $crate::__private::{
            ErrorOfAny as _, ErrorOfLabelled as _, ErrorOfReport as _, ErrorOfResult as _,
        };
        (&&&&$crate::__private::Probe($value)).$method()
    }};
    ($value:expr, $method:ident = $by:expr) => {{
        use $crate::__private::{ErrorByAny as _, ErrorByResult as _};
        (&&$crate::__private::Probe($value)).$method($by)
    }};
}

#[cfg(test)]
#[expect(
    unused_imports,
    reason = "the macro imports all levels, which only this crate lints"
)]
mod tests {
    use crate::ErrorLabel;
    use std::convert::Infallible;
    use std::error::Error;
    use std::io;
    use std::rc::Rc;
    use std::sync::Arc;

    struct Coded {
        code: String,
    }

    fn coded() -> Coded {
        Coded {
            code: "E7".to_owned(),
        }
    }

    impl ErrorLabel for Coded {
        fn error_label(&self) -> &'static str {
            "coded"
        }
    }

    #[test]
    fn an_error_has_the_label_of_its_type() {
        assert_eq!(__error!(&Err::<u8, _>(coded())), "coded");
        assert_eq!(__error!(&Err::<u8, _>(&coded())), "coded");
        assert_eq!(__error!(&Err::<u8, _>(Box::new(coded()))), "coded");
        assert_eq!(__error!(&Err::<u8, _>(Arc::new(coded()))), "coded");
        assert_eq!(__error!(&Err::<u8, _>(Rc::new(coded()))), "coded");
    }

    #[test]
    fn success_has_the_empty_label() {
        assert_eq!(__error!(&Ok::<_, Coded>(1)), "");
        assert_eq!(__error!(&Ok::<_, Infallible>(1)), "");
        assert_eq!(__error!(&Ok::<_, anyhow::Error>(1)), "");
        let by = __error!(&Ok::<_, Coded>(1), __error_by = |error| error.code.as_str());
        assert_eq!(by, None);
    }

    #[test]
    fn an_error_of_the_system_is_its_kind() {
        let timed_out: io::Result<u8> = Err(io::ErrorKind::TimedOut.into());
        assert_eq!(__error!(&timed_out), "timed_out");
        let kinds = [
            (io::ErrorKind::NotFound, "not_found"),
            (io::ErrorKind::UnexpectedEof, "unexpected_eof"),
            (io::ErrorKind::Other, "other"),
        ];
        for (kind, label) in kinds {
            assert_eq!(io::Error::from(kind).error_label(), label);
        }
        let inner = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(io::Error::other(inner).error_label(), "broken_pipe");
    }

    #[test]
    fn an_error_of_any_type_is_asked_what_it_is() {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        let plain: Result<(), Box<dyn Error>> = Err(Box::new(broken()));
        let send: Result<(), Box<dyn Error + Send>> = Err(Box::new(broken()));
        let sync: Result<(), Box<dyn Error + Send + Sync>> = Err(Box::new(broken()));
        assert_eq!(__error!(&plain), "broken_pipe");
        assert_eq!(__error!(&send), "broken_pipe");
        assert_eq!(__error!(&sync), "broken_pipe");
        let report: anyhow::Result<()> = Err(broken().into());
        assert_eq!(__error!(&report), "broken_pipe");
        let report: anyhow::Result<()> = Err(anyhow::anyhow!("no type of its own"));
        assert_eq!(__error!(&report), "other");
    }

    #[test]
    fn an_error_that_is_its_own_source_is_other() {
        #[derive(Debug)]
        struct Ring;

        impl std::fmt::Display for Ring {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("ring")
            }
        }

        impl Error for Ring {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(self)
            }
        }

        let ring: Box<dyn Error> = Box::new(Ring);
        assert_eq!(ring.error_label(), "other");
    }

    #[test]
    fn a_closure_may_borrow_from_the_error() {
        let failed = Err::<u8, _>(coded());
        let code = __error!(&failed, __error_by = |error| error.code.as_str());
        assert_eq!(code, Some("E7"));
        let length = __error!(&failed, __error_by = |error| error.code.len());
        assert_eq!(length, Some(2));
        let text = __error!(&Err::<u8, _>("no type"), __error_by = |text| *text);
        assert_eq!(text, Some("no type"));
    }
}
