//! A real Prometheus server that scrapes given targets.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::component::{Component, free_port, fresh_home};
use crate::deadline::poll;
use crate::http;

/// The labels of one series, `__name__` included.
pub type Labels = BTreeMap<String, String>;

/// What an instant query gives: one value per series.
pub type Vector = Vec<(Labels, f64)>;

/// A native histogram.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Histogram {
    /// How many observations there are.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// Lower and upper bound of each bucket that isn't empty, and its count.
    pub buckets: Vec<(f64, f64, f64)>,
}

/// An exemplar.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exemplar {
    /// Of its series, `__name__` included.
    pub series: Labels,
    /// Its own.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
    /// In seconds of Unix.
    pub timestamp: f64,
}

/// One entry of `scrape_configs`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Job {
    name: String,
    targets: Vec<String>,
    metrics_path: String,
    scrape_interval: Duration,
    /// Paths of the targets, which then are instances by their paths.
    paths: Vec<String>,
    honor_labels: bool,
    token: Option<String>,
}

impl Job {
    /// Scrapes `/metrics` of one `host:port` once a second.
    pub fn new(name: &str, target: &str) -> Self {
        Self {
            name: name.to_owned(),
            targets: vec![target.to_owned()],
            metrics_path: "/metrics".to_owned(),
            scrape_interval: Duration::from_secs(1),
            paths: Vec::new(),
            honor_labels: false,
            token: None,
        }
    }

    /// Adds another `host:port`.
    pub fn target(mut self, target: &str) -> Self {
        self.targets.push(target.to_owned());
        self
    }

    /// Scrapes another path.
    pub fn metrics_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.metrics_path);
        self
    }

    /// Scrapes several paths of the target; each is an `instance` by its path.
    pub fn paths(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        self.paths.extend(paths);
        self
    }

    /// Sends this token in `Authorization: Bearer`.
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Leaves labels of the page that are named like those of the target, `job` and
    /// `instance`, as they are.
    pub fn honor_labels(mut self) -> Self {
        self.honor_labels = true;
        self
    }

    /// Scrapes at another interval, in whole milliseconds.
    pub fn scrape_interval(mut self, interval: Duration) -> Self {
        self.scrape_interval = interval;
        self
    }

    fn config(&self) -> Value {
        let paths = self.paths.iter().map(|path| {
            let labels = json!({ "__metrics_path__": path, "instance": path });
            json!({ "targets": self.targets, "labels": labels })
        });
        let mut targets: Vec<Value> = paths.collect();
        if targets.is_empty() {
            targets.push(json!({ "targets": self.targets }));
        }
        let mut config = json!({
            "job_name": self.name,
            "metrics_path": self.metrics_path,
            "scrape_interval": format!("{}ms", self.scrape_interval.as_millis()),
            "honor_labels": self.honor_labels,
            "static_configs": targets,
        });
        if let Some(token) = &self.token {
            config["authorization"] = json!({ "credentials": token });
        }
        config
    }
}

/// Whether the last scrape of a target succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// The last scrape was complete.
    Up,
    /// The last scrape failed.
    Down,
    /// There was no scrape yet.
    Unknown,
}

/// A target as Prometheus sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// The name of its job.
    pub job: String,
    /// The URL that is scraped.
    pub url: String,
    /// How the last scrape ended.
    pub health: Health,
    /// Why the last scrape failed, empty when it didn't.
    pub error: String,
}

/// A running server; stopped, and its data removed, on drop.
///
/// It scrapes a new target only five to six seconds after its start, whatever
/// the interval (its discovery manager is throttled): start one server per
/// test, first and with all jobs, and poll. Targets may be started later.
#[derive(Debug)]
pub struct Prometheus {
    component: Component,
    url: String,
}

impl Prometheus {
    /// Starts a server with these jobs and `--enable-feature` values, and waits
    /// until it answers.
    ///
    /// # Panics
    ///
    /// When it is not installed, refuses the jobs or isn't ready in a minute.
    pub fn start(jobs: &[Job], features: &[&str]) -> Self {
        Self::start_by(jobs, features, Component::start)
    }

    /// As [`start`](Self::start), for a server that is kept in a `static`: it ends
    /// with the test process.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_shared(jobs: &[Job], features: &[&str]) -> Self {
        let start = |command, home| Component::start_supervised(&command, home);
        Self::start_by(jobs, features, start)
    }

    fn start_by(
        jobs: &[Job],
        features: &[&str],
        start: impl FnOnce(Command, TempDir) -> Component,
    ) -> Self {
        let home = fresh_home();
        let configs: Vec<Value> = jobs.iter().map(Job::config).collect();
        // YAML is a superset of JSON, which takes care of quoting.
        let config = json!({ "scrape_configs": configs }).to_string();
        let file = home.path().join("prometheus.yml");
        fs::write(&file, config).expect("a temporary folder is writable");

        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                home.path().join("tsdb").display()
            ))
            .arg("--storage.tsdb.retention.time=2h")
            .arg(format!("--web.listen-address={address}"));
        if !features.is_empty() {
            command.arg(format!("--enable-feature={}", features.join(",")));
        }
        let mut component = start(command, home);
        let url = format!("http://{address}");
        component.wait_until_ready(&format!("{url}/-/ready"), Duration::from_mins(1));
        Self { component, url }
    }

    /// Where the server listens, as `http://host:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of each series that `expression` selects now.
    ///
    /// # Panics
    ///
    /// When the server refuses the expression, or gives anything but an instant
    /// vector or scalar of plain numbers.
    pub fn query(&self, expression: &str) -> Vector {
        let data = self.call("/api/v1/query", &[("query", expression)]);
        let result = &data["result"];
        if data["resultType"] == "scalar" {
            return vec![(Labels::new(), parse_value(result))];
        }
        array(result)
            .iter()
            .map(|series| {
                (
                    parse_labels(&series["metric"]),
                    parse_value(&series["value"]),
                )
            })
            .collect()
    }

    /// The value of each series that `expression` selects now, and the native
    /// histograms among them.
    ///
    /// # Panics
    ///
    /// When the server refuses the expression, or gives anything but an instant
    /// vector.
    pub fn query_all(&self, expression: &str) -> (Vector, Vec<(Labels, Histogram)>) {
        let data = self.call("/api/v1/query", &[("query", expression)]);
        let (mut plain, mut native) = (Vector::new(), Vec::new());
        for series in array(&data["result"]) {
            let labels = parse_labels(&series["metric"]);
            match series.get("histogram") {
                Some(pair) => native.push((labels, parse_histogram(&pair[1]))),
                None => plain.push((labels, parse_value(&series["value"]))),
            }
        }
        (plain, native)
    }

    /// The exemplars of the series that `expression` selects, of all times.
    ///
    /// # Panics
    ///
    /// When the server refuses the expression.
    pub fn exemplars(&self, expression: &str) -> Vec<Exemplar> {
        let range = [("start", "0"), ("end", "9999999999")];
        let parameters = [&[("query", expression)][..], &range].concat();
        let data = self.call("/api/v1/query_exemplars", &parameters);
        let all = array(&data).iter().flat_map(|series| {
            let exemplars = array(&series["exemplars"]).iter();
            exemplars.map(|exemplar| Exemplar {
                series: parse_labels(&series["seriesLabels"]),
                labels: parse_labels(&exemplar["labels"]),
                value: parse_number(&exemplar["value"]),
                timestamp: exemplar["timestamp"].as_f64().unwrap_or(f64::NAN),
            })
        });
        all.collect()
    }

    /// The state of each target.
    ///
    /// # Panics
    ///
    /// When the server gives no list of targets.
    pub fn targets(&self) -> Vec<Target> {
        let data = self.call("/api/v1/targets", &[("state", "active")]);
        array(&data["activeTargets"])
            .iter()
            .map(|target| Target {
                job: text(&target["labels"]["job"]).to_owned(),
                url: text(&target["scrapeUrl"]).to_owned(),
                health: match text(&target["health"]) {
                    "up" => Health::Up,
                    "down" => Health::Down,
                    _ => Health::Unknown,
                },
                error: text(&target["lastError"]).to_owned(),
            })
            .collect()
    }

    /// Queries until `predicate` holds, and gives the answer for which it did.
    ///
    /// # Panics
    ///
    /// When it doesn't hold within `limit`; the message has the last answer and
    /// the state of the targets.
    pub fn wait_for(
        &self,
        expression: &str,
        predicate: impl Fn(&Vector) -> bool,
        limit: Duration,
    ) -> Vector {
        let mut last = Vector::new();
        let found = poll(limit, || {
            last = self.query(expression);
            predicate(&last).then(|| last.clone())
        });
        found.unwrap_or_else(|| {
            let targets = self.targets();
            panic!(
                "`{expression}` wasn't as expected within {limit:?}; last answer: {last:#?}; targets: {targets:#?}"
            )
        })
    }

    fn call(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let url = format!("{}{path}", self.url);
        let response = http::get(&url, parameters).unwrap_or_else(|error| {
            let log = self.component.log();
            panic!("{url} gave no answer: {error}; the log of Prometheus:\n{log}")
        });
        let mut answer: Value = serde_json::from_slice(&response.body)
            .unwrap_or_else(|error| panic!("{url} gave no JSON: {error}"));
        assert_eq!(
            answer["status"], "success",
            "Prometheus refused {parameters:?}: {answer}"
        );
        answer["data"].take()
    }
}

/// The value of `[time, "value"]`.
fn parse_value(pair: &Value) -> f64 {
    parse_number(&pair[1])
}

fn parse_number(value: &Value) -> f64 {
    let number = text(value).parse();
    number.unwrap_or_else(|error| panic!("{value}: {error}"))
}

/// Buckets are a rule for their bounds, the bounds and a count.
fn parse_histogram(value: &Value) -> Histogram {
    let buckets = value["buckets"].as_array().into_iter().flatten();
    let bucket = |bucket: &Value| {
        let [lower, upper, count] = [1, 2, 3].map(|at| parse_number(&bucket[at]));
        (lower, upper, count)
    };
    Histogram {
        count: parse_number(&value["count"]),
        sum: parse_number(&value["sum"]),
        buckets: buckets.map(bucket).collect(),
    }
}

fn parse_labels(metric: &Value) -> Labels {
    let labels = metric.as_object().into_iter().flatten();
    labels
        .map(|(name, value)| (name.clone(), text(value).to_owned()))
        .collect()
}

fn array(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("expected an array, Prometheus gave {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
