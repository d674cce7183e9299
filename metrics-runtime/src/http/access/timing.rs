//! How long a token takes to be judged, by the statistic of dudect (Reparaz, Balasch
//! and Verbauwhede, 2017): Welch's t between two classes of inputs, as they come and
//! with the slowest cropped.

use super::secret::{Secret, accept};
use std::env;
use std::hint::black_box;
use std::time::Instant;

/// Above it, times are taken to differ.
const LIMIT: f64 = 4.5;

/// Measurements that must all find a difference.
const ATTEMPTS: usize = 3;

/// Calls of each class.
const SAMPLES: usize = 100_000;

/// Where the slowest are cropped.
const SHARES: [f64; 6] = [0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

const RIGHT: &[u8; 32] = b"0123456789abcdef0123456789abcdef";
const WRONG_FIRST: &[u8; 32] = b"x123456789abcdef0123456789abcdef";
const WRONG_LAST: &[u8; 32] = b"0123456789abcdef0123456789abcdex";

/// Mean and variance, in one pass (Welford).
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        values.fold(Self::default(), |moments, value| {
            let count = moments.count + 1.0;
            let difference = value - moments.mean;
            let mean = moments.mean + difference / count;
            let squares = moments.squares + difference * (value - mean);
            Self {
                count,
                mean,
                squares,
            }
        })
    }

    /// The square of the mean's standard error.
    fn error(self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

fn welch(one: &[f64], other: &[f64]) -> f64 {
    let (one, other) = (
        Moments::of(one.iter().copied()),
        Moments::of(other.iter().copied()),
    );
    (one.mean - other.mean) / (one.error() + other.error()).sqrt()
}

/// The t of the two classes, cropped at each of the shares of both together.
fn cropped(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut all: Vec<f64> = one.iter().chain(other).copied().collect();
    all.sort_by(f64::total_cmp);
    let cropped = SHARES.map(|share| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a place in a list of a few hundred thousand"
        )]
        let last = ((all.len() as f64 * share) as usize).clamp(1, all.len()) - 1;
        let below = |class: &[f64]| -> Vec<f64> {
            let below = class.iter().copied().filter(|time| *time <= all[last]);
            below.collect()
        };
        welch(&below(one), &below(other))
    });
    cropped.into()
}

/// The right one stands between others.
fn secrets() -> [Secret; 3] {
    [
        Secret::from("fedcba9876543210fedcba9876543210"),
        Secret::from(std::str::from_utf8(RIGHT).expect("it is text")),
        Secret::from("another-token-that-is-accepted--"),
    ]
}

/// What judges a token.
type Judge<'a> = &'a dyn Fn(&[Secret], Option<&[u8]>) -> bool;

/// Nanoseconds of `SAMPLES` calls for each class, in random order.
fn measure(judge: Judge, classes: [Option<&[u8; 32]>; 2]) -> [Vec<f64>; 2] {
    let secrets = secrets();
    let mut times = [Vec::new(), Vec::new()];
    // All classes are read from the same bytes.
    let mut buffer = [0; 32];
    while times.iter().any(|times| times.len() < SAMPLES) {
        let nth = usize::from(fastrand::bool());
        let class = classes[nth];
        buffer.copy_from_slice(class.unwrap_or(RIGHT));
        let presented = black_box(class.map(|_| &buffer[..]));
        let start = Instant::now();
        black_box(judge(black_box(&secrets), presented));
        let elapsed = start.elapsed();
        #[expect(clippy::cast_precision_loss, reason = "a call takes less than a day")]
        times[nth].push(elapsed.as_nanos() as f64);
    }
    for times in &mut times {
        times.truncate(SAMPLES);
    }
    times
}

/// Whether each of so many measurements finds a difference.
///
/// A machine that does something else meanwhile is slower for a while, and that meets one
/// class more than the other now and then. What is in the code is found each time.
fn differs(judge: Judge, name: &str, classes: [Option<&[u8; 32]>; 2]) -> bool {
    (0..ATTEMPTS).all(|_| {
        // Caches and branches settle.
        measure(judge, classes);
        let [one, other] = measure(judge, classes);
        let found = cropped(&one, &other);
        let shown: Vec<String> = found.iter().map(|t| format!("{t:+.2}")).collect();
        let shown = shown.join(" ");
        println!("S5: {SAMPLES} samples each of {name}: t = {shown}");
        found.iter().any(|t| t.abs() >= LIMIT)
    })
}

/// What `accept` must not be: beside its digests, it compares what was presented with the
/// right token and ends at the first byte that differs.
fn ends_early(secrets: &[Secret], presented: Option<&[u8]>) -> bool {
    let accepted = accept(secrets, presented);
    let pairs = presented.unwrap_or_default().iter().zip(RIGHT);
    // As a loop by bytes, whatever the compiler knows of comparisons.
    let same = pairs.take_while(|(one, other)| black_box(one) == black_box(other));
    accepted & (same.count() == RIGHT.len())
}

// S5. Mutations: `accept` returns at the first token that is right; or compares by
// `==`; or digests nothing when nothing was presented.
#[test]
fn right_wrong_and_absent_tokens_take_as_long() {
    let verdict = |class: Option<&[u8; 32]>| accept(&secrets(), class.map(|token| &token[..]));
    let verdicts = [Some(RIGHT), Some(WRONG_FIRST), Some(WRONG_LAST), None].map(verdict);
    assert_eq!(verdicts, [true, false, false, false]);
    // Times are measured in long runs only.
    if env::var_os("METRICS_PROVE").is_none() {
        return;
    }
    for (name, classes) in [
        (
            "right and wrong in the first byte",
            [Some(RIGHT), Some(WRONG_FIRST)],
        ),
        (
            "right and wrong in the last byte",
            [Some(RIGHT), Some(WRONG_LAST)],
        ),
        (
            "wrong in the first and in the last byte",
            [Some(WRONG_FIRST), Some(WRONG_LAST)],
        ),
        ("right and absent", [Some(RIGHT), None]),
        ("wrong and absent", [Some(WRONG_FIRST), None]),
    ] {
        let differs = differs(&accept, name, classes);
        assert!(!differs, "{name}: a difference was found {ATTEMPTS} times");
    }
}

// S5. The statistic's power: a difference that is in the code is found by each of three
// measurements, so that asking for three loses nothing. Of an early end after up to 31
// bytes, some 20 ns of 250, each of 15 found a t beyond 100 on a machine that was busy with
// other things; beside the limit of 4.5, one of a nanosecond would be found.
// Mutation: `ends_early` goes on to the last byte.
#[test]
fn a_comparison_that_ends_early_is_noticed() {
    let verdict = |token: &[u8; 32]| ends_early(&secrets(), Some(token));
    assert_eq!(
        [RIGHT, WRONG_FIRST, WRONG_LAST].map(verdict),
        [true, false, false]
    );
    // Times are measured in long runs only.
    if env::var_os("METRICS_PROVE").is_none() {
        return;
    }
    let classes = [Some(WRONG_FIRST), Some(WRONG_LAST)];
    let name = "what ends early, wrong in the first and in the last byte";
    assert!(
        differs(&ends_early, name, classes),
        "an early end isn't noticed"
    );
}

// A difference that is there is found, and one that isn't is not.
#[test]
fn the_statistic_tells_classes_apart() {
    let mut random = fastrand::Rng::with_seed(5);
    let mut class = |shift: f64| -> Vec<f64> {
        let times = (0..SAMPLES).map(|_| 100.0 + shift + 20.0 * random.f64());
        times.collect()
    };
    let (one, same, slower) = (class(0.0), class(0.0), class(0.5));
    assert!(welch(&one, &same).abs() < LIMIT);
    assert!(cropped(&one, &slower).iter().all(|t| *t < -LIMIT));
    // By hand: means 2 and 4, variances 1 and 4, three values each.
    let t = welch(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]);
    assert!(
        (t + 2.0 / (1.0_f64 / 3.0 + 4.0 / 3.0).sqrt()).abs() < 1e-12,
        "{t}"
    );
}
