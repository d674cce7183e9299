use metrics_runtime::track_query;

#[track_query(select, table = "users", slow = 100)]
fn find() {}

fn main() {}
