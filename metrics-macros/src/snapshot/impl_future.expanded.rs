fn checkout(cart: Cart) -> impl Future<Output = Order> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    let __future = ::metrics_runtime::__private::call(move || { pay(cart) });
    ::metrics_runtime::__private::measured_with(
        __guard.into_call(),
        __future,
        |__out: &Order, __done| __done.finish(::metrics_runtime::__outcome!(__out)),
    )
}
