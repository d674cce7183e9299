//! A process that has run out of descriptors.

use crate::figure::Figures;
use crate::server::{Server, Setup};
use crate::{client, file, proves, runtime, thread};
use integration_tests::deadline::poll;
use integration_tests::page::Page;
use metrics_runtime::{Diagnostic, Registry, set_diagnostics_hook};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Descriptors that the server may have, and those that the application leaves.
const FILES: u64 = 64;
const SPARE: usize = 4;

/// Clients that come; more than there are descriptors left.
const CLIENTS: usize = 12;

/// Failures that are waited for.
const FAILURES: f64 = 5.0;

/// How long failures are counted, and the seconds between two of them, at least.
const WINDOW: Duration = Duration::from_millis(500);
const SHORTEST_PAUSE: f64 = 0.01;

const ERRORS: &str = "metrics_listener_accept_errors_total";

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(45);

/// The server's: its registry, what the application keeps open, and how often it was
/// told that nothing can be accepted.
static REGISTRY: OnceLock<&'static Registry> = OnceLock::new();
static KEPT: Mutex<Vec<File>> = Mutex::new(Vec::new());
static TOLD: AtomicUsize = AtomicUsize::new(0);

fn fill(registry: &'static Registry) {
    let limit = Rlimit {
        current: Some(FILES),
        maximum: Some(FILES),
    };
    setrlimit(Resource::Nofile, limit).expect("it may be lowered");
    REGISTRY.set(registry).expect("it is filled once");
    let hooked = set_diagnostics_hook(|diagnostic| {
        assert!(matches!(diagnostic, Diagnostic::Listener { .. }));
        let text = diagnostic.to_string();
        assert!(
            text.contains("ulimit -n") && text.contains("os error 24"),
            "{text}"
        );
        TOLD.fetch_add(1, Ordering::SeqCst);
    });
    hooked.expect("nothing else of this process sets it");
}

fn errors(page: &str) -> f64 {
    let page = Page::parse(page).expect("the page is valid");
    page.value(ERRORS, &[]).expect("it is on the page")
}

fn command(command: &str) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match command {
        "use up" => {
            let error = loop {
                match File::open("/dev/null") {
                    Ok(file) => kept.push(file),
                    Err(error) => break error,
                }
            };
            // EMFILE.
            assert_eq!(error.raw_os_error(), Some(24), "{error}");
            let left = kept.len().saturating_sub(SPARE);
            kept.truncate(left);
        }
        "starve" => {
            let registry = REGISTRY.get().expect("it is filled");
            let starved = || (errors(&registry.to_text()) >= FAILURES).then_some(());
            poll(PATIENCE, starved).expect("nothing can be accepted");
            // Nothing can be accepted meanwhile, so that each failure follows the one
            // before after the shortest pause at least, however slow the machine is.
            let (begun, before) = (Instant::now(), errors(&registry.to_text()));
            sleep(WINDOW);
            let failed = errors(&registry.to_text()) - before;
            let most = begun.elapsed().as_secs_f64() / SHORTEST_PAUSE + 1.0;
            assert!(failed <= most, "{failed} of {most}");
        }
        "told" => assert_eq!(TOLD.load(Ordering::SeqCst), 1),
        "release" => kept.clear(),
        _ => panic!("`{command}` is no command"),
    }
}

// F34. Mutations: no pause follows a failure; accepting ends with it; it isn't told or
// counted.
#[test]
fn accepting_goes_on_when_there_are_descriptors_again() {
    let setup = Setup {
        fill,
        listen: |listener| listener.header_timeout(PATIENCE * 2),
        command,
        ..Setup::default()
    };
    let test = "exhaustion::accepting_goes_on_when_there_are_descriptors_again";
    let Some(mut server) = Server::start(test, &setup) else {
        return;
    };
    let scrape = |address| {
        let answer = runtime().block_on(async {
            let mut stream = client::connect(Ipv4Addr::LOCALHOST, address).await?;
            client::ask(&mut stream, "Connection: close\r\n").await
        });
        answer.expect("it is answered")
    };
    let address = server.address();
    assert!(errors(scrape(address).text()) < 1.0);
    let files = file::open(server.process());
    server.command("use up");
    // The system accepts them in the listener's stead, and they wait there.
    let clients: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| TcpStream::connect(address).expect("the queue is long"))
        .collect();
    server.command("starve");
    let busy = proves().then(|| {
        let (begun, before) = (Instant::now(), thread::time(server.process()));
        sleep(Duration::from_secs(10));
        let busy = thread::time(server.process()).saturating_sub(before);
        busy.as_secs_f64() / begun.elapsed().as_secs_f64()
    });
    // The application still has its own.
    drop(clients);
    let answer = scrape(address);
    let failed = errors(answer.text());
    assert_eq!(answer.status, 200);
    assert!(failed >= FAILURES, "{failed}");
    server.command("told");
    server.command("release");
    let left = || (file::open(server.process()) <= files).then_some(());
    poll(PATIENCE, left).expect("the server closes what its clients closed");
    assert_eq!(scrape(address).status, 200);
    let Some(busy) = busy else { return };
    let mut figures = Figures::default();
    figures.note("failures of accept meanwhile", failed);
    figures.hold("per cent of a processor meanwhile", busy * 100.0, 5.0);
    figures.finish("no descriptors left, for ten seconds");
}
