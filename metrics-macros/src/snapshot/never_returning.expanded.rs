fn serve() -> ! {
    ::metrics_runtime::__site!(
        __SITE "serve" false::metrics_runtime::global(), Duration &
        ::metrics_runtime::__private::builtin::function::FUNCTION_DURATION_SECONDS,
        [Constant "serve", Constant::core::module_path!()]
    );
    let __call = ::metrics_runtime::__private::enter(&__SITE);
    let __guard = ::metrics_runtime::__private::PlainGuard::new(__call);
    {
        loop {
            accept();
        }
    }
}
