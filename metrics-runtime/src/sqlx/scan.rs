//! The pieces of a statement, as far as they matter here.

use super::database::Dialect;

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A keyword or a name.
    Word(&'a str),
    /// A quoted name, with its quotes.
    Name(&'a str),
    /// A string, a number or a placeholder.
    Value,
    Symbol(char),
}

/// Reads the pieces of a statement; comments are none.
///
/// What isn't closed goes up to the end: no part of a literal is taken for something
/// else.
#[derive(Clone, Debug)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    dialect: Dialect,
}

impl<'a> Pieces<'a> {
    pub(super) const fn new(sql: &'a str, dialect: Dialect) -> Self {
        Self { rest: sql, dialect }
    }

    /// Takes what is before this place.
    fn take(&mut self, end: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let rest = self.rest;
            let end = match self.is_line_comment() {
                Some(true) => rest.find('\n'),
                Some(false) if rest.starts_with("/*") => comment_end(rest, self.dialect),
                Some(false) => return,
                None => None,
            };
            self.take(end.unwrap_or(rest.len()));
        }
    }

    /// Whether a comment begins here that ends with its line; `None` where that depends
    /// on the database, which isn't known: a quote in it would turn literals inside out.
    fn is_line_comment(&self) -> Option<bool> {
        if let Some(after) = self.rest.strip_prefix("--") {
            let next = after.bytes().next();
            let is_parted = next.is_none_or(|next| next == b' ' || next.is_ascii_control());
            return match self.dialect {
                Dialect::Any => is_parted.then_some(true),
                Dialect::MySql => Some(is_parted),
                Dialect::Postgres | Dialect::Sqlite => Some(true),
            };
        }
        match self.dialect {
            _ if !self.rest.starts_with('#') => Some(false),
            Dialect::Any => None,
            dialect => Some(dialect == Dialect::MySql),
        }
    }

    /// Takes what is quoted from the first character on. Where it isn't known whether a
    /// backslash escapes, nor where the literal ends, everything is.
    fn quoted(&mut self, quote: char, backslash: bool) -> &'a str {
        let mut escaped = false;
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((index, character)) = characters.next() {
            if escaped {
                escaped = false;
            } else if character == '\\' && self.dialect == Dialect::Any {
                break;
            } else if character == '\\' && backslash {
                escaped = true;
            } else if character == quote {
                if characters.peek().is_some_and(|(_, next)| *next == quote) {
                    characters.next();
                } else {
                    return self.take(index + quote.len_utf8());
                }
            }
        }
        self.take(self.rest.len())
    }

    /// Takes a string between dollars, if there is one.
    fn dollar_quoted(&mut self) -> bool {
        let tag = |rest: &'a str| {
            let end = rest.get(1..)?.find(|c: char| !is_word(c))? + 1;
            let tag = rest.get(..=end)?;
            tag.ends_with('$').then_some(tag)
        };
        let Some(tag) = tag(self.rest) else {
            return false;
        };
        let body = self.rest.get(tag.len()..).unwrap_or("");
        let end = body.find(tag).map(|end| end + 2 * tag.len());
        self.take(end.unwrap_or(self.rest.len()));
        true
    }

    fn word(&mut self) -> Piece<'a> {
        let end = self.rest.find(|c: char| !is_word(c) && c != '$');
        let word = self.take(end.unwrap_or(self.rest.len()));
        // `E'…'`, `X'…'`, `N'…'`, `_utf8'…'`.
        if self.rest.starts_with('\'') && (word.len() == 1 || word.starts_with('_')) {
            let backslash = self.dialect == Dialect::MySql || word.eq_ignore_ascii_case("e");
            self.quoted('\'', backslash);
            return Piece::Value;
        }
        Piece::Word(word)
    }

    fn number(&mut self) -> Piece<'a> {
        let mut before = ' ';
        let end = self.rest.find(|character: char| {
            let sign = matches!(before, 'e' | 'E') && matches!(character, '+' | '-');
            before = character;
            !(is_word(character) || character == '.' || sign)
        });
        self.take(end.unwrap_or(self.rest.len()));
        Piece::Value
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        self.skip_space();
        let first = self.rest.chars().next()?;
        let mysql = self.dialect == Dialect::MySql;
        Some(match first {
            '\'' => {
                self.quoted('\'', mysql);
                Piece::Value
            }
            // Where they may be strings too, they are taken for such.
            '"' if self.dialect == Dialect::Postgres => Piece::Name(self.quoted('"', false)),
            '"' => {
                self.quoted('"', mysql);
                Piece::Value
            }
            '`' => Piece::Name(self.quoted('`', false)),
            '$' if matches!(self.dialect, Dialect::Any | Dialect::Postgres)
                && self.dollar_quoted() =>
            {
                Piece::Value
            }
            '?' | '$' => {
                let end = self.rest.char_indices().skip(1);
                let end = end.map(|(end, character)| (end, is_word(character)));
                let end = end.skip_while(|(_, word)| *word).map(|(end, _)| end).next();
                self.take(end.unwrap_or(self.rest.len()));
                Piece::Value
            }
            first if first.is_ascii_digit() => self.number(),
            first if is_word(first) => self.word(),
            first => {
                self.take(first.len_utf8());
                Piece::Symbol(first)
            }
        })
    }
}

/// Whether names and keywords may have it.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii()
}

/// Where the comment ends that is at the start; `PostgreSQL` nests them, so that the end
/// isn't known where the database isn't.
fn comment_end(text: &str, dialect: Dialect) -> Option<usize> {
    let nested = dialect == Dialect::Postgres;
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let close = rest.find("*/")?;
        let open = rest.find("/*").filter(|open| *open < close);
        match open {
            Some(open) if nested || depth == 0 => {
                depth += 1;
                at += open + 2;
            }
            Some(_) if dialect == Dialect::Any => return None,
            _ => {
                depth -= 1;
                at += close + 2;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Pieces};
    use crate::sqlx::Dialect;

    #[track_caller]
    fn assert_pieces(sql: &str, dialect: Dialect, expected: &[Piece<'_>]) {
        let pieces: Vec<_> = Pieces::new(sql, dialect).collect();
        assert_eq!(pieces, expected, "{sql}");
    }

    #[test]
    fn comments_are_skipped_as_the_database_skips_them() {
        use Piece::{Symbol, Word};
        let nested = "/* a /* b */ c */ x";
        assert_pieces(nested, Dialect::Postgres, &[Word("x")]);
        let rest = [Word("c"), Symbol('*'), Symbol('/'), Word("x")];
        assert_pieces(nested, Dialect::Sqlite, &rest);
        assert_pieces("-- a\n--b\n x", Dialect::Sqlite, &[Word("x")]);
        assert_pieces("# a\nx", Dialect::MySql, &[Word("x")]);
        assert_pieces("--\n--\ta\nx --", Dialect::MySql, &[Word("x")]);
        let minus = [Symbol('-'), Symbol('-'), Word("x")];
        assert_pieces("--x", Dialect::MySql, &minus);
        assert_pieces("# x", Dialect::Sqlite, &[Symbol('#'), Word("x")]);
        // Whose database isn't known: one has the rest in a comment, or none has.
        for unclear in ["--a\nx", "# a\nx", "/* a /* b */ x", "'a\\' x"] {
            let pieces: Vec<_> = Pieces::new(unclear, Dialect::Any).collect();
            assert!(matches!(*pieces, [] | [Piece::Value]), "{unclear}");
        }
        assert_pieces("-- a\nx /* b */", Dialect::Any, &[Word("x")]);
        assert_pieces("x -- a", Dialect::Sqlite, &[Word("x")]);
        assert_pieces("/* a", Dialect::Sqlite, &[]);
        assert_pieces("/*/ a */ x", Dialect::Sqlite, &[Word("x")]);
    }

    // Mutation: a doubled quote ends a string.
    #[test]
    fn a_literal_is_one_piece_however_it_is_written() {
        use Piece::{Name, Value};
        for literal in [
            "'a'",
            "'a''b'",
            "''",
            "E'a\\'b'",
            "x'0f'",
            "U",
            "1",
            "1.5e+10",
            "0x1F",
            "$1",
            "$a$b'$a$",
            "$$b$$",
            "'unclosed",
            "$a$unclosed",
            "'\\'",
        ] {
            let expected = if literal == "U" {
                Piece::Word("U")
            } else {
                Value
            };
            assert_pieces(literal, Dialect::Postgres, &[expected]);
        }
        for literal in ["\"a\"", "'a\\'b'", "_utf8'a'", "?", "\"a\\\"b\""] {
            assert_pieces(literal, Dialect::MySql, &[Value]);
        }
        for literal in ["\"a\"", "?1", "$name", "'a'"] {
            assert_pieces(literal, Dialect::Sqlite, &[Value]);
        }
        for literal in ["$1", "$a$b'$a$", "'a''b'", "\"a\""] {
            assert_pieces(literal, Dialect::Any, &[Value]);
        }
        assert_pieces("\"a\"\"b\"", Dialect::Postgres, &[Name("\"a\"\"b\"")]);
        assert_pieces("`a`", Dialect::MySql, &[Name("`a`")]);
    }

    #[test]
    fn what_is_no_sql_is_read_to_its_end() {
        for text in [
            "\u{fc}\u{1f600}",
            "'\u{1f600}",
            "$",
            "$\u{fc}",
            "?\u{fc}'",
            "\\",
            "\0",
            "e'",
            "9'",
        ] {
            for dialect in [
                Dialect::Any,
                Dialect::MySql,
                Dialect::Postgres,
                Dialect::Sqlite,
            ] {
                assert!(Pieces::new(text, dialect).count() <= text.len(), "{text}");
            }
        }
    }
}
