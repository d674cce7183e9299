//! What a statement does, by its first keyword.

use super::database::Dialect;
use super::scan::{Piece, Pieces};

/// What a statement does: the values of the label `operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Select,
    Insert,
    Update,
    Delete,
    Other,
}

impl Operation {
    pub(super) const ALL: [Self; 5] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Other,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Other => "other",
        }
    }

    /// Whether the database says how many rows it has changed. Of others, `SQLite`
    /// says what the statement before them has changed, and `PostgreSQL` what they
    /// have returned.
    pub(super) const fn changes_rows(self) -> bool {
        matches!(self, Self::Insert | Self::Update | Self::Delete)
    }

    /// What this statement does; of several, the first one.
    #[inline]
    pub(super) fn of(sql: &str, dialect: Dialect) -> Self {
        Self::at_once(sql).unwrap_or_else(|| Self::by_pieces(sql, dialect))
    }

    /// What most statements do: those that begin with one of the four keywords and a
    /// space. It takes a few instructions where the pieces take hundreds.
    #[inline]
    fn at_once(sql: &str) -> Option<Self> {
        let (word, rest) = sql.as_bytes().split_first_chunk::<6>()?;
        if !rest.first().is_none_or(u8::is_ascii_whitespace) {
            return None;
        }
        // The bit by which the cases of a letter differ, and nothing else becomes one.
        match &word.map(|byte| byte | 0x20) {
            b"select" => Some(Self::Select),
            b"insert" => Some(Self::Insert),
            b"update" => Some(Self::Update),
            b"delete" => Some(Self::Delete),
            _ => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn by_pieces(sql: &str, dialect: Dialect) -> Self {
        let mut pieces = Pieces::new(sql, dialect);
        loop {
            match pieces.next() {
                Some(Piece::Symbol('(' | ';')) => {}
                Some(Piece::Word(word)) if word.eq_ignore_ascii_case("with") => {
                    return Self::after_with(pieces);
                }
                Some(Piece::Word(word)) => return Self::by(word).unwrap_or(Self::Other),
                _ => return Self::Other,
            }
        }
    }

    /// The operation that a keyword stands for.
    fn by(word: &str) -> Option<Self> {
        let is = |keyword| word.eq_ignore_ascii_case(keyword);
        if is("select") {
            Some(Self::Select)
        } else if is("insert") || is("replace") {
            Some(Self::Insert)
        } else if is("update") {
            Some(Self::Update)
        } else if is("delete") {
            Some(Self::Delete)
        } else {
            None
        }
    }

    /// What follows the queries that a `WITH` gives names to: the first keyword
    /// outside of all parentheses that isn't such a name.
    fn after_with(pieces: Pieces<'_>) -> Self {
        let mut depth = 0_usize;
        let mut is_name = true;
        for piece in pieces {
            match piece {
                Piece::Symbol('(') => depth += 1,
                Piece::Symbol(')') => depth = depth.saturating_sub(1),
                Piece::Symbol(',') if depth == 0 => is_name = true,
                Piece::Word(word) if depth == 0 => {
                    if is_name {
                        is_name = word.eq_ignore_ascii_case("recursive");
                    } else if let Some(operation) = Self::by(word) {
                        return operation;
                    } else if word.eq_ignore_ascii_case("merge") {
                        return Self::Other;
                    }
                }
                Piece::Name(_) if depth == 0 => is_name = false,
                _ => {}
            }
        }
        Self::Other
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;
    use crate::sqlx::Dialect;

    // Mutations: keywords are compared with their case; `after_with` looks into
    // parentheses, or takes a name for a keyword; `at_once` doesn't look at what
    // follows.
    #[test]
    fn the_first_keyword_says_what_a_statement_does() {
        use Operation::{Delete, Insert, Other, Select, Update};
        for (sql, expected) in [
            ("SELECT 1", Select),
            ("  \n\tselect 1", Select),
            ("-- which\n/* of /* them */ */ Select 1", Select),
            ("(SELECT 1) UNION (SELECT 2)", Select),
            ("; insert into a values (1)", Insert),
            ("REPLACE INTO a VALUES (1)", Insert),
            ("INSERT INTO a SELECT * FROM b", Insert),
            ("update a set b = 'select'", Update),
            ("DELETE FROM a", Delete),
            ("WITH a AS (SELECT 1) SELECT * FROM a", Select),
            (
                "with recursive a(n) as (values (1) union select n from a), b as (delete from c returning *) insert into d select * from b",
                Insert,
            ),
            (
                "WITH a AS MATERIALIZED (SELECT ')' FROM b) UPDATE c SET d = 1",
                Update,
            ),
            (
                "WITH \"select\" AS (INSERT INTO a VALUES (1) RETURNING *) DELETE FROM b",
                Delete,
            ),
            ("WITH update AS (SELECT 1) SELECT * FROM update", Select),
            (
                "WITH a AS (SELECT 1) MERGE INTO b USING a ON TRUE WHEN MATCHED THEN DELETE",
                Other,
            ),
            ("WITH a AS (SELECT 1", Other),
            (
                "MERGE INTO a USING b ON TRUE WHEN MATCHED THEN DELETE",
                Other,
            ),
            ("EXPLAIN SELECT 1", Other),
            ("CREATE TABLE a AS SELECT 1", Other),
            ("PRAGMA user_version", Other),
            ("selected", Other),
            ("select1", Other),
            ("select\u{fc} 1", Other),
            ("select_ 1", Other),
            ("\u{13}elect 1", Other),
            ("sElEcT\t1", Select),
            ("DELETE", Delete),
            ("select/**/1", Select),
            ("Insert\nINTO a VALUES (1)", Insert),
            ("'select'", Other),
            ("1", Other),
            ("", Other),
            ("/* select", Other),
        ] {
            assert_eq!(Operation::of(sql, Dialect::Postgres), expected, "{sql}");
        }
    }
}
