async fn serve() -> ! {
    ::metrics_runtime::__site!(__SITE "serve" false Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __future = async move {
        ::metrics_runtime::__returns!(::core::convert::Infallible);
        loop {
            accept();
        }
    };
    match ::metrics_runtime::__private::measured(__call, __future).await.0 {}
}
