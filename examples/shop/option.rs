//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

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

    /// Database file to use and keep, instead of one in a temporary folder
    #[arg(long, value_name = "PATH")]
    pub(crate) database: Option<PathBuf>,

    /// Show the metrics to this user alone, once logged in, instead of to who is near
    #[arg(long, value_name = "NAME")]
    pub(crate) superuser: Option<String>,

    /// Stop the traffic by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,

    /// Stay open so many seconds more after `--seconds`, for a last scrape
    #[arg(long, value_name = "N", default_value_t = 3, requires = "seconds")]
    pub(crate) linger: u64,

    /// File for the visitors' own tally as JSON, written when the traffic stops
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
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
        assert_eq!(options.linger, 3);
    }

    #[test]
    fn refuses_linger_without_seconds() {
        assert!(Options::try_parse_from(["shop", "--linger", "1"]).is_err());
        assert!(Options::try_parse_from(["shop", "--linger", "1", "--seconds", "1"]).is_ok());
    }
}
