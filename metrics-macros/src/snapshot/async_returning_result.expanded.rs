async fn checkout(cart: Cart) -> Result<Order, Error> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    let (__out, __done) = ::metrics_runtime::__private::measured(
            ::metrics_runtime::__private::enter_timed(&__SITE),
            async move {
                ::metrics_runtime::__returns!(Result < Order, Error >);
                pay(cart).await
            },
        )
        .await;
    __done.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
