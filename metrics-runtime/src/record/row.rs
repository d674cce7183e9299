//! Rows: a label set as the page shows it, and its cells.

use super::created;
use super::hash::{self, ends};
use crate::encode::{Sink, escape};
use crate::name::LabelName;
use std::sync::atomic::{AtomicU32, Ordering};

// Bits of `Row::meta`, below those of the hash and above one for each outcome,
// which say whether it is shown.

/// A value is escaped.
const ESCAPED: u32 = 1 << 4;

/// What [`Row::meta`] must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    meta: u32,
    mask: u32,
}

impl Wanted {
    /// A row with this hash.
    #[inline]
    pub(super) const fn any(hash: u32) -> Self {
        Self {
            meta: hash << (32 - hash::BITS),
            mask: !0 << (32 - hash::BITS),
        }
    }

    /// A row with this hash and no escapes.
    #[inline]
    pub(super) const fn plain(hash: u32) -> Self {
        let any = Self::any(hash);
        Self {
            mask: any.mask | ESCAPED,
            ..any
        }
    }
}

/// A label set and its cells.
#[derive(Debug)]
pub(crate) struct Row {
    /// The labels of the family's own, rendered, without what the page adds to
    /// all series and without the last quote: `{method="get",path="/`.
    text: Box<str>,
    /// The first cell of the first outcome.
    first: u32,
    /// How many rows of the family were made before.
    index: u32,
    /// The hash of the values, whether one of them is escaped, and the outcomes
    /// that are shown although nothing was recorded yet.
    meta: AtomicU32,
    /// When it was made, as [`created`] has it.
    created: u32,
}

/// Writes the labels of a row, without the last quote.
fn render(labels: &[LabelName], values: &[&str], out: &mut impl Sink) {
    let mut separator = "{";
    for (label, value) in labels.iter().zip(values) {
        out.text(separator);
        out.text(label.as_str());
        out.text("=\"");
        escape::label_value(out, value);
        separator = "\",";
    }
}

/// The labels of a row, rendered, without the last quote.
pub(super) fn label_text(labels: &[LabelName], values: &[&str]) -> Box<str> {
    let mut text = String::new();
    render(labels, values, &mut text);
    text.into()
}

/// What is left of a text after what was "written" was found at its front.
struct Rest<'a>(Option<&'a str>);

impl Sink for Rest<'_> {
    fn text(&mut self, text: &str) {
        self.0 = self.0.and_then(|rest| rest.strip_prefix(text));
    }
}

/// Whether two slices of one length are equal; usual lengths without a call.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    match (ends::<8>(a), ends::<8>(b)) {
        (Some(x), Some(y)) if a.len() <= 16 => x == y,
        _ => a == b,
    }
}

impl Row {
    /// The row of these values, rendered.
    pub(super) fn new(labels: &[LabelName], values: &[&str], first: u32) -> Self {
        let escaped = values.iter().any(|value| escape::is_special(value));
        let escaped = if escaped { ESCAPED } else { 0 };
        Self {
            text: label_text(labels, values),
            first,
            index: 0,
            meta: AtomicU32::new(escaped),
            created: created::now(),
        }
    }

    /// The row as one of a table, with its hash.
    pub(super) fn in_table(mut self, index: u32, hash: u32) -> Self {
        *self.meta.get_mut() |= hash << (32 - hash::BITS);
        self.index = index;
        self
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    /// When it was made, as `created` has it.
    pub(crate) fn created(&self) -> u32 {
        self.created
    }

    /// Its place in the order in which rows were made.
    pub(crate) fn index(&self) -> usize {
        self.index as usize
    }

    // Relaxed, here and below: the bits of `meta` are flags of their own, and
    // those that comparing needs never change.
    fn meta(&self) -> u32 {
        self.meta.load(Ordering::Relaxed)
    }

    pub(super) fn hash(&self) -> u32 {
        self.meta() >> (32 - hash::BITS)
    }

    /// Shows the series of an outcome even at zero.
    #[inline]
    pub(super) fn show(&self, outcome: u32) {
        // Looked at first: threads that share a series must not write to one
        // cache line at each lookup.
        if !self.is_shown(outcome) {
            self.meta.fetch_or(1 << outcome, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn is_shown(&self, outcome: u32) -> bool {
        self.meta() & 1 << outcome != 0
    }

    /// Whether these are the values of the row.
    ///
    /// A row without escapes has no quotes but those around its values. If the
    /// asked values stand between quotes and fill the text, their quotes are
    /// all of the row's, so each value is the row's own: the names between them
    /// needn't be compared. Without the look at the quotes, the values `a`, `b`
    /// would be found as one of `a",y="b` cut elsewhere.
    #[inline]
    pub(super) fn has(&self, labels: &[LabelName], values: &[&str]) -> bool {
        if self.meta() & ESCAPED != 0 {
            return self.has_escaped(labels, values);
        }
        let mut rest = self.text.as_bytes();
        // `{name="` or, from the quote of the value before, `",name="`.
        let (mut first, mut separator) = (b'{', 1);
        for (label, value) in labels.iter().zip(values) {
            let separator_and_name = separator + label.as_str().len() + 2;
            let Some((before, tail)) = rest.split_at_checked(separator_and_name) else {
                return false;
            };
            let Some((own, tail)) = tail.split_at_checked(value.len()) else {
                return false;
            };
            let quoted = matches!(before, [quote, .., b'"'] if *quote == first);
            if !quoted || !same(own, value.as_bytes()) {
                return false;
            }
            rest = tail;
            (first, separator) = (b'"', 2);
        }
        rest.is_empty()
    }

    #[inline]
    pub(super) fn is(&self, wanted: Wanted) -> bool {
        (self.meta() ^ wanted.meta) & wanted.mask == 0
    }

    /// Whether a row with one label and no escapes has this value, of which these
    /// are the ends. It begins at `start` and goes to the end of the text: there
    /// is no other way to cut it.
    #[inline]
    pub(super) fn has_ends<const N: usize>(
        &self,
        start: u32,
        value: (&[u8; N], &[u8; N]),
        len: usize,
    ) -> bool {
        let text = self.text.as_bytes();
        // As `u32`, it makes no overflow with the length of a short value, so
        // that this comparison is the only one.
        let start = start as usize;
        if text.len() != start + len {
            return false;
        }
        text.get(start..)
            .is_some_and(|own| ends(own) == Some(value))
    }

    #[cold]
    #[inline(never)]
    fn has_escaped(&self, labels: &[LabelName], values: &[&str]) -> bool {
        let mut rest = Rest(Some(&self.text));
        render(labels, values, &mut rest);
        rest.0 == Some("")
    }

    /// The values, read back from the text.
    pub(crate) fn values(&self, labels: &[LabelName]) -> Vec<String> {
        values_of(&self.text, labels)
    }
}

/// The values of labels that were rendered without the last quote, read back.
pub(crate) fn values_of(text: &str, labels: &[LabelName]) -> Vec<String> {
    let mut rest = text.chars();
    let mut separator = 1;
    let value = |label: &LabelName| {
        let name = label.as_str().len() + 2;
        rest.by_ref().take(separator + name).for_each(drop);
        // The first quote of `",` ends the value before.
        separator = 1;
        let mut value = String::new();
        while let Some(next) = rest.next().filter(|&next| next != '"') {
            value.push(match next {
                '\\' => rest.next().map_or(next, escape::unescaped),
                plain => plain,
            });
        }
        value
    };
    labels.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::Row;
    use crate::name::LabelName;

    fn labels(names: &[&str]) -> Vec<LabelName> {
        let name = |name: &&str| LabelName::new(name).expect("the name is valid");
        names.iter().map(name).collect()
    }

    /// Values made of what a row's text is made of.
    const HOSTILE: [&str; 29] = [
        "",
        "a",
        "b",
        "ab",
        "\"",
        "\\",
        "\n",
        "\\\"",
        "\\n",
        "n",
        ",",
        "a\",b=\"",
        "a\",b=",
        "\",b=\"",
        "\",b=",
        ",b=",
        ",b=\"",
        "\",b=\"\",c=\"",
        "\",c=\"",
        ",c=",
        "a\",b=\"b\",c=\"a",
        "foo",
        "foo{abc",
        ",b=\"b",
        "{",
        "t by",
        "eight by",
        "eight by and more",
        "eight by and mord",
    ];

    // Mutations: `has` doesn't look at the quotes, or at one of the two only, or
    // takes `{` for one; it skips `rest.is_empty()`; rows with
    // escapes are compared like others.
    #[test]
    fn a_row_has_its_own_values_and_no_others() {
        for names in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
            let labels = labels(names);
            let count = HOSTILE
                .len()
                .pow(u32::try_from(names.len()).expect("it is small"));
            let set = |mut number: usize| {
                let mut next = || {
                    let value = HOSTILE[number % HOSTILE.len()];
                    number /= HOSTILE.len();
                    value
                };
                names.iter().map(|_| next()).collect::<Vec<&str>>()
            };
            // All pairs of up to two labels, a part of those of three.
            let step = if names.len() > 2 { 7 } else { 1 };
            for number in (0..count).step_by(step * step) {
                let own = set(number);
                let row = Row::new(&labels, &own, 0);
                assert_eq!(row.values(&labels), own);
                for other in (0..count).step_by(step) {
                    let other = set(other);
                    assert_eq!(row.has(&labels, &other), own == other, "{own:?} {other:?}");
                }
                assert!(row.has(&labels, &own));
            }
        }
    }

    #[test]
    fn a_shown_outcome_changes_nothing_else() {
        let row = Row::new(&labels(&["a"]), &["\\"], 7).in_table(3, 0x00ff_00ff);
        row.show(2);
        let shown: Vec<bool> = (0..4).map(|outcome| row.is_shown(outcome)).collect();
        assert_eq!(shown, [false, false, true, false]);
        assert_eq!((row.hash(), row.first(), row.index()), (0x00ff_00ff, 7, 3));
        assert!(row.has(&labels(&["a"]), &["\\"]));
        assert_eq!(row.text(), r#"{a="\\"#);
    }

    #[test]
    fn a_row_is_small() {
        assert!(size_of::<Row>() <= 32);
    }
}
