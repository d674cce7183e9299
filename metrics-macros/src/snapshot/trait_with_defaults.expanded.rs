pub(crate) unsafe trait Store<K = u64>: Send + Lookup<Key = K>
where
    K: Copy,
{
    type Item;
    const MOST: usize = 10;
    fn get(&self, key: K) -> Option<Self::Item> {
        ::metrics_runtime::__site!(__SITE "Store::get" true Duration);
        let __guard = ::metrics_runtime::__private::guard_timed(&__SITE);
        let __out = ::metrics_runtime::__private::call(move || -> Option<Self::Item> {
            self.lookup(key)
        });
        __guard.finish(::metrics_runtime::__outcome!(& __out));
        __out
    }
    fn len(&self) -> usize {
        Self::MOST
    }
    fn put(&self, key: K, item: Self::Item);
}
