fn checkout(cart: Cart) -> Order {
    shop::metrics::__site!(
        __SITE "checkout" true & crate ::METRICS, Duration &
        shop::metrics::__private::builtin::function::FUNCTION_DURATION_SECONDS,
        [Function, Module]
    );
    let __guard = shop::metrics::__private::guard_timed(&__SITE);
    let __out = shop::metrics::__private::call(move || -> Order { pay(cart) });
    __guard.finish(shop::metrics::__outcome!(& __out));
    __out
}
