async fn insert(&self, user: &User) -> sqlx::Result<()> {
    ::metrics_runtime::__site!(
        __SITE "insert" true::metrics_runtime::global(), Rows &
        ::metrics_runtime::__private::builtin::model::MODEL_INSERTS_TOTAL, [Argument 0];
        Duration &
        ::metrics_runtime::__private::builtin::model::MODEL_OPERATION_DURATION_SECONDS,
        [Argument 0, Constant "insert"]
    );
    static __MODEL: ::metrics_runtime::__private::ModelCell = ::metrics_runtime::__private::ModelCell::empty();
    let __call = ::metrics_runtime::__private::enter_with::<
        2,
        _,
    >(&__SITE, [&__MODEL.model(::core::any::type_name::<Self>())]);
    let __future = async move {
        ::metrics_runtime::__returns!(sqlx::Result < () >);
        self.pool.insert(user).await
    };
    let (__out, __done) = ::metrics_runtime::__private::measured(__call, __future).await;
    __done.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
