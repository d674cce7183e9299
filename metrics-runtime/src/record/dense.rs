//! Families over closed sets of label values: a series is found by index.

use crate::desc::Closed;
use once_cell::sync::OnceCell;

/// The series of a family whose labels are all closed sets: every combination
/// has its cells, in the order of the values.
#[derive(Debug)]
pub(super) struct Dense {
    pub(super) values: Closed,
    pub(super) len: usize,
    /// The first cell; `None` when the index space is used up.
    pub(super) first: OnceCell<Option<u32>>,
}

impl Dense {
    pub(super) fn new(values: Closed) -> Self {
        Self {
            values,
            len: values.iter().map(|values| values.len()).product(),
            first: OnceCell::new(),
        }
    }

    /// The combination of these values, if it exists.
    pub(super) fn index_of(&self, values: &[&str]) -> Option<u32> {
        if values.len() != self.values.len() {
            return None;
        }
        let mut index = 0;
        for (value, all) in values.iter().zip(self.values) {
            index = index * all.len() + all.iter().position(|known| known == value)?;
        }
        u32::try_from(index).ok()
    }
}

/// The values of the nth combination.
pub(crate) fn combination(closed: Closed, mut index: usize) -> Vec<&'static str> {
    let mut values: Vec<&'static str> = Vec::with_capacity(closed.len());
    for all in closed.iter().rev() {
        values.push(all[index % all.len()]);
        index /= all.len();
    }
    values.reverse();
    values
}
