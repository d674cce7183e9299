//! Recording while a thread ends, from destructors of other thread-locals.

use metrics_runtime::{Counter, Histogram, Registry};
use std::cell::OnceCell;
use std::thread;

/// Records when it is dropped.
struct Last {
    ends: Counter,
    sizes: Histogram,
}

impl Drop for Last {
    fn drop(&mut self) {
        self.ends.inc();
        self.sizes.observe(1.0);
    }
}

thread_local! {
    static LAST: OnceCell<Last> = const { OnceCell::new() };
}

/// Destructors of thread-locals run in no order that can be relied on, so the
/// one under test is registered before the toolkit's and after.
#[test]
fn what_a_destructor_of_another_thread_local_records_is_counted() {
    let registry = Registry::new();
    let ends = registry
        .counter("ends_total", "Ends.")
        .expect("it is valid");
    let sizes = registry
        .histogram("size_ones", "Ones.", &[0.5, 2.0])
        .expect("it is valid");
    for record_first in [false, true, false, true] {
        let thread = thread::spawn(move || {
            if record_first {
                ends.inc_by(10);
            }
            LAST.with(|last| {
                let _ = last.set(Last { ends, sizes });
            });
            if !record_first {
                ends.inc_by(10);
            }
        });
        thread.join().expect("the thread doesn't panic");
    }
    assert_eq!(ends.get(), 44);
    assert_eq!(sizes.count(), 4);
}
