//! What the README and the pages in `docs/` name exists: variables of the
//! environment, families, and the pages themselves.

mod place;
mod readme;
mod source;

use source::{Source, read, root, words};
use std::collections::BTreeSet;
use std::fs;

/// The pages for users: the README, and what is in `docs/`.
fn pages() -> Vec<String> {
    let entries = fs::read_dir(root().join("docs")).expect("there are pages");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut pages: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter_map(|path| Some(format!("docs/{}", path.file_name()?.to_str()?)))
        .collect();
    assert!(pages.len() > 8, "{pages:?}");
    pages.sort();
    pages.insert(0, "README.md".to_owned());
    pages
}

/// Variables of the tests, which aren't settings.
const OF_TESTS: [&str; 2] = ["METRICS_PROVE", "METRICS_SEED"];

/// Variables that are read when a program is compiled.
const OF_BUILDS: [&str; 1] = ["METRICS_GIT_COMMIT"];

fn is_variable(word: &str) -> bool {
    word.starts_with("METRICS_") && word.len() > "METRICS_".len()
}

/// The rows of the tables below a heading, up to the next one of the same level.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let heading = format!("\n## {heading}\n");
    let (_, below) = page.split_once(&heading).expect("the page has the heading");
    let section = below.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = |row: &'a str| row.trim_matches('|').split(" | ").map(str::trim);
    // Without the names of the columns.
    let rows = rows.map(|row| cells(row).collect::<Vec<_>>());
    let titles = ["there", "variable", "feature", "in code", "page"];
    rows.filter(|row| row.first().is_some_and(|cell| !titles.contains(cell)))
        .collect()
}

/// What stands in backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

// Mutations: a variable is misspelt in a page; one is taken out of `config/given.rs`.
#[test]
fn variables_that_pages_name_are_read() {
    let source = Source::of_runtime();
    let mut unknown = BTreeSet::new();
    for page in pages() {
        let text = read(&root().join(&page));
        for variable in words(&text).filter(|word| is_variable(word)) {
            let is_other = OF_TESTS.contains(&variable) || OF_BUILDS.contains(&variable);
            if !source.has_text(variable) && !is_other {
                unknown.insert(format!("{variable} in {page}"));
            }
        }
    }
    assert_eq!(unknown, BTreeSet::new());
}

// Mutation: a row is taken out of the table.
#[test]
fn variables_that_are_read_are_in_the_table() {
    let readme = read(&root().join("README.md"));
    let rows = rows(&readme, "Configuration");
    let listed: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| code(row.first()?).next())
        .collect();
    let source = Source::of_runtime();
    let read: BTreeSet<&str> = source.texts().filter(|text| is_variable(text)).collect();
    assert!(read.len() > 10, "{read:?}");
    let missing = read.difference(&listed);
    let missing: Vec<_> = missing.filter(|name| !OF_TESTS.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

// Mutation: an alias is taken out of `config/environment.rs`.
#[test]
fn names_of_the_django_world_are_aliases() {
    let page = read(&root().join("docs/coming-from.md"));
    let source = Source::of_runtime();
    let mut aliases = 0;
    for row in rows(&page, "Settings") {
        let [there, here] = row[..] else {
            panic!("a row has two columns: {row:?}");
        };
        for alias in code(there).filter(|word| word.starts_with("PROMETHEUS_")) {
            let is_alias = here.contains("METRICS_");
            assert_eq!(source.has_text(alias), is_alias, "{alias}");
            aliases += usize::from(is_alias);
        }
    }
    assert!(aliases >= 10, "{aliases}");
}

// Mutation: a family of the right column is misspelt.
#[test]
fn families_that_names_lead_to_exist() {
    let page = read(&root().join("docs/coming-from.md"));
    let rows = rows(&page, "Names");
    assert!(rows.len() > 20);
    let source = Source::of_runtime();
    for row in rows {
        let [there, here] = row[..] else {
            panic!("a row has two columns: {row:?}");
        };
        assert!(code(here).count() > 0, "{there} leads nowhere");
        for family in code(here) {
            assert!(is_family(&source, family), "{family}");
        }
    }
}

// Mutation: a page names `metrics_scrape_total`.
#[test]
fn families_about_the_toolkit_that_pages_name_exist() {
    let source = Source::of_runtime();
    for page in pages() {
        let text = read(&root().join(&page));
        let families = words(&text).filter(|word| word.starts_with("metrics_"));
        // The crates, the prefix itself, and a setting of Prometheus.
        let others = [
            "metrics_",
            "metrics_macros",
            "metrics_path",
            "metrics_runtime",
        ];
        for family in families.filter(|word| !others.contains(word)) {
            assert!(is_family(&source, family), "{family} in {page}");
        }
    }
}

/// How the names of built-in families begin and end, of those that have both.
const STARTS: [&str; 10] = [
    "cache_",
    "db_",
    "function_",
    "health_check_",
    "http_",
    "model_",
    "process_",
    "redis_",
    "task_",
    "tasks_",
];
const ENDS: [&str; 5] = ["_total", "_seconds", "_bytes", "_in_progress", "_active"];

// Mutation: a page names `db_queries_seconds`.
#[test]
fn built_in_families_that_pages_name_exist() {
    let source = Source::of_runtime();
    let mut named = BTreeSet::new();
    for page in pages() {
        // What others call theirs is in it too.
        if page == "docs/coming-from.md" {
            continue;
        }
        let text = read(&root().join(&page));
        let has = |word: &&str, parts: &[&str], is: fn(&str, &str) -> bool| {
            parts.iter().any(|part| is(word, part))
        };
        let families = words(&text)
            .filter(|word| has(word, &STARTS, |word, start| word.starts_with(start)))
            .filter(|word| has(word, &ENDS, |word, end| word.ends_with(end)));
        for family in families {
            assert!(is_family(&source, family), "{family} in {page}");
            named.insert(family.to_owned());
        }
    }
    assert!(named.len() > 60, "{named:?}");
}

/// Whether the runtime has a family of this name, `_count` of a histogram included.
fn is_family(source: &Source, name: &str) -> bool {
    let base = name.strip_suffix("_count");
    [Some(name), base]
        .into_iter()
        .flatten()
        .any(|name| source.has_builtin(name) || source.has_text(name))
}

// Mutation: an error is quoted in other words.
#[test]
fn errors_that_troubleshooting_quotes_are_those_of_the_program() {
    let page = read(&root().join("docs/troubleshooting.md"));
    let (_, below) = page
        .split_once("### Other errors\n")
        .expect("the page has them");
    let section = below.split("\n###").next().unwrap_or_default();
    let errors = section.lines().filter_map(|line| {
        let cell = line.strip_prefix("| ")?.split(" | ").next()?;
        (cell != "the error says").then_some(cell)
    });
    let source = Source::of_runtime();
    let mut quoted = 0;
    // What differs is left out in quotes.
    for part in errors.flat_map(|error| error.split([';', '…'])) {
        let part = part.trim().trim_start_matches(|c| ",:".contains(c)).trim();
        assert!(source.says(part), "{part}");
        quoted += usize::from(!part.is_empty());
    }
    assert!(quoted > 8, "{quoted}");
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let path = root().join(&page);
        let text = read(&path);
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap_or_default();
            if link.contains("://") || link.is_empty() {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                path.with_file_name(file)
            };
            let text = read(&target);
            let headings = text.lines().filter(|line| line.starts_with('#'));
            let mut anchors = headings.map(anchor);
            assert!(
                heading.is_empty() || anchors.any(|found| found == heading),
                "{link} in {page}"
            );
        }
    }
}

/// A heading as links name it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
