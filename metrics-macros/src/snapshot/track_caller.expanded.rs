#[track_caller]
fn caller() -> &'static Location<'static> {
    ::metrics_runtime::__site!(__SITE "caller" true Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(__call);
    { Location::caller() }
}
