//! The sources of the runtime, as far as names stand in them.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Words as identifiers have them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|char: char| !char.is_alphanumeric() && char != '_');
    words.filter(|word| !word.is_empty())
}

/// The code of the runtime, without comments.
pub(crate) struct Source {
    code: String,
}

impl Source {
    pub(crate) fn of_runtime() -> Self {
        let mut code = String::new();
        gather(&root().join("metrics-runtime/src"), &mut code);
        Self { code }
    }

    /// String literals of one word, but for variables that are read when the crate is
    /// compiled.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.code.match_indices('"').filter_map(|(at, _)| {
            let (before, after) = (&self.code[..at], &self.code[at + 1..]);
            let text = &after[..after.find('"')?];
            let is_word = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let is_read = !before.ends_with("env!(");
            (is_word && is_read && !text.is_empty()).then_some(text)
        })
    }

    /// Whether there is a string literal of this text.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        self.texts().any(|literal| literal == text)
    }

    /// Whether a text says this, be it on several lines.
    pub(crate) fn says(&self, words: &str) -> bool {
        let pieces = self.code.split("\\\n");
        let whole: String = pieces
            .enumerate()
            .map(|(index, piece)| {
                if index == 0 {
                    piece
                } else {
                    piece.trim_start()
                }
            })
            .collect();
        whole.contains(words)
    }

    /// Whether there is a function of this name.
    pub(crate) fn has_function(&self, name: &str) -> bool {
        let named = |end| self.code.contains(&format!("fn {name}{end}"));
        named('(') || named('<')
    }

    /// Whether `family!` declares this family.
    pub(crate) fn has_builtin(&self, family: &str) -> bool {
        let handle = format!("{family}(");
        let mut lines = self.code.lines().map(str::trim);
        lines.any(|line| line.starts_with(&handle) && line.contains(") -> "))
    }
}

fn gather(folder: &Path, code: &mut String) {
    let entries = fs::read_dir(folder).expect("the runtime has its sources");
    for entry in entries {
        let path = entry.expect("its folder can be read").path();
        if path.is_dir() {
            gather(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = read(&path);
            let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
            lines.for_each(|line| {
                code.push_str(line);
                code.push('\n');
            });
        }
    }
}
