//! The trait of sqlx that runs queries.

use super::database::Instrumentable;
use super::link::{Connected, Instrumented, Link};
use super::measured::{BoxFuture, BoxStream, Collected, Measured, Picked};
use super::meter::{Meter, Rows, Source, Subject};
use super::operation::Operation;
use super::query::Query;
use super::series::Series;
use sqlx::{Database, Describe, Either, Error, Execute, Executor, Pool, SqlStr};

type ResultOf<DB> = <DB as Database>::QueryResult;

/// The query, and what measures it.
#[inline]
fn measured<'q, DB: Instrumentable>(
    query: impl Execute<'q, DB>,
    series: &'static Series,
    source: Source,
) -> (Query<DB>, Meter) {
    let query = Query::of(query, source);
    let operation = Operation::of(query.sql.as_str(), DB::DIALECT);
    let meter = Meter::new(series, DB::DIALECT, Subject::Query(operation), source);
    let meter = meter.with_sql(query.sql.clone());
    (query, meter)
}

/// Implements `Executor` for `$executor`, which `$parts` takes apart into the bare
/// executor and the series; `$source` says where its connections come from. A pool is
/// asked for a connection to prepare a statement on, since the statement itself doesn't
/// tell when it has one.
macro_rules! executor {
    (
        impl [$($generics:tt)*] $life:lifetime $executor:ty, $database:ty, $source:expr,
        |$this:ident| $parts:expr,
        prepare |$that:ident, $sql:ident, $parameters:ident| $prepared:expr,
        where { $($bounds:tt)* }
    ) => {
        impl<$life, $($generics)*> Executor<$life> for $executor
        where
            $($bounds)*
        {
            type Database = $database;

            fn execute<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, <Self::Database as Database>::QueryResult>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                let steps = inner.fetch_many(query);
                Box::pin(Collected::new(steps, meter, |all: &mut ResultOf<$database>, step| {
                    let Either::Left(result) = step else {
                        return Rows::NONE;
                    };
                    let rows = Rows::affected(<$database>::rows_affected(&result));
                    all.extend(Some(result));
                    rows
                }))
            }

            fn execute_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<'e, <Self::Database as Database>::QueryResult>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                let meter = meter.of_batch();
                let steps = inner.fetch_many(query);
                Box::pin(Picked::new(steps, meter, |step| {
                    let result = step.left()?;
                    let rows = Rows::affected(<$database>::rows_affected(&result));
                    Some((result, rows))
                }))
            }

            fn fetch<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<'e, <Self::Database as Database>::Row>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                let steps = inner.fetch_many(query);
                Box::pin(Picked::new(steps, meter, |step| {
                    Some((step.right()?, Rows::fetched(1)))
                }))
            }

            fn fetch_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<
                'e,
                Either<
                    <Self::Database as Database>::QueryResult,
                    <Self::Database as Database>::Row,
                >,
            >
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                let steps = inner.fetch_many(query);
                Box::pin(Picked::new(steps, meter, |step| {
                    let rows = match &step {
                        Either::Left(result) => {
                            Rows::affected(<$database>::rows_affected(result))
                        }
                        Either::Right(_) => Rows::fetched(1),
                    };
                    Some((step, rows))
                }))
            }

            fn fetch_all<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Vec<<Self::Database as Database>::Row>>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                let steps = inner.fetch_many(query);
                Box::pin(Collected::new(steps, meter, |all: &mut Vec<_>, step| {
                    let Either::Right(row) = step else {
                        return Rows::NONE;
                    };
                    all.push(row);
                    Rows::fetched(1)
                }))
            }

            fn fetch_one<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, <Self::Database as Database>::Row>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                // Without a row the database has answered, too. What else sqlx derives
                // from `fetch_optional`, `query_as` for one, makes the error outside.
                Box::pin(Measured::new(inner.fetch_optional(query), meter, |row: Option<_>| {
                    let rows = Rows::fetched(row.is_some().into());
                    (row.ok_or(Error::RowNotFound), rows)
                }))
            }

            fn fetch_optional<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Option<<Self::Database as Database>::Row>>
            where
                $life: 'e,
                E: 'q + Execute<'q, Self::Database>,
            {
                let $this = self;
                let (inner, series) = $parts;
                let (query, meter) = measured(query, series, $source);
                Box::pin(Measured::new(inner.fetch_optional(query), meter, |row: Option<_>| {
                    let rows = Rows::fetched(row.is_some().into());
                    (Ok(row), rows)
                }))
            }

            fn prepare_with<'e>(
                self,
                sql: SqlStr,
                parameters: &'e [<Self::Database as Database>::TypeInfo],
            ) -> BoxFuture<'e, <Self::Database as Database>::Statement>
            where
                $life: 'e,
            {
                let ($that, $sql, $parameters) = (self, sql, parameters);
                $prepared
            }

            fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Describe<Self::Database>>
            where
                $life: 'e,
            {
                let $this = self;
                let (inner, _) = $parts;
                inner.describe(sql)
            }
        }
    };
}

executor! {
    impl [C] 'c &'c mut Instrumented<C>, C::Database, Source::Connection,
    |this| (this.link.inner.executor(), this.link.series),
    prepare |this, sql, parameters| (&mut this.link).prepare_with(sql, parameters),
    where { C: Connected }
}

executor! {
    impl [C] 'c &'c mut Link<C>, C::Database, Source::Connection,
    |this| (this.inner.executor(), this.series),
    prepare |this, sql, parameters| {
        let dialect = C::Database::DIALECT;
        let meter = Meter::new(this.series, dialect, Subject::Other, Source::Connection);
        let prepared = this.inner.executor().prepare_with(sql, parameters);
        Box::pin(Measured::new(prepared, meter, |statement| (Ok(statement), Rows::NONE)))
    },
    where { C: Connected }
}

executor! {
    impl [DB] 'p &'_ Instrumented<Pool<DB>>, DB, Source::Pool,
    |this| (&this.link.inner, this.link.series),
    prepare |this, sql, parameters| {
        let pool = this.clone();
        Box::pin(async move {
            let mut connection = pool.acquire().await?;
            (&mut *connection).prepare_with(sql, parameters).await
        })
    },
    where { DB: Instrumentable, for<'c> &'c mut DB::Connection: Executor<'c, Database = DB> }
}
