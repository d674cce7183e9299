//! Exemplars without the feature `exemplars`: none, at no cost.

/// Of a series or bucket; none exists.
#[derive(Clone, Debug)]
pub(crate) enum Kept {}

impl Kept {
    pub(crate) fn labels(&self) -> &[(String, String)] {
        match *self {}
    }

    pub(crate) fn value(&self) -> f64 {
        match *self {}
    }

    pub(crate) fn unix_millis(&self) -> u64 {
        match *self {}
    }
}

/// There is no source.
#[inline]
pub(crate) const fn is_on() -> bool {
    false
}

/// Nothing is kept.
#[inline]
pub(crate) fn offer(_: u32, _: impl FnOnce() -> f64) {}

/// As [`offer`].
#[inline]
pub(crate) fn offer_to(_: u32, _: impl FnOnce() -> f64) {}

/// Nothing was kept.
#[inline]
pub(crate) fn kept(_: u32) -> Option<Kept> {
    None
}

/// There is nothing to ask for.
pub(crate) fn ask_again() {}
