use metrics_runtime::{Registry, counted, timed};

static SHOP: Registry = Registry::new();
static BLOG: Registry = Registry::new();

#[timed(registry = SHOP)]
#[counted(registry = BLOG)]
fn checkout() {}

fn main() {}
