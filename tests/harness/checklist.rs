//! The acceptance list of exposition, `checklist/exposition.tsv`, against the
//! sources: it names each line once, tests that exist and say which line they show,
//! and mutations that still apply. Whether a test fails under its mutation is tried
//! by `scripts/mutate.sh exposition`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The lines by letter, each numbered from one.
const LINES: [(char, u32); 6] = [
    ('T', 15),
    ('H', 16),
    ('O', 24),
    ('P', 8),
    ('C', 5),
    ('L', 7),
];

const TABLE: &str = include_str!("../checklist/exposition.tsv");

/// What the table says of a line.
enum Row<'a> {
    Tested(Tested<'a>),
    /// It doesn't apply, for this reason.
    Not(&'a str),
}

struct Tested<'a> {
    package: &'a str,
    target: &'a str,
    test: &'a str,
    file: &'a str,
    old: &'a str,
    new: &'a str,
}

fn rows() -> Vec<(&'static str, Row<'static>)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| match *line.split('\t').collect::<Vec<_>>() {
        [name, "-", reason] => (name, Row::Not(reason)),
        [name, package, target, test, file, old, new] => {
            let tested = Tested {
                package,
                target,
                test,
                file,
                old,
                new,
            };
            (name, Row::Tested(tested))
        }
        _ => panic!("a row has three or seven columns: {line}"),
    };
    lines.map(row).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Tested<'_> {
    /// The file that the test's module is in: that of the module itself or, if it is
    /// written within another one, of that.
    fn source(&self) -> PathBuf {
        let (folder, top) = match (self.package, self.target) {
            (package, "lib") => (root().join(package).join("src"), "lib.rs".to_owned()),
            ("integration-tests", target) => {
                let folder = root().join("tests").join(target);
                (folder, "main.rs".to_owned())
            }
            (package, target) => {
                let folder = root().join(package).join("tests");
                (folder, format!("{target}.rs"))
            }
        };
        let mut modules: Vec<&str> = self.test.split("::").collect();
        modules.pop();
        while !modules.is_empty() {
            let module = folder.join(modules.join("/"));
            let found = [module.with_extension("rs"), module.join("mod.rs")];
            if let Some(found) = found.into_iter().find(|path| path.is_file()) {
                return found;
            }
            modules.pop();
        }
        folder.join(top)
    }

    /// The comments and attributes right above the test.
    fn comment(&self) -> String {
        let path = self.source();
        let text = read(&path);
        let name = self.test.rsplit("::").next().unwrap_or_default();
        let start = format!("fn {name}(");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let found = lines.iter().position(|line| line.contains(&start));
        let found = found.unwrap_or_else(|| panic!("{start}…) isn't in {}", path.display()));
        let above = lines[..found].iter().rev();
        let above = above.take_while(|line| line.starts_with("//") || line.starts_with("#["));
        let mut above: Vec<&str> = above.copied().collect();
        above.reverse();
        above.join("\n")
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let mut words = text.split(|char: char| !char.is_alphanumeric());
    words.any(|given| given == word)
}

#[test]
fn each_line_of_the_list_stands_in_the_table_once() {
    let expected = LINES.iter();
    let expected = expected.flat_map(|(letter, last)| (1..=*last).map(move |n| (letter, n)));
    let expected: Vec<String> = expected.map(|(letter, n)| format!("{letter}{n}")).collect();
    let given: Vec<&str> = rows().into_iter().map(|(line, _)| line).collect();
    assert_eq!(given, expected);
    assert_eq!(given.len(), 75);
}

#[test]
fn each_line_has_a_test_that_says_so_or_a_reason() {
    let mut wrong = BTreeSet::new();
    for (line, row) in rows() {
        match row {
            Row::Tested(tested) => {
                let comment = tested.comment();
                let is_test = comment.contains("test]");
                if !is_test || !has_word(&comment, line) || !comment.contains("Mutation") {
                    wrong.insert(format!("{line}: {}\n{comment}", tested.test));
                }
            }
            Row::Not(reason) => assert!(reason.len() > 10, "{line}: {reason}"),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_mutation_still_applies() {
    for (line, row) in rows() {
        if let Row::Tested(Tested { file, old, new, .. }) = row {
            assert_ne!(old, new, "{line}");
            let count = read(&root().join(file)).matches(old).count();
            assert_eq!(count, 1, "{line}: `{old}` in {file}");
        }
    }
}
