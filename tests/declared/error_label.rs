//! `#[derive(ErrorLabel)]`, and what is found behind a `dyn Error`.

use metrics_runtime::ErrorLabel;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Makes errors of types, with the source that each names.
macro_rules! errors {
    ($($error:ty: $this:ident => $source:expr;)*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("failed")
            }
        }

        impl Error for $error {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                let $this = self;
                $source
            }
        }
    )*};
}

#[derive(Debug, ErrorLabel)]
#[expect(
    dead_code,
    reason = "what an error holds is none of its label's business"
)]
#[non_exhaustive]
enum CheckoutError {
    Empty,
    OutOfStock {
        article: u32,
    },
    #[label("declined")]
    CardDeclined(String),
    #[label("declined")]
    CardExpired,
    #[label(other)]
    Bug,
    #[label(transparent)]
    Io(io::Error),
    #[label(transparent)]
    Plugin {
        cause: Box<dyn Error + Send + Sync>,
    },
    #[label(transparent)]
    Report(anyhow::Error),
    r#Try,
}

/// It says nothing of its label.
#[derive(Debug)]
struct Unlabelled<T>(T);

errors! {
    CheckoutError: _this => None;
    ConnectionError: _this => None;
    Unlabelled<CheckoutError>: this => Some(&this.0);
    Unlabelled<Arc<CheckoutError>>: this => Some(&this.0);
    Unlabelled<Box<CheckoutError>>: this => Some(&this.0);
    Unlabelled<io::Error>: this => Some(&this.0);
    Unlabelled<()>: _this => None;
}

#[test]
fn a_variant_is_its_name_unless_it_says_otherwise() {
    assert_eq!(CheckoutError::Empty.error_label(), "empty");
    let out_of_stock = CheckoutError::OutOfStock { article: 7 };
    assert_eq!(out_of_stock.error_label(), "out_of_stock");
    let declined = CheckoutError::CardDeclined("4711".to_owned());
    assert_eq!(declined.error_label(), "declined");
    assert_eq!(CheckoutError::CardExpired.error_label(), "declined");
    assert_eq!(CheckoutError::Bug.error_label(), "other");
    assert_eq!(CheckoutError::r#Try.error_label(), "try");
}

#[test]
fn a_transparent_variant_has_the_label_of_its_field() {
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    assert_eq!(CheckoutError::Io(timed_out()).error_label(), "timed_out");
    let plugin = |cause| CheckoutError::Plugin { cause }.error_label();
    assert_eq!(plugin(Box::new(timed_out())), "timed_out");
    assert_eq!(plugin(Box::new(CheckoutError::CardExpired)), "declined");
    assert_eq!(plugin("no type of its own".into()), "other");
    let report = |error| CheckoutError::Report(error).error_label();
    assert_eq!(report(CheckoutError::CardExpired.into()), "declined");
    assert_eq!(report(anyhow::anyhow!("no type of its own")), "other");
}

#[derive(ErrorLabel)]
#[label(rename_all = "SCREAMING_SNAKE_CASE", crate = metrics_runtime)]
enum Refusal {
    NoSeats,
}

#[test]
fn an_enum_says_how_all_variants_are_renamed_and_need_not_be_an_error() {
    assert_eq!(Refusal::NoSeats.error_label(), "NO_SEATS");
}

#[derive(Debug, ErrorLabel)]
struct ConnectionError;

#[derive(ErrorLabel)]
#[label("no_token")]
struct AuthError {
    #[expect(dead_code, reason = "the field is none of the label's business")]
    user: u64,
}

#[derive(ErrorLabel)]
#[label(transparent)]
struct Wrapped(CheckoutError);

#[test]
fn a_struct_is_its_name_less_its_role_unless_it_says_otherwise() {
    assert_eq!(ConnectionError.error_label(), "connection");
    assert_eq!(AuthError { user: 7 }.error_label(), "no_token");
    assert_eq!(Wrapped(CheckoutError::Empty).error_label(), "empty");
}

#[derive(ErrorLabel)]
enum Retried<'a, E, const N: usize> {
    #[label(transparent)]
    Last(E),
    #[label(transparent)]
    Borrowed {
        error: &'a CheckoutError,
    },
    GaveUp([&'a str; N]),
}

#[test]
fn a_generic_enum_has_the_labels_of_its_arguments() {
    let last: Retried<'_, _, 0> = Retried::Last(CheckoutError::Empty);
    assert_eq!(last.error_label(), "empty");
    let error = &CheckoutError::CardExpired;
    let borrowed: Retried<'_, io::Error, 0> = Retried::Borrowed { error };
    assert_eq!(borrowed.error_label(), "declined");
    let gave_up: Retried<'_, ConnectionError, 1> = Retried::GaveUp(["late"]);
    assert_eq!(gave_up.error_label(), "gave_up");
}

#[derive(Clone, Copy, Debug, ErrorLabel)]
enum Never {}

#[test]
fn an_enum_without_variants_has_a_label_that_is_never_asked_for() {
    let fine: Result<u8, Never> = Ok(1);
    assert_eq!(fine.as_ref().err().map(ErrorLabel::error_label), None);
}

/// The label behind `dyn Error`.
fn behind(error: impl Error + 'static) -> &'static str {
    let error: Box<dyn Error> = Box::new(error);
    error.error_label()
}

// Mutation: only the first type that comes is put on the list.
#[test]
fn a_label_is_found_in_a_chain_of_sources() {
    assert_eq!(behind(CheckoutError::CardExpired), "declined");
    assert_eq!(behind(Unlabelled(CheckoutError::CardExpired)), "declined");
    assert_eq!(behind(Unlabelled(Arc::new(CheckoutError::Empty))), "empty");
    assert_eq!(behind(Unlabelled(Box::new(CheckoutError::Empty))), "empty");
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    assert_eq!(behind(Unlabelled(refused)), "connection_refused");
    assert_eq!(behind(io::Error::other(CheckoutError::Empty)), "empty");
    let report = anyhow::Error::from(Unlabelled(CheckoutError::Empty)).context("while paying");
    assert_eq!(CheckoutError::Report(report).error_label(), "empty");
}

#[test]
fn an_error_that_nobody_labelled_is_other() {
    assert_eq!(behind(Unlabelled(())), "other");
    assert_eq!(behind(fmt::Error), "other");
}

// Mutation: a constructor in no section that runs before `main`.
#[test]
fn a_type_is_found_that_was_never_asked_before() {
    #[derive(Debug, ErrorLabel)]
    struct UnseenError;
    errors! { UnseenError: _this => None; }
    assert_eq!(behind(UnseenError), "unseen");
}
