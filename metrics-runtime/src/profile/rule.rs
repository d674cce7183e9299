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
    /// Who makes the database that the label of this name has.
    VendorOf(&'static str),
    /// The exception that the class of errors is which the label of this name has.
    ExceptionOf(&'static str),
}

/// Labels and their values.
pub(super) type Labels = &'static [(&'static str, &'static str)];

/// A family of the toolkit.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) desc: &'static Desc,
    pub(super) which: Which,
    pub(super) take: Take,
    /// Labels that its series are taken to have beside their own.
    pub(super) with: Labels,
    /// It isn't read where another family has a series of these labels, which counts
    /// the same; but what it had counted before stays.
    pub(super) unless: Option<(&'static Desc, Labels)>,
    /// It isn't on the page itself.
    pub(super) is_replaced: bool,
}

/// Which series of it are taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    All,
    With(Labels),
    Without(&'static str, &'static str),
    /// Those of databases that aren't seen through their driver: of the others, another
    /// source knows more, and has its place from when the driver is known.
    WithoutDriver(&'static str),
}

/// What is taken of a series.
#[derive(Clone, Copy, Debug)]
pub(super) enum Take {
    Value,
    /// How many observations it has.
    Count,
    /// That it is there, so that the sum is on the page before anything is counted.
    Zero,
}

impl Source {
    /// All of a family, which stays on the page too.
    pub(super) const fn read(desc: &'static Desc) -> Self {
        Self {
            desc,
            which: Which::All,
            take: Take::Value,
            with: &[],
            unless: None,
            is_replaced: false,
        }
    }

    /// All of a family, which is replaced.
    pub(super) const fn replaced(desc: &'static Desc) -> Self {
        Self {
            is_replaced: true,
            ..Self::read(desc)
        }
    }

    /// The series of a family at zero.
    pub(super) const fn zero(desc: &'static Desc) -> Self {
        Self {
            take: Take::Zero,
            ..Self::read(desc)
        }
    }

    /// Those series of it.
    pub(super) const fn which(mut self, which: Which) -> Self {
        self.which = which;
        self
    }

    /// The number of observations.
    pub(super) const fn counted(mut self) -> Self {
        self.take = Take::Count;
        self
    }

    /// With more labels than those of the family.
    pub(super) const fn with(mut self, labels: Labels) -> Self {
        self.with = labels;
        self
    }

    /// Unless another family has a series of these labels.
    pub(super) const fn unless(mut self, desc: &'static Desc, labels: Labels) -> Self {
        self.unless = Some((desc, labels));
        self
    }

    /// Whether another source may take its place while the program runs.
    pub(super) const fn may_give_way(&self) -> bool {
        self.unless.is_some() || matches!(self.which, Which::WithoutDriver(_))
    }

    /// Whether this is the family.
    pub(super) fn is(&self, schema: &Schema) -> bool {
        is(self.desc, schema)
    }

    /// Whether the family is looked at for this.
    pub(super) fn reads(&self, schema: &Schema) -> bool {
        self.is(schema) || self.unless.is_some_and(|(desc, _)| is(desc, schema))
    }
}

/// Whether this is the family: an application may have another one of its name where it
/// doesn't use the toolkit's.
pub(super) fn is(desc: &Desc, schema: &Schema) -> bool {
    let labels = schema.labels.iter().map(LabelName::as_str);
    schema.name.as_str() == desc.name
        && schema.kind == desc.kind
        && schema.by_outcome == desc.by_outcome
        && labels.eq(desc.labels.iter().copied())
}
