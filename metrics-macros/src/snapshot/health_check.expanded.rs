async fn database() -> Result<(), Error> {
    ping().await
}
const _: () = {
    ::metrics_runtime::__health_check!(
        __CHECK::metrics_runtime::global(), "database",
        ::core::option::Option::Some("readiness"),
        [::core::option::Option::Some(500000000u64),
        ::core::option::Option::Some(30000000000u64)], true,
        ::metrics_runtime::health::__private::Made::Async(||
        ::metrics_runtime::health::__private::boxed(database()))
    );
};
