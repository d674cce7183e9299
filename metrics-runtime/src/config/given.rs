//! Settings as far as somebody has said them.

use super::environment::{EnvironmentError, Reader, SettingError, variable};
use super::{Config, Endpoints, parse};
use crate::clock::Choice;
use crate::name::check_namespace;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Settings as far as somebody has said them, in code or in the environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Given {
    pub(crate) enabled: Option<bool>,
    pub(crate) namespace: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) latency_buckets: Option<Vec<f64>>,
    pub(crate) sample_rate: Option<f64>,
    pub(crate) excluded_paths: Option<Vec<String>>,
    pub(crate) slow_query: Option<Duration>,
    pub(crate) collector_deadline: Option<Duration>,
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) export_address: Option<IpAddr>,
    pub(crate) export_port: Option<u16>,
    pub(crate) export_port_range: Option<RangeInclusive<u16>>,
}

impl Given {
    /// What the process' environment says.
    pub(crate) fn of_environment() -> Result<Self, EnvironmentError> {
        let (given, mut errors) = Self::read(&variable);
        errors.pop().map_or(Ok(given), Err)
    }

    /// What can be used of it.
    pub(super) fn of_environment_as_far_as_valid() -> (Self, Vec<EnvironmentError>) {
        Self::read(&variable)
    }

    fn read(get: &dyn Fn(&'static str) -> Option<String>) -> (Self, Vec<EnvironmentError>) {
        let mut reader = Reader::new(get);
        if let Some(Err(error)) = get("METRICS_CLOCK").map(|value| Choice::parse(&value)) {
            reader.refuse(error.variable, error.value, error.expected);
        }
        let namespace = |value: &str| check_namespace(value).ok().map(|()| value.to_owned());
        let given = Self {
            enabled: reader.read("METRICS_ENABLED", parse::BOOL, parse::bool),
            namespace: reader.read(
                "METRICS_NAMESPACE",
                "it takes letters, digits and `_`, and no digit at the start",
                namespace,
            ),
            path: reader.read("METRICS_PATH", parse::PATH, parse::path),
            environment: reader.find("METRICS_ENVIRONMENT").map(|(_, value)| value),
            latency_buckets: reader.read("METRICS_LATENCY_BUCKETS", parse::BUCKETS, parse::buckets),
            sample_rate: reader.read("METRICS_SAMPLE_RATE", parse::RATE, parse::rate),
            excluded_paths: reader
                .find("METRICS_EXCLUDED_PATHS")
                .map(|(_, value)| parse::list(&value)),
            slow_query: reader.read(
                "METRICS_SLOW_QUERY_MS",
                parse::MILLISECONDS,
                parse::milliseconds,
            ),
            collector_deadline: reader.read(
                "METRICS_COLLECTOR_DEADLINE_MS",
                parse::MILLISECONDS,
                parse::milliseconds,
            ),
            endpoints: reader.read("METRICS_ENDPOINTS", Endpoints::EXPECTED, Endpoints::parse),
            export_address: reader.read(
                "METRICS_EXPORT_ADDRESS",
                "it takes an IP address, such as `127.0.0.1`, `0.0.0.0` or `::`",
                |value| value.parse().ok(),
            ),
            export_port: reader.read("METRICS_EXPORT_PORT", parse::PORT, parse::port),
            export_port_range: reader.read("METRICS_EXPORT_PORT_RANGE", parse::PORTS, parse::ports),
        };
        if given.export_port.is_some()
            && given.export_port_range.is_some()
            && let Some((variable, value)) = reader.find("METRICS_EXPORT_PORT_RANGE")
        {
            let expected = "METRICS_EXPORT_PORT is set too; unset one of them";
            reader.refuse(variable, value, expected);
        }
        (given, reader.into_errors())
    }

    /// Whether what was said in code can be used, as the environment is read.
    pub(crate) fn check(&mut self) -> Result<(), SettingError> {
        let error = |setting, value: String, expected| {
            Err(SettingError {
                setting,
                value,
                expected,
            })
        };
        if let Some(path) = self.path.take() {
            let Some(path) = parse::path(&path) else {
                return error("path", path, parse::PATH);
            };
            self.path = Some(path);
        }
        if let Some(rate) = self.sample_rate
            && !parse::is_rate(rate)
        {
            return error("sample_rate", rate.to_string(), parse::RATE);
        }
        if let Some(buckets) = &self.latency_buckets
            && !parse::are_buckets(buckets)
        {
            return error("latency_buckets", format!("{buckets:?}"), parse::BUCKETS);
        }
        self.endpoints.as_ref().map_or(Ok(()), Endpoints::check)
    }

    /// This, and the other where this doesn't say.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            enabled: self.enabled.or(other.enabled),
            namespace: self.namespace.or(other.namespace),
            path: self.path.or(other.path),
            environment: self.environment.or(other.environment),
            latency_buckets: self.latency_buckets.or(other.latency_buckets),
            sample_rate: self.sample_rate.or(other.sample_rate),
            excluded_paths: self.excluded_paths.or(other.excluded_paths),
            slow_query: self.slow_query.or(other.slow_query),
            collector_deadline: self.collector_deadline.or(other.collector_deadline),
            endpoints: self.endpoints.or(other.endpoints),
            export_address: self.export_address.or(other.export_address),
            export_port: self.export_port.or(other.export_port),
            export_port_range: self.export_port_range.or(other.export_port_range),
        }
    }

    /// All settings, by default where nobody says.
    pub(crate) fn into_config(self) -> Config {
        let default = Config::default();
        Config {
            enabled: self.enabled.unwrap_or(default.enabled),
            namespace: self.namespace,
            path: self.path.unwrap_or(default.path),
            environment: self.environment,
            latency_buckets: self.latency_buckets,
            sample_rate: self.sample_rate.unwrap_or(default.sample_rate),
            excluded_paths: self.excluded_paths.unwrap_or_default(),
            slow_query: self.slow_query.unwrap_or(default.slow_query),
            collector_deadline: self
                .collector_deadline
                .unwrap_or(default.collector_deadline),
            endpoints: self.endpoints.unwrap_or_default(),
            export_address: self.export_address.unwrap_or(default.export_address),
            export_port: self.export_port.unwrap_or(default.export_port),
            export_port_range: self.export_port_range,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Endpoints, EnvironmentError, Given};
    use std::time::Duration;

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let get = |asked: &'static str| {
            let found = variables.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| (*value).to_owned())
        };
        let (given, mut errors) = Given::read(&get);
        errors.pop().map_or(Ok(given.into_config()), Err)
    }

    // Mutation: a variable is read into another's place.
    #[test]
    fn each_variable_is_read_into_its_place() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config
        };
        assert_eq!(read(&[]), Ok(Config::default()));
        for (variable, value, expected) in [
            ("METRICS_ENABLED", "No", with(|it| it.enabled = false)),
            (
                "METRICS_NAMESPACE",
                "shop",
                with(|it| it.namespace = Some("shop".to_owned())),
            ),
            ("METRICS_PATH", "/m/", with(|it| it.path = "/m".to_owned())),
            (
                "METRICS_ENVIRONMENT",
                "test",
                with(|it| it.environment = Some("test".to_owned())),
            ),
            (
                "METRICS_ENDPOINTS",
                "status, api",
                with(|it| it.endpoints = Endpoints::default().status(true).api(true)),
            ),
            (
                "METRICS_LATENCY_BUCKETS",
                "1,2",
                with(|it| it.latency_buckets = Some(vec![1.0, 2.0])),
            ),
            (
                "METRICS_SAMPLE_RATE",
                "0.5",
                with(|it| it.sample_rate = 0.5),
            ),
            (
                "METRICS_EXCLUDED_PATHS",
                "a, b",
                with(|it| it.excluded_paths = vec!["a".to_owned(), "b".to_owned()]),
            ),
            (
                "METRICS_SLOW_QUERY_MS",
                " 2.5 ",
                with(|it| it.slow_query = Duration::from_micros(2_500)),
            ),
            (
                "METRICS_COLLECTOR_DEADLINE_MS",
                "7",
                with(|it| it.collector_deadline = Duration::from_millis(7)),
            ),
            (
                "METRICS_EXPORT_ADDRESS",
                "0.0.0.0",
                with(|it| it.export_address = [0, 0, 0, 0].into()),
            ),
            (
                "METRICS_EXPORT_PORT",
                "9000",
                with(|it| it.export_port = 9000),
            ),
            (
                "METRICS_EXPORT_PORT_RANGE",
                "8001-8050",
                with(|it| it.export_port_range = Some(8001..=8050)),
            ),
        ] {
            assert_eq!(read(&[(variable, value)]), Ok(expected), "{variable}");
        }
    }

    #[test]
    fn a_bad_variable_is_named_with_what_it_takes_and_takes_nothing_from_the_others() {
        for (variable, value, expected) in [
            ("METRICS_ENABLED", "perhaps", "`yes` or `false`"),
            ("METRICS_NAMESPACE", "my-shop", "letters, digits and `_`"),
            ("METRICS_PATH", "metrics", "a path such as `/metrics`"),
            ("METRICS_LATENCY_BUCKETS", "2,1", "rising seconds"),
            ("METRICS_SAMPLE_RATE", "2", "a share from 0 to 1"),
            ("METRICS_SLOW_QUERY_MS", "0", "milliseconds above zero"),
            (
                "METRICS_COLLECTOR_DEADLINE_MS",
                "1s",
                "milliseconds above zero",
            ),
            ("METRICS_EXPORT_ADDRESS", "localhost", "an IP address"),
            ("METRICS_EXPORT_PORT", "0", "a port from 1 to 65535"),
            (
                "METRICS_EXPORT_PORT_RANGE",
                "8001",
                "a first and a last port",
            ),
            ("METRICS_CLOCK", "sundial", "`instant`"),
        ] {
            let get = |asked: &'static str| match asked {
                asked if asked == variable => Some(value.to_owned()),
                "METRICS_ENVIRONMENT" => Some("kept".to_owned()),
                _ => None,
            };
            let (given, errors) = Given::read(&get);
            assert_eq!(given.environment.as_deref(), Some("kept"));
            let [error] = errors.as_slice() else {
                panic!("one error: {errors:?}");
            };
            let text = error.to_string();
            let start = format!("the environment variable {variable} is `{value}`; it takes ");
            assert!(
                text.starts_with(&start) && text.contains(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_port_and_a_range_contradict_each_other() {
        let both = [
            ("METRICS_EXPORT_PORT_RANGE", "1-2"),
            ("METRICS_EXPORT_PORT", "1"),
        ];
        let error = read(&both).unwrap_err();
        assert!(error.to_string().contains("unset one of them"), "{error}");
    }

    // Mutation: `or` prefers the other.
    #[test]
    fn what_is_said_first_wins() {
        let first = Given {
            sample_rate: Some(0.1),
            ..Given::default()
        };
        let other = Given {
            sample_rate: Some(0.2),
            path: Some("/b".to_owned()),
            ..Given::default()
        };
        let config = first.or(other).into_config();
        assert_eq!((config.sample_rate, config.path.as_str()), (0.1, "/b"));
    }

    #[test]
    fn what_is_said_in_code_is_checked_alike() {
        let check = |mut given: Given| given.check().map_err(|error| error.to_string());
        let path = Given {
            path: Some("metrics".to_owned()),
            ..Given::default()
        };
        assert!(
            check(path)
                .unwrap_err()
                .starts_with("the setting `path` is `metrics`; it takes")
        );
        let rate = Given {
            sample_rate: Some(f64::NAN),
            ..Given::default()
        };
        assert!(
            check(rate)
                .unwrap_err()
                .starts_with("the setting `sample_rate` is `NaN`")
        );
        let buckets = Given {
            latency_buckets: Some(Vec::new()),
            ..Given::default()
        };
        assert!(
            check(buckets)
                .unwrap_err()
                .starts_with("the setting `latency_buckets` is `[]`")
        );
        assert_eq!(check(Given::default()), Ok(()));
    }

    // Mutation: one of them isn't looked at, and `/increment` refuses everything.
    #[test]
    fn what_increment_takes_is_checked() {
        let check = |endpoints| {
            let mut given = Given {
                endpoints: Some(endpoints),
                ..Given::default()
            };
            given.check().map_err(|error| error.to_string())
        };
        let default = Endpoints::default;
        for (endpoints, expected) in [
            (
                default().increment_hosts(["shop.example", "http://shop.example"]),
                "the setting `increment_hosts` is `http://shop.example`; it takes",
            ),
            (
                default().increment_hosts([""]),
                "the setting `increment_hosts` is ``",
            ),
            (
                default().increment_step(0.0),
                "the setting `increment_step` is `0`; it takes",
            ),
            (default().increment_step(-1.0), "is `-1`"),
            (default().increment_step(f64::NAN), "is `NaN`"),
            (default().increment_step(f64::INFINITY), "is `inf`"),
            (
                default().increment_rate(0),
                "the setting `increment_rate` is `0`; it takes",
            ),
        ] {
            let text = check(endpoints).expect_err(expected);
            assert!(text.contains(expected), "{text}");
        }
        let valid = default().increment_hosts(["shop.example:8080", "[::1]:9464"]);
        let valid = valid.increment_step(0.5).increment_rate(1);
        assert_eq!(check(valid), Ok(()));
    }
}
