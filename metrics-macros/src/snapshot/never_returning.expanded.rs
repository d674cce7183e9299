fn serve() -> ! {
    ::metrics_runtime::__site!(__SITE "serve" false Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(__call);
    {
        loop {
            accept();
        }
    }
}
