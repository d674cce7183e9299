//! What answering a scrape costs.

use crate::file::{rows, stamp};
use std::path::Path;

/// The figures of an answer and a shape, over all passes.
struct Figures {
    library: String,
    format: String,
    encoding: String,
    shape: String,
    bytes: f64,
    best: f64,
}

impl Figures {
    fn is_of(&self, other: &Self) -> bool {
        self.library == other.library
            && self.format == other.format
            && self.encoding == other.encoding
    }
}

pub(crate) struct Scrape {
    stamp: String,
    figures: Vec<Figures>,
}

impl Scrape {
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let mut figures: Vec<Figures> = Vec::new();
        for row in rows(&directory.join("time.tsv")) {
            let (Some(bytes), Some(best)) = (row.number(4), row.number(5)) else {
                continue;
            };
            let read = Figures {
                library: row.text(0).to_owned(),
                format: row.text(1).to_owned(),
                encoding: row.text(2).to_owned(),
                shape: row.text(3).to_owned(),
                bytes,
                best,
            };
            let mut known = figures.iter_mut();
            match known.find(|known| known.is_of(&read) && known.shape == read.shape) {
                Some(known) => known.best = known.best.min(best),
                None => figures.push(read),
            }
        }
        (!figures.is_empty()).then(|| Self {
            stamp: stamp(directory),
            figures,
        })
    }

    pub(crate) fn print(&self) {
        println!("## Answering a scrape\n");
        println!("{}\n", self.stamp);
        println!(
            "The processor's time of an answer, all threads together, the least of all passes, and \
             the bytes of its body. Ours is its handler's, from request to body, on a tokio \
             runtime, with its own metrics on the page; a peer's is the page of its encoder, \
             compressed as ours is (gzip, level 1). zstd is level 1. Registries as above.\n"
        );
        let mut shapes: Vec<&str> = Vec::new();
        for figures in &self.figures {
            if !shapes.contains(&figures.shape.as_str()) {
                shapes.push(&figures.shape);
            }
        }
        let heads: Vec<String> = shapes
            .iter()
            .map(|shape| format!(" {shape}, ms | bytes |"))
            .collect();
        println!("| library | format | encoding |{}", heads.concat());
        println!("|---|---|---|{}", "--:|--:|".repeat(shapes.len()));
        let firsts = self.figures.iter().filter(|row| row.shape == shapes[0]);
        for first in firsts {
            let name = if first.library == "ours" {
                "**ours**"
            } else {
                &first.library
            };
            let cells = shapes.iter().map(|shape| {
                let mut figures = self.figures.iter();
                let found = figures.find(|row| row.is_of(first) && row.shape == *shape);
                found.map_or_else(
                    || " – | – |".to_owned(),
                    |row| format!(" {:.2} | {:.0} |", row.best / 1e3, row.bytes),
                )
            });
            let cells: String = cells.collect();
            println!("| {name} | {} | {} |{cells}", first.format, first.encoding);
        }
        println!();
    }
}
