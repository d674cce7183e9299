//! Attributes on inline modules.

use metrics_runtime::{Registry, counted, timed, track_model};

use crate::driver::{Calls, End, Failure, VALUE, by_outcome, check, check_async, page, ready};

static REGISTRY: Registry = Registry::new();

#[timed(registry = super::REGISTRY)]
#[counted(registry = super::REGISTRY)]
#[expect(unsafe_code, reason = "the word is part of the shape")]
pub(crate) mod handlers {
    //! Has its own documentation.

    use crate::driver::{End, Failure};
    use crate::driver::{VALUE, ready as driven};

    pub(crate) struct Order<T = u32>(pub(crate) T);

    macro_rules! made {
        ($name:ident) => {
            pub(crate) fn $name() -> u32 {
                super::VALUE
            }
        };
    }

    made!(by_macro);

    static LIMIT: u32 = 40 + 2;

    pub(crate) fn total(end: End) -> Result<u32, Failure> {
        end.reach()
    }

    pub(super) async fn wait(end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }

    pub(crate) extern "C" fn foreign(value: u32) -> u32 {
        value
    }

    pub(crate) unsafe fn trusting<T: Into<u32>>(value: T) -> u32 {
        value.into()
    }

    pub(crate) const fn limit() -> u32 {
        VALUE
    }

    #[timed(skip)]
    pub(crate) fn counted_only() -> u32 {
        LIMIT
    }

    #[timed(skip)]
    #[counted(skip)]
    pub(crate) fn unseen() {
        driven(async {});
    }

    #[timed(name = "module_export_seconds", help = "Exports.", labels(format = format, function))]
    pub(crate) fn export(format: &str) -> usize {
        format.len()
    }

    #[cfg(any())]
    pub(crate) fn left_out() -> Missing {}

    impl Order {
        pub(crate) fn nested_in_impl(&self) -> u32 {
            self.0
        }
    }

    pub(crate) trait Priced {
        fn nested_in_trait(&self) -> u32 {
            1
        }
    }

    impl Priced for Order {}

    pub(crate) mod inner {
        pub(crate) fn nested_in_module() {}
    }
}

/// Calls by outcome of a function of [`handlers`].
#[track_caller]
fn of(name: &str, function: &str) -> Calls {
    let module = concat!(module_path!(), "::handlers");
    let labels = [("function", function), ("module", module)];
    by_outcome(&REGISTRY, name, &labels)
}

#[test]
fn each_function_is_labelled_with_its_name_and_module() {
    for end in [End::Return, End::Fail] {
        assert_eq!(handlers::total(end), end.reach());
        assert_eq!(ready(handlers::wait(end)), end.reach());
    }
    let both = Calls {
        error: 1.0,
        ..Calls::OK
    };
    for function in ["total", "wait"] {
        assert_eq!(of("function_calls_total", function), both, "{function}");
        let timed = of("function_duration_seconds_count", function);
        assert_eq!(timed, both, "{function}");
    }
}

#[counted(registry = OWN)]
mod with_own_registry {
    use crate::driver::{End, Failure};

    pub(super) static OWN: metrics_runtime::Registry = metrics_runtime::Registry::new();

    pub(super) async fn pay(end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
}

#[test]
fn paths_of_options_are_those_in_the_module() {
    let own = &with_own_registry::OWN;
    check_async(own, "pay", with_own_registry::pay);
}

#[test]
#[expect(unsafe_code, reason = "the word is part of the shape")]
fn functions_of_any_form_are_counted() {
    assert_eq!(handlers::foreign(VALUE), VALUE);
    // SAFETY: it asks for nothing; it only says `unsafe`.
    assert_eq!(unsafe { handlers::trusting(7_u8) }, VALUE);
    for function in ["foreign", "trusting"] {
        assert_eq!(
            of("function_calls_total", function),
            Calls::OK,
            "{function}"
        );
    }
}

#[test]
fn what_is_not_a_function_of_the_module_is_left_alone() {
    use handlers::Priced as _;
    const LIMIT: u32 = handlers::limit();
    let order = handlers::Order(LIMIT);
    assert_eq!(order.nested_in_impl(), VALUE);
    assert_eq!(order.nested_in_trait(), 1);
    handlers::inner::nested_in_module();
    assert_eq!(handlers::by_macro(), VALUE);
    let page = REGISTRY.to_text();
    for name in ["nested", "\"limit\"", "by_macro"] {
        assert!(!page.contains(name), "{name}\n{page}");
    }
}

#[test]
fn a_function_may_be_skipped() {
    handlers::unseen();
    assert_eq!(handlers::counted_only(), 42);
    let timed = of("function_duration_seconds_count", "counted_only");
    assert_eq!(timed, Calls::NONE);
    assert_eq!(of("function_calls_total", "counted_only"), Calls::OK);
    assert!(!REGISTRY.to_text().contains("unseen"));
}

#[test]
fn a_function_may_have_its_own_options() {
    assert_eq!(handlers::export("pdf"), 3);
    let labels = [("format", "pdf"), ("function", "export")];
    let own = by_outcome(&REGISTRY, "module_export_seconds_count", &labels);
    assert_eq!(own, Calls::OK);
}

#[track_model(model = "User", registry = super::REGISTRY)]
mod users {
    #[track_model(insert)]
    pub(super) fn insert() {}

    #[track_model(read, model = "Group", rows = |rows| *rows)]
    pub(super) fn read() -> u32 {
        super::VALUE
    }

    pub(super) fn plain() {}
}

#[test]
fn a_module_gives_its_functions_their_model() {
    users::insert();
    users::plain();
    assert_eq!(users::read(), VALUE);
    let page = page(&REGISTRY);
    let rows = |name, model| page.value(name, &[("model", model)]);
    assert_eq!(rows("model_inserts_total", "User"), Some(1.0));
    assert_eq!(rows("model_reads_total", "Group"), Some(f64::from(VALUE)));
}

/// Nothing but what stands below `use` differs; none of them may be told unused,
/// and the names are found although some modules don't import them.
mod imports {
    #[metrics_runtime::timed(registry = super::super::REGISTRY)]
    mod named {
        use metrics_runtime::{counted, timed};

        #[counted(name = "named_total", registry = super::super::REGISTRY)]
        pub(super) fn run() {}

        #[timed(skip)]
        pub(super) fn skipped() {}
    }

    mod outside {
        use metrics_runtime::{counted, timed};

        #[timed(registry = super::super::super::REGISTRY)]
        mod glob {
            use super::*;

            #[counted(name = "glob_total", registry = super::super::super::REGISTRY)]
            pub(super) fn run() {}

            #[timed(skip)]
            pub(super) fn skipped() {}
        }

        pub(super) fn run() {
            glob::run();
            glob::skipped();
        }
    }

    #[metrics_runtime::timed(registry = super::super::REGISTRY)]
    mod nowhere {
        #[counted(name = "nowhere_total", registry = super::super::REGISTRY)]
        pub(super) fn run() {}

        #[timed(skip)]
        pub(super) fn skipped() {}
    }

    pub(super) fn run() {
        named::run();
        named::skipped();
        outside::run();
        nowhere::run();
        nowhere::skipped();
    }
}

#[test]
fn attributes_in_a_module_are_found_wherever_they_are_imported() {
    imports::run();
    for name in ["named_total", "glob_total", "nowhere_total"] {
        assert_eq!(by_outcome(&REGISTRY, name, &[]), Calls::OK, "{name}");
    }
}

macro_rules! annotated {
    ($item:item) => {
        #[counted(registry = super::REGISTRY)]
        $item
    };
}

annotated! {
    mod passed {
        pub(super) fn passed(end: super::End) -> Result<u32, super::Failure> {
            end.reach()
        }
    }
}

#[test]
fn a_module_that_a_macro_passes_on_is_counted() {
    check(&REGISTRY, "passed", passed::passed);
}
