use metrics_runtime::timed;

struct View<'a>(&'a str);

impl View<'_> {
    #[timed]
    fn of(number: u32) -> Self {
        let text = number.to_string();
        View(&text)
    }
}

fn main() {
    println!("{}", View::of(1).0);
}
