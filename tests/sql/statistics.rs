//! What a server says of itself, asked for on a connection of its own.

use std::time::Duration;

use integration_tests::postgres::Postgres as Server;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
};

pub(crate) struct Statistics(PgConnection);

impl Statistics {
    /// Connects, makes the tables of the load, and begins to count statements.
    pub(crate) async fn connect(server: &Server) -> sqlx::Result<Self> {
        let mut connection = PgConnection::connect(&server.url()).await?;
        for sql in [
            "CREATE EXTENSION pg_stat_statements",
            "CREATE TABLE items (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
            "CREATE TABLE batches (n BIGINT NOT NULL)",
            "SELECT pg_stat_statements_reset()",
        ] {
            connection.execute(sql).await?;
        }
        Ok(Self(connection))
    }

    /// The one number that this gives.
    pub(crate) async fn number(&mut self, sql: String) -> sqlx::Result<u64> {
        let row = self.0.fetch_one(AssertSqlSafe(sql).into_sql_str()).await?;
        let number: i64 = row.get(0);
        Ok(u64::try_from(number).expect("it is a count"))
    }

    /// The sum of a column over the statements of the load for which this holds; not
    /// of batches, of which the server counts each part.
    pub(crate) async fn statements(&mut self, column: &str, holds: &str) -> sqlx::Result<u64> {
        let sql = format!(
            "SELECT COALESCE(SUM({column}), 0)::BIGINT FROM pg_stat_statements \
             WHERE query !~ 'batches|pg_' AND {holds}"
        );
        self.number(sql).await
    }

    /// A number of the database as a whole.
    pub(crate) async fn of_database(&mut self, column: &str) -> sqlx::Result<u64> {
        let sql = format!("SELECT {column} FROM pg_stat_database WHERE datname = 'postgres'");
        self.number(sql).await
    }

    /// How many other clients are connected.
    pub(crate) async fn others(&mut self) -> sqlx::Result<u64> {
        let sql = "SELECT COUNT(*) FROM pg_stat_activity \
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        self.number(sql.to_owned()).await
    }

    /// Waits for the end of all others: only then does the server know all that they
    /// did.
    pub(crate) async fn wait_for_sessions(&mut self) -> sqlx::Result<()> {
        let ended = async {
            while self.others().await? > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok::<_, sqlx::Error>(())
        };
        let ended = tokio::time::timeout(Duration::from_mins(1), ended).await;
        ended.expect("its sessions end")
    }
}
