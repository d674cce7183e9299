//! Values of labels, read by reference and without an allocation.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Room in which a value that isn't text already is written out: 40 bytes
/// hold every integer.
#[derive(Debug)]
pub struct Scratch {
    bytes: [u8; 40],
    len: usize,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; 40],
            len: 0,
        }
    }

    fn as_str(&self) -> &str {
        // Only `write_str` fills the bytes, so they are UTF-8.
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl std::fmt::Write for Scratch {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// A value that may stand in a label.
///
/// Text, integers, `bool` and `char` are label values, as are references to
/// them and `Option`s of them (`None` is the empty value). Floating-point
/// numbers and everything that is merely `Display` are not: their values are
/// not a set that a time series database can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the value of a label",
    label = "not a label value",
    note = "text, integers, `bool` and `char` are label values, for example `kind.as_str()`, and so is an enum with `#[derive(metrics_runtime::LabelValue)]`; what the call returns is read by a closure, `|ret| …`"
)]
pub trait LabelValue {
    /// The value as text: borrowed from `self`, or written into `scratch`.
    fn label<'a>(&'a self, scratch: &'a mut Scratch) -> &'a str;
}

/// A label value of a closed set, known to the compiler: `bool`, and enums that
/// derive [`LabelValue`](macro@crate::LabelValue).
///
/// A family whose labels are all closed has its series in a row, found by index
/// instead of by text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't a closed set of label values",
    label = "not a closed set",
    note = "write `#[derive(metrics_runtime::LabelValue)]` on the enum; open labels are `&str`, `String` and integers"
)]
pub trait ClosedLabel: LabelValue {
    /// All values, each one once.
    const VALUES: &'static [&'static str];

    /// Where this value stands among them.
    fn index(&self) -> usize;
}

impl ClosedLabel for bool {
    const VALUES: &'static [&'static str] = &["false", "true"];

    fn index(&self) -> usize {
        usize::from(*self)
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl LabelValue for $type {
            fn label<'a>(&'a self, _: &'a mut Scratch) -> &'a str {
                self
            }
        }
    )*};
}

text!(
    str,
    String,
    Box<str>,
    std::rc::Rc<str>,
    std::sync::Arc<str>,
    Cow<'_, str>
);

macro_rules! written {
    ($($type:ty),*) => {$(
        impl LabelValue for $type {
            fn label<'a>(&'a self, scratch: &'a mut Scratch) -> &'a str {
                // Scratch has room for the longest value of these types.
                let _ = write!(scratch, "{self}");
                scratch.as_str()
            }
        }
    )*};
}

written!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, char
);

impl LabelValue for bool {
    fn label<'a>(&'a self, _: &'a mut Scratch) -> &'a str {
        Self::VALUES[self.index()]
    }
}

impl<T: LabelValue + ?Sized> LabelValue for &T {
    fn label<'a>(&'a self, scratch: &'a mut Scratch) -> &'a str {
        (**self).label(scratch)
    }
}

impl<T: LabelValue> LabelValue for Option<T> {
    fn label<'a>(&'a self, scratch: &'a mut Scratch) -> &'a str {
        self.as_ref().map_or("", |value| value.label(scratch))
    }
}

/// Calls `with` with the texts of these values.
pub(crate) fn with_texts<R>(values: &[&dyn LabelValue], with: impl FnOnce(&[&str]) -> R) -> R {
    /// More values than this are written out through an allocation.
    const INLINE: usize = 4;
    fn fill<'a>(values: &'a [&dyn LabelValue], scratch: &'a mut [Scratch], texts: &mut [&'a str]) {
        for ((value, scratch), text) in values.iter().zip(scratch).zip(texts) {
            *text = value.label(scratch);
        }
    }
    if values.len() <= INLINE {
        let mut scratch = [const { Scratch::new() }; INLINE];
        let mut texts = [""; INLINE];
        fill(values, &mut scratch, &mut texts);
        with(&texts[..values.len()])
    } else {
        let mut scratch: Vec<Scratch> = values.iter().map(|_| Scratch::new()).collect();
        let mut texts = vec![""; values.len()];
        fill(values, &mut scratch, &mut texts);
        with(&texts)
    }
}

/// The model that a repository type is for: the last segment of the type's
/// name, less a trailing `Repository`, `Repo`, `Store` or `Dao`.
#[derive(Clone, Copy, Debug)]
pub struct Model(pub(crate) &'static str);

impl Model {
    /// The model of the type that `std::any::type_name` calls `path`.
    pub fn of_type(path: &'static str) -> Self {
        let head = path.split('<').next().unwrap_or(path);
        let name = head.rsplit("::").next().unwrap_or(head);
        let model = ["Repository", "Repo", "Store", "Dao"]
            .into_iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .filter(|model| !model.is_empty())
            .unwrap_or(name);
        Self(model)
    }
}

impl LabelValue for Model {
    fn label<'a>(&'a self, _: &'a mut Scratch) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelValue, Model, Scratch};

    fn text(value: &dyn LabelValue) -> String {
        value.label(&mut Scratch::new()).to_owned()
    }

    #[test]
    fn each_kind_of_value_is_its_text() {
        assert_eq!(text(&"card"), "card");
        assert_eq!(text(&String::from("ü")), "ü");
        assert_eq!(text(&i128::MIN), i128::MIN.to_string());
        assert_eq!(text(&u128::MAX), u128::MAX.to_string());
        assert_eq!(text(&true), "true");
        assert_eq!(text(&'€'), "€");
        assert_eq!(text(&None::<u8>), "");
        assert_eq!(text(&Some(&7_u8)), "7");
    }

    #[test]
    fn a_model_is_the_type_less_its_role() {
        let model = |path| Model::of_type(path).0;
        assert_eq!(model("shop::store::UserRepository"), "User");
        assert_eq!(model("UserRepo"), "User");
        assert_eq!(model("a::OrderStore<b::Pool>"), "Order");
        assert_eq!(model("a::OrderDao"), "Order");
        assert_eq!(model("a::Repository"), "Repository");
        assert_eq!(model("a::Invoice"), "Invoice");
    }
}
