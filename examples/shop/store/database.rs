//! Where the database is: in a file, through `SQLite`, or on a server, `PostgreSQL`.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::str::FromStr;

use sqlx::AnyConnection;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use thiserror::Error;

/// The tables for each kind, as sqlx's migrator has them.
static SQLITE: Migrator = sqlx::migrate!("shop/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("shop/migrations/postgres");

/// A database, by its place. Shown, it has no password.
#[derive(Clone)]
pub(crate) struct Database {
    pub(super) kind: Kind,
    pub(super) options: AnyConnectOptions,
    shown: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Postgres,
    Sqlite,
}

/// Why a text says no place. No part of the text is in it but the scheme: it may hold a
/// password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum PlaceError {
    #[error(
        "`{0}:` is no database of the shop; give a path, `sqlite:PATH` or `postgres://…` in `DATABASE_URL` or `--database`"
    )]
    Scheme(String),
    #[error(
        "an SQLite database in memory isn't shared by connections; leave `DATABASE_URL` and `--database` out for one in a temporary file"
    )]
    Memory,
    /// Perhaps a URL without its `//`, or without its scheme.
    #[error(
        "that may be a URL with a password and isn't one; write `postgres://USER:PASSWORD@HOST/NAME`, or `sqlite:PATH` for a file, in `DATABASE_URL` or `--database`"
    )]
    Unclear,
    #[error(
        "that is no URL of a database; write `postgres://USER:PASSWORD@HOST/NAME` in `DATABASE_URL` or `--database`"
    )]
    Url(#[source] sqlx::Error),
}

impl Database {
    /// The one at a path or a URL.
    pub(crate) fn at(place: &str) -> Result<Self, PlaceError> {
        match place.split_once(':') {
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Self::on_server(place)
            }
            Some(("postgres" | "postgresql", _)) => Err(PlaceError::Unclear),
            Some(("sqlite", rest)) => Self::by_url(place, rest),
            Some((scheme, rest)) if rest.starts_with("//") => {
                Err(PlaceError::Scheme(scheme.to_owned()))
            }
            // Shown as the path of a file, it would show a password.
            Some((_, rest)) if rest.contains('@') => Err(PlaceError::Unclear),
            _ => Self::in_file(place),
        }
    }

    /// The one in this file, which is made if need be.
    pub(crate) fn in_path(path: &Path) -> Result<Self, PlaceError> {
        Self::in_file(&path.to_string_lossy())
    }

    fn in_file(path: &str) -> Result<Self, PlaceError> {
        // With every character that a URL might take for its own as its number.
        let mut url = "sqlite:".to_owned();
        for byte in path.bytes() {
            let _ = write!(url, "%{byte:02X}");
        }
        Self::new(Kind::Sqlite, &format!("{url}?mode=rwc"), path.to_owned())
    }

    /// A URL of `SQLite`, of which `rest` is all but the scheme.
    fn by_url(url: &str, rest: &str) -> Result<Self, PlaceError> {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        let parameters = parameters.split('&');
        let mut modes = parameters.filter_map(|parameter| parameter.strip_prefix("mode="));
        if modes.clone().any(|mode| mode == "memory") {
            return Err(PlaceError::Memory);
        }
        let url = match modes.next() {
            Some(_) => url.to_owned(),
            None if rest.contains('?') => format!("{url}&mode=rwc"),
            None => format!("{url}?mode=rwc"),
        };
        Self::new(Kind::Sqlite, &url, path.to_owned())
    }

    fn on_server(url: &str) -> Result<Self, PlaceError> {
        let server = PgConnectOptions::from_str(url).map_err(PlaceError::Url)?;
        let place = match server.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", server.get_host(), server.get_port()),
        };
        let (user, name) = (server.get_username(), server.get_database());
        let name = name.unwrap_or(user);
        let shown = format!("postgres://{user}@{place}/{name}");
        Self::new(Kind::Postgres, url, shown)
    }

    fn new(kind: Kind, url: &str, shown: String) -> Result<Self, PlaceError> {
        let options = AnyConnectOptions::from_str(url).map_err(PlaceError::Url)?;
        if kind == Kind::Sqlite {
            // As sqlx has decoded it: each connection would have a database of its own.
            let file = SqliteConnectOptions::try_from(&options).map_err(PlaceError::Url)?;
            let file = file.get_filename().to_string_lossy();
            if matches!(&*file, "" | ":memory:") || file.starts_with("file:") {
                return Err(PlaceError::Memory);
            }
        }
        Ok(Self {
            kind,
            options,
            shown,
        })
    }
}

impl Kind {
    /// What makes the tables and brings them up to date.
    pub(super) const fn migrator(self) -> &'static Migrator {
        match self {
            Self::Postgres => &POSTGRES,
            Self::Sqlite => &SQLITE,
        }
    }

    /// `SQLite` has one writer at a time, whoever asks.
    pub(super) const fn most_connections(self) -> u32 {
        match self {
            Self::Postgres => 8,
            Self::Sqlite => 4,
        }
    }

    /// What each new connection is told.
    pub(super) async fn prepare(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        if self == Self::Sqlite {
            let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                 PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";
            sqlx::raw_sql(settings).execute(connection).await?;
        }
        Ok(())
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_shown(place: &str, kind: Kind, shown: &str) {
        let database = Database::at(place).expect("it is a place");
        assert_eq!(database.kind, kind, "{place}");
        assert_eq!(database.to_string(), shown);
        assert!(!format!("{database:?}").contains("sesame"), "{database:?}");
    }

    // Mutation: a server is shown as its URL.
    #[test]
    fn is_a_path_or_a_url_and_shows_no_password() {
        for path in ["shop.db", "/tmp/a b/shop#1?.db", "C:\\shop.db", "./a:b.db"] {
            assert_shown(path, Kind::Sqlite, path);
        }
        assert_shown("sqlite:shop.db", Kind::Sqlite, "shop.db");
        assert_shown(
            "sqlite:///tmp/shop.db?mode=ro",
            Kind::Sqlite,
            "/tmp/shop.db",
        );
        for url in [
            "postgres://ada:sesame@db.example:5433/shop",
            "postgresql://ada@db.example:5433/shop?password=sesame",
        ] {
            let shown = "postgres://ada@db.example:5433/shop";
            assert_shown(url, Kind::Postgres, shown);
        }
    }

    // Mutations: a path is taken as it is written; what has a `@` is the path of a file.
    #[test]
    fn is_refused_without_a_word_of_the_password() {
        for (place, expected) in [
            ("mysql://ada:sesame@localhost/shop", "`mysql:` is no"),
            (
                "postgres://ada:sesame@localhost:port/shop",
                "that is no URL",
            ),
            ("postgres:/ada:sesame@host/shop", "may be a URL"),
            ("postgresql:ada:sesame@host/shop", "may be a URL"),
            ("ada:sesame@localhost/shop", "may be a URL"),
            ("", "in memory"),
            (":memory:", "in memory"),
            ("file:shop.db?mode=memory", "in memory"),
            ("file::memory:", "in memory"),
            ("sqlite:", "in memory"),
            ("sqlite::memory:", "in memory"),
            ("sqlite:%3Amemory%3A", "in memory"),
            ("sqlite://%3amemory%3a?mode=rwc", "in memory"),
            ("sqlite:file%3Ashop.db", "in memory"),
            ("sqlite:shop?mode=rwc&mode=memory", "in memory"),
            ("sqlite:shop?mode=memory&cache=shared", "in memory"),
        ] {
            let error = Database::at(place).expect_err("it is no place");
            let told = format!("{error} {error:?}");
            assert!(told.contains(expected), "{told}");
            assert!(!told.contains("sesame"), "{told}");
        }
    }

    #[test]
    fn has_the_same_range_on_all_shelves() {
        let [sqlite, postgres] = [&SQLITE, &POSTGRES].map(|migrator| {
            let migrations: Vec<_> = migrator.iter().collect();
            let versions: Vec<_> = migrations.iter().map(|one| one.version).collect();
            let range = migrations.iter().find(|one| one.description == "range");
            (versions, range.expect("it has one").sql.as_str().to_owned())
        });
        assert_eq!(sqlite, postgres);
    }
}
