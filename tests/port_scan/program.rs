//! The program, with its page and its summary.

use std::net::Ipv4Addr;
use std::process::Command;

use integration_tests::component::{Component, free_port, fresh_home};
use integration_tests::deadline::poll;
use integration_tests::{http, promtool};

use crate::socket::{FIRST, Filtered, LIMIT, SECOND, closed_port, open};

/// Known for git.
const WELL_KNOWN: u16 = 9418;

/// A host that nobody else listens on, not even under a well-known port.
const LONELY: Ipv4Addr = Ipv4Addr::new(127, 77, 66, 55);

/// Starts the scanner with a page, which lies at the address that is returned.
fn start(hosts: &[Ipv4Addr], ports: &[u16], options: &[&str]) -> (Component, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_port-scan"));
    command
        .args([&hosts.join(","), "--ports", &ports.join(",")])
        .args(["--listen", &address])
        .args(options);
    let scanner = Component::start(command, fresh_home());
    (scanner, format!("http://{address}/metrics"))
}

/// Waits until the page has this line.
fn wait_for(scanner: &Component, page: &str, line: &str) -> String {
    let found = poll(LIMIT, || {
        let text = http::get(page, &[]).ok()?.text();
        text.lines().any(|found| found == line).then_some(text)
    });
    found.unwrap_or_else(|| {
        let page = http::get(page, &[]).map(|page| page.text());
        panic!("no `{line}` on {page:?}; the log:\n{}", scanner.log())
    })
}

fn code(scanner: &mut Component) -> Option<i32> {
    let status = scanner.wait(LIMIT);
    status.and_then(|status| status.code())
}

/// The lines of the scan's families in the order of letters, without how long it took.
fn families(page: &str) -> Vec<&str> {
    let is_ours = |line: &&str| line.contains("port_scan") || line.contains("hosts_discovered");
    let takes_time = |line: &&str| line.contains("_sum{") || line.contains("_bucket{");
    let lines = page.lines().filter(is_ours);
    let mut lines: Vec<_> = lines.filter(|line| !takes_time(line)).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn serves_exact_numbers_and_ends_with_a_summary() {
    let (shared, closed) = (closed_port(), closed_port());
    let _listeners = [
        open(FIRST, shared),
        open(SECOND, shared),
        open(LONELY, WELL_KNOWN),
    ];
    let silent = Filtered::new(SECOND).await;
    let hosts = [FIRST, SECOND, LONELY];
    let ports = [shared, closed, WELL_KNOWN, silent.address.port()];
    let (mut scanner, page) = start(&hosts, &ports, &["--timeout", "1500ms", "--linger", "600"]);
    let results = |port: &str, service: &str, status: &str, count: u32| {
        format!(
            r#"port_scan_results_total{{port="{port}",service="{service}",status="{status}"}} {count}"#
        )
    };
    let mut expected = [
        "# HELP hosts_discovered_total Hosts of which a port was open or closed, once in each scan.",
        "# TYPE hosts_discovered_total counter",
        "hosts_discovered_total 3",
        "# HELP port_scan_duration_seconds Duration of whole scans in seconds.",
        "# TYPE port_scan_duration_seconds histogram",
        r#"port_scan_duration_seconds_count{outcome="ok"} 1"#,
        "# HELP port_scan_progress_ratio Share of the ports that the current scan has done, or the last one if none runs.",
        "# TYPE port_scan_progress_ratio gauge",
        "port_scan_progress_ratio 1",
        "# HELP port_scan_results_total Scanned ports by result; `other` is any that isn't well known nor found open.",
        "# TYPE port_scan_results_total counter",
        "# HELP port_scans_in_progress Scans that run.",
        "# TYPE port_scans_in_progress gauge",
        "port_scans_in_progress 0",
    ]
    .map(str::to_owned)
    .to_vec();
    expected.extend([
        results(&shared.to_string(), "unknown", "open", 2),
        results("9418", "git", "open", 1),
        results("9418", "git", "closed", 2),
        // Of the third host those of the first two; of all hosts the closed one; and
        // what only the second doesn't answer on.
        results("other", "unknown", "closed", 1 + 3 + 2),
        results("other", "unknown", "filtered", 1),
    ]);
    expected.sort_unstable();
    // A page that is made while the scan ends may have some of its end only.
    let get = || http::get(&page, &[]).map_or_else(|_| String::new(), |page| page.text());
    let settled = poll(LIMIT, || {
        Some(get()).filter(|page| families(page) == expected)
    });
    let page = settled.unwrap_or_else(get);
    assert_eq!(families(&page), expected, "{}", scanner.log());
    let bounds = page.lines().filter_map(|line| {
        let bounds = line.strip_prefix("port_scan_duration_seconds_bucket{outcome=\"ok\",le=\"");
        bounds?.split('"').next()
    });
    let bounds: Vec<_> = bounds.collect();
    let expected = [
        "0.01", "0.04", "0.16", "0.64", "2.56", "10.24", "40.96", "163.84", "+Inf",
    ];
    assert_eq!(bounds, expected, "{page}");
    assert_eq!(promtool::check_metrics(&page), Ok(()));

    scanner.interrupt();
    let code = code(&mut scanner);
    let log = scanner.log();
    assert_eq!(code, Some(0), "{log}");
    let (head, summary) = log.split_once('\n').expect("it has lines");
    assert!(head.starts_with("metrics   http://127.0.0.1:"), "{log}");
    let expected = [
        "HOST              PORT  SERVICE".to_owned(),
        format!("127.0.0.1        {shared:>5}  unknown"),
        format!("127.0.0.2        {shared:>5}  unknown"),
        "127.77.66.55      9418  git".to_owned(),
        "probed    12 of 12".to_owned(),
        "hosts     3".to_owned(),
        "open      3".to_owned(),
        "closed    8".to_owned(),
        "filtered  1".to_owned(),
        "errors    0".to_owned(),
        String::new(),
    ];
    // No bar: standard error, which is in the log as well, is no terminal.
    assert_eq!(summary, expected.join("\n"));
}

// Mutation: Ctrl-C isn't waited for in `watch`.
#[tokio::test]
async fn ends_on_interrupt_with_what_was_found() {
    let port = closed_port();
    let _listener = open(FIRST, port);
    let silent = Filtered::new(FIRST).await;
    let ports = [port, silent.address.port()];
    let (mut scanner, page) = start(&[FIRST], &ports, &["--timeout", "3600s", "--linger", "600"]);
    let page = wait_for(&scanner, &page, "port_scan_progress_ratio 0.5");
    assert!(page.contains("\nport_scans_in_progress 1\n"), "{page}");

    scanner.interrupt();
    let code = code(&mut scanner);
    let log = scanner.log();
    assert_eq!(code, Some(130), "{log}");
    assert!(
        log.contains(&format!("127.0.0.1        {port:>5}  unknown\n")),
        "{log}"
    );
    assert!(log.contains("\nprobed    1 of 2\n"), "{log}");
}
