//! The model of a method's `Self`.

use crate::label::Model;
use once_cell::sync::OnceCell;

/// The model of a method's `Self`, found at the first call: a static in a
/// generic function is shared by all `Self`, so the type is compared.
#[derive(Debug)]
pub struct ModelCell(OnceCell<(&'static str, Model)>);

impl ModelCell {
    /// A cell that caches nothing yet.
    pub const fn empty() -> Self {
        Self(OnceCell::new())
    }

    /// The model of the type with this name.
    pub fn model(&self, path: &'static str) -> Model {
        let (cached, model) = *self.0.get_or_init(|| (path, Model::of_type(path)));
        if cached == path {
            model
        } else {
            Model::of_type(path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ModelCell;

    #[test]
    fn a_model_cell_compares_what_it_cached() {
        let cell = ModelCell::empty();
        assert_eq!(cell.model("a::UserRepo").0, "User");
        assert_eq!(cell.model("a::OrderRepo").0, "Order");
        assert_eq!(cell.model("a::UserRepo").0, "User");
    }
}
