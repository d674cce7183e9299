//! What the program is called, and where it runs.

use crate::MetricsBuilder;
use crate::collect::model::Kind;
use crate::collect::rule::check_labels;
use crate::collect::{CollectError, Own, Readings, Source};

/// The name of the family, and of its source.
const NAME: &str = "app_info";

/// What [`MetricsBuilder::app_info`] serves as `app_info{name,version,environment,…}`.
///
/// A label that isn't known is left out. [`app_info!`](crate::app_info!) begins one with
/// the name and version of the package that it stands in.
///
/// ```
/// use metrics_runtime::{AppInfo, Metrics};
///
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let app = AppInfo::new("shop")
///     .version("1.2.0")
///     .environment("production")
///     .label("team", "checkout");
/// let metrics = Metrics::builder().app_info(app).build()?;
/// let expected =
///     r#"app_info{name="shop",version="1.2.0",environment="production",team="checkout"} 1"#;
/// assert!(metrics.to_text().contains(expected));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppInfo {
    name: String,
    version: Option<String>,
    environment: Option<String>,
    labels: Vec<(String, String)>,
}

impl AppInfo {
    /// An application of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: None,
            environment: None,
            labels: Vec::new(),
        }
    }

    /// Its version. Default: none.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Where it runs, such as `production`. Default:
    /// [`MetricsBuilder::environment`] or `METRICS_ENVIRONMENT`, else none.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// A label of one's own, which doesn't change while the program runs.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// As a source of its family, in this environment if it doesn't say another one.
    ///
    /// # Errors
    ///
    /// [`CollectError`] when the name of a label isn't valid or given twice.
    pub(crate) fn source(self, environment: Option<String>) -> Result<Own, CollectError> {
        let known = [
            ("name", Some(self.name)),
            ("version", self.version),
            ("environment", self.environment.or(environment)),
        ];
        let known = known.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some((name.to_owned(), value))
        });
        let labels: Vec<_> = known.chain(self.labels).collect();
        let pairs = labels.iter().map(|(name, value)| (&**name, &**value));
        let labels = check_labels(NAME, Kind::Info, &pairs.collect::<Vec<_>>())?;
        Ok(Own::new(NAME, Info { labels }))
    }
}

#[derive(Debug)]
struct Info {
    labels: Vec<(String, String)>,
}

impl Source for Info {
    fn read(&self, readings: &mut Readings) {
        let labels = self.labels.iter();
        let labels: Vec<_> = labels.map(|(name, value)| (&**name, &**value)).collect();
        readings.number(Kind::Info, NAME, "The application.", &labels, 1.0);
    }
}

impl MetricsBuilder {
    /// Serves `app_info`, which tells the application's name, version and environment.
    /// Of several set-ups of one registry, the last one is served.
    ///
    /// It gets neither the namespace nor constant labels: it describes what is scraped,
    /// so that a query such as `http_requests_total * on (instance) group_left (version)
    /// app_info` fits every program.
    pub fn app_info(mut self, app: AppInfo) -> Self {
        self.app = Some(app);
        self
    }
}

/// An [`AppInfo`](crate::AppInfo) with the name and version of the package in which this
/// stands, as Cargo knows them.
///
/// ```
/// use metrics_runtime::{AppInfo, app_info};
///
/// let package = AppInfo::new(env!("CARGO_PKG_NAME")).version(env!("CARGO_PKG_VERSION"));
/// assert_eq!(app_info!(), package);
/// assert_eq!(app_info!().label("team", "x"), package.label("team", "x"));
/// ```
#[macro_export]
macro_rules! app_info {
    () => {
        $crate::AppInfo::new(::core::env!("CARGO_PKG_NAME"))
            .version(::core::env!("CARGO_PKG_VERSION"))
    };
}

#[cfg(test)]
mod tests {
    use super::{AppInfo, Readings};
    use crate::collect::CollectError;
    use crate::collect::model::Family;

    fn labels(app: AppInfo, environment: Option<&str>) -> String {
        let own = app.source(environment.map(str::to_owned));
        let mut families = Readings::of(&[own.expect("the labels are valid")]);
        let Family { metrics, .. } = families.remove(0);
        let labels = metrics[0].labels.iter();
        let labels = labels.map(|(name, value)| format!("{name}={value}"));
        labels.collect::<Vec<_>>().join(",")
    }

    // Mutations: the environment's variable wins; what isn't known is an empty label.
    #[test]
    fn what_is_said_in_code_wins_and_what_is_unknown_is_left_out() {
        let app = || AppInfo::new("shop");
        assert_eq!(labels(app(), None), "name=shop");
        assert_eq!(labels(app().version(""), None), "name=shop");
        let staging = Some("staging");
        assert_eq!(labels(app(), staging), "name=shop,environment=staging");
        let said = app().environment("production");
        assert_eq!(labels(said, staging), "name=shop,environment=production");
    }

    // Mutation: labels aren't checked.
    #[test]
    fn labels_are_checked_like_all_others() {
        for (name, expected) in [("version", "twice"), ("a-b", "not a valid name")] {
            let app = AppInfo::new("shop").version("1").label(name, "x");
            let error: CollectError = app.source(None).expect_err("it isn't valid");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
