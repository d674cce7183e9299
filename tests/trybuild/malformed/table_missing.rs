use metrics_runtime::track_query;

#[track_query(select)]
fn find() {}

fn main() {}
