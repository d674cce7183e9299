//! How a value says how its call ended, by its type.

use super::{Classify, Outcome};
use std::marker::PhantomData;

/// Tells the outcome of values of one type.
pub trait Tells<T: ?Sized> {
    /// The outcome of a value.
    fn outcome_of(value: &T) -> Outcome;
}

/// Tells that of a result by its content, which implements [`Classify`].
#[derive(Debug)]
pub struct ByContent;

/// Tells that of a result.
#[derive(Debug)]
pub struct ByResult;

/// Tells that of a value that implements [`Classify`].
#[derive(Debug)]
pub struct ByItself;

/// Tells that a value of any type is [`Outcome::Ok`].
#[derive(Debug)]
pub struct ByNothing;

impl<T: Classify, E> Tells<Result<T, E>> for ByContent {
    #[inline]
    fn outcome_of(value: &Result<T, E>) -> Outcome {
        match value {
            Ok(content) => content.outcome(),
            Err(_) => Outcome::Error,
        }
    }
}

impl<T, E> Tells<Result<T, E>> for ByResult {
    #[inline]
    fn outcome_of(value: &Result<T, E>) -> Outcome {
        if value.is_ok() {
            Outcome::Ok
        } else {
            Outcome::Error
        }
    }
}

impl<T: Classify + ?Sized> Tells<T> for ByItself {
    #[inline]
    fn outcome_of(value: &T) -> Outcome {
        value.outcome()
    }
}

impl<T: ?Sized> Tells<T> for ByNothing {
    #[inline]
    fn outcome_of(_: &T) -> Outcome {
        Outcome::Ok
    }
}

/// Selects by autoref specialisation: method lookup tries the most referenced
/// receiver first, so the most specific implementation wins without any
/// annotation at the call.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// The outcome of a probed value. One trait for all levels, since each that is
/// in scope costs the compiler a look.
pub trait Classified {
    /// The outcome of the probed value.
    fn __outcome(&self) -> Outcome;
}

/// Results whose success implements [`Classify`]. Results first, for most are: no
/// result implements [`Classify`] itself, so that the order says nothing else.
impl<T: Classify, E> Classified for &&&Probe<'_, Result<T, E>> {
    fn __outcome(&self) -> Outcome {
        ByContent::outcome_of(self.0)
    }
}

/// All other results.
impl<T, E> Classified for &&Probe<'_, Result<T, E>> {
    fn __outcome(&self) -> Outcome {
        ByResult::outcome_of(self.0)
    }
}

/// Values whose type implements [`Classify`].
impl<T: Classify + ?Sized> Classified for &Probe<'_, T> {
    fn __outcome(&self) -> Outcome {
        ByItself::outcome_of(self.0)
    }
}

/// Everything else.
impl<T: ?Sized> Classified for Probe<'_, T> {
    fn __outcome(&self) -> Outcome {
        ByNothing::outcome_of(self.0)
    }
}

/// The outcome of a returned value, chosen by its type.
#[doc(hidden)]
#[macro_export]
macro_rules! __outcome {
    ($value:expr) => {{
        use $crate::__private::Classified as _;
        (&&&&$crate::__private::Probe($value)).__outcome()
    }};
}

/// As [`Probe`], of a type of which there is no value yet: what a future will give.
#[derive(Debug)]
pub struct TypeProbe<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> TypeProbe<T> {
    /// Asks for the type.
    pub const ASK: Self = Self(PhantomData);
}

/// Who tells the outcome of the probed type's values.
pub trait TypeTold {
    /// The one who tells.
    type By;

    /// The one who tells.
    fn __told(&self) -> Self::By;
}

impl<T: Classify, E> TypeTold for &&&TypeProbe<Result<T, E>> {
    type By = ByContent;

    #[inline]
    fn __told(&self) -> ByContent {
        ByContent
    }
}

impl<T, E> TypeTold for &&TypeProbe<Result<T, E>> {
    type By = ByResult;

    #[inline]
    fn __told(&self) -> ByResult {
        ByResult
    }
}

impl<T: Classify + ?Sized> TypeTold for &TypeProbe<T> {
    type By = ByItself;

    #[inline]
    fn __told(&self) -> ByItself {
        ByItself
    }
}

impl<T: ?Sized> TypeTold for TypeProbe<T> {
    type By = ByNothing;

    #[inline]
    fn __told(&self) -> ByNothing {
        ByNothing
    }
}

/// Who tells the outcome of values of a type, chosen by the type.
#[doc(hidden)]
#[macro_export]
macro_rules! __told {
    ($type:ty) => {{
        use $crate::__private::TypeTold as _;
        (&&&&$crate::__private::TypeProbe::<$type>::ASK).__told()
    }};
}

#[cfg(test)]
mod tests {
    use super::{Classify, Outcome};
    use std::io;

    type Alias<T> = Result<T, String>;

    struct Refused;

    impl Classify for Refused {
        fn outcome(&self) -> Outcome {
            Outcome::Error
        }
    }

    macro_rules! outcome {
        ($value:expr) => {
            $crate::__outcome!(&$value)
        };
    }

    #[test]
    fn results_are_told_apart_whatever_they_are_called() {
        assert_eq!(outcome!(Alias::Ok(1)), Outcome::Ok);
        assert_eq!(outcome!(Alias::<u8>::Err("no".into())), Outcome::Error);
        assert_eq!(
            outcome!(io::Result::<()>::Err(io::ErrorKind::Other.into())),
            Outcome::Error
        );
        assert_eq!(
            outcome!(anyhow::Result::<()>::Err(anyhow::anyhow!("no"))),
            Outcome::Error
        );
    }

    #[test]
    fn other_values_are_ok() {
        assert_eq!(outcome!(()), Outcome::Ok);
        assert_eq!(outcome!(None::<u8>), Outcome::Ok);
        assert_eq!(outcome!("text"), Outcome::Ok);
    }

    #[test]
    fn own_types_decide_for_themselves_also_inside_ok() {
        assert_eq!(outcome!(Refused), Outcome::Error);
        assert_eq!(outcome!(Ok::<_, ()>(Refused)), Outcome::Error);
        assert_eq!(outcome!(Err::<Refused, _>(())), Outcome::Error);
    }
}
