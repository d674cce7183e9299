impl UserRepository {
    /// How many there are at most.
    const MOST: usize = 10;
    fn find(&self, id: u64) -> Option<User> {
        ::metrics_runtime::__site!(__SITE "UserRepository::find" true Duration);
        let __guard = ::metrics_runtime::__private::guard_timed(&__SITE);
        let __out: Option<User>;
        __out = if true {
            self.users.get(id)
        } else {
            ::metrics_runtime::__private::never()
        };
        __guard.finish(::metrics_runtime::__outcome!(& __out));
        __out
    }
    fn list(&self) -> Vec<User> {
        #[timed(__absorbed)]
        const _: () = ();
        ::metrics_runtime::__site!(
            __SITE "UserRepository::list" true::metrics_runtime::global(), Duration const
            { & ::metrics_runtime::__private::Desc::duration("user_list_seconds",
            "Duration of calls in seconds, by outcome.", & []).by_outcome() }, []
        );
        let __guard = ::metrics_runtime::__private::guard_timed(&__SITE);
        let __out: Vec<User>;
        __out = if true {
            self.users.all()
        } else {
            ::metrics_runtime::__private::never()
        };
        __guard.finish(::metrics_runtime::__outcome!(& __out));
        __out
    }
    fn len(&self) -> usize {
        self.users.len()
    }
}
