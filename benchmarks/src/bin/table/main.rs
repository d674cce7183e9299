//! The tables of `RESULTS.md`: `table DIRECTORY` reads what the other programs
//! wrote there and prints Markdown. Parts that weren't measured are left out.

mod anchor;
mod compile;
mod exposition;
mod file;
mod hot;
mod promise;
mod request;
mod scrape;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory] = arguments.as_slice() else {
        eprintln!("usage: table DIRECTORY");
        return ExitCode::from(2);
    };
    let directory = Path::new(directory);
    let hot = hot::Hot::read(&directory.join("hot"));
    let exposition = exposition::Exposition::read(&directory.join("exposition"));
    let request = request::Request::read(&directory.join("request"));
    let scrape = scrape::Scrape::read(&directory.join("scrape"));
    let compile = compile::Compile::read(&directory.join("compile"));
    let mut promises = Vec::new();
    if let Some(hot) = &hot {
        hot.print();
        promises.extend(hot.promises());
    }
    if let Some(exposition) = &exposition {
        exposition.print();
        promises.extend(exposition.promises());
    }
    if let Some(request) = &request {
        request.print();
        promises.extend(request.promises());
    }
    if let Some(scrape) = &scrape {
        scrape.print();
    }
    if let Some(compile) = &compile {
        compile.print();
        promises.extend(compile.promises());
    }
    anchor::print(hot.as_ref(), exposition.as_ref());
    promise::print(&promises);
    ExitCode::SUCCESS
}
