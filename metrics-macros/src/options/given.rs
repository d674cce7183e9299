//! The options of one attribute, as given.

use super::{Buckets, LabelOption, Share};
use proc_macro2::Span;
use syn::{Expr, LitStr, Path};

/// The keys of options, texts aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Age,
    Blocking,
    Buckets,
    Busy,
    Crate,
    Created,
    Critical,
    Error,
    Group,
    Help,
    Hit,
    Interval,
    Labels,
    Name,
    Outcome,
    Prefix,
    Registry,
    Rows,
    Sample,
    Slow,
    Stream,
    Timeout,
    When,
}

/// Options that every attribute takes.
pub(super) const COMMON: [Key; 2] = [Key::Crate, Key::Registry];

impl Key {
    pub(super) const ALL: [Self; 23] = [
        Self::Age,
        Self::Blocking,
        Self::Buckets,
        Self::Busy,
        Self::Crate,
        Self::Created,
        Self::Critical,
        Self::Error,
        Self::Group,
        Self::Help,
        Self::Hit,
        Self::Interval,
        Self::Labels,
        Self::Name,
        Self::Outcome,
        Self::Prefix,
        Self::Registry,
        Self::Rows,
        Self::Sample,
        Self::Slow,
        Self::Stream,
        Self::Timeout,
        Self::When,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Blocking => "blocking",
            Self::Buckets => "buckets",
            Self::Busy => "busy",
            Self::Crate => "crate",
            Self::Created => "created",
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Group => "group",
            Self::Help => "help",
            Self::Hit => "hit",
            Self::Interval => "interval",
            Self::Labels => "labels",
            Self::Name => "name",
            Self::Outcome => "outcome",
            Self::Prefix => "prefix",
            Self::Registry => "registry",
            Self::Rows => "rows",
            Self::Sample => "sample",
            Self::Slow => "slow",
            Self::Stream => "stream",
            Self::Timeout => "timeout",
            Self::When => "when",
        }
    }
}

/// An option's value, with the span of its key.
#[derive(Clone)]
pub(crate) struct Given<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// An option that may be given once.
pub(crate) type Slot<T> = Option<Given<T>>;

/// The options of one attribute.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) age: Slot<()>,
    pub(crate) blocking: Slot<()>,
    pub(crate) buckets: Slot<Buckets>,
    pub(crate) busy: Slot<()>,
    pub(crate) krate: Slot<Path>,
    pub(crate) created: Slot<Expr>,
    pub(crate) critical: Slot<bool>,
    /// Without a value the error's own label.
    pub(crate) error: Slot<Option<Expr>>,
    pub(crate) group: Slot<LitStr>,
    pub(crate) help: Slot<LitStr>,
    pub(crate) hit: Slot<Expr>,
    /// In nanoseconds.
    pub(crate) interval: Slot<u64>,
    pub(crate) labels: Slot<Vec<LabelOption>>,
    pub(crate) name: Slot<LitStr>,
    pub(crate) outcome: Slot<Expr>,
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) registry: Slot<Path>,
    pub(crate) rows: Slot<Expr>,
    pub(crate) sample: Slot<Share>,
    /// In nanoseconds.
    pub(crate) slow: Slot<u64>,
    pub(crate) stream: Slot<()>,
    /// In nanoseconds.
    pub(crate) timeout: Slot<u64>,
    pub(crate) when: Slot<Expr>,
    /// Options that are the value of a label.
    pub(crate) texts: Vec<(&'static str, Given<LitStr>)>,
    /// The word `insert`, `update`, ….
    pub(crate) operation: Slot<&'static str>,
    /// `skip`: the block's attribute doesn't apply here.
    pub(crate) skip: Slot<()>,
    /// How many options stand there.
    pub(crate) written: usize,
}

impl Options {
    /// The text of this name.
    pub(crate) fn text(&self, name: &str) -> Option<&Given<LitStr>> {
        let mut texts = self.texts.iter();
        texts
            .find(|(text, _)| *text == name)
            .map(|(_, given)| given)
    }

    /// Where an option stands, if it is given.
    pub(crate) fn key_of(&self, key: Key) -> Option<Span> {
        match key {
            Key::Age => key_of(self.age.as_ref()),
            Key::Blocking => key_of(self.blocking.as_ref()),
            Key::Buckets => key_of(self.buckets.as_ref()),
            Key::Busy => key_of(self.busy.as_ref()),
            Key::Crate => key_of(self.krate.as_ref()),
            Key::Created => key_of(self.created.as_ref()),
            Key::Critical => key_of(self.critical.as_ref()),
            Key::Error => key_of(self.error.as_ref()),
            Key::Group => key_of(self.group.as_ref()),
            Key::Help => key_of(self.help.as_ref()),
            Key::Hit => key_of(self.hit.as_ref()),
            Key::Interval => key_of(self.interval.as_ref()),
            Key::Labels => key_of(self.labels.as_ref()),
            Key::Name => key_of(self.name.as_ref()),
            Key::Outcome => key_of(self.outcome.as_ref()),
            Key::Prefix => key_of(self.prefix.as_ref()),
            Key::Registry => key_of(self.registry.as_ref()),
            Key::Rows => key_of(self.rows.as_ref()),
            Key::Sample => key_of(self.sample.as_ref()),
            Key::Slow => key_of(self.slow.as_ref()),
            Key::Stream => key_of(self.stream.as_ref()),
            Key::Timeout => key_of(self.timeout.as_ref()),
            Key::When => key_of(self.when.as_ref()),
        }
    }

    /// Fills what isn't given from a block's options.
    pub(crate) fn or(self, block: &Self) -> Self {
        let Self {
            age,
            blocking,
            buckets,
            busy,
            krate,
            created,
            critical,
            error,
            group,
            help,
            hit,
            interval,
            labels,
            name,
            outcome,
            prefix,
            registry,
            rows,
            sample,
            slow,
            stream,
            timeout,
            when,
            texts,
            operation,
            skip,
            written,
        } = block.clone();
        let own = self.texts;
        let missing = |(text, _): &(&str, _)| own.iter().all(|(own, _)| own != text);
        let inherited: Vec<_> = texts.into_iter().filter(missing).collect();
        Self {
            age: self.age.or(age),
            blocking: self.blocking.or(blocking),
            buckets: self.buckets.or(buckets),
            busy: self.busy.or(busy),
            krate: self.krate.or(krate),
            created: self.created.or(created),
            critical: self.critical.or(critical),
            error: self.error.or(error),
            group: self.group.or(group),
            help: self.help.or(help),
            hit: self.hit.or(hit),
            interval: self.interval.or(interval),
            labels: self.labels.or(labels),
            name: self.name.or(name),
            outcome: self.outcome.or(outcome),
            prefix: self.prefix.or(prefix),
            registry: self.registry.or(registry),
            rows: self.rows.or(rows),
            sample: self.sample.or(sample),
            slow: self.slow.or(slow),
            stream: self.stream.or(stream),
            timeout: self.timeout.or(timeout),
            when: self.when.or(when),
            texts: own.into_iter().chain(inherited).collect(),
            operation: self.operation.or(operation),
            skip: self.skip.or(skip),
            written: self.written + written,
        }
    }
}

/// Where an option's key stands, if it is given.
pub(crate) fn key_of<T>(given: Option<&Given<T>>) -> Option<Span> {
    given.map(|given| given.key)
}
