//! The acceptance lists in `checklist/` against the sources: each names its lines once,
//! tests that exist and say which line they show, and mutations that still apply.
//! Whether a test fails under its mutation is tried by `scripts/mutate.sh`.

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// A list: its lines by letter, and its table.
struct List {
    lines: &'static [(char, &'static [RangeInclusive<u32>])],
    table: &'static str,
}

const LISTS: [List; 2] = [
    List {
        lines: &[
            ('T', &[1..=15]),
            ('H', &[1..=16]),
            ('O', &[1..=24]),
            ('P', &[1..=8]),
            ('C', &[1..=5]),
            ('L', &[1..=7]),
        ],
        table: include_str!("../checklist/exposition.tsv"),
    },
    List {
        lines: &[
            ('S', &[1..=18, 24..=25]),
            ('F', &[1..=3, 9..=10, 26..=28, 34..=34]),
        ],
        table: include_str!("../checklist/service.tsv"),
    },
];

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

fn rows(table: &'static str) -> Vec<(&'static str, Row<'static>)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
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

/// The rows of all lists.
fn all_rows() -> impl Iterator<Item = (&'static str, Row<'static>)> {
    LISTS.iter().flat_map(|list| rows(list.table))
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
    let counts = LISTS.map(|list| {
        let mut expected = Vec::new();
        for (letter, ranges) in list.lines {
            let numbers = ranges.iter().cloned().flatten();
            expected.extend(numbers.map(|number| format!("{letter}{number}")));
        }
        let given = rows(list.table).into_iter().map(|(line, _)| line);
        let given: Vec<&str> = given.collect();
        assert_eq!(given, expected);
        given.len()
    });
    assert_eq!(counts, [75, 29]);
}

#[test]
fn each_line_has_a_test_that_says_so_or_a_reason() {
    let mut wrong = BTreeSet::new();
    for (line, row) in all_rows() {
        match row {
            Row::Tested(tested) => {
                let comment = tested.comment();
                let is_test = comment.contains("test]") || comment.contains("test(");
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
    for (line, row) in all_rows() {
        if let Row::Tested(Tested { file, old, new, .. }) = row {
            assert_ne!(old, new, "{line}");
            let count = read(&root().join(file)).matches(old).count();
            assert_eq!(count, 1, "{line}: `{old}` in {file}");
        }
    }
}
