use metrics_runtime::timed;

unsafe extern "C" {
    #[timed]
    fn checkout();
}

fn main() {}
