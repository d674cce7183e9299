#[track_caller]
fn caller() -> &'static Location<'static> {
    ::metrics_runtime::__site!(__SITE "caller" true Duration);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    '__body: { Location::caller() }
}
