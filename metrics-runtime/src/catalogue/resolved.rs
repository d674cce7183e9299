//! What a site knows of the runtime, which it holds without knowing its types.

use super::instrument::plain;
use super::{Instrument, Own, Place, Site};
use crate::measure::Resolved;
use crate::registry::Registry;
use std::any::Any;
use std::hint::assert_unchecked;

/// A site with the types of the runtime.
pub(crate) trait Declared {
    fn place(&'static self) -> Place;

    fn registry(&self) -> &'static Registry;

    fn instruments(&self) -> &'static [Instrument];

    /// What the site was resolved to, if it was.
    fn resolved(&self) -> Option<&'static Resolved>;
}

fn own(site: &Site) -> Option<&'static Own> {
    let own: &'static dyn Any = site.own()?;
    own.downcast_ref()
}

impl Declared for Site {
    fn place(&'static self) -> Place {
        Place(self)
    }

    fn registry(&self) -> &'static Registry {
        own(self).map_or(crate::global(), |own| own.registry)
    }

    fn instruments(&self) -> &'static [Instrument] {
        own(self).map_or_else(|| plain(self.what()), |own| own.instruments)
    }

    #[inline]
    fn resolved(&self) -> Option<&'static Resolved> {
        let resolved = self.timer()?.resolved().cast::<Resolved>();
        // SAFETY: a site's timer is made in `measure/timed` alone, with a leaked box of
        // this type. A downcast would take a dozen instructions, which is what a series
        // with open labels can't spare.
        #[expect(unsafe_code, reason = "the benchmark of open labels shows its worth")]
        let resolved = unsafe {
            assert_unchecked(!resolved.is_null());
            &*resolved
        };
        Some(resolved)
    }
}
