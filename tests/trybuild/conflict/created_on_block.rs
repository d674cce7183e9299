use metrics_runtime::track_model;

struct Users;

#[track_model(created = |ret| *ret)]
impl Users {
    #[track_model(upsert)]
    fn put(&self) -> bool {
        true
    }
}

fn main() {}
