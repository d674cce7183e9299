//! What statements have in common that differ in their literals only.

use super::database::Dialect;
use super::scan::{Piece, Pieces};

/// Bytes of a statement that are looked at.
const READ: usize = 16 * 1024;

/// Bytes of a fingerprint's text.
const SHOWN: usize = 200;

/// A statement without its literals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// 64 bits of a hash, in hexadecimal.
    pub(super) hash: String,
    /// The statement, shortened.
    pub(super) text: String,
}

impl Fingerprint {
    pub(super) fn of(sql: &str, dialect: Dialect) -> Self {
        let read = sql.get(..sql.floor_char_boundary(READ)).unwrap_or(sql);
        let mut text = String::new();
        for piece in Pieces::new(read, dialect) {
            push(&mut text, piece);
        }
        let hash = format!("{:016x}", fnv(text.as_bytes()));
        if text.len() > SHOWN {
            text.truncate(text.floor_char_boundary(SHOWN));
            text.push('…');
        }
        Self { hash, text }
    }
}

fn push(text: &mut String, piece: Piece<'_>) {
    let tight = matches!(piece, Piece::Symbol(',' | ')' | '.' | ';'))
        || text.ends_with(['(', '.'])
        || text.is_empty();
    if !tight {
        text.push(' ');
    }
    match piece {
        Piece::Word(word) => text.extend(word.chars().map(|c| c.to_ascii_lowercase())),
        Piece::Name(name) => text.push_str(name),
        Piece::Value => text.push('?'),
        Piece::Symbol(symbol) => text.push(symbol),
    }
    // However many values there are, in a list or in rows, it is one statement.
    for (more, kept) in [("?, ?", 1), ("(?), (?)", 3)] {
        if text.ends_with(more) {
            text.truncate(text.len() - more.len() + kept);
        }
    }
}

/// FNV-1a: the same in every version and on every machine.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, SHOWN, fnv};
    use crate::sqlx::Dialect;

    fn text(sql: &str) -> String {
        Fingerprint::of(sql, Dialect::Postgres).text
    }

    #[test]
    fn literals_comments_and_spaces_make_no_difference() {
        let expected = "select * from users where name = ? and id in (?)";
        for sql in [
            "SELECT * FROM users WHERE name = 'Ada' AND id IN (1, 2, 3)",
            "select *\n  from Users -- all\n where name = $1 and id in ($2)",
            "select * from users where name = E'it''s \\' x' and id in (-- one\n1,2)",
        ] {
            assert_eq!(text(sql), expected, "{sql}");
        }
        let insert = "insert into a (b, c) values (?)";
        assert_eq!(text("INSERT INTO a (b, c) VALUES (1, 'x')"), insert);
        assert_eq!(
            text("INSERT INTO a (b,c) VALUES (1, 'x'), (2, $$y$$)"),
            insert
        );
        let (one, other) = ("select a", "select b");
        let hash = |sql| Fingerprint::of(sql, Dialect::Postgres).hash;
        assert_eq!(hash(one), hash("SELECT\ta"));
        assert_ne!(hash(one), hash(other));
    }

    // Mutations: what isn't closed is no literal; a literal with a backslash has an end
    // where the database isn't known; `--` is a comment in MySQL whatever follows.
    #[test]
    fn no_part_of_a_literal_is_shown() {
        for dialect in [
            Dialect::Any,
            Dialect::MySql,
            Dialect::Postgres,
            Dialect::Sqlite,
        ] {
            for sql in [
                "select 'secret'",
                "select 'a''secret'",
                "select 'secret",
                "select E'\\\\' || 'secret'",
                "select x'secret'",
                "select 1 -- secret",
                "select 1 /* secret",
            ] {
                let print = Fingerprint::of(sql, dialect).text;
                assert!(!print.contains("secret"), "{sql}: {print}");
            }
        }
        for sql in ["select \"secret\"", "select \"a\\\"secret\""] {
            assert!(!Fingerprint::of(sql, Dialect::MySql).text.contains("secret"));
        }
        // As MySQL reads them, and where it isn't known who does.
        for sql in [
            "select 'O\\'Brien secret'",
            "select \"O\\\"Brien secret\"",
            "select a=1--'x\nsecret'",
            "select 1 # it's\n, 'secret'",
        ] {
            for dialect in [Dialect::Any, Dialect::MySql] {
                let print = Fingerprint::of(sql, dialect).text;
                assert!(!print.contains("secret"), "{sql}: {print}");
            }
        }
        let nested = "select 1 /* a /* b */ it's */, 'secret'";
        let print = Fingerprint::of(nested, Dialect::Any).text;
        assert!(!print.contains("secret"), "{print}");
        assert!(!text("select $a$ $$secret$$ $a$").contains("secret"));
        let cut = format!("select '{}secret'", "a".repeat(super::READ));
        assert!(!text(&cut).contains('a'));
    }

    #[test]
    fn a_fingerprint_is_short_however_long_the_statement() {
        let columns: Vec<_> = (0..10_000).map(|n| format!("\u{fc}column_{n}")).collect();
        let one = text(&format!("select {} from a", columns.join(", ")));
        assert!(one.len() <= SHOWN + '…'.len_utf8() && one.ends_with('…'));
        // The test vectors of its authors.
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
