//! `GET /prometheus-config`: a scrape configuration for this instance.
//!
//! It names the page of the router that is asked; of one without a page it names the
//! listener that serves the registry's, if there is one.

use super::answer::Answer;
use crate::Metrics;
use crate::config::Host;
use crate::http::listening::Door;
use http::header::HOST;
use http::request::Parts;
use http::uri::Scheme;

/// Where the page is.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Below the router that is asked.
    Here(String),
    /// At a listener, below the path of the settings.
    At(Door),
}

/// The configuration, without secrets: where a token is needed, it names a file that the
/// reader of it makes.
pub(super) fn answer(metrics: &Metrics, request: &Parts, page: Page, wants_token: bool) -> Answer {
    let config = metrics.config();
    let authority = request.uri.authority().map(http::uri::Authority::as_str);
    let header = || request.headers.get(HOST)?.to_str().ok();
    let host = authority.or_else(header).and_then(Host::parse);
    let (is_secure, host, path) = match page {
        Page::Here(path) => {
            let (headers, extensions) = (&request.headers, &request.extensions);
            let forwarded = metrics.guard().forwarded_scheme(headers, extensions);
            // Without a proxy only HTTP/2 says.
            let scheme = forwarded.or_else(|| request.uri.scheme().cloned());
            let is_secure = scheme == Some(Scheme::HTTPS);
            let port = if is_secure { 443 } else { 80 };
            (is_secure, host.map(|host| host.or_port(port)), path)
        }
        Page::At(Door { port, scheme }) => {
            let host = host.map(|host| host.at_port(port));
            (scheme == Scheme::HTTPS, host, config.path.clone())
        }
    };
    let target = Target {
        job: config.namespace.as_deref().unwrap_or("application"),
        host,
        scheme: if is_secure { "https" } else { "http" },
        path: match path.as_str() {
            "" => "/",
            path if is_plain(path) => path,
            _ => "/metrics",
        },
        wants_token,
    };
    Answer::text("application/yaml", target.to_yaml())
}

/// What is written, none of which needs an escape between double quotes.
struct Target<'a> {
    /// Letters, digits and underscores, as `build` has checked.
    job: &'a str,
    host: Option<Host>,
    scheme: &'static str,
    path: &'a str,
    wants_token: bool,
}

/// A path that is the same in a URL and in YAML.
fn is_plain(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.starts_with('/') && path.bytes().all(plain)
}

impl Target<'_> {
    fn to_yaml(&self) -> String {
        let Self {
            job, scheme, path, ..
        } = self;
        let mut yaml = format!(
            "scrape_configs:\n  - job_name: \"{job}\"\n    scheme: \"{scheme}\"\n    \
             metrics_path: \"{path}\"\n"
        );
        if self.wants_token {
            yaml.push_str(
                "    authorization:\n      type: \"Bearer\"\n      \
                 # Write one of the tokens into this file.\n      \
                 credentials_file: \"/etc/prometheus/metrics-token\"\n",
            );
        }
        yaml.push_str("    static_configs:\n");
        if let Some(host) = &self.host {
            yaml + &format!("      - targets: [\"{host}\"]\n")
        } else {
            let hint = "      # The request named no host: write this instance's here.\n";
            yaml + hint + "      - targets: [\"localhost:80\"]\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, Target, is_plain};

    #[test]
    fn a_configuration_names_this_instance_and_no_secret() {
        let mut target = Target {
            job: "shop",
            host: Host::parse("shop.example:8080"),
            scheme: "http",
            path: "/internal/metrics",
            wants_token: false,
        };
        let expected = "\
scrape_configs:
  - job_name: \"shop\"
    scheme: \"http\"
    metrics_path: \"/internal/metrics\"
    static_configs:
      - targets: [\"shop.example:8080\"]
";
        assert_eq!(target.to_yaml(), expected);
        target.wants_token = true;
        let yaml = target.to_yaml();
        assert!(yaml.contains("      credentials_file: \"/etc/prometheus/metrics-token\"\n"));
    }

    // Mutation: any path is written as it comes.
    #[test]
    fn paths_that_could_leave_their_quotes_are_not_written() {
        assert!(is_plain("/a-b/c_d.e~f/"));
        for path in ["", "a", "/\"", "/%22", "/a b", "/\n", "/{id}", "/\\"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
