use metrics_runtime::track_query;

#[track_query(select, table = "users", slow = "fast")]
fn find() {}

fn main() {}
