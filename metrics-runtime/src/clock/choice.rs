//! `METRICS_CLOCK`.

use super::source::KERNELS_NAME;
use crate::config::EnvironmentError;

/// What `METRICS_CLOCK` takes. The counter is called `tsc` on every processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Counter,
    Instant,
}

impl Choice {
    pub(crate) fn parse(value: &str) -> Result<Self, EnvironmentError> {
        match value {
            "tsc" if KERNELS_NAME.is_some() => Ok(Self::Counter),
            "instant" => Ok(Self::Instant),
            _ => Err(EnvironmentError {
                variable: "METRICS_CLOCK",
                value: value.to_owned(),
                expected: if KERNELS_NAME.is_some() {
                    "it takes `tsc` or `instant`"
                } else {
                    "it takes `instant`, since this processor's counter isn't known"
                },
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn the_variable_takes_two_words() {
        assert_eq!(Choice::parse("instant"), Ok(Choice::Instant));
        let error = Choice::parse("sundial").unwrap_err();
        assert!(error.to_string().contains("METRICS_CLOCK is `sundial`"));
    }
}
