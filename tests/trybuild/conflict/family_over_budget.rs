use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Flags.
    pub fn flags_total(
        a: bool, b: bool, c: bool, d: bool, e: bool, f: bool, g: bool,
        h: bool, i: bool, j: bool, k: bool, l: bool, m: bool, n: bool,
    ) -> Counter;
}

fn main() {}
