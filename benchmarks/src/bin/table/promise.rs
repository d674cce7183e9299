//! What was promised, and what was measured.

/// One promise.
pub(crate) struct Promise {
    what: String,
    bound: String,
    measured: String,
    met: bool,
}

impl Promise {
    /// A number that may be `bound` at most.
    pub(crate) fn at_most(what: impl Into<String>, measured: Option<f64>, bound: f64) -> Self {
        let met = measured.is_some_and(|measured| measured <= bound);
        Self::new(what, format!("≤ {bound}"), number(measured), met)
    }

    /// A number that has to be `bound` at least.
    pub(crate) fn at_least(what: impl Into<String>, measured: Option<f64>, bound: f64) -> Self {
        let met = measured.is_some_and(|measured| measured >= bound);
        Self::new(what, format!("≥ {bound}"), number(measured), met)
    }

    /// A number that has to be below that of another.
    pub(crate) fn ahead(
        what: impl Into<String>,
        measured: Option<f64>,
        other: Option<(&str, f64)>,
    ) -> Self {
        let met = match (measured, other) {
            (Some(measured), Some((_, other))) => measured < other,
            _ => false,
        };
        let bound = other.map_or_else(
            || "–".to_owned(),
            |(name, other)| format!("< {other:.1} ({name})"),
        );
        Self::new(what, bound, number(measured), met)
    }

    fn new(what: impl Into<String>, bound: String, measured: String, met: bool) -> Self {
        Self {
            what: what.into(),
            bound,
            measured,
            met,
        }
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(
        || "not measured".to_owned(),
        |value| format!("{:.*}", if value < 10.0 { 2 } else { 1 }, value),
    )
}

pub(crate) fn print(promises: &[Promise]) {
    let met = promises.iter().filter(|promise| promise.met).count();
    println!("## Promises\n");
    println!("{met} of {} met.\n", promises.len());
    println!("| promise | bound | measured | |");
    println!("|---|--:|--:|---|");
    for promise in promises {
        let verdict = if promise.met { "met" } else { "**MISSED**" };
        let Promise {
            what,
            bound,
            measured,
            ..
        } = promise;
        println!("| {what} | {bound} | {measured} | {verdict} |");
    }
}
