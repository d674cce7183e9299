//! The samples of a window.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Cumulative values, by column. One with fewer columns was taken when there were no more.
pub(super) type Values = Arc<[f64]>;

/// Samples in a window, at most.
pub(super) const PER_WINDOW: u32 = 12;

/// The samples that a window needs: as old as it is, and from there on, spread.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) span: Duration,
    samples: VecDeque<(Duration, Values)>,
}

impl Ring {
    pub(super) const fn new(span: Duration) -> Self {
        Self {
            span,
            samples: VecDeque::new(),
        }
    }

    /// Takes a sample, unless the last one is too young.
    pub(super) fn push(&mut self, at: Duration, values: &Values) {
        let every = self.span / PER_WINDOW;
        let last = self.samples.back();
        if last.is_none_or(|(last, _)| at >= *last + every) {
            self.samples.push_back((at, Arc::clone(values)));
        }
        // The first is the youngest that is as old as the window.
        while self
            .samples
            .get(1)
            .is_some_and(|(second, _)| *second + self.span <= at)
        {
            self.samples.pop_front();
        }
    }

    /// The sample with which the window begins: as old as that is, else the oldest.
    pub(super) fn base(&self, at: Duration) -> Option<&(Duration, Values)> {
        let old = |(time, _): &&(Duration, Values)| *time + self.span <= at;
        self.samples.iter().rfind(old).or(self.samples.front())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{PER_WINDOW, Ring, Values};
    use std::time::Duration;

    // Mutations: `push` drops all that are older than the window; it keeps all.
    #[test]
    fn the_base_is_as_old_as_the_window_and_samples_are_few() {
        let seconds = Duration::from_secs;
        let values: Values = [].into();
        let mut ring = Ring::new(seconds(60));
        assert!(ring.base(seconds(0)).is_none());
        for at in 0..1_000 {
            ring.push(seconds(at), &values);
            let (base, _) = ring.base(seconds(at)).expect("there is one");
            let age = seconds(at).saturating_sub(*base);
            if at < 60 {
                assert_eq!(*base, seconds(0));
            } else {
                assert!(age >= seconds(60) && age < seconds(65), "{age:?} at {at}");
            }
            assert!(ring.len() <= PER_WINDOW as usize + 2);
        }
        // A machine that slept.
        let (base, _) = ring.base(seconds(9_000)).expect("there is one");
        assert_eq!(*base, seconds(995));
    }
}
