use metrics_runtime::track_query;

#[track_query(select, table = "")]
fn find() {}

fn main() {}
