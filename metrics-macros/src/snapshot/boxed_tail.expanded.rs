fn checkout<'a>(cart: &'a Cart) -> Pin<Box<dyn Future<Output = Order> + Send + 'a>> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    let total = cart.total();
    Box::pin(
        ::metrics_runtime::__private::measured_with(
            __guard.into_call(),
            async move {
                ::metrics_runtime::__returns!(Order);
                pay(cart, total).await
            },
            |__out, __done| __done.finish(::metrics_runtime::__outcome!(__out)),
        ),
    )
}
