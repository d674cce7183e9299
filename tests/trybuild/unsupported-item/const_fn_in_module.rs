use metrics_runtime::timed;

#[timed]
mod checkout {
    #[timed]
    pub const fn most() {}
}

fn main() {}
