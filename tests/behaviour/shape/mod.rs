//! Every shape of function, ending in every way.
//!
//! Each function below is `#[timed]`, `#[counted]` and `#[in_progress]`, and is
//! called so that it returns, fails, panics and, if it is async, is dropped while
//! it waits and before it is polled, as far as its shape lets it. Its value, its
//! panic and the panic's location must be those of the body, and after each call
//! both counts by outcome and the gauge must be right. `option` does so with one
//! attribute at a time, and with options. `const fn` and the other shapes that
//! can't be measured are under `trybuild/unsupported-item`; shapes whose types are
//! hard to infer are in the module `inference`.
//!
//! | shape | test |
//! |---|---|
//! | patterns: structs, tuples, slices, `_` | `argument::arguments_may_be_destructured` |
//! | patterns: `@`, `ref`, `&`, `mut` within | `argument::arguments_may_be_bound_in_any_way` |
//! | `mut` arguments | `argument::arguments_may_be_mutable` |
//! | `#[cfg]` on arguments | `argument::arguments_may_be_configured_away` |
//! | lints on arguments | `argument::arguments_may_have_attributes` |
//! | recursion | `body::each_level_of_a_recursion_is_counted` |
//! | async recursion, by `Box::pin` within and by a boxed future | `body::each_level_of_an_async_recursion_is_counted` |
//! | function within a function | `body::a_function_and_the_one_within_are_counted_apart` |
//! | async function, block and closure within an async function | `body::an_async_function_and_the_one_within_are_counted_apart` |
//! | inner attributes | `body::a_body_may_start_with_attributes` |
//! | items and macros within | `body::a_body_may_hold_items` |
//! | writing through `&mut` | `body::a_body_may_write_through_an_argument` |
//! | shadowed arguments | `body::a_body_may_shadow_its_arguments` |
//! | consumed and dropped arguments | `body::arguments_are_dropped_once` |
//! | locals and arguments named as in expansions | `body::names_in_a_body_do_not_meet_those_of_the_expansion` |
//! | arguments of async functions: how long they live, and in which order they go | `held::arguments_live_as_long_as_without_an_attribute` |
//! | an async function that is never polled | `held::a_future_that_is_never_polled_drops_what_it_was_given` |
//! | dead code | `body::a_function_that_nothing_calls_is_on_the_page_and_dead` |
//! | `#[track_caller]`: the location | `caller::a_function_that_tracks_its_caller_sees_it` |
//! | `#[track_caller]`: its ends, the location of a panic | `caller::a_function_that_tracks_its_caller_tells_panics_but_not_errors` |
//! | `#[track_caller]` in `cfg_attr` | `caller::a_function_that_tracks_its_caller_on_a_condition_sees_it` |
//! | `#[track_caller]` with a boxed future | `caller::a_boxed_future_of_a_function_that_tracks_its_caller_is_counted_by_its_end` |
//! | early `return` | `flow::an_early_return_is_counted` |
//! | `?` on a `Result` | `flow::a_question_mark_is_counted_as_an_error` |
//! | `?` on an `Option` | `flow::none_is_ok` |
//! | `?` in a condition, a field, an array, a scrutinee, `let else`, a closure, an index | `flow::a_question_mark_may_stand_anywhere` |
//! | `?` in the same places, awaited | `flow::a_question_mark_may_stand_anywhere_in_an_async_function` |
//! | `return` within a closure or an async block | `flow::a_return_within_a_closure_ends_the_closure` |
//! | labelled loops and blocks, `break` with a value | `flow::a_labelled_loop_gives_its_value` |
//! | `loop {}` without a tail, arms that all diverge, a tail that panics | `flow::a_body_may_have_no_tail` |
//! | nothing that leaves early, nothing to drop | `straight::a_body_that_nothing_leaves_early_ends_in_every_way` |
//! | the same, without an end | `straight::a_body_that_diverges_ends_by_its_panic` |
//! | the same, writing to what it was lent | `straight::a_body_without_a_closure_may_write_and_lend` |
//! | the same, with temporaries at the tail, with arguments that change | `straight::a_body_without_a_closure_leaves_nothing_behind` |
//! | `return` and `?` in a macro | `straight::a_macro_may_leave_a_body_early` |
//! | one literal, one path, nothing | `straight::a_body_may_be_trivial` |
//! | `Box::pin(async …)` at the tail | `future::a_boxed_future_at_the_tail_is_counted_by_its_end` |
//! | `Box::pin(async …)` in a variable | `future::a_boxed_future_before_the_tail_is_counted_by_its_end` |
//! | boxed future, returned early | `future::a_boxed_future_that_is_returned_early_is_counted_too` |
//! | boxed future, in match arms | `future::a_boxed_future_of_any_arm_is_counted_by_its_end` |
//! | boxed future, made or returned by a macro | `future::a_boxed_future_behind_a_macro_is_counted_by_its_end` |
//! | boxed future, its type a `$ty` | `future::a_boxed_future_whose_type_is_a_macros_fragment_is_counted_by_its_end` |
//! | `BoxFuture`, `LocalBoxFuture` | `future::a_boxed_future_of_an_alias_is_counted_by_its_end` |
//! | boxed future, under another name | `future::a_boxed_future_of_an_alias_of_ones_own_is_counted_when_it_is_made` |
//! | boxed future, by path, of borrows | `future::a_boxed_future_may_be_written_by_path_and_may_borrow` |
//! | `impl Future` | `future::an_opaque_future_is_counted_by_its_end` |
//! | `impl Future + use<…>`, returned early, by hand | `future::an_opaque_future_may_return_early_and_say_what_it_captures` |
//! | `impl Future<Output = impl Trait>` | `future::the_value_of_an_opaque_future_may_be_opaque` |
//! | `async fn -> impl Future` | `future::an_async_function_that_returns_a_future_is_counted_by_its_own_end` |
//! | `Result<impl Future, E>` | `future::a_result_of_a_future_is_counted_when_it_is_made` |
//! | work before there is a future | `future::a_panic_before_there_is_a_future_is_counted` |
//! | type parameter | `generic::a_generic_function_is_one_series` |
//! | type parameter, async | `generic::a_generic_async_function_is_counted` |
//! | generic method with a where clause | `generic::a_generic_method_of_a_generic_type_is_counted` |
//! | generic trait for a generic type, associated types and consts | `generic::a_method_of_a_generic_trait_for_a_generic_type_is_counted` |
//! | const parameter | `generic::a_function_with_a_const_parameter_is_counted` |
//! | arrays of const length | `generic::a_function_that_returns_an_array_of_const_length_is_counted` |
//! | `impl Trait` argument | `generic::a_function_with_an_opaque_argument_is_counted` |
//! | `&mut dyn Trait` argument, async callback | `generic::a_function_that_is_given_a_trait_object_or_a_callback_is_counted` |
//! | lifetimes, named and elided | `generic::a_function_that_returns_a_borrow_is_counted` |
//! | lifetimes in bounds, `for<'a>` | `generic::a_function_with_bounds_of_lifetimes_is_counted` |
//! | `Result<R, E>` of parameters | `generic::a_result_of_generic_types_is_told_apart` |
//! | `T` that is a `Result` | `generic::a_result_behind_a_type_parameter_counts_as_ok` |
//! | `$vis`, `$block`, `$ty`, `$ident`, `$meta` | `made::a_function_of_fragments_is_counted` |
//! | `$item` | `made::a_function_that_came_as_one_item_is_counted` |
//! | `$($tt)*` | `made::a_function_that_came_as_tokens_is_counted` |
//! | `$pat`, `$expr`, `$stmt`, `$path`, `$lifetime`, `$literal` | `made::a_function_of_patterns_expressions_and_lifetimes_is_counted` |
//! | body that is a macro and returns | `made::a_body_may_be_a_macro_that_returns` |
//! | method of a macro in an `impl` block | `made::a_method_that_a_macro_makes_is_counted` |
//! | `impl Trait` | `opaque::an_opaque_value_is_counted` |
//! | `impl Trait` that hides a `Result` | `opaque::a_result_behind_an_opaque_type_is_told_apart` |
//! | `Result<impl Trait, E>` | `opaque::a_result_of_an_opaque_type_is_told_apart` |
//! | `impl Fn`, `impl AsyncFn`, `Result<impl FnOnce, E>` | `opaque::a_returned_closure_is_counted_when_it_is_made` |
//! | `Box<dyn Fn>` | `opaque::a_boxed_closure_is_counted_when_it_is_made` |
//! | `Result<Box<dyn Trait>, Box<dyn Error>>` | `opaque::a_boxed_value_of_any_type_is_counted` |
//! | each attribute alone | `option::an_attribute_alone_records_every_shape` |
//! | `in_progress`, `age` | `option::nothing_is_in_progress_after_any_end_of_any_shape` |
//! | labels of arguments | `option::labels_of_arguments_are_recorded_in_every_shape` |
//! | labels of the returned value | `option::labels_of_the_returned_value_are_recorded_in_every_shape` |
//! | `when` | `option::a_condition_decides_in_every_shape` |
//! | `outcome`, `error` | `option::an_own_outcome_and_an_error_are_told_in_every_shape` |
//! | `busy` | `option::polls_are_timed_in_every_shape_that_has_them` |
//! | `sample`, `buckets` | `option::a_sample_of_all_is_recorded_in_every_shape` |
//! | `main`, under `#[tokio::main]` and without | `program::main_is_recorded_once` |
//! | `#[tokio::test]`, `#[test]` | `program::a_test_is_recorded_once` |
//! | `#[tokio::main]` with arguments, `#[tracing::instrument]` | `program::attributes_of_others_may_stand_on_the_same_function` |
//! | handler of axum, `debug_handler`, all extractors, `impl IntoResponse` | `program::a_handler_is_recorded_in_all_its_ends` |
//! | what that test of a test calls | `program::runs_above_the_attributes` |
//! | what that test of a test calls | `program::runs_below_the_attributes` |
//! | what that test of a test calls | `program::runs_without_a_runtime` |
//! | `&self`, reference into `self`, `impl Iterator + '_` | `receiver::a_method_may_return_a_reference_into_self` |
//! | `&mut self`, `mut self`, `mut self: Box<Self>` | `receiver::a_method_may_change_self` |
//! | `&mut self`, reborrowed | `receiver::a_method_may_return_a_reborrow_of_self` |
//! | `&mut self`, reborrowed, async | `receiver::an_async_method_may_return_a_reborrow_of_self` |
//! | `self`, `self: Box<Self>`, none | `receiver::a_method_that_consumes_is_counted` |
//! | `self`, `self: Box<Self>`, `self: Rc<Self>`, none, async | `receiver::an_async_method_that_consumes_is_counted` |
//! | `self: Arc<Self>`, `self: Rc<Self>` | `receiver::a_method_of_a_shared_pointer_is_counted` |
//! | `self: Pin<&mut Self>` | `receiver::a_method_of_a_pinned_reference_is_counted` |
//! | `self: &Self`, `self: &Arc<Self>`, `self: Pin<Box<Self>>` | `receiver::a_method_whose_receiver_is_written_out_is_counted` |
//! | future of `&self`, of `&mut self` | `receiver::a_method_that_returns_its_future_is_counted` |
//! | raw identifiers | `signature::a_raw_identifier_is_labelled_by_its_word` |
//! | `unsafe fn`, `async unsafe fn` | `signature::an_unsafe_function_stays_one_and_is_counted` |
//! | `extern "C" fn`, `extern "C-unwind" fn` | `signature::a_function_with_a_foreign_abi_keeps_it_and_is_counted` |
//! | `#[unsafe(no_mangle)] unsafe extern fn` | `signature::an_exported_function_is_found_by_the_linker_and_counted` |
//! | `-> !` | `signature::a_function_that_never_returns_counts_its_panics` |
//! | `async fn -> !` | `signature::an_async_function_that_never_returns_counts_panics_and_cancellation` |
//! | `-> ()`, no return type, no body to speak of | `signature::a_function_that_returns_nothing_is_counted` |
//! | `#[must_use]` | `signature::a_function_that_must_be_used_says_so` |
//! | future that is not awaited | `signature::a_call_that_nobody_awaits_says_so` |
//! | `#[inline]`, `#[cold]` | `signature::a_function_may_be_inlined_or_cold` |
//! | `#[deprecated]` | `signature::a_deprecated_function_says_so` |
//! | `#[doc(hidden)]`, doc comments, `pub(in …)` | `signature::a_hidden_and_documented_function_is_counted` |
//! | `Add`, `AddAssign`, `Neg` | `standard::an_operator_is_counted` |
//! | `Index`, `Deref`, `DerefMut` | `standard::an_operator_that_gives_a_place_is_counted` |
//! | `FromStr`, `Display`, `From` | `standard::a_conversion_is_counted` |
//! | `Iterator` | `standard::an_iterator_is_counted_by_its_steps` |
//! | `Future` | `standard::a_future_written_by_hand_is_counted_by_its_polls` |
//! | `Drop` | `standard::a_destructor_is_counted_also_while_unwinding` |
//! | `impl Stream` | `stream::an_opaque_stream_is_counted_by_its_end` |
//! | `Pin<Box<dyn Stream>>`, `BoxStream` | `stream::a_boxed_stream_is_counted_by_its_end` |
//! | `async fn -> impl Stream`, `async fn -> Pin<Box<dyn Stream>>` | `stream::a_stream_that_an_async_function_returns_is_counted_by_its_end` |
//! | `impl Stream + '_` of a method | `stream::a_stream_of_a_method_is_counted_by_its_end` |
//! | `Result<impl Stream, E>` | `stream::a_result_of_a_stream_is_counted_when_it_is_made` |
//! | work before there is a stream | `stream::a_panic_or_a_cancellation_before_there_is_a_stream_is_counted` |
//! | default method | `trait_method::a_default_body_is_counted_for_every_type` |
//! | required method, implemented | `trait_method::an_implementation_counts_and_its_neighbours_do_not` |
//! | method behind `dyn`, `where Self: Sized` | `trait_method::a_method_behind_a_trait_object_is_counted` |
//! | `async fn` in a trait, required and default, `-> impl Future + Send` | `trait_method::an_async_function_in_a_trait_is_counted` |
//! | `impl Trait` in a trait | `trait_method::a_method_of_a_trait_may_be_opaque` |
//! | method below `#[async_trait]` | `trait_method::a_method_below_async_trait_is_counted` |
//! | the same, default and generic | `trait_method::a_default_body_below_async_trait_is_counted` |
//! | the same, `&mut self`, `self: Box<Self>`, borrows | `trait_method::a_method_below_async_trait_may_borrow_and_consume` |
//! | the same, `?Send` | `trait_method::a_method_below_async_trait_need_not_be_send` |
//! | the same, `#[track_caller]` | `trait_method::a_method_below_async_trait_may_track_its_caller` |
//! | block above `#[async_trait]` | `trait_method::an_attribute_above_async_trait_counts_each_method` |
//! | block beneath `#[async_trait]` | `trait_method::an_attribute_beneath_async_trait_counts_each_method` |

mod argument;
mod body;
mod caller;
mod flow;
mod future;
mod generic;
mod held;
mod made;
mod opaque;
mod option;
mod program;
mod receiver;
mod signature;
mod standard;
mod straight;
mod stream;
mod trait_method;
mod watched;

use std::collections::BTreeSet;
use std::env::current_exe;
use std::process::Command;

#[test]
fn the_list_above_is_that_of_the_tests() {
    let rows = include_str!("mod.rs").lines();
    let rows = rows.filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix("` |"));
    let listed: Vec<&str> = rows
        .filter_map(|row| Some(row.rsplit_once('`')?.1))
        .collect();
    let binary = current_exe().expect("the test has a binary");
    let output = Command::new(binary).args(["--list", "shape::"]).output();
    let output = output.expect("the binary runs").stdout;
    let output = String::from_utf8(output).expect("names are text");
    let tests = output.lines().filter_map(|line| {
        let test = line.strip_prefix("shape::")?.strip_suffix(": test")?;
        test.contains("::").then_some(test)
    });
    let tests: BTreeSet<&str> = tests.collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), tests);
    assert_eq!(listed.len(), tests.len(), "each test is listed once");
}
