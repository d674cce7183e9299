/// Pays for it.
#[must_use]
pub fn checkout(cart: Cart) -> Result<Order, Error> {
    #[counted(__absorbed)]
    const _: () = ();
    ::metrics_runtime::__site!(
        __SITE "checkout" true::metrics_runtime::global(), Duration &
        ::metrics_runtime::__private::builtin::function::FUNCTION_DURATION_SECONDS,
        [Function, Module]; Calls &
        ::metrics_runtime::__private::builtin::function::FUNCTION_CALLS_TOTAL, [Function,
        Module]
    );
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter(&__SITE),
    );
    let __out = ::metrics_runtime::__private::call(move || -> Result<Order, Error> {
        pay(cart)
    });
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
