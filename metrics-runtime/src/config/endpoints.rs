//! What is served beside the page.

use super::{Host, SettingError, parse};

/// What [`Metrics::router`](crate::Metrics::router) serves: the page, and what is
/// opted in.
///
/// | route below that of the page | what it answers |
/// |---|---|
/// | `GET /` | the page |
/// | `GET /status` | how the toolkit itself does |
/// | `GET /api` | all metrics as JSON, by name, label and kind |
/// | `GET /analytics` | rates, shares of errors and quantiles of the last 1, 5 and 15 minutes |
/// | `GET /system` | the process and its host |
/// | `POST /increment` | records into families with `#[remote]`; there is none of it without a token or an authoriser |
/// | `GET /prometheus-config` | a scrape configuration for this instance; for its listener, if this router has no page |
/// | `GET /openapi.json` | a description of all of them |
///
/// Four answers that read all metrics or the system are made at a time. They take no place
/// while they are sent: of those over 32 KiB, up to 64 MiB wait to be read, and when the
/// next one has no room, the one that was read least lately is cut off. One that finds no
/// room in spite of that is 503.
///
/// ```
/// use metrics_runtime::{Endpoints, Metrics};
///
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let endpoints = Endpoints::default().status(true).api(true);
/// let metrics = Metrics::builder().endpoints(endpoints).build()?;
/// let app: axum::Router = axum::Router::new().nest("/metrics", metrics.router());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[must_use = "they do nothing until a router is made with them"]
pub struct Endpoints {
    /// One bit for each route.
    on: u8,
    /// Hosts that `/increment` is called by; any, but by no page, if there are none.
    pub(crate) hosts: Vec<String>,
    pub(crate) largest_step: f64,
    pub(crate) requests_per_second: u32,
}

/// A route that can be turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Exposition,
    Status,
    Api,
    Analytics,
    System,
    Increment,
    PrometheusConfig,
    OpenApi,
}

impl Route {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Exposition,
        Self::Status,
        Self::Api,
        Self::Analytics,
        Self::System,
        Self::Increment,
        Self::PrometheusConfig,
        Self::OpenApi,
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What the environment calls it.
    const fn word(self) -> &'static str {
        match self {
            Self::Exposition => "exposition",
            Self::Status => "status",
            Self::Api => "api",
            Self::Analytics => "analytics",
            Self::System => "system",
            Self::Increment => "increment",
            Self::PrometheusConfig => "prometheus-config",
            Self::OpenApi => "openapi",
        }
    }
}

impl Default for Endpoints {
    /// The page alone.
    fn default() -> Self {
        Self {
            on: Route::Exposition.bit(),
            hosts: Vec::new(),
            largest_step: 1e6,
            requests_per_second: 50,
        }
    }
}

impl Endpoints {
    /// What the variable takes.
    pub(crate) const EXPECTED: &'static str = "it takes `all`, or of `status`, `api`, `analytics`, \
         `system`, `increment`, `prometheus-config`, `openapi` some with commas between them";

    /// All of them.
    pub fn all() -> Self {
        Self {
            on: !0,
            ..Self::default()
        }
    }

    /// The page and those that are named.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let words = value.split(',').map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .try_fold(Self::default(), |endpoints, word| {
                if word == "all" {
                    return Some(Self::all());
                }
                let mut all = Route::ALL.into_iter();
                let route = all.find(|route| route.word() == word)?;
                Some(endpoints.with(route, true))
            })
    }

    /// Whether the settings can be used.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        let error = |setting, value, expected| {
            Err(SettingError {
                setting,
                value,
                expected,
            })
        };
        if let Some(host) = self.hosts.iter().find(|host| Host::parse(host).is_none()) {
            return error("increment_hosts", host.clone(), parse::HOST);
        }
        let step = self.largest_step;
        if !(step.is_finite() && step > 0.0) {
            return error("increment_step", step.to_string(), parse::STEP);
        }
        if self.requests_per_second == 0 {
            return error("increment_rate", "0".to_owned(), parse::REQUESTS);
        }
        Ok(())
    }

    const fn with(mut self, route: Route, on: bool) -> Self {
        self.on = if on {
            self.on | route.bit()
        } else {
            self.on & !route.bit()
        };
        self
    }

    /// Whether a route is on.
    #[cfg_attr(
        not(feature = "endpoints"),
        expect(dead_code, reason = "nothing is chosen")
    )]
    pub(crate) const fn has(&self, route: Route) -> bool {
        self.on & route.bit() != 0
    }

    /// Whether the page is served. Default: true.
    pub fn exposition(self, on: bool) -> Self {
        self.with(Route::Exposition, on)
    }

    /// Whether `/status` is served. Default: false, as for all that follow.
    pub fn status(self, on: bool) -> Self {
        self.with(Route::Status, on)
    }

    /// Whether `/api` is served.
    pub fn api(self, on: bool) -> Self {
        self.with(Route::Api, on)
    }

    /// Whether `/analytics` is served, for which a thread samples every five seconds.
    pub fn analytics(self, on: bool) -> Self {
        self.with(Route::Analytics, on)
    }

    /// Whether `/system` is served.
    pub fn system(self, on: bool) -> Self {
        self.with(Route::System, on)
    }

    /// Whether `/increment` is served, if a token or an authoriser is set.
    pub fn increment(self, on: bool) -> Self {
        self.with(Route::Increment, on)
    }

    /// Whether `/prometheus-config` is served.
    pub fn prometheus_config(self, on: bool) -> Self {
        self.with(Route::PrometheusConfig, on)
    }

    /// Whether `/openapi.json` is served.
    pub fn openapi(self, on: bool) -> Self {
        self.with(Route::OpenApi, on)
    }

    /// The hosts, as `Host` names them (with the port, if it has one), under which
    /// `/increment` may be called, by programs and by pages of these hosts. `build()`
    /// refuses what isn't a host. Default: any, by programs alone: what a page in a
    /// browser sends is then refused, since its name may have been made to point here.
    pub fn increment_hosts<T: Into<String>>(mut self, hosts: impl IntoIterator<Item = T>) -> Self {
        self.hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// The largest value that one item of `/increment` may have; `build()` refuses what
    /// isn't finite and above zero. Default: a million.
    pub fn increment_step(mut self, step: f64) -> Self {
        self.largest_step = step;
        self
    }

    /// How many requests to `/increment` are answered in a second on average, and
    /// twice as many at once; others are told 429. `build()` refuses zero, and
    /// elsewhere it is one. Default: 50.
    pub fn increment_rate(mut self, requests_per_second: u32) -> Self {
        self.requests_per_second = requests_per_second;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoints;

    // S8. Mutation: the default is `all`.
    #[test]
    fn the_default_is_the_page_alone() {
        let none = Endpoints::default().exposition(false);
        assert_eq!(none.on, 0);
        assert_eq!(Endpoints::parse(""), Some(Endpoints::default()));
    }

    // Mutation: two routes have one bit.
    #[test]
    fn each_is_turned_on_by_its_word_and_off_by_its_method() {
        let all = "status, api,analytics,system,increment,prometheus-config,openapi";
        assert_eq!(Endpoints::parse(all), Some(Endpoints::all()));
        assert_eq!(Endpoints::parse("all"), Some(Endpoints::all()));
        let with = |word| Endpoints::parse(word).expect("it is a word");
        let default = Endpoints::default;
        assert_eq!(with("status"), default().status(true));
        assert_eq!(with("api"), default().api(true));
        assert_eq!(with("analytics"), default().analytics(true));
        assert_eq!(with("system"), default().system(true));
        assert_eq!(with("increment"), default().increment(true));
        assert_eq!(with("prometheus-config"), default().prometheus_config(true));
        assert_eq!(with("openapi"), default().openapi(true));
        assert_eq!(with("api").api(false), default());
        for word in ["none", "Status", "api;status", "openapi.json"] {
            assert_eq!(Endpoints::parse(word), None, "{word}");
        }
    }
}
