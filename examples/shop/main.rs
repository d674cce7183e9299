//! The shop: a service instrumented with this toolkit, and the visitors to try it with.

mod access;
mod app;
mod background;
mod business;
mod domain;
mod error;
mod handler;
mod option;
mod stop;
mod store;
mod trace;
mod traffic;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use clap::Parser;
use metrics_runtime::{Access, Endpoints, Metrics, app_info, build_info};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time;

use crate::app::App;
use crate::background::Background;
use crate::domain::{MailServer, Scans};
use crate::option::{Options, Place};
use crate::stop::Signals;
use crate::store::{Database, ProductCache, Store};
use crate::traffic::{Acknowledgements, ReportFile, Traffic};

/// What requests of others than our visitors get to finish in.
const GRACE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, less those that only repeat what was said, as sqlx's do.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !line.ends_with(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line
}

async fn run(options: Options) -> anyhow::Result<()> {
    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        let address = options.listen;
        format!("can't listen on {address}; free it or choose another with `--listen`")
    })?;
    let address = reachable(listener.local_addr()?);
    let report = options
        .report
        .clone()
        .map(ReportFile::reserve)
        .transpose()?;
    let (database, _folder) = locate_database(options.database.as_ref())?;
    trace::install()?;
    let known = access::Known::default();
    let access = match &options.superuser {
        Some(name) => access::for_superuser(&known, name),
        None => Access::new(),
    };
    let metrics = Metrics::builder()
        .access(access)
        .app_info(app_info!())
        .build_info(build_info!())
        .endpoints(Endpoints::all())
        .build()?;
    metrics.tokio_runtime("main", &Handle::current())?;

    let products = match options.redis.as_ref().and_then(Place::get) {
        Some(url) => ProductCache::shared(url, &metrics).await?,
        None => ProductCache::local(),
    };
    let redis = products.health_check();
    let store = Store::open(&database, products, &metrics).await;
    let store = store.with_context(|| {
        format!("can't open the database {database}; start its server, or name a new file, one of a shop's or another server in `DATABASE_URL` or `--database`")
    })?;
    let _ = known.set(store.clone());
    metrics.health().add(store.health_check())?;
    if let Some(redis) = redis {
        metrics.health().add(redis)?;
    }

    let acknowledgements = Acknowledgements::default();
    let mail_server = MailServer::new();
    let standing = business::register(metrics.registry())?;
    let closing = watch::Sender::new(false);
    let app = App::new(
        store.clone(),
        Scans::new(&metrics),
        acknowledgements.clone(),
        closing.subscribe(),
    )
    .into_router(&metrics)
    .merge(metrics.health_router());
    let app = metrics.mount(app);
    let server = serve(listener, app, closing.subscribe());
    let background = Background::start(metrics, &store, &standing, &mail_server);
    let traffic = Traffic::start(options.visitors, address, &acknowledgements, &mail_server);
    let mut signals = Signals::listen()?;
    println!("shop      http://{address}/products");
    println!("metrics   http://{address}{}", metrics.config().path);
    println!("health    http://{address}/health");
    println!("visitors  {}", options.visitors);
    println!("database  {database}");

    let stop = stop::wait(signals.next(), options.seconds).await?;
    let tally = traffic.stop().await;
    println!("{tally}");
    let reported = report.map_or(Ok(()), |report| report.write(&tally));
    let linger = options.linger_after(stop);
    if linger > 0 {
        println!("open for {linger} s more; Ctrl-C closes now");
        stop::wait(signals.next(), Some(linger)).await?;
    }

    closing.send_replace(true);
    // Whoever takes longer than this is cut off when the runtime goes.
    let _ = time::timeout(GRACE, server).await;
    background.stop().await;
    store.close().await;
    reported
}

/// The address under which the visitors, and whoever reads the banner, find the shop.
fn reachable(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

/// The database, and the temporary folder that goes when it is dropped.
fn locate_database(named: Option<&Place>) -> anyhow::Result<(Database, Option<TempDir>)> {
    if let Some(place) = named.and_then(Place::get) {
        return Ok((Database::at(place)?, None));
    }
    let folder = tempfile::Builder::new()
        .prefix("shop-")
        .tempdir()
        .context("can't make a temporary folder; name a database file with `--database`")?;
    let database = Database::in_path(&folder.path().join("shop.db"))?;
    Ok((database, Some(folder)))
}

/// Serves until told to close, then until the open requests are answered.
fn serve(
    listener: TcpListener,
    app: Router,
    mut closing: watch::Receiver<bool>,
) -> JoinHandle<io::Result<()>> {
    let closing = async move { stop::told(&mut closing).await };
    // The guard of the metrics is told who asks.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(closing);
    tokio::spawn(server.into_future())
}
