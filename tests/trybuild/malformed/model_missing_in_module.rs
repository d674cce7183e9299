use metrics_runtime::track_model;

#[track_model]
mod users {
    #[track_model(insert)]
    fn insert() {}
}

fn main() {}
