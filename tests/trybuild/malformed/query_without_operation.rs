use metrics_runtime::track_query;

#[track_query(table = "users")]
fn find() {}

fn main() {}
