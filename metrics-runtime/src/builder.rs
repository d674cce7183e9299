//! Set-up in code: one builder, whose `build()` reports every mistake that can
//! be found before the first request.

use crate::collect::{CollectError, Collector, CollectorError, Own, Shared};
use crate::collector::{AppInfo, BuildInfo, PROCESS, process};
use crate::config::{
    Config, Endpoints, EnvironmentError, Given, SettingError, namespace_prefix, set_recording,
    set_slow_query,
};
use crate::name::{LabelName, NameError, check_namespace};
use crate::profile::Profile;
use crate::registry::{Buckets, Conflict, Registry, Settings, global};
use std::fmt;
use std::time::Duration;

/// The toolkit, set up: a handle to its registry.
///
/// ```
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder()
///     .namespace("shop")
///     .const_label("region", "eu")
///     .build()?;
///
/// metrics.registry().counter("orders_total", "Orders.").expect("the name is valid").inc();
/// assert!(metrics.to_text().contains(r#"shop_orders_total{region="eu"} 1"#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Metrics {
    registry: &'static Registry,
    config: &'static Config,
    #[cfg(feature = "http")]
    policy: &'static crate::http::Policy,
}

impl Metrics {
    /// Starts a set-up. Variables of the [environment](crate::config) are read
    /// when it is built; what is said in code wins over them.
    pub fn builder() -> MetricsBuilder {
        MetricsBuilder {
            registry: global(),
            given: Given::default(),
            const_labels: Vec::new(),
            profile: Profile::default(),
            vendors: Vec::new(),
            foreign: Vec::new(),
            collectors: Vec::new(),
            sources: process::automatic().into_iter().collect(),
            app: None,
            build_info: None,
            #[cfg(feature = "http")]
            access: crate::http::Access::new(),
        }
    }

    /// The registry that was set up.
    pub const fn registry(&self) -> &'static Registry {
        self.registry
    }

    /// The settings in force.
    pub const fn config(&self) -> &'static Config {
        self.config
    }

    /// Who may read what is served.
    #[cfg(feature = "http")]
    pub(crate) const fn policy(&self) -> &'static crate::http::Policy {
        self.policy
    }

    /// The page in the Prometheus text format, version 0.0.4.
    pub fn to_text(&self) -> String {
        self.registry.to_text()
    }
}

/// Sets the toolkit up; see [`Metrics::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is set up until `build` is called"]
pub struct MetricsBuilder {
    registry: &'static Registry,
    given: Given,
    const_labels: Vec<(String, String)>,
    profile: Profile,
    vendors: Vec<(String, String)>,
    foreign: Vec<prometheus::Registry>,
    collectors: Vec<Shared>,
    /// What the toolkit reads itself.
    pub(crate) sources: Vec<Own>,
    pub(crate) app: Option<AppInfo>,
    pub(crate) build_info: Option<BuildInfo>,
    // The features' own settings, of types that only they have.
    #[cfg(feature = "http")]
    pub(crate) access: crate::http::Access,
}

impl MetricsBuilder {
    /// Goes before the names of the application's families, with an
    /// underscore. Default: `METRICS_NAMESPACE`, else none.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.given.namespace = Some(namespace.into());
        self
    }

    /// Where [`mount`](Metrics::mount) and the listener serve the page; a slash at its
    /// end is left out. Default: `METRICS_PATH`, else `/metrics`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.given.path = Some(path.into());
        self
    }

    /// What the program runs for, such as `production`. Default:
    /// `METRICS_ENVIRONMENT`, else nothing.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.given.environment = Some(environment.into());
        self
    }

    /// Upper bounds in seconds for the durations of HTTP requests, instead of those of
    /// each family: rising, above zero, at most 500. Default:
    /// `METRICS_LATENCY_BUCKETS`.
    pub fn latency_buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.given.latency_buckets = Some(bounds.into());
        self
    }

    /// The share of HTTP requests that are timed and sized, from 0 to 1; all of them
    /// are counted. Default: `METRICS_SAMPLE_RATE`, else 1.
    pub const fn sample_rate(mut self, rate: f64) -> Self {
        self.given.sample_rate = Some(rate);
        self
    }

    /// Adds a label with one value to every series of the application.
    pub fn const_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.const_labels.push((name.into(), value.into()));
        self
    }

    /// What the families on the page are called. Default: as the toolkit has it.
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// What [`Profile::DjangoPrometheus`] shows as the `vendor` of a database, which
    /// [`#[track_query]`](macro@crate::track_query) names, such as `postgresql` of
    /// `default`. Default: `unknown`.
    pub fn database_vendor(
        mut self,
        database: impl Into<String>,
        vendor: impl Into<String>,
    ) -> Self {
        self.vendors.push((database.into(), vendor.into()));
        self
    }

    /// Whether calls are recorded and pages served, for the whole process.
    /// Default: `METRICS_ENABLED`, else true.
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.given.enabled = Some(enabled);
        self
    }

    /// From which duration on a query under
    /// [`#[track_query]`](macro@crate::track_query) is slow, for the whole process,
    /// unless its attribute says otherwise. Default: `METRICS_SLOW_QUERY_MS`, else
    /// 100 milliseconds.
    pub const fn slow_query(mut self, duration: Duration) -> Self {
        self.given.slow_query = Some(duration);
        self
    }

    /// Serves the families of a registry of the `prometheus` crate too, whose
    /// default registry is served anyway.
    pub fn foreign(mut self, registry: prometheus::Registry) -> Self {
        self.foreign.push(registry);
        self
    }

    /// Serves the families of this collector too; see [`Collector`].
    pub fn collector(mut self, collector: impl Collector) -> Self {
        self.collectors.push(Shared::new(collector));
        self
    }

    /// How long a page waits for all of its collectors, which run at once; the
    /// families of those that aren't done are left out. Default:
    /// `METRICS_COLLECTOR_DEADLINE_MS`, else 500 milliseconds.
    pub const fn collector_deadline(mut self, deadline: Duration) -> Self {
        self.given.collector_deadline = Some(deadline);
        self
    }

    /// What [`router`](Metrics::router) serves; the feature `endpoints` brings all but
    /// the page. Default: `METRICS_ENDPOINTS`, else the page alone.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.given.endpoints = Some(endpoints);
        self
    }

    /// Sets up this registry instead of the global one.
    pub const fn registry(mut self, registry: &'static Registry) -> Self {
        self.registry = registry;
        self
    }

    /// Checks everything and puts the set-up in force. Calls that were made
    /// before keep their counts.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a variable or name that isn't valid, for call sites
    /// that disagree on a family, and when a page was served already under
    /// another set-up.
    pub fn build(mut self) -> Result<Metrics, BuildError> {
        let environment = Given::of_environment()?;
        // The feature's own variable, of a type that only it has.
        #[cfg(feature = "http")]
        crate::http::check_environment()?;
        #[cfg(feature = "http")]
        let policy = crate::http::Policy::of(self.access)?;
        self.given.check()?;
        let given = self.given.or(environment);
        if let Some(namespace) = &given.namespace {
            check_namespace(namespace).map_err(BuildError::Namespace)?;
        }
        check_const_labels(&self.const_labels, self.profile)?;
        let names = self.collectors.iter().map(Shared::name);
        let names: Vec<String> = names.map(str::to_owned).collect();
        self.registry.check_collectors(&names)?;
        let app = self.app.map(|app| app.source(given.environment.clone()));
        let app = app.transpose().map_err(BuildError::AppInfo)?;
        let own = self.sources.iter().map(|own| own.name.clone());
        let own: Vec<String> = own.filter(|name| name != PROCESS).collect();
        self.registry.check_sources(&own)?;
        let settings = Settings {
            namespace: namespace_prefix(given.namespace.as_deref()),
            const_labels: self.const_labels,
            profile: self.profile,
            vendors: self.vendors,
        };
        let buckets = Buckets {
            profile: self.profile,
            latency: given.latency_buckets.clone(),
        };
        configure(self.registry, settings, buckets)?;
        for collector in self.collectors {
            self.registry.add_shared(collector)?;
        }
        let build_info = self.build_info.map(BuildInfo::source);
        for own in app.into_iter().chain(build_info) {
            self.registry.set_source(own);
        }
        for own in self.sources {
            // There is one process, however often it is set up.
            if own.name == PROCESS {
                self.registry.set_source(own);
            } else {
                self.registry.add_source(own)?;
            }
        }
        self.registry.add_foreign(self.foreign);
        // What nobody says stays as it was: another `build` may have said it.
        if let Some(deadline) = given.collector_deadline {
            self.registry.set_collector_deadline(deadline);
        }
        if let Some(slow_query) = given.slow_query {
            set_slow_query(slow_query);
        }
        if let Some(enabled) = given.enabled {
            set_recording(enabled);
        }
        Ok(Metrics {
            registry: self.registry,
            // A program is set up once; handles of it are copied freely.
            config: Box::leak(Box::new(given.into_config())),
            #[cfg(feature = "http")]
            policy,
        })
    }
}

/// Constant labels must be valid, given once, and no label of the toolkit's families,
/// which may come later.
fn check_const_labels(labels: &[(String, String)], profile: Profile) -> Result<(), BuildError> {
    for (index, (name, _)) in labels.iter().enumerate() {
        LabelName::new(name).map_err(BuildError::ConstLabel)?;
        let own = (name == "outcome").then_some("the toolkit");
        let own = own.or_else(|| profile.has_label(name));
        #[cfg(feature = "http")]
        let own = own.or_else(|| crate::builtin::http::family_with_label(name));
        if let Some(family) = own {
            let (label, family) = (name.clone(), family.to_owned());
            return Err(BuildError::LabelTaken { label, family });
        }
        if labels[..index].iter().any(|(other, _)| other == name) {
            return Err(BuildError::LabelTwice {
                label: name.clone(),
            });
        }
    }
    Ok(())
}

/// Puts settings and buckets in force, if the families of the program allow it.
fn configure(
    registry: &'static Registry,
    settings: Settings,
    buckets: Buckets,
) -> Result<(), BuildError> {
    if registry.has_other_settings(&settings) {
        return Err(BuildError::AlreadyBuilt);
    }
    // Before call sites are taken up, whose families have them.
    let before = registry.set_buckets(buckets);
    let before = before.map_err(|family| BuildError::Buckets { family })?;
    let checked = check_families(registry, &settings.const_labels).and_then(|()| {
        let is_first = registry.configure(settings);
        is_first.then_some(()).ok_or(BuildError::AlreadyBuilt)
    });
    if checked.is_err() {
        registry.restore_buckets(before);
    }
    checked
}

/// Families of call sites must agree, and have none of the constant labels.
fn check_families(
    registry: &'static Registry,
    const_labels: &[(String, String)],
) -> Result<(), BuildError> {
    for (label, _) in const_labels {
        if let Some(family) = registry.family_with_label(label) {
            let label = label.clone();
            return Err(BuildError::LabelTaken { label, family });
        }
    }
    let conflicts = registry.conflicts();
    if !conflicts.is_empty() {
        return Err(BuildError::Conflicts(Conflicts(conflicts)));
    }
    #[cfg(feature = "health")]
    crate::health::check_names(registry)?;
    Ok(())
}

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
pub struct Conflicts(Vec<Conflict>);

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

#[cfg(test)]
mod tests {
    use super::{BuildError, Metrics};
    use crate::collect::{Collector, CollectorError, Families};
    use crate::registry::Registry;
    use std::error::Error;
    use std::time::Duration;

    struct Named(&'static str);

    impl Collector for Named {
        fn name(&self) -> &str {
            self.0
        }

        fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
            families.gauge(self.0, "Given.", &[], 1.0);
            Ok(())
        }
    }

    // Mutation: `build` adds no collectors, or sets no deadline.
    #[test]
    fn collectors_are_on_the_page_with_the_deadline_of_the_set_up() {
        let registry: &'static Registry = Box::leak(Box::default());
        let deadline = Duration::from_secs(7);
        let metrics = Metrics::builder()
            .registry(registry)
            .namespace("shop")
            .collector(Named("one"))
            .collector(Named("other"))
            .collector_deadline(deadline)
            .build()
            .expect("the set-up is valid");
        let page = metrics.to_text();
        for line in [
            "one 1",
            "other 1",
            "metrics_collector_success{collector=\"one\"} 1",
            "metrics_collector_success{collector=\"other\"} 1",
        ] {
            assert!(page.lines().any(|given| given == line), "{line}\n{page}");
        }
        assert_eq!(registry.collector_deadline(), deadline);
        let before = Registry::new().collector_deadline();
        assert_eq!(before, Duration::from_millis(500));
    }

    // Mutation: `check_const_labels` doesn't ask the families of HTTP, of which there are
    // none yet.
    #[cfg(feature = "http")]
    #[test]
    fn labels_of_http_are_no_constant_labels() {
        for label in [
            "method",
            "endpoint",
            "status",
            "status_class",
            "kind",
            "phase",
            "reason",
        ] {
            let registry: &'static Registry = Box::leak(Box::default());
            let builder = Metrics::builder().registry(registry);
            let refused = builder.const_label(label, "x").build().err();
            let taken = matches!(refused, Some(BuildError::LabelTaken { .. }));
            assert!(taken, "{label}: {refused:?}");
        }
    }

    // Mutation: `build` adds those before the one that it refuses.
    #[test]
    fn a_collector_that_is_refused_leaves_nothing_behind() {
        let registry: &'static Registry = Box::leak(Box::default());
        let build = |first, second| {
            let builder = Metrics::builder().registry(registry).namespace("shop");
            let builder = builder.collector(Named(first)).collector(Named(second));
            builder.build().err()
        };
        let taken = |name: &str| {
            let name = name.to_owned();
            Some(BuildError::Collector(CollectorError::Taken { name }))
        };
        assert_eq!(build("one", "one"), taken("one"));
        let refused = build("one", "a\nb");
        let named = |error| matches!(error, BuildError::Collector(CollectorError::Name { .. }));
        assert!(refused.is_some_and(named));
        assert_eq!(build("one", "other"), None);
        assert_eq!(build("new", "other"), taken("other"));
        let page = registry.to_text();
        assert!(page.contains("\none 1\n") && !page.contains("\nnew 1\n"));
    }
}
