use metrics_runtime::timed;

struct Cart(String);

impl Cart {
    #[timed]
    async fn name(&self) -> String {
        self.0
    }
}

fn main() {}
