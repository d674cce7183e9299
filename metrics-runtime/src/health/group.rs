//! Groups of checks, each with an endpoint of its own.

use std::borrow::Cow;
use std::fmt;

/// Checks that are asked for together, at an endpoint of their own.
///
/// ```
/// use metrics_runtime::health::Group;
///
/// assert_eq!(Group::from("readiness"), Group::Readiness);
/// assert_eq!(Group::from("search").as_str(), "search");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Group {
    /// What requests need: without it none should come. `/readiness`.
    Readiness,
    /// What only a restart repairs, never something that others provide.
    /// `/liveness`.
    Liveness,
    /// What has to be there once, at the start. `/health/startup`.
    Startup,
    /// Any others. `/health/` and the name.
    Named(Cow<'static, str>),
}

impl Group {
    /// The name, as in the path and in the answer.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Readiness => "readiness",
            Self::Liveness => "liveness",
            Self::Startup => "startup",
            Self::Named(name) => name,
        }
    }

    fn named(name: Cow<'static, str>) -> Self {
        match &*name {
            "readiness" => Self::Readiness,
            "liveness" => Self::Liveness,
            "startup" => Self::Startup,
            _ => Self::Named(name),
        }
    }
}

impl From<&'static str> for Group {
    fn from(name: &'static str) -> Self {
        Self::named(Cow::Borrowed(name))
    }
}

impl From<String> for Group {
    fn from(name: String) -> Self {
        Self::named(Cow::Owned(name))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
