fn posts(shard: u8) -> Vec<Post> {
    ::metrics_runtime::__site!(
        __SITE "posts" true::metrics_runtime::global(), Rows const { &
        ::metrics_runtime::__private::builtin::model::MODEL_READS_TOTAL.prefix("blog")
        .labels(& ["model", "shard"]) }, [Constant "Post", Argument 0]; Duration const {
        & ::metrics_runtime::__private::builtin::model::MODEL_OPERATION_DURATION_SECONDS
        .prefix("blog").labels(& ["model", "operation", "shard"]).buckets(& [0.1f64,
        1f64]) }, [Constant "Post", Constant "read", Argument 0]
    );
    let __guard = ::metrics_runtime::__private::Guard::new(
        ::metrics_runtime::__private::enter_with::<2, _>(&__SITE, [&(shard)]),
    );
    let __out: Vec<Post>;
    __out = if true { read(shard) } else { ::metrics_runtime::__private::never() };
    __guard.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
