//! A cache: what is written is read again.

use crate::health::{HealthCheck, HealthReport};
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A cache, by one round trip: `set` is given a key, `health-check:` and the name, and
/// a value that differs each time, and `get` has to read it again.
///
/// ```
/// use metrics_runtime::health::ready;
/// use std::collections::HashMap;
/// use std::convert::Infallible;
/// use std::sync::{Arc, Mutex};
///
/// let cache = Arc::new(Mutex::new(HashMap::new()));
/// let other = Arc::clone(&cache);
/// let check = ready::cache(
///     "sessions",
///     async move |key, value| {
///         cache.lock().unwrap().insert(key, value);
///         Ok::<_, Infallible>(())
///     },
///     async move |key: String| Ok::<_, Infallible>(other.lock().unwrap().get(&key).cloned()),
/// );
/// assert_eq!(check.name(), "sessions");
/// ```
pub fn cache<T, E: Display, F: Display>(
    name: impl Into<String>,
    set: impl AsyncFn(String, String) -> Result<T, E> + Send + Sync + 'static,
    get: impl AsyncFn(String) -> Result<Option<String>, F> + Send + Sync + 'static,
) -> HealthCheck {
    let name = name.into();
    let key = format!("health-check:{name}");
    // Two programs may share the cache, and one may start twice.
    let run = SystemTime::now().duration_since(UNIX_EPOCH);
    let run = run.unwrap_or_default().as_nanos() ^ u128::from(std::process::id());
    let count = AtomicU64::new(0);
    HealthCheck::new(name, async move || {
        // Relaxed: the number has to differ and orders nothing else.
        let value = format!("{run:x}-{}", count.fetch_add(1, Ordering::Relaxed));
        if let Err(error) = set(key.clone(), value.clone()).await {
            return HealthReport::down(format!("it can't be written: {error}"));
        }
        match get(key.clone()).await {
            Ok(Some(read)) if read == value => HealthReport::up(),
            // Another instance has written in between, which it can since the cache works.
            Ok(Some(_)) => HealthReport::degraded("another value is read than was written"),
            Ok(None) => HealthReport::down("what was written isn't there"),
            Err(error) => HealthReport::down(format!("it can't be read: {error}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::cache;
    use crate::health::check::Work;
    use crate::health::drive::drive;
    use crate::health::{HealthCheck, HealthReport};
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    fn run(check: &HealthCheck) -> HealthReport {
        let Work::Async(work) = &*check.work else {
            panic!("it awaits");
        };
        let end = Instant::now() + Duration::from_mins(1);
        drive(work().as_mut(), end).expect("nothing hangs")
    }

    #[test]
    fn what_is_read_must_be_what_was_written_last() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let check = cache(
            "a",
            async move |key, value| {
                keep.lock().unwrap().push((key, value));
                Ok::<_, Infallible>(())
            },
            async move |key| {
                let kept = kept.lock().unwrap();
                let (known, value): &(String, String) = kept.last().unwrap();
                assert_eq!((&*key, kept.len() < 3), ("health-check:a", true));
                Ok::<_, Infallible>((*known == key).then(|| value.clone()))
            },
        );
        assert_eq!(run(&check), HealthReport::up());
        assert_eq!(run(&check), HealthReport::up());
    }

    // Mutations: any value passes; the value is the same each time.
    #[test]
    fn what_is_lost_stale_or_refused_is_told() {
        let ok = async |_, _| Ok::<_, Infallible>(());
        let lost = cache("a", ok, async |_| Ok::<_, Infallible>(None));
        assert_eq!(
            run(&lost),
            HealthReport::down("what was written isn't there")
        );
        let first = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&first);
        let stale = cache(
            "a",
            async move |_, value| {
                keep.lock().unwrap().get_or_insert(value);
                Ok::<_, Infallible>(())
            },
            async move |_| Ok::<_, Infallible>(first.lock().unwrap().clone()),
        );
        assert_eq!(run(&stale), HealthReport::up());
        let message = "another value is read than was written";
        assert_eq!(run(&stale), HealthReport::degraded(message));
        let read_only = cache(
            "a",
            async |_, _| Err::<(), _>("full"),
            async |_| Ok::<_, Infallible>(None),
        );
        let message = "it can't be written: full";
        assert_eq!(run(&read_only), HealthReport::down(message));
        let unreadable = cache("a", ok, async |_| Err::<Option<String>, _>("gone"));
        let message = "it can't be read: gone";
        assert_eq!(run(&unreadable), HealthReport::down(message));
    }
}
