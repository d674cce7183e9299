impl UserRepository {
    fn purge(&self) -> sqlx::Result<u64> {
        #[track_model(__absorbed)]
        const _: () = ();
        ::metrics_runtime::__site!(
            __SITE "purge" true::metrics_runtime::global(), Rows &
            ::metrics_runtime::__private::builtin::model::MODEL_DELETES_TOTAL, [Constant
            "User"]; Duration &
            ::metrics_runtime::__private::builtin::model::MODEL_OPERATION_DURATION_SECONDS,
            [Constant "User", Constant "delete"]
        );
        let __guard = ::metrics_runtime::__private::Guard::new(
            ::metrics_runtime::__private::enter(&__SITE),
        );
        let __out = ::metrics_runtime::__private::call(move || -> sqlx::Result<u64> {
            self.users.purge()
        });
        __guard
            .finish_with(
                ::metrics_runtime::__outcome!(& __out),
                &::metrics_runtime::__private::Reading::new()
                    .rows(
                        ::metrics_runtime::__rows!(& __out, __rows = | n | -> _ { * n }),
                    ),
            );
        __out
    }
    fn len(&self) -> usize {
        self.users.len()
    }
}
