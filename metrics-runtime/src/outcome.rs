//! How a call ended, and how its value says so.

use crate::label::LabelValue;
use std::fmt;
use std::marker::PhantomData;

/// How a call ended: the values of the label `outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned `Ok`, `Some`, `()`, any other value, or a response below 500.
    Ok,
    /// It returned `Err`, or a response of 500 and above.
    Error,
    /// It unwound.
    Panic,
    /// It was async and dropped before it finished.
    Cancelled,
}

impl Outcome {
    /// All outcomes, in the order of their index.
    pub const ALL: &'static [Self] = &[Self::Ok, Self::Error, Self::Panic, Self::Cancelled];

    /// The label value: `ok`, `error`, `panic` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) const fn index(self) -> u32 {
        self as u32
    }
}

/// Decides the [`Outcome`] of a returned value of your own type.
///
/// `Result` needs no implementation: `Err` is an error, and an `Ok` whose
/// content implements `Classify` is asked in turn, so that
/// `Ok(StatusCode::BAD_GATEWAY)` is an error too. Every other type without an
/// implementation is [`Outcome::Ok`].
///
/// ```
/// use metrics_runtime::{Classify, Outcome, counted, global};
///
/// enum Verdict {
///     Accepted,
///     Refused,
/// }
///
/// impl Classify for Verdict {
///     fn outcome(&self) -> Outcome {
///         match self {
///             Self::Accepted => Outcome::Ok,
///             Self::Refused => Outcome::Error,
///         }
///     }
/// }
///
/// #[counted]
/// fn judge(score: u32) -> Verdict {
///     if score > 50 { Verdict::Accepted } else { Verdict::Refused }
/// }
///
/// judge(10);
/// let page = global().to_text();
/// let line = page.lines().find(|line| line.contains("\"judge\"") && line.contains("\"error\""));
/// assert!(line.is_some_and(|line| line.ends_with(" 1")));
/// # assert!(matches!(judge(51), Verdict::Accepted));
/// ```
pub trait Classify {
    /// The outcome that this value stands for.
    fn outcome(&self) -> Outcome;
}

impl Classify for Outcome {
    fn outcome(&self) -> Outcome {
        *self
    }
}

/// What a finished call tells the instruments of its site, beside its outcome.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// It has found something, or made it.
    pub(crate) found: bool,
    /// Rows that the call touched, one unless `rows` says otherwise; of a stream,
    /// what it has yielded.
    pub(crate) rows: u64,
    /// What the stream of the call has yielded, if the call got as far.
    pub(crate) items: u64,
    /// Label values that the site reads from what the call returned.
    pub(crate) labels: &'a [&'a dyn LabelValue],
    /// Label values that were evaluated at entry, for label sets that have values of
    /// the end too.
    pub(crate) texts: &'a [Box<str>],
    pub(crate) polls: Polls,
}

/// How long an async call was polled, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Polls {
    pub(crate) busy: u64,
    pub(crate) longest: u64,
}

impl<'a> Reading<'a> {
    /// Nothing of what was returned is read.
    pub(crate) const NONE: &'static Reading<'static> = &Reading::new();

    /// A call that has touched one row.
    pub const fn new() -> Self {
        Self {
            found: false,
            rows: 1,
            items: 0,
            labels: &[],
            texts: &[],
            polls: Polls {
                busy: 0,
                longest: 0,
            },
        }
    }

    /// Sets the rows that a successful call touched.
    #[must_use]
    pub const fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    /// Sets how many items the stream of the call has yielded.
    #[must_use]
    pub(crate) const fn items(mut self, items: u64) -> Self {
        self.items = items;
        self
    }

    /// Says whether a successful call has found something, or made it.
    #[must_use]
    pub const fn found(mut self, found: bool) -> Self {
        self.found = found;
        self
    }

    /// Gives the label values that were read from what the call returned.
    #[must_use]
    pub const fn labels(mut self, labels: &'a [&'a dyn LabelValue]) -> Self {
        self.labels = labels;
        self
    }
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("found", &self.found)
            .field("rows", &self.rows)
            .field("items", &self.items)
            .field("polls", &self.polls)
            .finish_non_exhaustive()
    }
}

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

    #[test]
    fn indices_follow_the_order_of_all() {
        for (index, outcome) in (0..).zip(Outcome::ALL) {
            assert_eq!(outcome.index(), index);
        }
    }
}
