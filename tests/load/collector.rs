//! Collectors of others, which don't do what they should.

use metrics_runtime::{Collector, Families, Registry};
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, PoisonError};

/// Those that don't.
pub(crate) const BAD: [&str; 3] = ["failing", "hung", "panicking"];

/// How often the hung collector was let go.
static RELEASED: Mutex<u64> = Mutex::new(0);
static CHANGED: Condvar = Condvar::new();

/// A collector that does what its name says.
struct Named(&'static str);

impl Collector for Named {
    fn name(&self) -> &str {
        self.0
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        families.gauge(&format!("{}_level", self.0), "Its level.", &[], 1.0);
        match self.0 {
            "failing" => Err("its disk has gone".into()),
            "hung" => {
                hang();
                Ok(())
            }
            // Without the hook, which would write its trace a hundred times.
            "panicking" => resume_unwind(Box::new("on purpose")),
            _ => Ok(()),
        }
    }
}

/// Hangs until it is let go once more.
fn hang() {
    let mut released = RELEASED.lock().unwrap_or_else(PoisonError::into_inner);
    let before = *released;
    while *released == before {
        released = CHANGED
            .wait(released)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// Lets the hung collector go, so that it can hang anew.
pub(crate) fn release() {
    *RELEASED.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    CHANGED.notify_all();
}

/// Adds them all, and one that works.
pub(crate) fn add(registry: &Registry) {
    for name in BAD.into_iter().chain(["working"]) {
        let added = registry.add_collector(Named(name));
        added.expect("the names differ");
    }
}
