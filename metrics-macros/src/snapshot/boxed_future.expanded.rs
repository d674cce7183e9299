fn checkout(cart: Cart) -> BoxFuture<'static, Order> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    let __future = ::metrics_runtime::__private::call(move || -> BoxFuture<
        'static,
        Order,
    > { pay(cart).boxed() });
    ::std::boxed::Box::pin(
        ::metrics_runtime::__private::measured_with(
            __guard.into_call(),
            __future,
            |__out, __done| __done.finish(::metrics_runtime::__outcome!(__out)),
        ),
    )
}
