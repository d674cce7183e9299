fn price(quantity: u64) -> u64 {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    let __out = ::metrics_runtime::__private::call(move || -> u64 { quantity * 5 });
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
