use metrics_runtime::metrics;

#[metrics]
mod shop {
    /// Bytes sent.
    #[unit(bytes)]
    pub fn sent_total() -> Counter;
}

fn main() {}
