//! What recording a call costs.

mod variant;

use crate::file::{Row, median, rows, shown, stamp};
use crate::promise::Promise;
use std::collections::HashMap;
use std::path::Path;

/// Instructions of a pair of `std::time::Instant`s that run in the kernel's
/// page, which callgrind can't see; counted by single-stepping.
const UNSEEN: f64 = 119.0;

/// Nanoseconds below which the difference to a baseline is mostly noise.
const LEAST_ADDED: f64 = 1.0;

/// The jobs in their order, with a title.
const JOBS: [(&str, &str); 12] = [
    ("clock", "Clocks around the call, no metric"),
    ("counter", "Counter without labels or with constant ones"),
    ("counted", "Counter by outcome"),
    ("timed", "Histogram of durations"),
    ("timed-async", "Histogram of durations, async function"),
    (
        "observe",
        "Histogram of durations, by a handle and without a clock",
    ),
    ("both", "Histogram of durations and counter by outcome"),
    ("closed-1", "Counter with one closed label of four values"),
    ("closed-2", "Counter with two closed labels"),
    ("closed-3", "Counter with three closed labels"),
    ("open-16", "Counter with a text label of 16 values"),
    ("open-1000", "Counter with a text label of 1,000 values"),
];

/// Nanoseconds of a call.
#[derive(Clone, Copy)]
struct Time {
    min: f64,
    median: f64,
}

type Times = HashMap<String, Time>;

struct Case {
    id: String,
    baseline: String,
    unseen: f64,
}

impl Case {
    fn job(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.id.split_once('/').map_or("", |(_, name)| name)
    }

    fn is_ours(&self) -> bool {
        self.name().starts_with("ours")
    }

    fn is_peer(&self) -> bool {
        !self.is_ours() && !self.name().starts_with("limit") && self.job() != "clock"
    }
}

pub(crate) struct Hot {
    stamp: String,
    cases: Vec<Case>,
    instr: HashMap<String, f64>,
    instr_disabled: HashMap<String, f64>,
    one: Times,
    disabled: Times,
    /// With a source of exemplars, of which none is due.
    exemplars: Times,
    instr_exemplars: HashMap<String, f64>,
    /// How many threads "all" are.
    threads: String,
    all: Times,
    /// All threads on one series, and each on its own: over the same series.
    shared: Times,
    separate: Times,
}

impl Hot {
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let case = |row: Row| Case {
            id: row.text(0).to_owned(),
            baseline: row.text(1).to_owned(),
            unseen: row.number::<f64>(2).unwrap_or(0.0) * UNSEEN,
        };
        let cases: Vec<Case> = rows(&directory.join("cases.tsv"))
            .into_iter()
            .map(case)
            .collect();
        let all = directory.join("time-all.tsv");
        let threads = rows(&all)
            .first()
            .map_or_else(String::new, |row| row.text(2).to_owned());
        (!cases.is_empty()).then(|| Self {
            stamp: stamp(directory),
            cases,
            instr: instr(&directory.join("instr.tsv")),
            instr_disabled: instr(&directory.join("instr-disabled.tsv")),
            one: times(&directory.join("time.tsv"), "one"),
            disabled: times(&directory.join("time-disabled.tsv"), "one"),
            exemplars: times(&directory.join("time-exemplars.tsv"), "one"),
            instr_exemplars: instr(&directory.join("instr-exemplars.tsv")),
            threads,
            all: times(&all, "one"),
            shared: times(&all, "shared"),
            separate: times(&all, "separate"),
        })
    }

    /// Instructions of a call, as callgrind sees them.
    pub(crate) fn instr(&self, id: &str) -> Option<f64> {
        self.instr.get(id).copied()
    }

    fn added_instr(&self, case: &Case) -> Option<f64> {
        Some(self.instr(&case.id)? - self.instr(&case.baseline)? + case.unseen)
    }

    fn added_instr_disabled(&self, case: &Case) -> Option<f64> {
        let instr = |id| self.instr_disabled.get(id).copied();
        Some(instr(&case.id)? - instr(&case.baseline)?)
    }

    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    fn added_of(&self, id: &str) -> Option<f64> {
        self.added_instr(self.case(id)?)
    }

    pub(crate) fn print(&self) {
        println!("## Recording a call\n");
        println!("{}\n", self.stamp);
        println!("Added is over the bare call, the baseline of the table.\n");
        for (job, title) in JOBS {
            self.print_job(job, title);
        }
        self.print_contention();
        self.print_disabled();
        self.print_exemplars();
    }

    fn print_job(&self, job: &str, title: &str) {
        let mut cases: Vec<&Case> = self.cases.iter().filter(|case| case.job() == job).collect();
        let Some(baseline) = cases.first().map(|case| case.baseline.as_str()) else {
            return;
        };
        let time = |case: &Case| added(&self.one, case, |time| time.min);
        let limit = cases
            .iter()
            .filter(|case| case.name().starts_with("limit"))
            .find_map(|case| time(case));
        cases.sort_by(|a, b| {
            let key = |case| time(case).unwrap_or(f64::MAX);
            key(a).total_cmp(&key(b))
        });
        let base = |times: &Times, of: fn(Time) -> f64| {
            shown(times.get(baseline).map(|time| of(*time)), 1)
        };
        println!("### {title}\n");
        println!(
            "Baseline `{}`: {} instructions, {} ns (1T min), {} ns ({}T median).\n",
            baseline,
            shown(self.instr(baseline), 1),
            base(&self.one, |time| time.min),
            base(&self.all, |time| time.median),
            self.threads
        );
        println!(
            "| case | instr/op | +vDSO | added instr | 1T min ns | 1T median ns | {}T median ns | added ns (1T min) | x limit |",
            self.threads
        );
        println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        for case in cases {
            let name = case.name();
            let name = if case.is_ours() {
                format!("**{name}**")
            } else {
                name.to_owned()
            };
            let unseen = if case.unseen > 0.0 {
                format!("+{:.0}", case.unseen)
            } else {
                String::new()
            };
            let one = self.one.get(&case.id);
            let times = match (time(case), limit) {
                (Some(time), Some(limit)) if limit > 0.1 => Some(time / limit),
                _ => None,
            };
            println!(
                "| {name} | {} | {unseen} | {} | {} | {} | {} | {} | {} |",
                shown(self.instr(&case.id), 0),
                shown(self.added_instr(case), 0),
                shown(one.map(|time| time.min), 1),
                shown(one.map(|time| time.median), 1),
                shown(self.all.get(&case.id).map(|time| time.median), 1),
                shown(time(case), 1),
                shown(times, 1),
            );
        }
        println!();
    }

    fn print_contention(&self) {
        println!("### One series or a series for each thread\n");
        println!(
            "Medians with {} threads; both columns take turns on the same series. Where less \
             than {LEAST_ADDED} ns is added, the ratio is that of the whole calls.\n",
            self.threads
        );
        println!("| case | one series, added ns | separate, added ns | ratio |");
        println!("|---|--:|--:|--:|");
        for case in self.cases.iter().filter(|case| case.is_ours()) {
            let id = &case.id;
            println!(
                "| {id} | {} | {} | {} |",
                shown(self.added_with_all(&self.shared, case), 1),
                shown(self.added_with_all(&self.separate, case), 1),
                shown(self.contention(case), 2)
            );
        }
        println!();
    }

    fn added_with_all(&self, times: &Times, case: &Case) -> Option<f64> {
        // The baselines have no series.
        Some(times.get(&case.id)?.median - self.all.get(&case.baseline)?.median)
    }

    /// Added time on one series, as a multiple of that on separate ones; of the
    /// whole calls where too little is added to divide by.
    fn contention(&self, case: &Case) -> Option<f64> {
        let shared = self.added_with_all(&self.shared, case)?;
        let separate = self.added_with_all(&self.separate, case)?;
        let base = if separate < LEAST_ADDED {
            self.all.get(&case.baseline)?.median
        } else {
            0.0
        };
        Some((shared + base) / (separate + base))
    }

    fn print_disabled(&self) {
        println!("### Disabled\n");
        println!("With `METRICS_ENABLED=false`, in a process of its own.\n");
        println!("| case | added instr | added ns (1T min) |");
        println!("|---|--:|--:|");
        for case in self.cases.iter().filter(|case| case.is_ours()) {
            println!(
                "| {} | {} | {} |",
                case.id,
                shown(self.added_instr_disabled(case), 0),
                shown(added(&self.disabled, case, |time| time.min), 1)
            );
        }
        println!();
    }

    pub(crate) fn promises(&self) -> Vec<Promise> {
        let mut promises = Vec::new();
        for (id, bound) in [
            ("counter/ours", 20.0),
            ("counted/ours", 30.0),
            ("timed/ours", 75.0),
            ("timed-async/ours", 80.0),
        ] {
            let what = format!("1. `{id}`: added instructions");
            promises.push(Promise::at_most(what, self.added_of(id), bound));
        }
        let total = |id: &str| self.one.get(id).map(|time| time.min);
        let pairs = total("timed/ours").zip(total("clock/limit rdtsc pair"));
        promises.push(Promise::at_most(
            "1. `timed/ours`: its total as a multiple of a pair of raw clock reads",
            pairs.map(|(timed, pair)| timed / pair),
            1.35,
        ));
        for case in self.cases.iter().filter(|case| case.name() == "ours") {
            promises.extend(self.ahead(case));
        }
        for case in self.cases.iter().filter(|case| case.is_ours()) {
            let what = format!(
                "2. `{}`: one series as a multiple of separate ones",
                case.id
            );
            promises.push(Promise::at_most(what, self.contention(case), 1.1));
        }
        for labels in 1..=3_u8 {
            let id = format!("closed-{labels}/ours");
            let more = self.added_of(&id).zip(self.added_of("counter/ours"));
            let each = more.map(|(closed, constant)| (closed - constant) / f64::from(labels));
            let what = format!("3. `{id}`: instructions of a label over the constant ones");
            promises.push(Promise::at_most(what, each, 6.0));
        }
        for id in ["open-16/ours", "open-1000/ours"] {
            let what = format!("3. `{id}`: added instructions");
            promises.push(Promise::at_most(what, self.added_of(id), 110.0));
        }
        for case in self.cases.iter().filter(|case| case.is_ours()) {
            let what = format!("5. `{}`, disabled: added instructions", case.id);
            promises.push(Promise::at_most(what, self.added_instr_disabled(case), 4.0));
        }
        promises.extend(self.promises_of_variants());
        promises
    }

    /// Ahead of every peer, with one thread and with all.
    fn ahead(&self, ours: &Case) -> Vec<Promise> {
        let peers = || {
            let same = self.cases.iter().filter(|case| case.job() == ours.job());
            same.filter(|case| case.is_peer())
        };
        if peers().next().is_none() {
            return Vec::new();
        }
        let number = if ours.job().starts_with("open") { 3 } else { 1 };
        let ahead = |times: &Times, of: fn(Time) -> f64, how: &str| {
            let best = peers()
                .filter_map(|case| Some((case.name(), added(times, case, of)?)))
                .min_by(|a, b| a.1.total_cmp(&b.1));
            let what = format!(
                "{number}. `{}`: added ns, {how}, before the best peer",
                ours.id
            );
            Promise::ahead(what, added(times, ours, of), best)
        };
        vec![
            ahead(&self.one, |time| time.min, "1T min"),
            ahead(
                &self.all,
                |time| time.median,
                &format!("{}T median", self.threads),
            ),
        ]
    }
}

fn added(times: &Times, case: &Case, of: fn(Time) -> f64) -> Option<f64> {
    Some(of(*times.get(&case.id)?) - of(*times.get(&case.baseline)?))
}

fn instr(path: &Path) -> HashMap<String, f64> {
    let entry = |row: Row| Some((row.text(0).to_owned(), row.number(1)?));
    rows(path).into_iter().filter_map(entry).collect()
}

/// The least of all passes, and the median of their medians.
fn times(path: &Path, lanes: &str) -> Times {
    let mut passes: HashMap<String, (Vec<f64>, Vec<f64>)> = HashMap::new();
    for row in rows(path) {
        if let (Some(min), Some(median)) = (row.number(3), row.number(4))
            && row.text(1) == lanes
        {
            let (mins, medians) = passes.entry(row.text(0).to_owned()).or_default();
            mins.push(min);
            medians.push(median);
        }
    }
    let time = |(id, (mins, medians)): (String, (Vec<f64>, Vec<f64>))| {
        let min = mins.into_iter().reduce(f64::min)?;
        let median = median(medians)?;
        Some((id, Time { min, median }))
    };
    passes.into_iter().filter_map(time).collect()
}
