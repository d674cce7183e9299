//! How a call ended, and how its value says so.

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

/// What a finished call tells the instruments of its site.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    pub(crate) outcome: Outcome,
    /// Rows that the call touched; one unless `rows` says otherwise.
    pub(crate) rows: u64,
}

impl Reading {
    /// A call that ended like this.
    pub const fn new(outcome: Outcome) -> Self {
        Self { outcome, rows: 1 }
    }

    /// Sets the rows that a successful call touched.
    #[must_use]
    pub const fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }
}

/// Selects by autoref specialisation: method lookup tries the most referenced
/// receiver first, so the most specific implementation wins without any
/// annotation at the call.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// Values whose type implements [`Classify`].
pub trait ClassifyValue {
    /// The reading for the probed value.
    fn __reading(&self) -> Reading;
}

impl<T: Classify + ?Sized> ClassifyValue for &&&Probe<'_, T> {
    fn __reading(&self) -> Reading {
        Reading::new(self.0.outcome())
    }
}

/// Results whose success implements [`Classify`].
pub trait ClassifyContent {
    /// The reading for the probed value.
    fn __reading(&self) -> Reading;
}

impl<T: Classify, E> ClassifyContent for &&Probe<'_, Result<T, E>> {
    fn __reading(&self) -> Reading {
        Reading::new(match self.0 {
            Ok(content) => content.outcome(),
            Err(_) => Outcome::Error,
        })
    }
}

/// All other results.
pub trait ClassifyResult {
    /// The reading for the probed value.
    fn __reading(&self) -> Reading;
}

impl<T, E> ClassifyResult for &Probe<'_, Result<T, E>> {
    fn __reading(&self) -> Reading {
        Reading::new(if self.0.is_ok() {
            Outcome::Ok
        } else {
            Outcome::Error
        })
    }
}

/// Everything else.
pub trait ClassifyAny {
    /// The reading for the probed value.
    fn __reading(&self) -> Reading;
}

impl<T: ?Sized> ClassifyAny for Probe<'_, T> {
    fn __reading(&self) -> Reading {
        Reading::new(Outcome::Ok)
    }
}

/// The reading of a returned value, chosen by its type.
#[doc(hidden)]
#[macro_export]
macro_rules! __reading {
    ($value:expr) => {{
        use $crate::__private::{
            ClassifyAny as _, ClassifyContent as _, ClassifyResult as _, ClassifyValue as _,
        };
        (&&&&$crate::__private::Probe($value)).__reading()
    }};
    ($value:expr, $method:ident = $rows:expr) => {{
        use $crate::__private::{RowsOfAny as _, RowsOfOption as _, RowsOfResult as _};
        let value = $value;
        $crate::__reading!(value).rows((&&&$crate::__private::Probe(value)).$method($rows))
    }};
}

#[cfg(test)]
#[expect(
    unused_imports,
    reason = "the macro imports all levels, which only this crate lints"
)]
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
            $crate::__reading!(&$value).outcome
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
