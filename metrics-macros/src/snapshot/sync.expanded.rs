fn price(quantity: u64) -> u64 {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    let __guard = ::metrics_runtime::__private::guard_timed(&__SITE);
    let __out: u64;
    __out = if true { quantity * 5 } else { ::metrics_runtime::__private::never() };
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
