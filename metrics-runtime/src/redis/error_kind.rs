//! Errors as label values, of which there are few.

use redis::{ErrorKind, RedisError};

/// The codes of Redis 7's errors, which are their first word, and the label of each.
const CODES: [(&str, &str); 28] = [
    ("ERR", "response"),
    ("WRONGTYPE", "wrong_type"),
    ("NOAUTH", "auth"),
    ("WRONGPASS", "auth"),
    ("NOPERM", "permission"),
    ("DENIED", "permission"),
    ("OOM", "out_of_memory"),
    ("BUSY", "busy"),
    ("INPROG", "busy"),
    ("TRYAGAIN", "busy"),
    ("LOADING", "loading"),
    ("MISCONF", "not_persisted"),
    ("NOREPLICAS", "no_replicas"),
    ("READONLY", "read_only"),
    ("MASTERDOWN", "node_down"),
    ("CLUSTERDOWN", "node_down"),
    ("MOVED", "moved"),
    ("ASK", "moved"),
    ("CROSSSLOT", "cross_slot"),
    ("EXECABORT", "exec_abort"),
    ("NOSCRIPT", "no_script"),
    ("NOTBUSY", "not_busy"),
    ("UNKILLABLE", "not_busy"),
    ("BUSYKEY", "exists"),
    ("BUSYGROUP", "exists"),
    ("NOGROUP", "no_group"),
    ("NOPROTO", "protocol"),
    ("NOSUB", "not_subscribed"),
];

/// What is in none of the groups.
const OTHER: &str = "other";

/// The label of an error that the server has answered with. A script may make up any
/// code.
pub(super) fn of_code(code: &str) -> &'static str {
    let found = CODES.iter().find(|(known, _)| *known == code);
    found.map_or(OTHER, |(_, label)| label)
}

/// The label of an error.
pub(super) fn of_error(error: &RedisError) -> &'static str {
    match error.kind() {
        ErrorKind::Server(_) | ErrorKind::Extension => error.code().map_or(OTHER, of_code),
        ErrorKind::Io if error.is_timeout() => "timeout",
        ErrorKind::Io if error.is_connection_refusal() => "refused",
        ErrorKind::Io if error.is_connection_dropped() => "disconnected",
        ErrorKind::Io => "io",
        ErrorKind::AuthenticationFailed => "auth",
        ErrorKind::Parse => "parse",
        ErrorKind::UnexpectedReturnType => "type",
        ErrorKind::InvalidClientConfig | ErrorKind::Client => "client",
        ErrorKind::RESP3NotSupported => "protocol",
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::EmptySentinelList
        | ErrorKind::ClusterConnectionNotFound => "node_down",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, of_code, of_error};
    use redis::{ErrorKind, RedisError, ServerErrorKind, make_extension_error};
    use std::io;

    #[test]
    fn errors_of_connections_are_told_apart() {
        let kind = |kind: io::ErrorKind| of_error(&RedisError::from(io::Error::from(kind)));
        assert_eq!(kind(io::ErrorKind::TimedOut), "timeout");
        assert_eq!(kind(io::ErrorKind::ConnectionRefused), "refused");
        assert_eq!(kind(io::ErrorKind::BrokenPipe), "disconnected");
        assert_eq!(kind(io::ErrorKind::PermissionDenied), "io");
    }

    #[test]
    fn errors_of_the_client_are_told_apart() {
        let kind = |kind: ErrorKind| of_error(&RedisError::from((kind, "on purpose")));
        assert_eq!(kind(ErrorKind::AuthenticationFailed), "auth");
        assert_eq!(kind(ErrorKind::UnexpectedReturnType), "type");
        assert_eq!(kind(ErrorKind::Client), "client");
        assert_eq!(kind(ErrorKind::ClusterConnectionNotFound), "node_down");
        assert_eq!(kind(ServerErrorKind::Moved.into()), "moved");
        assert_eq!(kind(ServerErrorKind::ResponseError.into()), "response");
    }

    // S1. Mutation: `of_code` gives the code where the table has none.
    #[test]
    fn codes_are_those_of_redis_and_other() {
        for (code, label) in CODES {
            assert_eq!(of_code(code), label);
            let error = make_extension_error(code.to_owned(), None);
            assert_eq!(of_error(&error), label);
        }
        for code in ["", "err", "MYCODE", "__overflow__"] {
            assert_eq!(of_code(code), "other");
            let error = make_extension_error(code.to_owned(), Some("made up".to_owned()));
            assert_eq!(of_error(&error), "other");
        }
    }
}
