//! The accounting of one query: when it began, what it gave, and how it ended.

use super::class::class;
use super::database::Dialect;
use super::operated::Part;
use super::operation::Operation;
use super::series::Series;
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
    /// Not yet.
    Waiting,
    /// At this time.
    Done(Ticks),
}

thread_local! {
    /// Of the query that is being polled, if a pool is to give its connection.
    static HANDING: Cell<Handing> = const { Cell::new(Handing::No) };
}

/// The query that is being polled is handed to a connection.
#[inline]
pub(super) fn hand_over() {
    if matches!(HANDING.get(), Handing::Waiting) {
        HANDING.set(Handing::Done(Ticks::now()));
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
    #[inline]
    pub(super) fn enter(&mut self) -> Polling<'_> {
        if self.stage == Stage::New {
            self.begin();
        }
        let outside = if self.stage == Stage::Acquiring {
            HANDING.replace(Handing::Waiting)
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

    /// The pool has given a connection at this time.
    fn acquired(&mut self, now: Ticks) {
        // One reading of the clock ends the wait and begins the query. Where it isn't
        // that of the counter, the time is read anew.
        let nanos = now.nanos_since(self.start);
        let nanos = nanos.unwrap_or_else(|| self.start.elapsed_nanos());
        self.series.acquired.observe(Outcome::Ok, nanos);
        self.start = now;
        self.stage = Stage::Running;
    }

    /// The query has given this.
    pub(super) const fn add(&mut self, rows: Rows) {
        self.rows.fetched += rows.fetched;
        self.rows.affected += rows.affected;
    }

    /// The query has ended well.
    #[inline]
    pub(super) fn succeed(&mut self) {
        if self.stage == Stage::Running
            && let Subject::Query(operation) = self.subject
        {
            self.stage = Stage::Ended;
            self.record(operation, Outcome::Ok);
        } else {
            self.end(Outcome::Ok, None);
        }
    }

    /// The query has failed.
    #[cold]
    pub(super) fn fail(&mut self, error: &Error) {
        self.end(Outcome::Error, Some(error));
    }

    #[cold]
    #[inline(never)]
    fn end(&mut self, outcome: Outcome, error: Option<&Error>) {
        let stage = mem::replace(&mut self.stage, Stage::Ended);
        let class = error.map(|error| class(error, self.dialect));
        match stage {
            Stage::New | Stage::Ended => {}
            Stage::Acquiring => {
                let nanos = self.start.elapsed_nanos();
                self.series.acquired.observe(outcome, nanos);
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

    #[inline(never)]
    fn record(&self, operation: Operation, outcome: Outcome) {
        let nanos = self.start.elapsed_nanos();
        let is_slow = nanos >= crate::config::slow_query_nanos();
        let operated = self.series.operated(operation);
        if !self.tracked {
            operated.count(outcome, nanos);
            if outcome == Outcome::Error {
                operated.add(Part::Errors, 1);
            }
            if is_slow {
                operated.add(Part::Slow, 1);
            }
            query::count();
        }
        if self.is_batch {
            self.series.batches.inc();
        }
        if self.rows.fetched > 0 {
            operated.add(Part::Fetched, self.rows.fetched);
        }
        if self.rows.affected > 0 && operation.changes_rows() {
            operated.add(Part::Affected, self.rows.affected);
        }
        if is_slow && let Some(sql) = &self.sql {
            slow::tell(self.series, sql.as_str(), self.dialect, nanos);
        }
    }
}

impl Drop for Meter {
    /// Suspended: the query was cancelled, even when whoever drops it is unwinding.
    #[inline]
    fn drop(&mut self) {
        if self.stage != Stage::Ended {
            self.end(Outcome::Cancelled, None);
        }
    }
}

/// Lasts as long as a poll; records the query as a panic when that unwinds.
pub(super) struct Polling<'a> {
    meter: &'a mut Meter,
    outside: Handing,
}

impl Polling<'_> {
    /// Takes up what has happened to the query's connection.
    #[inline]
    fn leave(&mut self) {
        if self.meter.stage != Stage::Acquiring {
            return;
        }
        if let Handing::Done(now) = HANDING.replace(self.outside) {
            self.meter.acquired(now);
        }
    }

    /// The poll is over, and went well.
    #[inline]
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
