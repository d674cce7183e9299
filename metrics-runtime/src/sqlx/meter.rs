//! The accounting of one query: when it began, what it gave, and how it ended.

use super::class::class;
use super::database::Dialect;
use super::operation::Operation;
use super::series::{Series, of};
use super::slow;
use crate::clock::Ticks;
use crate::measure::query::{self, is_tracked};
use crate::outcome::Outcome;
use sqlx::{Error, SqlStr};
use std::cell::Cell;
use std::mem;

/// What a value of the database stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) fetched: u64,
    pub(super) affected: u64,
}

impl Rows {
    pub(super) const NONE: Self = Self::fetched(0);

    pub(super) const fn fetched(fetched: u64) -> Self {
        Self {
            fetched,
            affected: 0,
        }
    }

    pub(super) const fn affected(affected: u64) -> Self {
        Self {
            fetched: 0,
            affected,
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A query, which does this.
    Query(Operation),
    /// Something else that asks the database: only its errors are counted.
    Other,
}

/// How far a query has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It wasn't polled.
    New,
    /// It waits for a connection.
    Acquiring,
    /// A connection has it.
    Running,
    /// Everything is recorded, or nothing is.
    Ended,
}

/// Whether the connection is there already, or a pool gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Connection,
    Pool,
}

/// The accounting of a query, recorded when it ends in any way.
#[derive(Debug)]
pub(super) struct Meter {
    series: &'static Series,
    dialect: Dialect,
    /// To be told if it is slow.
    sql: Option<SqlStr>,
    subject: Subject,
    source: Source,
    stage: Stage,
    is_batch: bool,
    /// An annotated function counts and times it.
    tracked: bool,
    start: Ticks,
    rows: Rows,
}

/// Whether the query that is being polled has been handed to a connection: a pool
/// asks for it once it has one.
#[derive(Clone, Copy, Debug)]
enum Handing {
    /// Nobody wants to know.
    No,
    /// Not yet; since when the pool was asked.
    Waiting(Ticks),
    /// After so many nanoseconds, at this time.
    Done(u64, Ticks),
}

thread_local! {
    /// Of the query that is being polled, if a pool is to give its connection.
    static HANDING: Cell<Handing> = const { Cell::new(Handing::No) };
}

/// The query that is being polled is handed to a connection.
pub(super) fn hand_over() {
    if let Handing::Waiting(since) = HANDING.get() {
        HANDING.set(Handing::Done(since.elapsed_nanos(), Ticks::now()));
    }
}

impl Meter {
    pub(super) const fn new(
        series: &'static Series,
        dialect: Dialect,
        subject: Subject,
        source: Source,
    ) -> Self {
        Self {
            series,
            dialect,
            sql: None,
            subject,
            source,
            stage: Stage::New,
            is_batch: false,
            tracked: false,
            start: Ticks::UNREAD,
            rows: Rows::NONE,
        }
    }

    /// With the statement, to be told if it is slow.
    pub(super) fn with_sql(mut self, sql: SqlStr) -> Self {
        self.sql = Some(sql);
        self
    }

    /// An execution that may hold several statements.
    pub(super) const fn of_batch(mut self) -> Self {
        self.is_batch = true;
        self
    }

    /// A poll begins.
    pub(super) fn enter(&mut self) -> Polling<'_> {
        if self.stage == Stage::New {
            self.begin();
        }
        let outside = if self.stage == Stage::Acquiring {
            HANDING.replace(Handing::Waiting(self.start))
        } else {
            Handing::No
        };
        Polling {
            meter: self,
            outside,
        }
    }

    fn begin(&mut self) {
        if !crate::config::recording() {
            self.stage = Stage::Ended;
            return;
        }
        self.tracked = is_tracked();
        self.start = Ticks::now();
        self.stage = match self.source {
            Source::Connection => Stage::Running,
            Source::Pool => Stage::Acquiring,
        };
    }

    /// The pool has given a connection after so many nanoseconds.
    fn acquired(&mut self, nanos: u64, now: Ticks) {
        of(&self.series.acquired, Outcome::Ok).observe_nanos(nanos);
        self.start = now;
        self.stage = Stage::Running;
    }

    /// The query has given this.
    pub(super) const fn add(&mut self, rows: Rows) {
        self.rows.fetched += rows.fetched;
        self.rows.affected += rows.affected;
    }

    /// The query has ended well.
    pub(super) fn succeed(&mut self) {
        self.end(Outcome::Ok, None);
    }

    /// The query has failed.
    pub(super) fn fail(&mut self, error: &Error) {
        self.end(Outcome::Error, Some(error));
    }

    fn end(&mut self, outcome: Outcome, error: Option<&Error>) {
        let stage = mem::replace(&mut self.stage, Stage::Ended);
        let class = error.map(|error| class(error, self.dialect));
        match stage {
            Stage::New | Stage::Ended => {}
            Stage::Acquiring => {
                let nanos = self.start.elapsed_nanos();
                of(&self.series.acquired, outcome).observe_nanos(nanos);
                if let Some(class) = class {
                    self.series.connection_error(class).inc();
                }
            }
            Stage::Running => {
                if let Some(class) = class {
                    self.series.class(class).inc();
                }
                if let Subject::Query(operation) = self.subject {
                    self.record(operation, outcome);
                }
            }
        }
    }

    fn record(&self, operation: Operation, outcome: Outcome) {
        let nanos = self.start.elapsed_nanos();
        let is_slow = nanos >= crate::config::slow_query_nanos();
        let operated = self.series.operated(operation);
        if !self.tracked {
            of(&operated.queries, outcome).inc();
            of(&operated.duration, outcome).observe_nanos(nanos);
            if outcome == Outcome::Error {
                operated.errors.inc();
            }
            if is_slow {
                operated.slow.inc();
            }
            query::count();
        }
        if self.is_batch {
            self.series.batches.inc();
        }
        if self.rows.fetched > 0 {
            operated.fetched.inc_by(self.rows.fetched);
        }
        if self.rows.affected > 0 && operation.changes_rows() {
            operated.affected.inc_by(self.rows.affected);
        }
        if is_slow && let Some(sql) = &self.sql {
            slow::tell(self.series, sql.as_str(), self.dialect, nanos);
        }
    }
}

impl Drop for Meter {
    /// Suspended: the query was cancelled, even when whoever drops it is unwinding.
    fn drop(&mut self) {
        self.end(Outcome::Cancelled, None);
    }
}

/// Lasts as long as a poll; records the query as a panic when that unwinds.
pub(super) struct Polling<'a> {
    meter: &'a mut Meter,
    outside: Handing,
}

impl Polling<'_> {
    /// Takes up what has happened to the query's connection.
    fn leave(&mut self) {
        if self.meter.stage != Stage::Acquiring {
            return;
        }
        if let Handing::Done(nanos, now) = HANDING.replace(self.outside) {
            self.meter.acquired(nanos, now);
        }
    }

    /// The poll is over, and went well.
    pub(super) fn end(mut self) {
        self.leave();
        mem::forget(self);
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.leave();
        self.meter.end(Outcome::Panic, None);
    }
}
