//! Why a set-up is refused.

use crate::collect::{CollectError, CollectorError};
use crate::config::{EnvironmentError, SettingError};
use crate::name::NameError;
use crate::registry::Conflict;
use std::fmt;

/// Why the toolkit can't be set up.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A variable of the environment can't be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A setting was given a value that can't be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A setting of access can't be used.
    #[cfg(feature = "http")]
    #[error(transparent)]
    Access(#[from] crate::http::AccessError),
    /// The namespace isn't valid.
    #[error("the namespace isn't valid")]
    Namespace(#[source] NameError),
    /// The name of a constant label isn't valid.
    #[error("a constant label isn't valid")]
    ConstLabel(#[source] NameError),
    /// A constant label has the name of a family's own label.
    #[error("the constant label `{label}` is a label of `{family}` already; choose another name")]
    LabelTaken {
        /// The label in question.
        label: String,
        /// A family that has it.
        family: String,
    },
    /// A constant label was given twice.
    #[error("the constant label `{label}` is given twice; give it once")]
    LabelTwice {
        /// The label in question.
        label: String,
    },
    /// A label of `app_info` isn't valid.
    #[error("a label of `app_info` isn't valid")]
    AppInfo(#[source] CollectError),
    /// Histograms of a sample were asked for, under Django's names.
    #[error(
        "the sample rate is {rate}, but django-prometheus times each request; leave \
         `sample_rate` and METRICS_SAMPLE_RATE out, or take `Profile::Toolkit`"
    )]
    SampleOfDjango {
        /// The rate as given.
        rate: f64,
    },
    /// A family was recorded into already, in other buckets than the set-up gives it.
    #[error("`{family}` was recorded into before `build`, in other buckets; call `build` first")]
    Buckets {
        /// The family in question.
        family: &'static str,
    },
    /// Call sites disagree on families.
    #[error(transparent)]
    Conflicts(Conflicts),
    /// A collector can't be registered.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// Two functions under `#[health_check]` have the same name.
    #[error(
        "two health checks are called `{name}`, at {} and at {}; \
         give one of them another `name`",
        places[0],
        places[1]
    )]
    HealthCheckTwice {
        /// The name of both.
        name: String,
        /// Their files, lines and columns.
        places: [String; 2],
    },
    /// Another namespace, profile or other constant labels are in force.
    #[error(
        "the registry is in use with another namespace, profile or other constant labels; \
         call `build` once, before the first page is served"
    )]
    AlreadyBuilt,
}

/// As text, with its cause: a `main` that returns the error prints this form.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

/// All call sites that disagree, one a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflicts(pub(super) Vec<Conflict>);

impl Conflicts {
    /// The conflicts one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Conflict> {
        self.0.iter()
    }
}

impl fmt::Display for Conflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, conflict) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{conflict}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Conflicts {}
