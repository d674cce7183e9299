//! Scans loopback from the command line: long work with a progress bar, a summary
//! and a page of metrics.

mod bar;
mod option;

use std::io::{self, Write};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use metrics_runtime::Metrics;
use port_scan::{Plan, Progress, scan};
use tokio::{signal, task, time};

use crate::bar::Bar;
use crate::option::Options;

/// Between two looks at the progress.
const TICK: Duration = Duration::from_millis(100);

/// What shells say of a program that Ctrl-C has ended: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    run(Options::parse()).await.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let metrics = Metrics::builder().build()?;
    let server = options.listen.map(|address| metrics.serve(address));
    let server = server
        .transpose()
        .context("can't serve the metrics; choose another address with `--listen`")?;
    let mut out = io::stdout();
    if let Some(server) = &server {
        let (address, path) = (server.local_addr(), &metrics.config().path);
        writeln!(out, "metrics   http://{address}{path}")?;
    }

    let plan = options.plan();
    let progress = Progress::new(&plan);
    let is_complete = watch(&plan, &progress).await?;
    writeln!(out, "{}", progress.report())?;
    if is_complete {
        linger(options.linger).await?;
    }
    if let Some(server) = server {
        // It waits for answers that are under way.
        task::spawn_blocking(|| server.shutdown()).await?;
    }
    Ok(if is_complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INTERRUPTED)
    })
}

/// Scans and shows how far it is, until it has ended or Ctrl-C was pressed; whether it
/// has ended.
async fn watch(plan: &Plan, progress: &Progress) -> io::Result<bool> {
    let bar = Bar::new(progress);
    let mut interrupt = pin!(signal::ctrl_c());
    let mut ticks = time::interval(TICK);
    // Goes with this function: a scan that was interrupted is recorded as cancelled.
    let mut scan = pin!(scan(plan, progress));
    let is_complete = loop {
        tokio::select! {
            () = &mut scan => break true,
            pressed = &mut interrupt => {
                pressed?;
                break false;
            }
            _ = ticks.tick() => bar.show(progress),
        }
    };
    bar.end(progress);
    Ok(is_complete)
}

/// Waits so many seconds, or until Ctrl-C is pressed.
async fn linger(seconds: u64) -> io::Result<()> {
    if seconds == 0 {
        return Ok(());
    }
    tokio::select! {
        pressed = signal::ctrl_c() => pressed,
        () = time::sleep(Duration::from_secs(seconds)) => Ok(()),
    }
}
