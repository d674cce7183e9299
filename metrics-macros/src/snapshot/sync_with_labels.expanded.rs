fn log_in(method: Method) -> Result<Session, AuthError> {
    ::metrics_runtime::__site!(
        __SITE "log_in" true::metrics_runtime::global(), Calls const { &
        ::metrics_runtime::__private::Desc::counter("logins_total", "Logins by method.",
        & ["method", "module"]).by_outcome() }, [Argument 0, Module]
    );
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_with::<1, _>(&__SITE, [&(method.as_str())]),
    );
    let __out = ::metrics_runtime::__private::call(move || -> Result<Session, AuthError> {
        open(method)
    });
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
