//! What is made once for each of many names, up to as many as a family has series that
//! says nothing of it.

use crate::record::Names;
use once_cell::race::OnceBox;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names that get an entry.
pub(super) const MOST: usize = 2_000;

/// Entries by the number that a list of names has for them. They are never freed.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    entries: Box<[OnceBox<T>]>,
    /// Numbers that were given out.
    len: AtomicU32,
}

impl<T> Numbered<T> {
    pub(super) fn new() -> Self {
        Self {
            entries: (0..MOST).map(|_| OnceBox::new()).collect(),
            len: AtomicU32::new(0),
        }
    }

    /// The entry of a name, made if there is room for it.
    pub(super) fn get(&self, names: &Names, name: &str, make: impl Fn() -> T) -> Option<&T> {
        let number = names.find(name);
        let number = number.or_else(|| names.enter(name, || self.next()))?;
        let entry = self.entries.get(number as usize)?;
        Some(entry.get_or_init(|| Box::new(make())))
    }

    /// The next number, if there is one.
    fn next(&self) -> Option<u32> {
        // Relaxed: a number of its own.
        let next = self
            .len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |len| {
                ((len as usize) < MOST).then_some(len + 1)
            });
        next.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Numbered};
    use crate::record::Names;

    // Mutation: `next` gives out one number more.
    #[test]
    fn names_of_several_lists_share_the_room_that_there_is() {
        let numbered = Numbered::new();
        let lists = [Names::new(), Names::new()];
        for (index, name) in (0..MOST).map(|index| (index, index.to_string())) {
            let list = &lists[index % 2];
            let made = numbered.get(list, &name, || name.clone());
            assert_eq!(made, Some(&name));
            assert_eq!(numbered.get(list, &name, String::new), Some(&name));
        }
        for list in &lists {
            assert_eq!(numbered.get(list, "one more", String::new), None);
        }
        assert_eq!(
            numbered.get(&lists[1], "1999", String::new),
            Some(&"1999".to_owned())
        );
    }
}
