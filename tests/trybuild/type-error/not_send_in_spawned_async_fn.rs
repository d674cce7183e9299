use metrics_runtime::timed;

fn spawn(_: impl Future + Send) {}

#[timed]
async fn total() -> u64 {
    let price = std::rc::Rc::new(5);
    std::future::ready(()).await;
    *price
}

fn main() {
    spawn(total());
}
