//! What an annotated function costs the compiler and the binary.

use crate::file::{Row, rows, shown, stamp};
use crate::promise::Promise;
use std::path::Path;

/// The figures of one crate of 200 functions.
struct Figures {
    kind: String,
    mode: String,
    /// Processor seconds, the least and the median.
    build: (f64, f64),
    check: (f64, f64),
    /// Bytes of the stripped binary for each function.
    size: f64,
}

type Seconds = fn(&Figures) -> f64;

/// Functions of the crate.
const FUNCTIONS: f64 = 200.0;

pub(crate) struct Compile {
    stamp: String,
    figures: Vec<Figures>,
}

impl Compile {
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let figures = |row: Row| {
            Some(Figures {
                kind: row.text(0).to_owned(),
                mode: row.text(1).to_owned(),
                build: (row.number(2)?, row.number(3)?),
                check: (row.number(4)?, row.number(5)?),
                size: row.number(6)?,
            })
        };
        let rows = rows(&directory.join("compile.tsv"));
        let figures: Vec<Figures> = rows.into_iter().filter_map(figures).collect();
        (!figures.is_empty()).then(|| Self {
            stamp: stamp(directory),
            figures,
        })
    }

    fn find(&self, kind: &str, mode: &str) -> Option<&Figures> {
        let mut figures = self.figures.iter();
        figures.find(|figures| figures.kind == kind && figures.mode == mode)
    }

    /// What a kind adds to the bare functions.
    fn added(&self, kind: &str, mode: &str, of: fn(&Figures) -> f64) -> Option<f64> {
        Some(of(self.find(kind, mode)?) - of(self.find("bare", mode)?))
    }

    pub(crate) fn print(&self) {
        println!("## Compiling 200 annotated functions\n");
        println!("{}\n", self.stamp);
        println!(
            "Processor seconds of one crate, its dependencies and macros built before, in the \
             dev profile without incremental state: the least, and the median in brackets. \
             Bytes: the stripped release binary (thin LTO, one unit) of 200 functions less that \
             of one, less the same of the bare functions.\n"
        );
        println!(
            "| functions | kind | build, s | added ms per fn | check, s | added ms per fn | bytes per fn |"
        );
        println!("|---|---|--:|--:|--:|--:|--:|");
        for row in &self.figures {
            let Figures {
                kind,
                mode,
                build,
                check,
                ..
            } = row;
            let added = |of| {
                let added = self.added(kind, mode, of);
                shown(added.map(|seconds| seconds * 1e3 / FUNCTIONS), 1)
            };
            println!(
                "| {kind} | {mode} | {:.3} ({:.3}) | {} | {:.3} ({:.3}) | {} | {} |",
                build.0,
                build.1,
                added(|row| row.build.0),
                check.0,
                check.1,
                added(|row| row.check.0),
                shown(self.added(kind, mode, |row| row.size), 0)
            );
        }
        println!();
    }

    pub(crate) fn promises(&self) -> Vec<Promise> {
        let mut promises = Vec::new();
        let works: [(&str, Seconds); 2] =
            [("build", |row| row.build.0), ("check", |row| row.check.0)];
        for mode in ["sync", "async"] {
            for (work, of) in works {
                for (peer, bound) in [("tracing", 0.6), ("autometrics", 0.15)] {
                    let pair = self.added("ours", mode, of).zip(self.added(peer, mode, of));
                    let what = format!("9. {mode}, {work}: added time as a multiple of `{peer}`'s");
                    promises.push(Promise::at_most(what, pair.map(|(a, b)| a / b), bound));
                }
            }
            let size = self.added("ours", mode, |row| row.size);
            let what = format!("9. {mode}: stripped bytes per function");
            promises.push(Promise::at_most(what, size, 500.0));
        }
        promises
    }
}
