//! What sites need of a runtime, if there is one.

use crate::{OFF, Site, UNRESOLVED, VOID};
use once_cell::race::OnceRef;

/// What resolves sites and has their calls recorded.
#[derive(Debug)]
pub struct Runtime {
    /// Finds what records the calls of a site, and makes that known to it. Returns the
    /// reading of the clock at which a call begins then, [`VOID`] if nothing is recorded.
    pub resolve: fn(&'static Site) -> u64,
}

static RUNTIME: OnceRef<'static, Runtime> = OnceRef::new();

/// Has sites resolved by this runtime, those that were called before too.
pub fn install(runtime: &'static Runtime) {
    if RUNTIME.get().is_none() && RUNTIME.set(runtime).is_ok() {
        crate::switch();
    }
}

/// The reading of the clock at which a call begins while its site isn't resolved or the
/// clock isn't settled; [`VOID`] if it turns out that nothing is recorded.
#[cold]
#[inline(never)]
pub fn unsettled(site: &'static Site) -> u64 {
    // On a platform without constructors this is how a site gets known.
    site.register();
    if let Some(runtime) = RUNTIME.get() {
        return (runtime.resolve)(site);
    }
    // Nobody can read what would be recorded. Calls that come leave by one branch, until
    // a runtime is installed.
    site.publish(|| RUNTIME.get().map_or(OFF, |_| UNRESOLVED));
    VOID
}

#[cfg(test)]
mod tests {
    use super::{Runtime, install, unsettled};
    use crate::{
        Begun, Durations, OFF, Octave, OutcomeIndex, Plain, Site, Spare, Timer, UNRESOLVED, VOID,
        end, time,
    };
    use std::sync::atomic::{AtomicU64, Ordering};

    static SITE: Site = Site::plain("f", "m\nfile.rs", false, Plain::Duration);
    static LATER: Site = Site::plain("g", "m\nfile.rs", false, Plain::Duration);
    static STARTS: AtomicU64 = AtomicU64::new(0);

    const NONE: Octave = Octave {
        bound: u64::MAX,
        offset: 0,
    };

    static BOUNDS: Durations = Durations {
        shortest: u64::MAX,
        octaves: [NONE; 64],
        nanos: &[],
        lower: 0,
    };

    extern "C" fn add(_: &'static Timer, outcome: OutcomeIndex, _: Spare, start: u64) {
        STARTS.fetch_add(start << outcome as u64, Ordering::Relaxed);
    }

    static RUNTIME: Runtime = Runtime {
        resolve: |site| {
            // SAFETY: nobody here asks for what it was resolved to.
            #[expect(unsafe_code, reason = "a header can't be made otherwise")]
            let timer = unsafe { Timer::new(add, [0; 4], &BOUNDS, std::ptr::null_mut()) };
            site.resolve_to(timer);
            site.publish(|| 7);
            40
        },
    };

    // The only test that installs one, since that is for the whole process.
    #[test]
    fn sites_are_off_until_there_is_a_runtime() {
        let ended = |site, start| {
            let mut call = Begun { site, start };
            end(&mut call, OutcomeIndex::Ok);
            assert_eq!(call.start, VOID);
            end(&mut call, OutcomeIndex::Ok);
        };
        assert_eq!(unsettled(&SITE), VOID);
        assert_eq!(SITE.cell(), OFF);
        time(&SITE, OutcomeIndex::Ok, Spare::uninit(), 1);
        ended(&SITE, 1);
        install(&RUNTIME);
        assert_eq!([SITE.cell(), LATER.cell()], [UNRESOLVED; 2]);
        for site in [&SITE, &LATER] {
            let start = unsettled(site);
            assert_eq!(site.cell(), 7);
            time(site, OutcomeIndex::Error, Spare::uninit(), start + 1);
            ended(site, 3);
        }
        assert_eq!(STARTS.load(Ordering::Relaxed), 2 * (41 * 2 + 3));
        // Another one comes too late.
        install(&RUNTIME);
        assert_eq!(SITE.cell(), 7);
    }
}
