//! A real Prometheus server that scrapes given targets.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::component::{Component, free_port, fresh_home};
use crate::deadline::poll;
use crate::http;

/// The labels of one series, `__name__` included.
pub type Labels = BTreeMap<String, String>;

/// What an instant query gives: one value per series.
pub type Vector = Vec<(Labels, f64)>;

/// One entry of `scrape_configs`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Job {
    name: String,
    targets: Vec<String>,
    metrics_path: String,
    scrape_interval: Duration,
}

impl Job {
    /// Scrapes `/metrics` of one `host:port` once a second.
    pub fn new(name: &str, target: &str) -> Self {
        Self {
            name: name.to_owned(),
            targets: vec![target.to_owned()],
            metrics_path: "/metrics".to_owned(),
            scrape_interval: Duration::from_secs(1),
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

    /// Scrapes at another interval, in whole milliseconds.
    pub fn scrape_interval(mut self, interval: Duration) -> Self {
        self.scrape_interval = interval;
        self
    }

    fn config(&self) -> Value {
        json!({
            "job_name": self.name,
            "metrics_path": self.metrics_path,
            "scrape_interval": format!("{}ms", self.scrape_interval.as_millis()),
            "static_configs": [{ "targets": self.targets }],
        })
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

/// An exemplar that the server keeps.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exemplar {
    /// The labels of the series that it stands beside, `__name__` included.
    pub series: Labels,
    /// Its own labels, such as a trace's id.
    pub labels: Labels,
    /// The value of the recording that it is of.
    pub value: f64,
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
        let mut component = Component::start(command, home);
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

    /// The exemplars of the last ten minutes beside the series that `expression`
    /// selects; needs the feature `exemplar-storage`.
    ///
    /// # Panics
    ///
    /// When the server refuses the expression, or gives anything but exemplars.
    pub fn exemplars(&self, expression: &str) -> Vec<Exemplar> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("the epoch is over").as_secs();
        let (start, end) = ((now - 600).to_string(), (now + 60).to_string());
        let parameters = [("query", expression), ("start", &start), ("end", &end)];
        let data = self.call("/api/v1/query_exemplars", &parameters);
        let mut exemplars = Vec::new();
        for found in array(&data) {
            for exemplar in array(&found["exemplars"]) {
                exemplars.push(Exemplar {
                    series: parse_labels(&found["seriesLabels"]),
                    labels: parse_labels(&exemplar["labels"]),
                    value: parse_number(text(&exemplar["value"])),
                });
            }
        }
        exemplars
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
    parse_number(text(&pair[1]))
}

/// Go's spelling of non-finite numbers is among those that Rust parses.
fn parse_number(number: &str) -> f64 {
    number
        .parse()
        .unwrap_or_else(|error| panic!("`{number}` is no number: {error}"))
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
