//! A real Pushgateway, which refuses pages that promtool lets through: duplicate
//! series, and families whose type differs from that of another group.

use std::process::Command;
use std::time::Duration;

use crate::component::{Component, free_port, fresh_home};
use crate::http::{self, Response};

/// A running gateway that keeps everything in memory; stopped on drop.
#[derive(Debug)]
pub struct Pushgateway {
    component: Component,
    address: String,
}

impl Pushgateway {
    /// Starts a gateway and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it is not installed or isn't ready in a minute.
    pub fn start() -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new("prometheus-pushgateway");
        command
            .arg(format!("--web.listen-address={address}"))
            // Debian's default is a file in /var/lib, through which the groups
            // of one run would leak into the next.
            .arg("--persistence.file=");
        let mut component = Component::start(command, fresh_home());
        component.wait_until_ready(&format!("http://{address}/-/ready"), Duration::from_mins(1));
        Self { component, address }
    }

    /// Where the gateway listens, as `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Replaces the group of `job` with a page as text; status 200 means accepted,
    /// 400 comes with the reason in the body.
    ///
    /// # Panics
    ///
    /// When the gateway doesn't answer.
    pub fn put(&self, job: &str, page: &str) -> Response {
        self.put_as("text/plain", job, page.as_bytes())
    }

    /// As [`put`](Self::put), for a page of this media type.
    ///
    /// # Panics
    ///
    /// When the gateway doesn't answer.
    pub fn put_as(&self, content_type: &str, job: &str, page: &[u8]) -> Response {
        let url = format!("http://{}/metrics/job/{job}", self.address);
        http::put(&url, content_type, page).unwrap_or_else(|error| {
            let log = self.component.log();
            panic!("{url} gave no answer: {error}; the log of the Pushgateway:\n{log}")
        })
    }
}
