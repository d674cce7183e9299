//! What a family of a profile is made of.

use crate::collect::model::Kind;
use crate::desc::{Desc, Schema};
use crate::name::LabelName;

/// A family of a profile, as a sum of families of the toolkit.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    pub(super) labels: &'static [(&'static str, Origin)],
    pub(super) sources: &'static [Source],
}

/// Where a label value comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// The label of this name.
    Label(&'static str),
    /// What the set-up says of the database that the label of this name has.
    VendorOf(&'static str),
    Constant(&'static str),
}

/// A family of the toolkit.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) desc: &'static Desc,
    pub(super) take: Take,
    /// It isn't on the page itself.
    pub(super) is_replaced: bool,
}

/// What is taken of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Take {
    /// Its series as they are.
    All,
    /// How many observations its series with these label values have.
    CountOf(&'static [(&'static str, &'static str)]),
}

impl Source {
    /// All of a family, which is replaced.
    pub(super) const fn replaced(desc: &'static Desc) -> Self {
        Self {
            desc,
            take: Take::All,
            is_replaced: true,
        }
    }

    /// How many observations of a family have these label values.
    pub(super) const fn count_of(
        desc: &'static Desc,
        labels: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            desc,
            take: Take::CountOf(labels),
            is_replaced: false,
        }
    }

    /// Whether this is the family: an application may have another one of its name
    /// where it doesn't use the toolkit's.
    pub(super) fn is(&self, schema: &Schema) -> bool {
        let labels = schema.labels.iter().map(LabelName::as_str);
        schema.name.as_str() == self.desc.name
            && schema.kind == self.desc.kind
            && schema.by_outcome == self.desc.by_outcome
            && labels.eq(self.desc.labels.iter().copied())
    }
}
