//! Where call sites stand.

use super::Site;
use std::fmt;

/// Where a call site stands.
#[derive(Clone, Copy)]
pub struct Place(pub(super) &'static Site);

impl Place {
    /// The file, as the compiler was given it.
    pub fn file(&self) -> &'static str {
        self.origin().1
    }

    /// The line of the attribute.
    pub const fn line(&self) -> u32 {
        self.0.line()
    }

    /// The column of the attribute.
    pub const fn column(&self) -> u32 {
        self.0.column()
    }

    /// The module's path.
    pub fn module(&self) -> &'static str {
        self.origin().0
    }

    /// The function, with its type where a whole `impl` block is annotated.
    pub const fn function(&self) -> &'static str {
        self.0.function()
    }

    /// The name of the crate: the head of the module's path.
    pub fn krate(&self) -> &'static str {
        let module = self.module();
        module.split("::").next().unwrap_or(module)
    }

    fn origin(self) -> (&'static str, &'static str) {
        let origin = self.0.origin();
        origin.split_once('\n').unwrap_or((origin, ""))
    }

    /// The order in which sites that disagree are decided: the smallest is in
    /// force.
    pub(crate) fn rank(self) -> impl Ord + use<> {
        (
            self.krate(),
            self.file(),
            self.line(),
            self.column(),
            self.function(),
        )
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank() && self.module() == other.module()
    }
}

impl Eq for Place {}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{} in {}::{}",
            self.file(),
            self.line(),
            self.module(),
            self.function()
        )
    }
}
