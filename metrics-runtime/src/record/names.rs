//! Texts to numbers, looked up without a lock.

use super::table::Table;
use crate::name::LabelName;

/// Texts that were given a number each. They are never freed.
#[derive(Debug)]
pub(crate) struct Names {
    label: [LabelName; 1],
    table: Table,
}

impl Names {
    pub(crate) fn new() -> Self {
        let label = [LabelName::new("name").expect("it is a label's name")];
        let table = Table::new(&label);
        Self { label, table }
    }

    /// The number of a text that has one.
    #[inline]
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let short = self.table.find_short(text);
        let row = short.or_else(|| self.table.find(&self.label, &[text]))?;
        Some(row.first())
    }

    /// The number of a text; one that has none gets that from `make`, of which one
    /// runs at a time. `None` from it gives no number.
    pub(crate) fn enter(&self, text: &str, make: impl FnOnce() -> Option<u32>) -> Option<u32> {
        let row = self.table.row(&self.label, &[text], make)?;
        Some(row.first())
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn texts_keep_their_numbers() {
        let names = Names::new();
        let texts = ["/", "/a", "/users/{id}/orders/{order}", "\"", "", "/b"];
        for (text, number) in texts.iter().zip(7..) {
            assert_eq!(names.find(text), None, "{text}");
            assert_eq!(names.enter(text, || Some(number)), Some(number), "{text}");
        }
        for (text, number) in texts.iter().zip(7..) {
            assert_eq!(names.find(text), Some(number), "{text}");
            assert_eq!(names.enter(text, || Some(1)), Some(number), "{text}");
        }
        assert_eq!(names.enter("/c", || None), None);
        assert_eq!(names.find("/c"), None);
    }
}
