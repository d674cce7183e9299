//! What variants of recording cost: native buckets, and exemplars.

use super::{Case, Hot, added};
use crate::file::shown;
use crate::promise::Promise;
use std::collections::HashMap;

impl Hot {
    pub(super) fn print_exemplars(&self) {
        println!("### Exemplars\n");
        println!(
            "With the feature `exemplars` and a source, while none is due, in a program of its \
             own: what is added to the same call without the feature.\n"
        );
        println!("| case | more instr | more ns (1T min) |");
        println!("|---|--:|--:|");
        for case in self.cases.iter().filter(|case| case.is_ours()) {
            let instr =
                |of: &HashMap<String, f64>| Some(of.get(&case.id)? - of.get(&case.baseline)?);
            let more = instr(&self.instr_exemplars).zip(instr(&self.instr));
            println!(
                "| {} | {} | {} |",
                case.id,
                shown(more.map(|(with, without)| with - without), 0),
                shown(self.more_with_exemplars(case), 1)
            );
        }
        println!();
    }

    /// Nanoseconds that it takes not to take an exemplar.
    fn more_with_exemplars(&self, case: &Case) -> Option<f64> {
        let with = added(&self.exemplars, case, |time| time.min)?;
        Some(with - added(&self.one, case, |time| time.min)?)
    }

    /// What native buckets cost, and exemplars that aren't taken.
    pub(super) fn promises_of_variants(&self) -> Vec<Promise> {
        let mut promises = Vec::new();
        for (id, classic) in [
            ("timed/ours native", "timed/ours"),
            ("observe/handle native", "observe/handle"),
        ] {
            let ratio = |of: &dyn Fn(&str) -> Option<f64>| Some(of(id)? / of(classic)?);
            let instr = |id: &str| self.added_of(id);
            let time = |id: &str| added(&self.one, self.case(id)?, |time| time.min);
            for (what, ratio) in [
                ("instructions", ratio(&instr)),
                ("ns, 1T min,", ratio(&time)),
            ] {
                let what = format!("`{id}`: added {what} as a multiple of `{classic}`");
                promises.push(Promise::at_most(what, ratio, 1.5));
            }
        }
        for id in ["counter/ours", "timed/ours", "timed/ours native"] {
            let what = format!("`{id}`: ns more while no exemplar is due");
            let more = self
                .case(id)
                .and_then(|case| self.more_with_exemplars(case));
            promises.push(Promise::at_most(what, more, 1.0));
        }
        promises
    }
}
