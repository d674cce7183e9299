//! The shop's process, and the report that it leaves.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use integration_tests::component::{Component, free_port, fresh_home};
use integration_tests::deadline::poll;
use integration_tests::http::{self, Response};
use integration_tests::page::Page;
use serde::Deserialize;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// Far more than any step takes; nothing is slower when it is longer.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// A shop with eight visitors, a database and a report of its own.
pub(crate) struct Shop {
    pub(crate) component: Component,
    /// Since when it has served, or else been launched.
    pub(crate) opened: Instant,
    address: String,
}

/// What the visitors counted.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    /// How long they stayed, which they don't say.
    #[serde(skip)]
    pub(crate) lasted: Duration,
    pub(crate) requests: f64,
    pub(crate) failed: u64,
    pub(crate) updates: f64,
    /// The number of orders by their value in cents.
    pub(crate) order_cents: BTreeMap<u32, u32>,
    /// What visitors did that the business counts, by family and labels:
    /// `user_logins_total method=password`.
    pub(crate) deeds: BTreeMap<String, f64>,
    pub(crate) routes: Vec<RouteReport>,
    /// The traces that are sampled.
    pub(crate) traces: Vec<TraceReport>,
}

/// A trace, and what became of its request.
#[derive(Debug, Deserialize)]
pub(crate) struct TraceReport {
    pub(crate) trace_id: String,
    /// The shop's span; unknown to a visitor that got no answer.
    pub(crate) span_id: Option<String>,
    pub(crate) function: String,
    pub(crate) outcome: String,
}

/// What the visitors counted on one route.
#[derive(Debug, Deserialize)]
pub(crate) struct RouteReport {
    /// Method and path: `GET /products/{id}`.
    pub(crate) route: String,
    pub(crate) function: String,
    pub(crate) answers: BTreeMap<u16, f64>,
    /// Answers that were given up, by phase.
    pub(crate) aborted: BTreeMap<String, f64>,
    pub(crate) cancelled: f64,
    /// Requests that got no answer, or half of one.
    pub(crate) failed: u64,
    pub(crate) outcomes: BTreeMap<String, f64>,
}

impl Shop {
    /// Starts the shop on a free port and waits until it serves its metrics.
    pub(crate) fn open(options: &[&str]) -> Self {
        Self::open_in(&[], options)
    }

    /// Starts the shop on a free port, with these variables in its environment, and
    /// waits until it serves its metrics.
    pub(crate) fn open_in(variables: &[(&str, &str)], options: &[&str]) -> Self {
        Self::open_on(free_port(), variables, options)
    }

    /// Starts the shop on `port`, with these variables in its environment, and waits
    /// until it serves its metrics.
    pub(crate) fn open_on(port: u16, variables: &[(&str, &str)], options: &[&str]) -> Self {
        let mut shop = Self::launch_in(variables, port, options);
        let url = format!("http://{}/metrics", shop.address);
        shop.component.wait_until_ready(&url, LIMIT);
        shop.opened = Instant::now();
        shop
    }

    /// Starts the shop on `port`.
    pub(crate) fn launch(port: u16, options: &[&str]) -> Self {
        Self::launch_in(&[], port, options)
    }

    /// Starts the shop on `port`, with these variables in its environment. Without
    /// `DATABASE_URL` its database is a temporary file, which goes with its home.
    pub(crate) fn launch_in(variables: &[(&str, &str)], port: u16, options: &[&str]) -> Self {
        let address = format!("127.0.0.1:{port}");
        let home = fresh_home();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command
            .args(["--listen", &address, "--visitors", "8"])
            // Those of who runs the tests are not the shop's.
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .env("TMPDIR", home.path())
            .envs(variables.iter().copied())
            .arg("--report")
            .arg(home.path().join("report.json"))
            .args(options);
        let component = Component::start(command, home);
        let opened = Instant::now();
        Self {
            component,
            opened,
            address,
        }
    }

    /// Gets a path of the shop.
    pub(crate) fn get(&self, path: &str) -> Response {
        let url = format!("http://{}{path}", self.address);
        http::get(&url, &[]).unwrap_or_else(|error| {
            let log = self.component.log();
            panic!("{url} gave no answer: {error}; the shop's log:\n{log}")
        })
    }

    /// The page that `/metrics` serves now, which must be valid.
    pub(crate) fn page(&self) -> Page {
        let body = self.get("/metrics").body;
        Page::parse(&body).unwrap_or_else(|error| {
            let body = String::from_utf8_lossy(&body);
            panic!("the shop's page is invalid: {error}\n{body}")
        })
    }

    /// Waits for the report. The file is there before, and half written for a
    /// moment: only a whole one counts.
    pub(crate) fn report(&self) -> Report {
        let file = self.component.home().join("report.json");
        let report = poll(LIMIT, || {
            let json = fs::read(&file).ok()?;
            serde_json::from_slice(&json).ok()
        });
        report.unwrap_or_else(|| {
            let (json, log) = (fs::read_to_string(&file), self.component.log());
            panic!("no report within {LIMIT:?}: {json:?}; the shop's log:\n{log}")
        })
    }

    /// The number of rows in the table of orders, in the file that the shop names.
    pub(crate) fn orders(&self) -> f64 {
        let log = self.component.log();
        let file = log.lines().find_map(|line| line.strip_prefix("database  "));
        let file = file.unwrap_or_else(|| panic!("the shop names no database:\n{log}"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let database = SqliteConnectOptions::new().filename(file).read_only(true);
        let count = runtime
            .block_on(async {
                let mut connection = database.connect().await?;
                let count = sqlx::query_scalar("SELECT count(*) FROM orders")
                    .fetch_one(&mut connection)
                    .await?;
                connection.close().await?;
                Ok::<u32, sqlx::Error>(count)
            })
            .expect("the shop's database can be read");
        f64::from(count)
    }
}

impl Report {
    /// The calls that the visitors saw, by function and outcome, without zeros.
    pub(crate) fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        for route in &self.routes {
            for (outcome, count) in &route.outcomes {
                calls.insert((route.function.clone(), outcome.clone()), *count);
            }
        }
        calls.retain(|_, count| *count > 0.0);
        calls
    }

    /// The calls with this outcome, over all functions.
    pub(crate) fn total(&self, outcome: &str) -> f64 {
        let counts = self
            .routes
            .iter()
            .filter_map(|route| route.outcomes.get(outcome));
        counts.sum()
    }

    /// The answers to a function's requests that have one of these statuses.
    pub(crate) fn answers(&self, function: &str, status: impl Fn(u16) -> bool) -> f64 {
        let routes = self.routes.iter();
        let answers = routes
            .filter(|route| route.function == function)
            .flat_map(|route| &route.answers);
        answers
            .filter(|(found, _)| status(**found))
            .map(|(_, count)| count)
            .sum()
    }

    /// The answers to a function's requests that were given up in this phase.
    pub(crate) fn aborted(&self, function: &str, phase: &str) -> f64 {
        let routes = self.routes.iter();
        let routes = routes.filter(|route| route.function == function);
        let counts = routes.filter_map(|route| route.aborted.get(phase));
        counts.sum()
    }

    /// Whether the visitors know this function.
    pub(crate) fn has(&self, function: &str) -> bool {
        self.routes.iter().any(|route| route.function == function)
    }
}

/// The number of calls by function and outcome.
pub(crate) type Calls = BTreeMap<(String, String), f64>;
