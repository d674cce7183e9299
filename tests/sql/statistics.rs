//! What a server says of itself, asked for on a connection of its own.

use std::time::{Duration, Instant};

use integration_tests::postgres::Postgres as Server;
use sqlx::postgres::PgRow;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
};

pub(crate) struct Statistics {
    connection: PgConnection,
    /// Statements that this has sent, each of which is a transaction.
    asked: u64,
}

/// The transactions of the database, without those of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transactions {
    pub(crate) committed: u64,
    pub(crate) rolled_back: u64,
}

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
        Ok(Self {
            connection,
            asked: 0,
        })
    }

    /// Sends a statement that gives one row.
    async fn ask(&mut self, sql: String) -> sqlx::Result<PgRow> {
        self.asked += 1;
        let sql = AssertSqlSafe(sql).into_sql_str();
        self.connection.fetch_one(sql).await
    }

    /// The transactions so far, once what this has asked is among them: a server that
    /// isn't told to hurries at its leisure.
    pub(crate) async fn transactions(&mut self) -> sqlx::Result<Transactions> {
        self.ask("SELECT pg_stat_force_next_flush()".to_owned())
            .await?;
        let asked = self.asked;
        let committed = self.of_database("xact_commit").await?;
        let rolled_back = self.of_database("xact_rollback").await?;
        Ok(Transactions {
            committed: committed
                .checked_sub(asked)
                .expect("it counts what this asked"),
            rolled_back,
        })
    }

    /// Waits until these are the transactions since then, which the server may count
    /// late.
    pub(crate) async fn wait_for_transactions(
        &mut self,
        since: Transactions,
        more: Transactions,
    ) -> sqlx::Result<Transactions> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let now = self.transactions().await?;
            let counted = Transactions {
                committed: now.committed - since.committed,
                rolled_back: now.rolled_back - since.rolled_back,
            };
            if counted == more || Instant::now() > deadline {
                return Ok(counted);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The one number that this gives.
    pub(crate) async fn number(&mut self, sql: String) -> sqlx::Result<u64> {
        let row = self.ask(sql).await?;
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
