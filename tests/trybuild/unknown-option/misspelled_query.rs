use metrics_runtime::track_query;

#[track_query(selects, table = "users")]
fn find() {}

fn main() {}
