#[timed]
pub(crate) unsafe trait Store<K = u64>: Send + Lookup<Key = K>
where
    K: Copy,
{
    type Item;

    const MOST: usize = 10;

    fn get(&self, key: K) -> Option<Self::Item> {
        self.lookup(key)
    }

    #[timed(skip)]
    fn len(&self) -> usize {
        Self::MOST
    }

    fn put(&self, key: K, item: Self::Item);
}
