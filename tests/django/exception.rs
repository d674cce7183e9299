//! Families of the reference that the profile doesn't have, each with its reason.

/// What a family is called.
#[derive(Clone, Copy, Debug)]
enum Named {
    Exactly(&'static str),
    Ending(&'static str),
}

const EXCEPTIONS: [(Named, &str); 5] = [
    (
        Named::Exactly("python_gc_objects_collected_total"),
        "the garbage collector of Python",
    ),
    (
        Named::Exactly("python_gc_objects_uncollectable_total"),
        "the garbage collector of Python",
    ),
    (
        Named::Exactly("python_gc_collections_total"),
        "the garbage collector of Python",
    ),
    (Named::Exactly("python_info"), "the interpreter of Python"),
    (
        Named::Ending("_created"),
        "times of creation as gauges, which the text format doesn't have; they are on the page \
         in OpenMetrics, where they belong",
    ),
];

/// The list, and which of its entries were met.
pub(crate) struct Exceptions<'a> {
    namespace: &'a str,
    met: [bool; EXCEPTIONS.len()],
}

impl<'a> Exceptions<'a> {
    pub(crate) const fn new(namespace: &'a str) -> Self {
        Self {
            namespace,
            met: [false; EXCEPTIONS.len()],
        }
    }

    /// Whether a family of the reference is on the list.
    pub(crate) fn has(&mut self, family: &str) -> bool {
        // The namespace goes before the application's families alone.
        let plain = family.strip_prefix(self.namespace).unwrap_or(family);
        let is = |named: Named| match named {
            Named::Exactly(name) => name == plain,
            Named::Ending(end) => plain.ends_with(end),
        };
        let mut entries = EXCEPTIONS.iter().zip(&mut self.met);
        let entry = entries.find(|((named, _), _)| is(*named));
        entry.map(|(_, met)| *met = true).is_some()
    }

    /// An entry that stands for nothing is a mistake.
    pub(crate) fn assert_all_met(&self) {
        for ((named, reason), met) in EXCEPTIONS.iter().zip(self.met) {
            assert!(met, "{named:?} isn't in the reference: {reason}");
        }
    }
}
