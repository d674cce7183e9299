use metrics_runtime::track_model;

#[track_model(insert, model = "User")]
#[track_caller]
fn insert() -> Result<(), String> {
    Err("full".into())
}

fn main() {
    let _ = insert();
}
