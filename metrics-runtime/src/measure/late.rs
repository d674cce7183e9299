//! Calls with labels that are read from what they return.

use super::call::{Call, Entered};
use super::{Resolved, look_up};
use crate::catalogue::Site;
use crate::label::{LabelValue, with_texts};
use crate::outcome::{Outcome, Reading};
use crate::record::Slot;

/// A call whose label values, evaluated at its entry, are kept to its end: only
/// then its series are known.
#[derive(Debug)]
pub struct Late<const D: usize> {
    call: Call<D, true>,
    texts: Box<[Box<str>]>,
}

/// Enters a site of `D` instruments, of which one has labels of the end, with the
/// `N` label values that it evaluates at entry. They are copied to the heap.
pub fn enter_late<const D: usize, const N: usize>(
    site: &'static Site,
    values: [&dyn LabelValue; N],
) -> Late<D> {
    let Some(resolved) = Resolved::at(site) else {
        return Late::nothing();
    };
    let mut rows = [Slot::NOWHERE; D];
    with_texts(&values, |texts| {
        look_up(resolved, texts, &mut rows);
        Late {
            call: Call::at(Some(site), rows),
            texts: texts.iter().map(|&text| text.into()).collect(),
        }
    })
}

impl<const D: usize> Late<D> {
    /// The call as one of which only a share is timed.
    #[inline]
    #[must_use]
    pub fn sampled(mut self, threshold: u64) -> Self {
        self.call = self.call.sampled(threshold);
        self
    }
}

impl<const D: usize> Entered for Late<D> {
    type Tracked = <Call<D, true> as Entered>::Tracked;

    fn nothing() -> Self {
        Self {
            call: Call::nothing(),
            texts: Box::default(),
        }
    }

    fn site(&self) -> Option<&'static Site> {
        self.call.site()
    }

    fn start(&mut self) {
        self.call.start();
    }

    fn is_started(&self) -> bool {
        self.call.is_started()
    }

    fn unstarted(self) -> Self {
        let call = self.call.unstarted();
        Self { call, ..self }
    }

    fn take(&mut self) -> Self {
        Self {
            call: self.call.take(),
            texts: std::mem::take(&mut self.texts),
        }
    }

    fn tracked(&self) -> Self::Tracked {
        self.call.tracked()
    }

    fn record(self, outcome: Outcome, reading: &Reading<'_>) {
        let texts = &*self.texts;
        self.call.record(outcome, &Reading { texts, ..*reading });
    }
}
