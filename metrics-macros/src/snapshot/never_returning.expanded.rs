fn serve() -> ! {
    ::metrics_runtime::__site!(__SITE "serve" false Duration);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(
        ::metrics_runtime::__private::enter_timed(&__SITE),
    );
    '__body: {
        loop {
            accept();
        }
    }
}
