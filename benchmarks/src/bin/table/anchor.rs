//! The limit's and the peers' instructions beside those of an independent
//! program: what differs by more than a fifth is explained there.

use crate::exposition::Exposition;
use crate::file::rows_of;
use crate::hot::Hot;

/// Case, instructions there, and why they differ.
const ANCHORS: &str = include_str!("../../../anchors.tsv");

pub(crate) fn print(hot: Option<&Hot>, exposition: Option<&Exposition>) {
    let measured = |id: &str| match id.strip_prefix("page ") {
        Some(page) => {
            let (encoder, shape) = page.split_once(' ')?;
            exposition?.instr(encoder, shape)
        }
        None => hot?.instr(id),
    };
    let rows = rows_of(ANCHORS);
    let compared = rows.iter().filter_map(|row| {
        let there: f64 = row.number(1)?;
        let here = measured(row.text(0))?;
        Some((row, here, there, (here / there - 1.0) * 100.0))
    });
    let compared: Vec<_> = compared.collect();
    if compared.is_empty() {
        return;
    }
    println!("## Beside an independent measurement\n");
    println!(
        "Instructions of a call, or of a line of the page, here and in another program of \
         November 2026 (rustc 1.95, the same versions of the peers).\n"
    );
    println!("| case | here | there | difference | why |");
    println!("|---|--:|--:|--:|---|");
    for (row, here, there, percent) in compared {
        let far = percent.abs() > 20.0;
        let why = match row.text(2) {
            _ if !far => "",
            "" => "**not explained**",
            why => why,
        };
        let id = row.text(0);
        println!("| {id} | {here:.0} | {there:.0} | {percent:+.0} % | {why} |");
    }
    println!();
}
