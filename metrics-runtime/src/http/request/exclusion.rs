//! Paths that aren't recorded.

use super::error::HttpLayerError;
use crate::config::{Config, EnvironmentError, variable};
use regex_lite::Regex;

/// Regular expressions with commas between them.
const VARIABLE: &str = "METRICS_EXCLUDED_PATHS";

fn split(value: &str) -> impl Iterator<Item = &str> {
    let patterns = value.split(',').map(str::trim);
    patterns.filter(|pattern| !pattern.is_empty())
}

/// Whether `METRICS_EXCLUDED_PATHS` can be used.
pub(crate) fn check_environment() -> Result<(), EnvironmentError> {
    variable(VARIABLE).map_or(Ok(()), |value| check(&value))
}

fn check(value: &str) -> Result<(), EnvironmentError> {
    let added = Exclusion::default().add(split(value));
    added.map_err(|_| EnvironmentError {
        variable: VARIABLE,
        value: value.to_owned(),
        expected: "it takes regular expressions with commas between them, such as \
                   `^/static/,^/media/`; a comma in one is `\\x2c`",
    })
}

/// The routes of pages and probes, and what is below them; beside the path of the
/// page, if that is another.
const OWN: [&str; 4] = ["/metrics", "/health", "/readiness", "/liveness"];

/// Which paths aren't recorded.
#[derive(Clone, Debug, Default)]
pub(super) struct Exclusion {
    /// Those of pages and probes are recorded like others.
    own_too: bool,
    /// The path of the page, if it isn't one of `OWN`.
    own: Option<String>,
    patterns: Vec<Regex>,
    /// There is more than what `OWN` lists.
    has_more: bool,
}

impl Exclusion {
    /// What the settings say; `build` has refused what can't be used.
    pub(super) fn of(config: &Config) -> Self {
        let own = Some(config.path.clone()).filter(|path| !OWN.contains(&path.as_str()));
        let mut exclusion = Self {
            has_more: own.is_some(),
            own,
            ..Self::default()
        };
        match exclusion.add(config.excluded_paths.iter().map(String::as_str)) {
            Ok(()) => exclusion,
            Err(_) => Self::default(),
        }
    }

    /// Leaves these out too; a pattern may match anywhere in the path.
    pub(super) fn add<'a>(
        &mut self,
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), HttpLayerError> {
        for pattern in patterns {
            let compiled = Regex::new(pattern).map_err(|error| HttpLayerError::Pattern {
                pattern: pattern.to_owned(),
                reason: error.to_string(),
            })?;
            self.patterns.push(compiled);
            self.has_more = true;
        }
        Ok(())
    }

    /// Records pages and probes too.
    pub(super) const fn include_own(&mut self) {
        self.own_too = true;
    }

    #[inline]
    pub(super) fn has(&self, path: &str) -> bool {
        // Most paths begin otherwise, and most services have no others.
        let may_be_own = matches!(path.as_bytes(), [b'/', b'm' | b'h' | b'r' | b'l', ..]);
        (may_be_own || self.has_more) && self.has_this(path)
    }

    #[inline(never)]
    fn has_this(&self, path: &str) -> bool {
        let below = |own: &str| {
            let rest = path.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut own = OWN.into_iter().chain(self.own.as_deref());
        !self.own_too && own.any(below)
            || self.patterns.iter().any(|pattern| pattern.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use super::{Exclusion, check};
    use crate::config::Config;

    // Mutation: `below` doesn't look at what follows.
    #[test]
    fn pages_and_probes_are_left_out_with_what_is_below() {
        let mut exclusion = Exclusion::default();
        for path in [
            "/metrics",
            "/metrics/",
            "/metrics/status",
            "/health",
            "/liveness",
        ] {
            assert!(exclusion.has(path), "{path}");
        }
        for path in ["/", "/metricsx", "/a/metrics", "/healthy", ""] {
            assert!(!exclusion.has(path), "{path}");
        }
        exclusion.include_own();
        assert!(!exclusion.has("/metrics"));
        let config = Config {
            path: "/internal/page".to_owned(),
            ..Config::default()
        };
        let mut exclusion = Exclusion::of(&config);
        assert!(exclusion.has("/internal/page/") && !exclusion.has("/internal"));
        exclusion.include_own();
        assert!(!exclusion.has("/internal/page"));
    }

    #[test]
    fn patterns_match_anywhere_unless_they_say_where() {
        let mut exclusion = Exclusion::default();
        let added = exclusion.add(["^/static/", r"\.ico$"]);
        added.expect("they are expressions");
        assert!(exclusion.has("/static/a.css"));
        assert!(exclusion.has("/a/favicon.ico"));
        assert!(!exclusion.has("/a/static/"));
        let error = exclusion.add(["("]).expect_err("a group is open");
        assert!(error.to_string().contains("`(`"), "{error}");
    }

    #[test]
    fn the_variable_is_checked() {
        assert_eq!(check(r"^/static/, ^/a\x2cb/,"), Ok(()));
        let error = check("^/static/,(").expect_err("a group is open");
        assert_eq!(
            error.to_string(),
            "the environment variable METRICS_EXCLUDED_PATHS is `^/static/,(`; it takes regular \
             expressions with commas between them, such as `^/static/,^/media/`; a comma in one \
             is `\\x2c`"
        );
    }
}
