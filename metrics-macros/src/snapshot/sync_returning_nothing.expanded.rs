fn forget(cart: Cart) {
    ::metrics_runtime::__site!(__SITE "forget" false Calls);
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_counted(&__SITE),
    );
    let __out = ::metrics_runtime::__private::call(move || -> () { release(cart) });
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
