//! What recording a request costs.

use crate::file::{Row, rows, shown, stamp};
use crate::promise::Promise;
use std::collections::HashMap;
use std::path::Path;

/// Instructions of a pair of `std::time::Instant`s that callgrind can't see.
const UNSEEN: f64 = 119.0;

struct Figures {
    name: String,
    least: f64,
    median: f64,
}

pub(crate) struct Request {
    stamp: String,
    /// The first is the service by itself.
    figures: Vec<Figures>,
    instr: HashMap<String, f64>,
}

impl Request {
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let figures = rows(&directory.join("time.tsv")).into_iter();
        let figures = figures.filter_map(|row: Row| {
            Some(Figures {
                name: row.text(0).to_owned(),
                least: row.number(1)?,
                median: row.number(2)?,
            })
        });
        let figures: Vec<Figures> = figures.collect();
        let instr = rows(&directory.join("instr.tsv")).into_iter();
        let instr = instr.filter_map(|row| Some((row.text(0).to_owned(), row.number(1)?)));
        (!figures.is_empty()).then(|| Self {
            stamp: stamp(directory),
            figures,
            instr: instr.collect(),
        })
    }

    fn added(&self, name: &str) -> Option<f64> {
        let bare = self.instr.get(&self.figures.first()?.name)?;
        // Ours and the layers that pass read no `Instant`.
        let unseen = match name {
            "prometheus by hand" | "axum-prometheus" => UNSEEN,
            _ => 0.0,
        };
        Some(self.instr.get(name)? - bare + unseen)
    }

    pub(crate) fn print(&self) {
        println!("## Recording a request\n");
        println!("{}\n", self.stamp);
        println!(
            "An axum service of one route, called in memory, its answer read to the end. Ours \
             has nine families, and follows a response to the end of its body; by hand there are \
             three, and `axum-prometheus` has three. Nanoseconds are the processor's.\n"
        );
        println!("| service | instr | added instr | least ns | median ns | added ns (least) |");
        println!("|---|--:|--:|--:|--:|--:|");
        let bare = self.figures.first().map_or(0.0, |bare| bare.least);
        for row in &self.figures {
            let name = &row.name;
            let shown_name = if name == "ours" { "**ours**" } else { name };
            println!(
                "| {shown_name} | {} | {} | {:.0} | {:.0} | {:.0} |",
                shown(self.instr.get(name).copied(), 0),
                shown(self.added(name), 0),
                row.least,
                row.median,
                row.least - bare
            );
        }
        println!();
    }

    pub(crate) fn promises(&self) -> Vec<Promise> {
        let added = |name| self.added(name);
        let by = ["prometheus by hand", "axum-prometheus"].map(|name| {
            let other = added(name).map(|added| (name, added));
            Promise::ahead(
                format!("HTTP: instructions added, less than {name}"),
                added("ours"),
                other,
            )
        });
        let limit = Promise::at_most("HTTP: instructions added to a request", added("ours"), 2e3);
        [limit].into_iter().chain(by).collect()
    }
}
