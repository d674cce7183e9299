//! Outcomes of responses: 500 and above is an error.

use crate::outcome::{Classify, Outcome};
use http::{Response, StatusCode};

impl Classify for StatusCode {
    fn outcome(&self) -> Outcome {
        if self.is_server_error() {
            Outcome::Error
        } else {
            Outcome::Ok
        }
    }
}

impl<B> Classify for Response<B> {
    fn outcome(&self) -> Outcome {
        self.status().outcome()
    }
}

macro_rules! tuples {
    () => {};
    ($first:ident $($part:ident)*) => {
        impl<$first, $($part),*> Classify for (StatusCode, $first, $($part),*) {
            fn outcome(&self) -> Outcome {
                self.0.outcome()
            }
        }
        tuples!($($part)*);
    };
}

// A status, up to sixteen response parts such as headers, and a body: axum's
// own limit.
tuples!(A B C D E F G H I J K L M N O P Q);

#[cfg(test)]
mod tests {
    use crate::Outcome;
    use axum::response::IntoResponse;
    use http::StatusCode;

    macro_rules! outcome {
        ($value:expr) => {
            $crate::__outcome!(&$value)
        };
    }

    #[test]
    fn server_errors_are_errors_and_others_are_not() {
        assert_eq!(outcome!(StatusCode::NOT_FOUND), Outcome::Ok);
        assert_eq!(outcome!(StatusCode::BAD_GATEWAY), Outcome::Error);
        assert_eq!(outcome!((StatusCode::BAD_GATEWAY, "down")), Outcome::Error);
        assert_eq!(outcome!((StatusCode::OK, [("a", "b")], "up")), Outcome::Ok);
        assert_eq!(
            outcome!(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            Outcome::Error
        );
    }

    #[test]
    fn an_err_is_an_error_whatever_it_renders_as() {
        let not_found: Result<(), _> = Err(StatusCode::NOT_FOUND);
        assert_eq!(outcome!(not_found), Outcome::Error);
        let down: Result<_, ()> = Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
        assert_eq!(outcome!(down), Outcome::Error);
    }
}
