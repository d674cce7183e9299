use metrics_runtime::timed;

#[timed]
unsafe extern "C" {
    fn checkout();
}

fn main() {}
