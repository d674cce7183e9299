#[track_caller]
fn caller() -> &'static Location<'static> {
    ::metrics_runtime::__site!(
        __SITE "caller" true::metrics_runtime::global(), Duration &
        ::metrics_runtime::__private::builtin::function::FUNCTION_DURATION_SECONDS,
        [Function, Module]
    );
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(__call);
    { Location::caller() }
}
