//! Callers that fail again and again.

use once_cell::sync::OnceCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::iter;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long failures of a caller are added up.
const WINDOW: Duration = Duration::from_mins(1);

/// Failures in that time that are answered as what they are.
const MOST_FAILURES: u32 = 10;

/// A caller has its place in one set, so that one failure costs a look at so many
/// entries, however many callers there are.
const WAYS: usize = 8;
const SETS: usize = 1_250;

/// Callers that fail again and again: at most 10,000 of them, in some 400 KiB that are
/// taken at the first failure.
///
/// When a set is full, whoever has failed least makes room. To lose a count, a caller
/// must so fill its set, which it can't find by the keyed hash, with others that have
/// failed as often: it spends more attempts than it wins. A set full of callers that
/// are throttled keeps them, and a new one is throttled with them. That locks nobody
/// out, since callers with a valid credential are never looked up here.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    hash: RandomState,
    sets: OnceCell<Box<[Mutex<Set>]>>,
}

type Set = [Option<Entry>; WAYS];

#[derive(Clone, Copy, Debug)]
struct Entry {
    caller: Option<IpAddr>,
    since: Instant,
    failures: u32,
}

impl Entry {
    /// How much of its time is left at `now`.
    fn left(&self, now: Instant) -> Duration {
        WINDOW.saturating_sub(now.saturating_duration_since(self.since))
    }

    /// Its failures in the time that counts at `now`.
    fn failures(&self, now: Instant) -> u32 {
        if self.left(now).is_zero() {
            return 0;
        }
        self.failures
    }
}

impl Throttle {
    /// Counts a failure of this caller; how long it should wait if it has failed too
    /// often. Callers without an address count as one.
    pub(super) fn fail(&self, caller: Option<IpAddr>, now: Instant) -> Option<Duration> {
        let caller = caller.map(network_of);
        let mut set = self.set(caller);
        let known = set
            .iter_mut()
            .flatten()
            .find(|entry| entry.caller == caller);
        if let Some(entry) = known {
            if entry.left(now).is_zero() {
                (entry.since, entry.failures) = (now, 0);
            }
            entry.failures = entry.failures.saturating_add(1);
            return (entry.failures > MOST_FAILURES).then(|| entry.left(now));
        }
        let failures = |slot: &Option<Entry>| slot.map_or(0, |entry| entry.failures(now));
        let room = set.iter_mut().min_by_key(|slot| failures(slot))?;
        if let Some(entry) = room
            && entry.failures(now) > MOST_FAILURES
        {
            return Some(entry.left(now));
        }
        *room = Some(Entry {
            caller,
            since: now,
            failures: 1,
        });
        None
    }

    /// Whether this caller has failed too often, and its time isn't over. Nothing is
    /// counted, and newcomers to a full set aren't held to account for it here.
    pub(super) fn holds(&self, caller: Option<IpAddr>, now: Instant) -> bool {
        // Before the first failure there is no table.
        if self.sets.get().is_none() {
            return false;
        }
        let caller = caller.map(network_of);
        let set = self.set(caller);
        let mut known = set.iter().flatten();
        let known = known.find(|entry| entry.caller == caller);
        known.is_some_and(|entry| entry.failures(now) >= MOST_FAILURES)
    }

    fn set(&self, caller: Option<IpAddr>) -> MutexGuard<'_, Set> {
        let sets = self.sets.get_or_init(|| {
            let sets = iter::repeat_with(|| Mutex::new([None; WAYS]));
            sets.take(SETS).collect()
        });
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any part of a hash will do"
        )]
        let nth = self.hash.hash_one(caller) as usize % SETS;
        // Nothing panics while it is held.
        sets[nth].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one caller easily has many addresses of is one caller.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_FAILURES, SETS, Throttle, WAYS, WINDOW};
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};

    fn address(text: &str) -> IpAddr {
        text.parse().expect("it is an address")
    }

    fn len(throttle: &Throttle) -> usize {
        let sets = throttle.sets.get().expect("there was a failure");
        let len = |set: &Mutex<[Option<_>; WAYS]>| {
            let set = set.lock().unwrap_or_else(PoisonError::into_inner);
            set.iter().flatten().count()
        };
        sets.iter().map(len).sum()
    }

    // S25. Mutations: `>` is `>=`; the time isn't looked at; nothing is reset after it.
    #[test]
    fn ten_failures_in_a_minute_are_told_apart_from_the_eleventh() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for caller in [Some(address("192.0.2.1")), None] {
            for _ in 0..MOST_FAILURES {
                assert_eq!(throttle.fail(caller, now), None);
            }
            let later = now + Duration::from_secs(20);
            assert_eq!(throttle.fail(caller, later), Some(Duration::from_secs(40)));
            assert_eq!(throttle.fail(Some(address("192.0.2.2")), later), None);
            assert_eq!(throttle.fail(caller, now + WINDOW), None);
        }
    }

    // Mutations: it holds a caller for one failure less or more; nothing is over.
    #[test]
    fn a_caller_is_held_from_its_tenth_failure_to_the_end_of_the_minute() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let caller = Some(address("2001:db8::1"));
        assert!(!throttle.holds(caller, now));
        for _ in 0..MOST_FAILURES {
            assert!(!throttle.holds(caller, now));
            assert_eq!(throttle.fail(caller, now), None);
        }
        // The next one is answered with 429, whatever it is.
        assert!(throttle.holds(caller, now));
        assert!(throttle.holds(Some(address("2001:db8::2")), now));
        assert!(!throttle.holds(Some(address("2001:db8:0:1::1")), now));
        assert!(!throttle.holds(None, now));
        assert!(!throttle.holds(caller, now + WINDOW));
        assert!(throttle.fail(caller, now).is_some());
    }

    // Mutations: IPv6 by its whole address; IPv4 in IPv6's form by its /64, which
    // has all of IPv4.
    #[test]
    fn an_ipv6_network_is_one_caller() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for nth in 0..MOST_FAILURES {
            let caller = address(&format!("2001:db8::{nth:x}:1"));
            assert_eq!(throttle.fail(Some(caller), now), None);
        }
        assert!(
            throttle
                .fail(Some(address("2001:db8::ffff")), now)
                .is_some()
        );
        assert_eq!(throttle.fail(Some(address("2001:db8:0:1::1")), now), None);
        for nth in 0..=MOST_FAILURES {
            let caller = address(&format!("::ffff:192.0.2.{nth}"));
            assert_eq!(throttle.fail(Some(caller), now), None);
        }
    }

    // S25. Mutation: the most failures make room.
    #[test]
    fn many_callers_take_bounded_room_and_free_nobody() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let attacker = Some(address("192.0.2.1"));
        for _ in 0..=MOST_FAILURES {
            throttle.fail(attacker, now);
        }
        let other = Some(address("192.0.2.2"));
        for _ in 0..MOST_FAILURES / 2 {
            throttle.fail(other, now);
        }
        for nth in 0..100_000_u32 {
            let caller = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 | nth));
            throttle.fail(Some(caller), now);
        }
        assert!(len(&throttle) <= 10_000, "{}", len(&throttle));
        assert_eq!(SETS * WAYS, 10_000);
        assert!(throttle.fail(attacker, now).is_some());
        for _ in MOST_FAILURES / 2..MOST_FAILURES {
            assert_eq!(throttle.fail(other, now), None);
        }
        assert!(throttle.fail(other, now).is_some());
    }

    // Mutation: a set of throttled callers gives one of them up.
    #[test]
    fn a_full_table_throttles_newcomers_until_the_minute_is_over() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for nth in 0..50_000_u32 {
            let caller = Some(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 | nth)));
            for _ in 0..=MOST_FAILURES {
                throttle.fail(caller, now);
            }
        }
        assert_eq!(len(&throttle), 10_000);
        let newcomer = Some(address("192.0.2.1"));
        assert!(throttle.fail(newcomer, now).is_some());
        assert_eq!(throttle.fail(newcomer, now + WINDOW), None);
    }
}
