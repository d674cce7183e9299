//! The class of an error: one of a closed set, whatever the database says.

use super::database::Dialect;
use sqlx::Error;

/// Classes of SQLSTATE: those of the SQL standard, of `PostgreSQL` (appendix A of its
/// manual) and of `MySQL`.
const SQLSTATE: [&str; 50] = [
    "00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22",
    "23", "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "40",
    "42", "44", "53", "54", "55", "57", "58", "70", "72", "F0", "HV", "HY", "HZ", "P0", "XA", "XX",
    "07", "0K",
];

/// Primary result codes, by number; those without a name are never returned.
const SQLITE: [&str; 29] = [
    "SQLITE_OK",
    "SQLITE_ERROR",
    "SQLITE_INTERNAL",
    "SQLITE_PERM",
    "SQLITE_ABORT",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_NOMEM",
    "SQLITE_READONLY",
    "SQLITE_INTERRUPT",
    "SQLITE_IOERR",
    "SQLITE_CORRUPT",
    "SQLITE_NOTFOUND",
    "SQLITE_FULL",
    "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL",
    "SQLITE_EMPTY",
    "SQLITE_SCHEMA",
    "SQLITE_TOOBIG",
    "SQLITE_CONSTRAINT",
    "SQLITE_MISMATCH",
    "SQLITE_MISUSE",
    "SQLITE_NOLFS",
    "SQLITE_AUTH",
    "SQLITE_FORMAT",
    "SQLITE_RANGE",
    "SQLITE_NOTADB",
    "SQLITE_NOTICE",
    "SQLITE_WARNING",
];

/// What is in none of the sets.
const OTHER: &str = "other";

/// The label value of an error.
pub(super) fn class(error: &Error, dialect: Dialect) -> &'static str {
    match error {
        Error::Database(error) => match error.code() {
            Some(code) => of_code(&code, dialect),
            None => "database",
        },
        Error::Io(_) => "io",
        Error::Tls(_) => "tls",
        Error::Protocol(_) => "protocol",
        Error::Configuration(_) => "configuration",
        Error::InvalidArgument(_) => "argument",
        Error::RowNotFound => "row_not_found",
        Error::TypeNotFound { .. } => "type_not_found",
        Error::ColumnIndexOutOfBounds { .. } | Error::ColumnNotFound(_) => "column",
        Error::ColumnDecode { .. } | Error::Decode(_) => "decode",
        Error::Encode(_) => "encode",
        Error::AnyDriverError(_) => "any_driver",
        Error::PoolTimedOut => "pool_timeout",
        Error::PoolClosed => "pool_closed",
        Error::WorkerCrashed => "worker_crashed",
        Error::InvalidSavePointStatement | Error::BeginFailed => "transaction",
        _ => OTHER,
    }
}

fn of_code(code: &str, dialect: Dialect) -> &'static str {
    let dialect = match dialect {
        // The result codes of SQLite are numbers of four digits at most.
        Dialect::Any if code.len() == 5 => Dialect::Postgres,
        Dialect::Any => Dialect::Sqlite,
        known => known,
    };
    let found = match dialect {
        Dialect::MySql | Dialect::Postgres => {
            let class = code.get(..2);
            SQLSTATE.iter().find(|known| class == Some(**known))
        }
        // An extended code has the primary one in its lowest byte.
        Dialect::Any | Dialect::Sqlite => {
            let code: Option<usize> = code.parse().ok();
            code.and_then(|code| SQLITE.get(code & 0xff))
        }
    };
    found.copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::{class, of_code};
    use crate::sqlx::Dialect;
    use sqlx::Error;

    // Mutations: the extended code of SQLite is taken as it is; a code of any database
    // is one of SQLite.
    #[test]
    fn a_code_is_one_of_a_closed_set() {
        for (code, dialect, expected) in [
            ("23505", Dialect::Postgres, "23"),
            ("42601", Dialect::Postgres, "42"),
            ("57014", Dialect::Postgres, "57"),
            ("XX000", Dialect::Postgres, "XX"),
            ("HY000", Dialect::MySql, "HY"),
            ("QQ000", Dialect::Postgres, "other"),
            ("2", Dialect::Postgres, "other"),
            ("\u{fc}\u{fc}", Dialect::Postgres, "other"),
            ("2067", Dialect::Sqlite, "SQLITE_CONSTRAINT"),
            ("1", Dialect::Sqlite, "SQLITE_ERROR"),
            ("5", Dialect::Sqlite, "SQLITE_BUSY"),
            ("517", Dialect::Sqlite, "SQLITE_BUSY"),
            ("28", Dialect::Sqlite, "SQLITE_WARNING"),
            ("100", Dialect::Sqlite, "other"),
            ("", Dialect::Sqlite, "other"),
            ("23505", Dialect::Any, "23"),
            ("2067", Dialect::Any, "SQLITE_CONSTRAINT"),
            ("QQ000", Dialect::Any, "other"),
        ] {
            assert_eq!(of_code(code, dialect), expected, "{code}");
        }
    }

    #[test]
    fn errors_of_the_library_have_classes_too() {
        let io = Error::Io(std::io::ErrorKind::ConnectionReset.into());
        let decode = Error::Decode("it is none".into());
        for (error, expected) in [
            (io, "io"),
            (decode, "decode"),
            (Error::PoolTimedOut, "pool_timeout"),
            (Error::PoolClosed, "pool_closed"),
            (Error::RowNotFound, "row_not_found"),
            (Error::Protocol(String::new()), "protocol"),
            (Error::BeginFailed, "transaction"),
        ] {
            assert_eq!(class(&error, Dialect::Postgres), expected);
        }
    }
}
