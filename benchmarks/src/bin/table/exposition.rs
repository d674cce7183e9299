//! What writing a page costs.

use crate::file::{Row, median, rows, shown, stamp};
use crate::promise::Promise;
use std::collections::HashMap;
use std::path::Path;

/// The figures of an encoder and a shape, over all passes.
struct Figures {
    encoder: String,
    shape: String,
    bytes: f64,
    best: f64,
    medians: Vec<f64>,
    peak: f64,
    allocations: f64,
    live: f64,
}

impl Figures {
    fn median(&self) -> Option<f64> {
        median(self.medians.clone())
    }

    /// How many series the shape has.
    fn series(&self) -> f64 {
        let number = self.shape.rsplit('-').next();
        number.and_then(|number| number.parse().ok()).unwrap_or(1.0)
    }
}

pub(crate) struct Exposition {
    stamp: String,
    figures: Vec<Figures>,
    /// Instructions of a line, by encoder and shape.
    instr: HashMap<(String, String), f64>,
}

impl Exposition {
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let mut figures: Vec<Figures> = Vec::new();
        for row in rows(&directory.join("time.tsv")) {
            let (encoder, shape) = (row.text(0), row.text(1));
            let (Some(best), Some(median)) = (row.number::<f64>(3), row.number(4)) else {
                continue;
            };
            let mut known = figures.iter_mut();
            let known = known.find(|known| known.encoder == encoder && known.shape == shape);
            if let Some(known) = known {
                known.best = known.best.min(best);
                known.medians.push(median);
                continue;
            }
            let number = |field| row.number(field).unwrap_or(f64::NAN);
            figures.push(Figures {
                encoder: encoder.to_owned(),
                shape: shape.to_owned(),
                bytes: number(2),
                best,
                medians: vec![median],
                peak: number(5),
                allocations: number(6),
                live: number(7),
            });
        }
        let per_line = |row: Row| {
            let key = (row.text(0).to_owned(), row.text(1).to_owned());
            Some((key, row.number::<f64>(2)? / row.number::<f64>(3)?))
        };
        let instr = rows(&directory.join("instr.tsv"));
        (!figures.is_empty()).then(|| Self {
            stamp: stamp(directory),
            figures,
            instr: instr.into_iter().filter_map(per_line).collect(),
        })
    }

    /// Instructions of a line of the page.
    pub(crate) fn instr(&self, encoder: &str, shape: &str) -> Option<f64> {
        let key = (encoder.to_owned(), shape.to_owned());
        self.instr.get(&key).copied()
    }

    fn find(&self, encoder: &str, shape: &str) -> Option<&Figures> {
        let mut figures = self.figures.iter();
        figures.find(|figures| figures.encoder == encoder && figures.shape == shape)
    }

    fn best(&self, encoder: &str, shape: &str) -> Option<f64> {
        self.find(encoder, shape).map(|figures| figures.best)
    }

    pub(crate) fn print(&self) {
        println!("## Writing a page\n");
        println!("{}\n", self.stamp);
        println!(
            "A fresh buffer for each page, but for the rows `-reuse`. Three labels of 12 bytes, \
             families of 100 series; histograms have 11 finite bounds and 20 observations. \
             valgrind counts a copy by `rep movs` for each byte, so that the instructions of \
             `memcpy` don't compare.\n"
        );
        let mut shapes: Vec<&str> = Vec::new();
        for figures in &self.figures {
            if !shapes.contains(&figures.shape.as_str()) {
                shapes.push(&figures.shape);
            }
        }
        for shape in shapes {
            self.print_shape(shape);
        }
    }

    fn print_shape(&self, shape: &str) {
        let of_shape = self.figures.iter().filter(|figures| figures.shape == shape);
        let mut figures: Vec<&Figures> = of_shape.collect();
        figures.sort_by(|a, b| a.best.total_cmp(&b.best));
        let limit = self.best("limit", shape).unwrap_or(f64::NAN);
        println!("### {shape}\n");
        println!(
            "| encoder | bytes | best us | median us | MB/s (best) | x limit | peak heap in encode, bytes | x body | allocations | live heap/series, bytes | instr/line |"
        );
        println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for row in figures {
            let name = &row.encoder;
            let name = if name.starts_with("ours") {
                format!("**{name}**")
            } else {
                name.clone()
            };
            let live = if name.starts_with("memcpy") {
                None
            } else {
                Some(row.live / row.series())
            };
            println!(
                "| {name} | {:.0} | {:.1} | {} | {:.0} | {:.1} | {:.0} | {:.2} | {:.0} | {} | {} |",
                row.bytes,
                row.best,
                shown(row.median(), 1),
                row.bytes / row.best,
                row.best / limit,
                row.peak,
                row.peak / row.bytes,
                row.allocations,
                shown(live, 0),
                shown(self.instr(&row.encoder, shape), 1)
            );
        }
        println!();
    }

    pub(crate) fn promises(&self) -> Vec<Promise> {
        let mut promises = Vec::new();
        let shapes = [
            "counters-10000",
            "counters-100000",
            "histograms-1000",
            "histograms-10000",
        ];
        let ratio = |over: &str, under: &str, shape: &str| {
            Some(self.best(over, shape)? / self.best(under, shape)?)
        };
        for shape in shapes {
            let what = format!("4. `{shape}`: `encode_into` as a multiple of the limit");
            let measured = ratio("ours-reuse", "limit-reuse", shape);
            promises.push(Promise::at_most(what, measured, 1.5));
        }
        for shape in shapes {
            let counters = shape.starts_with("counters");
            for (peer, bound) in [
                ("prometheus", if counters { 30.0 } else { 9.0 }),
                ("prometheus-client", if counters { 5.0 } else { 4.0 }),
            ] {
                let what = format!("4. `{shape}`: times faster than `{peer}`");
                let measured = ratio(peer, "ours-reuse", shape);
                promises.push(Promise::at_least(what, measured, bound));
            }
        }
        for shape in shapes {
            let figures = self.find("ours", shape);
            let what = format!("4. `{shape}`: peak allocation as a multiple of the page");
            let measured = figures.map(|figures| figures.peak / figures.bytes);
            promises.push(Promise::at_most(what, measured, 1.1));
            let figures = self.find("ours-reuse", shape);
            let what = format!("4. `{shape}`: allocations of the second `encode_into`");
            let measured = figures.map(|figures| figures.allocations);
            promises.push(Promise::at_most(what, measured, 0.0));
        }
        promises
    }
}
