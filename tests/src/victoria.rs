//! A real `VictoriaMetrics`, whose parser of the text format is another one than
//! Prometheus'.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::component::{Component, free_port, fresh_home};
use crate::deadline::poll;
use crate::http::{self, Response};

/// A running server; stopped, and its data removed, on drop.
#[derive(Debug)]
pub struct Victoria {
    component: Component,
    url: String,
}

impl Victoria {
    /// Starts a server that scrapes `/metrics` of a `host:port` once a second,
    /// and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it is not installed or isn't ready in a minute.
    pub fn scraping(target: &str) -> Self {
        let home = fresh_home();
        // YAML is a superset of JSON.
        let config = json!({ "scrape_configs": [{
            "job_name": "victoria",
            "scrape_interval": "1s",
            "static_configs": [{ "targets": [target] }],
        }] });
        let file = home.path().join("scrape.yml");
        fs::write(&file, config.to_string()).expect("a temporary folder is writable");
        let data = home.path().join("data");
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new("victoria-metrics");
        command
            .arg(format!("-storageDataPath={}", data.display()))
            .arg(format!("-promscrape.config={}", file.display()))
            .arg(format!("-httpListenAddr={address}"))
            .args(["-retentionPeriod=1d", "-memory.allowedPercent=5"])
            .args(["-dedup.minScrapeInterval=1ms", "-search.latencyOffset=0s"]);
        let mut component = Component::start(command, home);
        let url = format!("http://{address}");
        component.wait_until_ready(&format!("{url}/health"), Duration::from_mins(1));
        Self { component, url }
    }

    /// Asks until `expression` gives exactly one series, and gives its labels
    /// and value.
    ///
    /// # Panics
    ///
    /// When it doesn't within `limit`; the message has the last answer and the
    /// server's log.
    pub fn wait_for_one(&self, expression: &str, limit: Duration) -> (Value, f64) {
        let mut last = Value::Null;
        let found = poll(limit, || {
            // Otherwise what is new shows up only after seconds.
            self.get("/internal/force_flush", &[]);
            let parameters = [("query", expression), ("nocache", "1")];
            let answer = self.get("/api/v1/query", &parameters);
            last = serde_json::from_slice(&answer.body).unwrap_or_default();
            let [series] = last["data"]["result"].as_array()?.as_slice() else {
                return None;
            };
            let value = series["value"][1].as_str()?.parse().ok()?;
            Some((series["metric"].clone(), value))
        });
        found.unwrap_or_else(|| {
            let log = self.component.log();
            panic!("`{expression}` gave {last} for {limit:?}; the log of VictoriaMetrics:\n{log}")
        })
    }

    fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.url);
        http::get(&url, parameters).unwrap_or_else(|error| {
            let log = self.component.log();
            panic!("{url} gave no answer: {error}; the log of VictoriaMetrics:\n{log}")
        })
    }
}
