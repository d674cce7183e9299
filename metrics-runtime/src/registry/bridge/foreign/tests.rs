//! Families of others, gathered.

use super::gather;
use crate::collect::{Collector, CollectorError, Families, PrometheusCollector};
use crate::encode::{Wanted, append};
use crate::registry::{RegisterError, Registry};
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

type Done = Result<(), Box<dyn Error + Send + Sync>>;

/// A collector that does whatever the function does.
struct Made<F>(&'static str, F);

impl<F: Fn(&mut Families) -> Done + Send + Sync + 'static> Collector for Made<F> {
    fn name(&self) -> &str {
        self.0
    }

    fn collect(&self, families: &mut Families) -> Done {
        (self.1)(families)
    }
}

fn add(
    registry: &Registry,
    name: &'static str,
    collect: impl Fn(&mut Families) -> Done + Send + Sync + 'static,
) {
    let added = registry.add_collector(Made(name, collect));
    added.expect("the name is free");
}

/// What hangs until the sender is dropped.
fn gate() -> (Sender<()>, impl Fn() + Send + Sync + 'static) {
    let (release, wait) = channel();
    let wait: Mutex<Receiver<()>> = Mutex::new(wait);
    let hang = move || {
        let wait = wait.lock().expect("it isn't poisoned");
        let _ = wait.recv();
    };
    (release, hang)
}

fn success(page: &str, name: &str) -> Option<bool> {
    let line = format!("metrics_collector_success{{collector=\"{name}\"}} ");
    let value = page.lines().find_map(|given| given.strip_prefix(&*line))?;
    Some(value == "1")
}

// Mutation: `gather` returns at the first that fails.
// Mutation: `gather` says how they did after the page.
#[test]
fn what_hangs_panics_or_fails_leaves_the_rest_of_the_page() {
    let registry = Registry::new();
    registry.set_collector_deadline(Duration::from_millis(200));
    let (release, hang) = gate();
    let (started, runs) = channel();
    add(&registry, "hanging", move |_| {
        started.send(()).expect("the test listens");
        hang();
        Ok(())
    });
    add(&registry, "panicking", |_| {
        resume_unwind(Box::new("on purpose"))
    });
    add(&registry, "failing", |families| {
        families.gauge("half", "Half.", &[], 1.0);
        Err("no connection".into())
    });
    add(&registry, "invalid", |families| {
        families.gauge("other_half", "Half.", &[], 1.0);
        families.counter("bad_total", "Bad.", &[], f64::NAN);
        Ok(())
    });
    add(&registry, "working", |families| {
        families.gauge("works", "Works.", &[], 1.0);
        Ok(())
    });
    add(&registry, "silent", |_| Ok(()));
    let ours = registry.counter("ours_total", "Ours.").unwrap();
    ours.inc();
    for _ in 0..2 {
        let page = registry.to_text();
        assert!(page.contains("\nworks 1\n") && page.contains("\nours_total 1\n"));
        assert!(!page.contains("half") && !page.contains("bad_total"));
        for name in ["hanging", "panicking", "failing", "invalid"] {
            assert_eq!(success(&page, name), Some(false), "{name}");
        }
        assert_eq!(success(&page, "working"), Some(true));
        assert_eq!(success(&page, "silent"), None);
    }
    let missing = gather(&registry, None).1;
    let reasons: Vec<&str> = missing.iter().map(|missing| &*missing.reason).collect();
    let expected = [
        "it wasn't done by its deadline",
        "it panicked: on purpose",
        "it failed: no connection",
        "it failed: a value of `bad_total` isn't valid: \
         that of a counter is a number from zero on",
    ];
    assert_eq!(reasons, expected);
    drop(release);
    drop(registry);
    assert_eq!(runs.iter().count(), 1, "it hung all the time");
}

// Mutations: `append` hands on no deadline; `gather` takes the later of the two.
#[test]
fn the_earlier_of_two_deadlines_is_kept() {
    const HOUR: Duration = Duration::from_hours(1);
    let registry: &'static Registry = Box::leak(Box::default());
    let (release, hang) = gate();
    add(registry, "hanging", move |_| {
        hang();
        Ok(())
    });
    for (own, asked) in [(HOUR, Duration::ZERO), (Duration::from_millis(1), HOUR)] {
        registry.set_collector_deadline(own);
        let (done, gathered) = channel();
        thread::spawn(move || {
            let wanted = Wanted {
                deadline: Instant::now().checked_add(asked),
                ..Wanted::default()
            };
            let mut page = Vec::new();
            let missing = append(registry, wanted, &mut page);
            done.send((missing, page)).expect("the test listens");
        });
        let gathered = gathered.recv_timeout(Duration::from_secs(30));
        let (missing, page) = gathered.expect("it doesn't wait for an hour");
        let [missing] = &missing[..] else {
            panic!("one is missing: {missing:?}");
        };
        assert_eq!(missing.collector, "hanging");
        assert_eq!(missing.reason, "it wasn't done by its deadline");
        let page = String::from_utf8(page).expect("it is text");
        assert_eq!(success(&page, "hanging"), Some(false));
    }
    drop(release);
}

// Mutation: `gather` asks the next when the one before is done.
#[test]
fn all_run_at_once() {
    let registry = Registry::new();
    registry.set_collector_deadline(Duration::from_mins(1));
    let (there, here) = channel();
    let here = Mutex::new(here);
    // Ours waits for the one that is asked after it.
    add(&registry, "first", move |families| {
        here.lock().expect("it isn't poisoned").recv()?;
        families.gauge("met", "Met.", &[], 1.0);
        Ok(())
    });
    add(&registry, "second", move |_| Ok(there.send(())?));
    assert!(registry.to_text().contains("\nmet 1\n"));
}

#[test]
fn names_are_given_once() {
    let registry = Registry::new();
    add(&registry, "pool", |_| Ok(()));
    let again = |name| registry.add_collector(Made(name, |_: &mut Families| Ok(())));
    for name in ["pool", "prometheus_default"] {
        let name = name.to_owned();
        assert_eq!(
            again(Box::leak(name.clone().into_boxed_str())),
            Err(CollectorError::Taken { name })
        );
    }
    for name in ["", "a\0b"] {
        assert!(matches!(again(name), Err(CollectorError::Name { .. })));
    }
    // Theirs go out of the way of ours.
    again("prometheus_1").expect("the name is free");
    let theirs = prometheus::Registry::new();
    let gauge = prometheus::IntGauge::new("theirs", "Theirs.").unwrap();
    theirs.register(Box::new(gauge.clone())).unwrap();
    registry.add_foreign(vec![theirs]);
    let adapted = PrometheusCollector::new("adapted", gauge);
    registry.add_collector(adapted).expect("the name is free");
    let page = registry.to_text();
    assert_eq!(success(&page, "prometheus_2"), Some(true), "{page}");
    assert_eq!(success(&page, "adapted"), Some(true));
    assert_eq!(page.matches("\ntheirs 0\n").count(), 1);
}

// Mutation: callbacks share a thread.
#[test]
fn a_callback_that_hangs_costs_itself_only() {
    let registry = Registry::new();
    registry.set_collector_deadline(Duration::from_millis(200));
    let (release, hang) = gate();
    let read = move || {
        hang();
        0.0
    };
    registry.gauge_fn("hanging", "H.", read).unwrap();
    registry.gauge_fn("depth", "D.", || 1.5).unwrap();
    for (index, queue) in ["a", "b"].into_iter().enumerate() {
        let labels = [("queue", queue)];
        let read = move || index as u64;
        registry
            .counter_fn_with("jobs_total", "J.", &labels, read)
            .unwrap();
    }
    let page = registry.to_text();
    assert!(page.contains("# TYPE depth gauge\ndepth 1.5\n"));
    let jobs = "# HELP jobs_total J.\n# TYPE jobs_total counter\n\
                jobs_total{queue=\"a\"} 0\njobs_total{queue=\"b\"} 1\n";
    assert!(page.contains(jobs), "{page}");
    assert!(!page.contains("# TYPE hanging"));
    drop(release);
    let twice = registry.gauge_fn("depth", "D.", || 1.0);
    assert!(matches!(twice, Err(RegisterError::Collector(_))));
    let other = registry.counter_fn_with("jobs_total", "J.", &[("x", "a")], || 0);
    assert!(matches!(other, Err(RegisterError::Conflict(_))));
}

#[test]
fn infos_and_state_sets_are_written_to_the_letter() {
    let registry = Registry::new();
    let labels = [("version", "1.2"), ("commit", "\"a\"")];
    for _ in 0..2 {
        registry.info("build_info", "Build.", &labels).unwrap();
    }
    let open = registry.state_set::<bool>("open", "Open.").unwrap();
    assert_eq!(open.get(), None);
    let expected = "# HELP open Open.\n# TYPE open gauge\n\
                    open{open=\"false\"} 0\nopen{open=\"true\"} 0\n";
    assert!(registry.to_text().ends_with(expected));
    open.set(true);
    let again = registry.state_set::<bool>("open", "Open.").unwrap();
    assert_eq!(again.get(), Some("true"));
    let page = registry.to_text();
    assert!(page.ends_with("open{open=\"false\"} 0\nopen{open=\"true\"} 1\n"));
    let build = "# HELP build_info Build.\n# TYPE build_info gauge\n\
                 build_info{version=\"1.2\",commit=\"\\\"a\\\"\"} 1\n";
    assert!(page.contains(build), "{page}");
    assert!(registry.info("build_info", "Build.", &[]).is_err());
    assert!(registry.info("build", "Build.", &[]).is_err());
}

#[test]
fn families_of_the_application_are_qualified_and_those_of_collectors_not() {
    use crate::registry::{Buckets, Settings};
    let registry = Registry::new();
    registry.configure(Settings {
        namespace: "shop_".to_owned(),
        const_labels: vec![("region".to_owned(), "eu".to_owned())],
        ..Settings::default()
    });
    registry.info("build_info", "B.", &[("v", "1")]).unwrap();
    let open = registry.state_set::<bool>("open", "O.").unwrap();
    open.set(false);
    registry
        .gauge_fn_with("depth", "D.", &[("region", "us")], || 1.0)
        .unwrap();
    add(&registry, "other", |families| {
        families.gauge("other", "O.", &[], 1.0);
        Ok(())
    });
    let page = registry.to_text();
    for line in [
        "shop_build_info{v=\"1\",region=\"eu\"} 1",
        "shop_open{region=\"eu\",shop_open=\"false\"} 1",
        "shop_depth{region=\"us\"} 1",
        "other 1",
        "metrics_collector_success{collector=\"other\"} 1",
    ] {
        assert!(page.lines().any(|given| given == line), "{line}\n{page}");
    }
    let trial = registry.try_buckets(Buckets::default());
    let trial = trial.expect("no buckets are decided yet");
    assert!(trial.family_with_label("v").is_some());
    assert!(trial.family_with_label("none").is_none());
}

// Mutation: `declare` doesn't look at the names of samples.
#[test]
fn a_family_whose_samples_another_has_is_refused() {
    let registry = Registry::new();
    registry.counter("jobs_total", "Jobs.").unwrap();
    let error = registry.gauge("jobs", "Jobs.").unwrap_err();
    let RegisterError::Conflict(conflict) = &error else {
        panic!("{error}");
    };
    assert_eq!(conflict.family, "jobs");
    assert_eq!(conflict.other.as_deref(), Some("jobs_total"));
    let text = error.to_string();
    assert!(text.starts_with("`jobs`, declared by code that"), "{text}");
    assert!(registry.state_set::<bool>("jobs", "Jobs.").is_err());
    assert!(registry.gauge_fn("jobs", "Jobs.", || 0.0).is_err());
    registry.info("build_info", "Build.", &[]).unwrap();
    assert!(registry.gauge("build", "Build.").is_err());
    assert!(registry.histogram("build", "Build.", &[1.0]).is_err());
}

// Mutation: the page looks at equal names only.
#[test]
fn of_collectors_families_that_clash_the_later_is_left_out() {
    let registry = Registry::new();
    registry.counter("jobs_total", "Jobs.").unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for name in ["one", "other"] {
        let seen = Arc::clone(&seen);
        add(&registry, name, move |families| {
            seen.lock().expect("it isn't poisoned").push(name);
            if name == "one" {
                families.gauge("jobs", "Jobs.", &[], 1.0);
                families.summary("wait", "Waits.", &[], &[], 0.0, 7);
            } else {
                families.counter("wait_total", "Waits.", &[], 1.0);
            }
            Ok(())
        });
    }
    let page = registry.to_text();
    assert_eq!(success(&page, "other"), Some(true));
    assert_eq!(seen.lock().expect("it isn't poisoned").len(), 2);
    assert!(page.contains("\njobs_total 0\n") && !page.contains("\njobs 1\n"));
    assert!(page.contains("\nwait_count 7\n") && !page.contains("wait_total"));
}
