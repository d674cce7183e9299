use metrics_runtime::counted;

struct Card;

#[counted(name = "checkouts_total", labels(card = &card))]
async fn checkout(card: Card) {}

fn main() {}
