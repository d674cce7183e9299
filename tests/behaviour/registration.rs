//! What registration by hand refuses.

use metrics_runtime::{DescError, RegisterError, Registry};

use crate::driver::page;

static REGISTRY: Registry = Registry::new();

// Mutation: `Schema::new` takes help text as it comes, or refuses `""` alone.
#[test]
fn help_text_that_is_blank_is_refused() {
    for blank in ["", " ", "\t\n", "\u{a0}\u{2003}"] {
        let refused = [
            REGISTRY.counter("a_total", blank).err(),
            REGISTRY.counter_family("a_total", blank, ["x"]).err(),
            REGISTRY.gauge("a_total_of", blank).err(),
            REGISTRY.histogram("a_seconds", blank, &[1.0]).err(),
        ];
        let names = ["a_total", "a_total", "a_total_of", "a_seconds"];
        for (error, name) in refused.into_iter().zip(names) {
            let family = name.to_owned();
            let expected = RegisterError::Invalid(DescError::NoHelp { family });
            assert_eq!(error.as_ref(), Some(&expected), "{blank:?}");
            assert!(expected.to_string().contains(name), "{expected}");
        }
    }
    // The names are still free.
    let gauge = REGISTRY.gauge("a_total_of", "Not blank.");
    gauge.expect("the name is free").set(1.0);
    assert_eq!(page(&REGISTRY).value("a_total_of", &[]), Some(1.0));
}
