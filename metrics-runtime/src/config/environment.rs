//! Variables of the environment, with their aliases.

/// A `METRICS_*` variable has a value that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} is `{value}`; {expected}")]
#[non_exhaustive]
pub struct EnvironmentError {
    /// The name of the variable.
    pub variable: &'static str,
    /// Its value; bytes that aren't UTF-8 are replaced.
    pub value: String,
    /// What it takes.
    pub expected: &'static str,
}

/// A setting was given a value in code that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting `{setting}` is `{value}`; {expected}")]
#[non_exhaustive]
pub struct SettingError {
    /// The name of the setting.
    pub setting: &'static str,
    /// Its value.
    pub value: String,
    /// What it takes.
    pub expected: &'static str,
}

/// What is taken for a variable that isn't set: the names of the Django world.
const ALIASES: [(&str, &[&str]); 7] = [
    ("METRICS_ENABLED", &["PROMETHEUS_ENABLED"]),
    ("METRICS_NAMESPACE", &["PROMETHEUS_METRIC_NAMESPACE"]),
    ("METRICS_PATH", &["PROMETHEUS_METRICS_PATH"]),
    ("METRICS_LATENCY_BUCKETS", &["PROMETHEUS_LATENCY_BUCKETS"]),
    (
        "METRICS_EXPORT_ADDRESS",
        &[
            "PROMETHEUS_METRICS_EXPORT_ADDRESS",
            "PROMETHEUS_EXPORT_ADDRESS",
        ],
    ),
    (
        "METRICS_EXPORT_PORT",
        &["PROMETHEUS_METRICS_EXPORT_PORT", "PROMETHEUS_EXPORT_PORT"],
    ),
    (
        "METRICS_EXPORT_PORT_RANGE",
        &[
            "PROMETHEUS_METRICS_EXPORT_PORT_RANGE",
            "PROMETHEUS_EXPORT_PORT_RANGE",
        ],
    ),
];

/// A variable of the process; an empty one counts as unset.
pub(crate) fn variable(name: &'static str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().into_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Reads variables, each by itself: one that can't be used takes nothing from the
/// others.
pub(super) struct Reader<'a> {
    get: &'a dyn Fn(&'static str) -> Option<String>,
    errors: Vec<EnvironmentError>,
}

impl<'a> Reader<'a> {
    /// Reads them through `get`.
    pub(super) fn new(get: &'a dyn Fn(&'static str) -> Option<String>) -> Self {
        let errors = Vec::new();
        Self { get, errors }
    }

    /// The variable, or the first of its aliases that is set, with that one's name.
    pub(super) fn find(&self, name: &'static str) -> Option<(&'static str, String)> {
        let aliases = ALIASES.iter().find(|(variable, _)| *variable == name);
        let aliases = aliases.map_or(&[] as &[&str], |(_, aliases)| aliases);
        let mut names = std::iter::once(name).chain(aliases.iter().copied());
        names.find_map(|name| Some((name, (self.get)(name)?)))
    }

    /// What `parse` makes of a variable, if it is set and can be used.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let (variable, value) = self.find(name)?;
        let parsed = parse(value.trim());
        if parsed.is_none() {
            self.refuse(variable, value, expected);
        }
        parsed
    }

    /// Adds an error.
    pub(super) fn refuse(&mut self, variable: &'static str, value: String, expected: &'static str) {
        self.errors.push(EnvironmentError {
            variable,
            value,
            expected,
        });
    }

    /// What couldn't be used.
    pub(super) fn into_errors(self) -> Vec<EnvironmentError> {
        self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, Reader};

    // Mutation: an alias goes before its variable.
    #[test]
    fn aliases_are_taken_where_the_variable_is_unset() {
        for (name, aliases) in ALIASES {
            for alias in aliases {
                let only = |asked: &str| (asked == *alias).then(|| "a".to_owned());
                let found = Reader::new(&only).find(name);
                assert_eq!(found, Some((*alias, "a".to_owned())));
                let both = |asked: &str| {
                    let own = (asked == name).then(|| "own".to_owned());
                    own.or_else(|| only(asked))
                };
                let found = Reader::new(&both).find(name);
                assert_eq!(found, Some((name, "own".to_owned())));
            }
        }
    }

    #[test]
    fn an_error_names_what_is_set() {
        let get = |asked| (asked == "PROMETHEUS_EXPORT_PORT").then(|| "x".to_owned());
        let mut reader = Reader::new(&get);
        let read = reader.read("METRICS_EXPORT_PORT", "it takes a port", |value| {
            value.parse::<u16>().ok()
        });
        assert_eq!(read, None);
        let errors = reader.into_errors();
        assert_eq!(
            errors[0].to_string(),
            "the environment variable PROMETHEUS_EXPORT_PORT is `x`; it takes a port"
        );
    }
}
