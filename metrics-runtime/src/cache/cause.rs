//! Why a value has left a cache.

/// Why a value has left a cache: the values of the label `cause`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EvictionCause {
    /// The cache was full.
    Size,
    /// Its time was over.
    Expired,
    /// It was deleted.
    Explicit,
    /// Another value has its key.
    Replaced,
}

impl EvictionCause {
    /// All causes, in the order of their index.
    pub const ALL: [Self; 4] = [Self::Size, Self::Expired, Self::Explicit, Self::Replaced];

    /// The label value: `size`, `expired`, `explicit` or `replaced`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Expired => "expired",
            Self::Explicit => "explicit",
            Self::Replaced => "replaced",
        }
    }
}
