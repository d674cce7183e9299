//! What the README and `docs/configuration.md` say of the program: its first page,
//! defaults, features, figures, and the way to the other pages.

use crate::source::{Source, read, root};
use crate::{code, pages, rows};
use axum::http::StatusCode;
use axum::{Router, routing::get};
use metrics_runtime::{Config, Metrics, Registry, counted, timed};
use std::collections::{BTreeMap, BTreeSet};

static SHOP: Registry = Registry::new();

// As the README has it, in a registry of its own.
#[timed(registry = SHOP)]
#[counted]
async fn checkout() -> Result<&'static str, StatusCode> {
    Ok("thank you")
}

fn readme() -> String {
    read(&root().join("README.md"))
}

// Mutation: a label or a help text of the page in the README is another one.
#[test]
fn the_first_example_has_the_page_that_is_shown() {
    let builder = Metrics::builder().registry(&SHOP).namespace("shop");
    let metrics = builder.build().expect("nothing is wrong");
    let _: Router = Router::new().route("/checkout", get(checkout));
    let page = metrics.to_text();
    let readme = readme();
    let (_, block) = readme.split_once("```text\n").expect("a page is shown");
    let shown = block.split("```").next().unwrap_or_default();
    assert!(shown.lines().count() > 4, "{shown}");
    let module = concat!("module=\"", module_path!(), "\"");
    for line in shown.lines() {
        let line = line.replace("module=\"app\"", module);
        assert!(page.lines().any(|served| served == line), "{line}: {page}");
    }
}

// Mutation: another port is the default.
#[test]
fn defaults_in_the_table_are_those_of_the_settings() {
    let settings = Config::default();
    let expected = BTreeMap::from([
        ("METRICS_ENABLED", settings.enabled.to_string()),
        ("METRICS_PATH", settings.path),
        ("METRICS_SAMPLE_RATE", settings.sample_rate.to_string()),
        (
            "METRICS_SLOW_QUERY_MS",
            settings.slow_query.as_millis().to_string(),
        ),
        (
            "METRICS_COLLECTOR_DEADLINE_MS",
            settings.collector_deadline.as_millis().to_string(),
        ),
        (
            "METRICS_EXPORT_ADDRESS",
            settings.export_address.to_string(),
        ),
        ("METRICS_EXPORT_PORT", settings.export_port.to_string()),
    ]);
    let readme = readme();
    let rows = rows(&readme, "Configuration");
    let said = rows.iter().filter_map(|row| {
        let default = code(row[2]).next()?;
        Some((code(row[0]).next()?, default.to_owned()))
    });
    assert_eq!(said.collect::<BTreeMap<_, _>>(), expected);
}

// Mutation: `.slow_query(…)` is called `.slow(…)` in a table.
#[test]
fn settings_in_code_exist() {
    let source = Source::of_runtime();
    let (readme, page) = (readme(), read(&root().join("docs/configuration.md")));
    let with_variable = rows(&readme, "Configuration").into_iter().map(|row| row[1]);
    let without = rows(&page, "Settings without a variable");
    let without = without.into_iter().map(|row| row[0]);
    let mut settings = 0;
    for setting in with_variable.chain(without).flat_map(code) {
        // The last call of a chain; arguments may have points, but no names after them.
        let mut parts = setting.rsplit('.');
        let call = parts.find(|part| part.starts_with(|c: char| c.is_ascii_lowercase()));
        let Some((name, _)) = call.and_then(|call| call.split_once('(')) else {
            continue;
        };
        assert!(source.has_function(name), "{setting}");
        settings += 1;
    }
    assert!(settings > 20, "{settings}");
}

// Mutation: a feature is taken out of the table, or a default one is none there.
#[test]
fn features_in_the_table_are_those_of_the_crate() {
    let manifest = read(&root().join("metrics-runtime/Cargo.toml"));
    let (_, features) = manifest.split_once("[features]\n").expect("it has some");
    let features = features.split("\n[").next().unwrap_or_default();
    let lines = features.lines().filter_map(|line| line.split_once(" = "));
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut defaults: BTreeSet<&str> = BTreeSet::new();
    for (name, enabled) in lines.filter(|(name, _)| !name.starts_with('#')) {
        if name == "default" {
            defaults.extend(enabled.split('"').skip(1).step_by(2));
        } else {
            names.insert(name);
        }
    }

    let page = read(&root().join("docs/configuration.md"));
    let rows = rows(&page, "Features");
    let listed = rows.iter().flat_map(|row| code(row[0]));
    assert_eq!(listed.collect::<BTreeSet<_>>(), names);
    let by_default = rows.iter().filter(|row| row[1] == "yes");
    let by_default = by_default.flat_map(|row| code(row[0]));
    assert_eq!(by_default.collect::<BTreeSet<_>>(), defaults);
}

// Mutation: a page has no row, no way back, or isn't among the documentation tests.
#[test]
fn every_page_is_in_the_index_leads_back_and_is_tested() {
    let readme = readme();
    let rows = rows(&readme, "The pages");
    let library = read(&root().join("metrics-runtime/src/lib.rs"));
    for page in pages().iter().filter(|page| page.starts_with("docs/")) {
        let link = format!("]({page})");
        assert!(rows.iter().any(|row| row[0].contains(&link)), "{page}");
        let text = read(&root().join(page));
        assert!(text.contains("](../README.md"), "{page} leads nowhere");
        let tested = format!("include_str!(\"../../{page}\")");
        assert!(library.contains(&tested), "{page} isn't tested");
    }
}

// Mutation: the README says that a counter adds 6 instructions.
#[test]
fn figures_of_cost_are_those_that_were_measured() {
    let results = read(&root().join("benchmarks/RESULTS.md"));
    let measured = |row: &str, column: usize| -> f64 {
        let mut lines = results.lines();
        let line = lines.find(|line| line.starts_with(&format!("| {row} |")));
        let cell = line.and_then(|line| line.split('|').nth(column));
        let number = cell.and_then(|cell| cell.trim().parse().ok());
        number.unwrap_or_else(|| panic!("{row} was measured"))
    };
    let readme = readme();
    let (_, section) = readme.split_once("## What it costs\n").expect("it says so");
    let section = section.split("\n## ").next().unwrap_or_default();
    let words = section.split(|c: char| !c.is_ascii_digit() && c != ',');
    let numbers = words.filter_map(|word| word.replace(',', "").parse().ok());
    let numbers: Vec<f64> = numbers.collect();
    for figure in [
        measured("1. `counter/ours`: added instructions", 3),
        measured("1. `counted/ours`: added instructions", 3),
        measured("1. `timed/ours`: added instructions", 3),
        measured("limit rdtsc pair", 4),
        measured("HTTP: instructions added to a request", 3),
    ] {
        // Another run is another figure by a little.
        let is_close = |number: &f64| (number - figure).abs() <= figure / 10.0;
        assert!(numbers.iter().any(is_close), "{figure}: {numbers:?}");
    }
}
