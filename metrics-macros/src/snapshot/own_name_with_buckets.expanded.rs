fn checkout(cart: Cart) -> Order {
    ::metrics_runtime::__site!(
        __SITE "checkout" true::metrics_runtime::global(), Duration const { &
        ::metrics_runtime::__private::Desc::duration("checkout_seconds",
        "Duration of calls in seconds, by outcome.", & []).by_outcome().buckets(&
        [0.1f64, 1f64, 2.5f64]) }, []
    );
    let __guard = ::metrics_runtime::__private::guard_timed(&__SITE);
    let __out = ::metrics_runtime::__private::call(move || -> Order { pay(cart) });
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
