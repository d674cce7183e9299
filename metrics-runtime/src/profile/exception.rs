//! The exceptions of Django that the errors of databases are.

/// Exceptions of SQLSTATE classes as psycopg has them, whose own subclasses
/// (`UniqueViolation`) derive from these. Those of `MySQL` are among them, but for `HY`,
/// `XA` and `70`, which its drivers give as operational.
const SQLSTATE: [(&str, &[&str]); 7] = [
    ("DataError", &["22"]),
    ("IntegrityError", &["23"]),
    ("InternalError", &["24", "25", "2B", "2D", "XX"]),
    ("NotSupportedError", &["0A"]),
    (
        "OperationalError",
        &[
            "08", "27", "28", "2F", "38", "39", "3B", "40", "53", "54", "55", "57", "58", "70",
            "F0", "HV", "HY", "XA",
        ],
    ),
    (
        "ProgrammingError",
        &["10", "20", "21", "26", "34", "3D", "3F", "42", "44", "P0"],
    ),
    // What PEP 249 says of errors of the interface rather than of the database: here it
    // is sqlx that finds them.
    (
        "InterfaceError",
        &[
            "any_driver",
            "argument",
            "column",
            "configuration",
            "decode",
            "encode",
            "transaction",
            "type_not_found",
        ],
    ),
];

/// Those of `SQLite`'s result codes as Python's `sqlite3` has them, and of connections.
const OTHERS: [(&str, &[&str]); 5] = [
    ("DataError", &["SQLITE_TOOBIG"]),
    ("IntegrityError", &["SQLITE_CONSTRAINT", "SQLITE_MISMATCH"]),
    ("InterfaceError", &["SQLITE_MISUSE", "SQLITE_RANGE"]),
    ("InternalError", &["SQLITE_INTERNAL", "SQLITE_NOTFOUND"]),
    (
        "OperationalError",
        &[
            "SQLITE_ERROR",
            "SQLITE_PERM",
            "SQLITE_ABORT",
            "SQLITE_BUSY",
            "SQLITE_LOCKED",
            "SQLITE_READONLY",
            "SQLITE_INTERRUPT",
            "SQLITE_IOERR",
            "SQLITE_FULL",
            "SQLITE_CANTOPEN",
            "SQLITE_PROTOCOL",
            "SQLITE_EMPTY",
            "SQLITE_SCHEMA",
            "io",
            "pool_closed",
            "pool_timeout",
            "protocol",
            "tls",
            "worker_crashed",
        ],
    ),
];

/// The exception from which all the others derive.
const BASE: &str = "DatabaseError";

/// The exception of a class of errors, as `db_errors_by_class_total` has it.
pub(super) fn exception_of(class: &str) -> &'static str {
    let mut known = SQLSTATE.iter().chain(&OTHERS);
    let found = known.find(|(_, classes)| classes.contains(&class));
    found.map_or(BASE, |(exception, _)| *exception)
}

#[cfg(test)]
mod tests {
    use super::{BASE, OTHERS, SQLSTATE, exception_of};

    #[test]
    fn each_class_is_one_exception() {
        let all: Vec<&&str> = SQLSTATE
            .iter()
            .chain(&OTHERS)
            .flat_map(|(_, classes)| *classes)
            .collect();
        for class in &all {
            assert_eq!(
                all.iter().filter(|other| *other == class).count(),
                1,
                "{class}"
            );
        }
        for (class, exception) in [
            ("23", "IntegrityError"),
            ("42", "ProgrammingError"),
            ("40", "OperationalError"),
            ("SQLITE_CONSTRAINT", "IntegrityError"),
            ("io", "OperationalError"),
            ("decode", "InterfaceError"),
            ("SQLITE_CORRUPT", BASE),
            ("database", BASE),
            ("other", BASE),
            ("", BASE),
        ] {
            assert_eq!(exception_of(class), exception, "{class}");
        }
    }
}
