//! What answering a scrape costs: `scrape list|time`.

use benchmarks::exposition::Shape;
use benchmarks::processor::{pin, used};
use benchmarks::scrape::{Scrape, scrapes};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "\
usage: scrape list                the answers and the shapes
       scrape time ANSWER SHAPE   library, format, encoding, shape, bytes, best and
                                  median of the processor's time in microseconds";

/// Answers of a run: at least, and at most if they take longer than [`LONG`].
const LEAST: usize = 9;
const MOST: usize = 60;
const LONG: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => {
            list();
            ExitCode::SUCCESS
        }
        ["time", answer, shape] => {
            let mut scrapes = scrapes().into_iter();
            let scrape = scrapes.find(|known| known.word() == *answer);
            let shape = Shape::ALL.into_iter().find(|known| known.word() == *shape);
            let (Some(scrape), Some(shape)) = (scrape, shape) else {
                eprintln!("there is no such answer or shape; `scrape list` has them");
                return ExitCode::from(2);
            };
            time(&scrape, shape);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn list() {
    for scrape in scrapes() {
        println!("answer\t{}", scrape.word());
    }
    for shape in Shape::ALL {
        println!("shape\t{}", shape.word());
    }
}

fn time(scrape: &Scrape, shape: Shape) {
    pin();
    let mut answer = scrape.build(shape);
    // The first one makes what is made once.
    let bytes = answer().len();
    let mut samples = Vec::new();
    let mut total = Duration::ZERO;
    while samples.len() < LEAST || (samples.len() < MOST && total < LONG) {
        let start = used();
        let body = black_box(answer());
        let sample = used().saturating_sub(start);
        total += sample;
        samples.push(sample);
        drop(body);
    }
    samples.sort_unstable();
    let micros = |sample: Duration| sample.as_secs_f64() * 1e6;
    let (best, median) = (micros(samples[0]), micros(samples[samples.len() / 2]));
    let Scrape {
        library,
        format,
        encoding,
    } = scrape;
    let shape = shape.word();
    println!("{library}\t{format}\t{encoding}\t{shape}\t{bytes}\t{best:.1}\t{median:.1}");
}
