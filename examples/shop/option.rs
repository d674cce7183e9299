//! The command line.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;

use crate::stop::Stop;

/// A small shop whose metrics move at once: an instrumented service and its visitors.
#[derive(Debug, Parser)]
#[command(name = "shop", version)]
pub(crate) struct Options {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,

    /// Visitors that send requests; 0 turns the traffic off
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) visitors: u16,

    /// Database to use and keep, instead of one in a temporary folder: a file's path,
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        value_name = "PATH|URL",
        env = "DATABASE_URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<Place>,

    /// Redis that keeps the products that were looked up lately, instead of the shop:
    /// `redis://:PASSWORD@HOST/0`
    #[arg(long, value_name = "URL", env = "REDIS_URL", hide_env_values = true)]
    pub(crate) redis: Option<Place>,

    /// Show the metrics to this user alone, once logged in, instead of to who is near
    #[arg(long, value_name = "NAME")]
    pub(crate) superuser: Option<String>,

    /// Stop the traffic by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,

    /// Stay open so many seconds more when the traffic has stopped, for a last scrape; a
    /// further Ctrl-C closes at once [default: 3 after `--seconds`, 0 after Ctrl-C]
    #[arg(long, value_name = "N")]
    pub(crate) linger: Option<u64>,

    /// File for the visitors' own tally as JSON, written when the traffic stops
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

impl Options {
    /// The seconds to stay open when the traffic was stopped for this reason.
    pub(crate) fn linger_after(&self, stop: Stop) -> u64 {
        self.linger.unwrap_or(match stop {
            Stop::Signal => 0,
            Stop::Time => 3,
        })
    }
}

/// A path or a URL, which may hold a password: it isn't shown, and anything is taken for
/// one, since what the parser refuses it shows.
#[derive(Clone)]
pub(crate) struct Place(String);

impl Place {
    /// The path or the URL; `None` if it is empty, as a variable may be that is to say
    /// nothing.
    pub(crate) fn get(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|place| !place.is_empty())
    }
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(place: &str) -> Result<Self, Infallible> {
        Ok(Self(place.to_owned()))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn describes_a_valid_command_line() {
        Options::command().debug_assert();
    }

    #[test]
    fn defaults_to_traffic_without_an_end() {
        let options = Options::try_parse_from(["shop"]).expect("no option is required");
        assert_eq!(options.listen, SocketAddr::from(([127, 0, 0, 1], 3000)));
        assert_eq!(options.visitors, 4);
        assert_eq!(options.seconds, None);
    }

    // Mutation: `Place` derives `Debug`.
    #[test]
    fn shows_no_password() {
        let url = "postgres://ada:sesame@localhost/shop";
        let options = Options::try_parse_from(["shop", "--database", url, "--redis", " "]);
        let options = options.expect("any text is a place");
        assert_eq!(options.database.as_ref().and_then(Place::get), Some(url));
        assert!(
            options
                .redis
                .as_ref()
                .is_some_and(|redis| redis.get().is_none())
        );
        assert!(!format!("{options:?}").contains("sesame"), "{options:?}");
    }

    #[test]
    fn lingers_after_a_signal_only_if_told_to() {
        let parse = |options: &[&str]| {
            let options = [&["shop"], options].concat();
            Options::try_parse_from(options).expect("the options are valid")
        };
        let options = parse(&["--seconds", "1"]);
        assert_eq!(options.linger_after(Stop::Time), 3);
        assert_eq!(options.linger_after(Stop::Signal), 0);
        let options = parse(&["--linger", "7"]);
        assert_eq!(options.linger_after(Stop::Time), 7);
        assert_eq!(options.linger_after(Stop::Signal), 7);
    }
}
