use metrics_runtime::in_progress;

#[in_progress(name = "jobs_total", help = "Jobs.")]
fn job() {}

fn main() {
    job();
}
