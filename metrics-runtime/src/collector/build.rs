//! How the program was built.

use crate::MetricsBuilder;
use crate::collect::model::Kind;
use crate::collect::{Own, Readings, Source};

/// The name of the family, and of its source.
const NAME: &str = "rust_build_info";

/// What [`MetricsBuilder::build_info`] serves as
/// `rust_build_info{version,rustc,commit,profile,target}`; made by
/// [`build_info!`](crate::build_info!).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildInfo {
    version: &'static str,
    commit: Option<&'static str>,
    rustc: Option<&'static str>,
}

impl BuildInfo {
    /// What the compiler of the program knows; called by `build_info!`.
    #[doc(hidden)]
    pub const fn of(
        version: &'static str,
        commit: [Option<&'static str>; 3],
        rustc: Option<&'static str>,
    ) -> Self {
        let commit = match commit {
            [Some(commit), ..] | [None, Some(commit), _] | [None, None, Some(commit)] => {
                Some(commit)
            }
            [None, None, None] => None,
        };
        Self {
            version,
            commit,
            rustc,
        }
    }

    /// The commit, where the program knows it in another way than by a variable of its
    /// build.
    #[must_use]
    pub const fn commit(mut self, commit: &'static str) -> Self {
        self.commit = Some(commit);
        self
    }

    /// As a source of its family.
    pub(crate) fn source(self) -> Own {
        Own::new(NAME, self)
    }
}

impl Source for BuildInfo {
    fn read(&self, readings: &mut Readings) {
        // The last three are those of this crate, which Cargo builds together with the
        // program: by one compiler, for one target, in one profile.
        let known = [
            ("version", Some(self.version)),
            ("rustc", self.rustc.or(option_env!("METRICS_RUSTC"))),
            ("commit", self.commit),
            ("profile", option_env!("METRICS_PROFILE")),
            ("target", option_env!("METRICS_TARGET")),
        ];
        let known = known.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some((name, value))
        });
        let help = "How the program was built.";
        readings.number(Kind::Info, NAME, help, &known.collect::<Vec<_>>(), 1.0);
    }
}

impl MetricsBuilder {
    /// Serves `rust_build_info`, without the namespace and constant labels, as
    /// [`app_info`](Self::app_info) is. Of several set-ups of one registry, the last one
    /// is served.
    ///
    /// ```
    /// use metrics_runtime::{Metrics, build_info};
    ///
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = Metrics::builder().build_info(build_info!()).build()?;
    /// let expected = format!(r#"rust_build_info{{version="{}","#, env!("CARGO_PKG_VERSION"));
    /// assert!(metrics.to_text().contains(&expected));
    /// # Ok(())
    /// # }
    /// ```
    pub fn build_info(mut self, build: BuildInfo) -> Self {
        self.build_info = Some(build);
        self
    }
}

/// A [`BuildInfo`](crate::BuildInfo) of the package in which this stands.
///
/// | label | what |
/// |---|---|
/// | `version` | that of the package |
/// | `rustc` | the variable `VERGEN_RUSTC_SEMVER`, else that of the compiler which built this crate |
/// | `commit` | the first of the variables `METRICS_GIT_COMMIT`, `GIT_COMMIT` and `VERGEN_GIT_SHA` |
/// | `profile` | `release` for Cargo's profile of this name and those that inherit it, else `debug` |
/// | `target` | the target, such as `x86_64-unknown-linux-gnu` |
///
/// The variables are those of the compiler's environment while the package is built: of
/// the shell, such as `METRICS_GIT_COMMIT=$(git rev-parse HEAD) cargo build --release`,
/// or what the package's build script sets by `cargo::rustc-env`, as `vergen` does. What
/// isn't known is left out.
#[macro_export]
macro_rules! build_info {
    () => {
        $crate::BuildInfo::of(
            ::core::env!("CARGO_PKG_VERSION"),
            [
                ::core::option_env!("METRICS_GIT_COMMIT"),
                ::core::option_env!("GIT_COMMIT"),
                ::core::option_env!("VERGEN_GIT_SHA"),
            ],
            ::core::option_env!("VERGEN_RUSTC_SEMVER"),
        )
    };
}

#[cfg(test)]
mod tests {
    use super::{BuildInfo, Readings};

    fn label(build: BuildInfo, name: &str) -> Option<String> {
        let families = Readings::of(&[build.source()]);
        let mut labels = families[0].metrics[0].labels.iter();
        let label = labels.find(|(own, _)| own == name);
        label.map(|(_, value)| value.clone())
    }

    // Mutations: the last variable wins; an empty variable is a commit.
    #[test]
    fn the_first_variable_with_a_commit_is_served() {
        let build = |commit| BuildInfo::of("1.2.0", commit, None);
        assert_eq!(label(build([None; 3]), "commit"), None);
        assert_eq!(label(build([Some(""), None, None]), "commit"), None);
        for commit in [
            [Some("a"), Some("b"), Some("c")],
            [None, Some("a"), Some("c")],
            [None, None, Some("a")],
        ] {
            assert_eq!(label(build(commit), "commit").as_deref(), Some("a"));
        }
        let said = build([Some("a"), None, None]).commit("d");
        assert_eq!(label(said, "commit").as_deref(), Some("d"));
    }

    // Against what this very build says of itself.
    #[test]
    fn the_compiler_and_the_target_are_those_of_this_build() {
        let build = || BuildInfo::of("1.2.0", [None; 3], None);
        assert_eq!(label(build(), "version").as_deref(), Some("1.2.0"));
        let rustc = label(build(), "rustc").expect("the build script knows it");
        let mut numbers = rustc.split('.');
        assert_eq!(numbers.next(), Some("1"), "{rustc}");
        assert!(
            numbers
                .next()
                .is_some_and(|minor| minor.parse::<u32>().is_ok())
        );
        let target = label(build(), "target").expect("the build script knows it");
        assert!(target.starts_with(std::env::consts::ARCH), "{target}");
        assert!(target.contains(std::env::consts::OS), "{target}");
        let profile = label(build(), "profile").expect("the build script knows it");
        assert!(["debug", "release"].contains(&&*profile), "{profile}");
        let newer = BuildInfo::of("1.2.0", [None; 3], Some("1.99.0"));
        assert_eq!(label(newer, "rustc").as_deref(), Some("1.99.0"));
    }
}
