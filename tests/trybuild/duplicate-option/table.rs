use metrics_runtime::track_query;

#[track_query(select, table = "users", table = "orders")]
fn find() {}

fn main() {}
