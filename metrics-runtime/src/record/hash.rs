//! The hash of label values: one multiplication for each value of up to 16
//! bytes, with secrets that differ from table to table, so that nobody can
//! choose values that collide.

use std::hash::{BuildHasher, RandomState};

/// Lower bits of a hash that are used.
pub(super) const BITS: u32 = 24;

/// Hashes the values of a label set.
pub(super) trait HashValues {
    /// The hash, of which [`BITS`] count.
    fn hash(&self, values: &[&str]) -> u32;

    /// The same of one value, by its [`ends`].
    fn hash_ends<const N: usize>(&self, ends: (&[u8; N], &[u8; N]), len: usize) -> u32;
}

/// The secrets of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed {
    start: u64,
    mix: u64,
}

impl Default for Seed {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            start: random.hash_one(0),
            mix: random.hash_one(1),
        }
    }
}

/// Both halves of the product, folded into one.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

/// The first and the last `N` bytes, which may overlap: all of a value that has
/// `N` to `2 * N` bytes.
#[inline]
pub(super) fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    Some((bytes.first_chunk()?, bytes.last_chunk()?))
}

#[inline]
fn word<const N: usize>(bytes: &[u8; N]) -> u64 {
    let mut word = [0; 8];
    word[..N].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

impl Seed {
    /// Goes on with a value of this length by ends of it.
    #[inline]
    fn add<const N: usize>(self, hash: u64, ends: (&[u8; N], &[u8; N]), len: usize) -> u64 {
        let (front, back) = ends;
        let hash = folded(hash ^ word(front), self.mix ^ word(back));
        // Values with the same ends differ in length.
        hash.wrapping_add(len as u64)
    }

    #[inline(never)]
    fn add_any(self, mut hash: u64, value: &[u8]) -> u64 {
        let mut rest = value;
        while let Some((front, tail)) = rest.split_first_chunk::<16>()
            && !tail.is_empty()
        {
            hash = ends::<8>(front).map_or(hash, |ends| self.add(hash, ends, 0));
            rest = tail;
        }
        let len = value.len();
        // The last 16, of which some may have been seen before.
        let last = value.last_chunk::<16>().map_or(value, |last| last);
        if let Some(ends) = ends::<8>(last) {
            self.add(hash, ends, len)
        } else if let Some(ends) = ends::<4>(last) {
            self.add(hash, ends, len)
        } else if let Some(ends) = ends::<2>(last) {
            self.add(hash, ends, len)
        } else {
            let one = last.first_chunk::<1>().unwrap_or(&[0]);
            self.add(hash, (one, one), len)
        }
    }
}

/// The bits that are used. A folded product of values that count up can go in
/// strides; multiplied by an odd number without a pattern, its upper bits spread.
const fn used(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as u32
}

impl HashValues for Seed {
    #[inline]
    fn hash(&self, values: &[&str]) -> u32 {
        let hash = values.iter().fold(self.start, |hash, value| {
            let bytes = value.as_bytes();
            match ends::<8>(bytes).filter(|_| bytes.len() <= 16) {
                Some(ends) => self.add(hash, ends, bytes.len()),
                None => self.add_any(hash, bytes),
            }
        });
        used(hash)
    }

    #[inline]
    fn hash_ends<const N: usize>(&self, ends: (&[u8; N], &[u8; N]), len: usize) -> u32 {
        used(self.add(self.start, ends, len))
    }
}

#[cfg(test)]
mod tests {
    use super::{HashValues, Seed, ends};
    use std::collections::HashSet;

    fn used(hash: u32) -> u32 {
        hash & ((1 << super::BITS) - 1)
    }

    /// Values of every length, and pairs that join alike.
    fn sets() -> Vec<Vec<String>> {
        let text: String = ('a'..='z').cycle().take(60).collect();
        let mut sets: Vec<Vec<String>> = (0..=60).map(|end| vec![text[..end].to_owned()]).collect();
        for at in 0..=60 {
            sets.push(vec![text[..at].to_owned(), text[at..].to_owned()]);
        }
        // One value differs from "aaa…" in one place, for every length.
        for len in 1..=60 {
            for at in 0..len {
                let mut bytes = vec![b'.'; len];
                bytes[at] = b'!';
                sets.push(vec![String::from_utf8(bytes).expect("it is ASCII")]);
            }
        }
        sets.extend((0..=60).map(|len| vec!["\0".repeat(len)]));
        // The empty value is there twice.
        sets.sort();
        sets.dedup();
        sets
    }

    // Mutations: `add` leaves the length out, or adds it to `back`; `add_any`
    // skips a chunk, or takes one byte of two or three.
    #[test]
    fn every_byte_and_every_length_counts() {
        let sets = sets();
        let collisions = |_| {
            let seed = Seed::default();
            let hashes = sets.iter().map(|set| {
                let values: Vec<&str> = set.iter().map(String::as_str).collect();
                used(seed.hash(&values))
            });
            sets.len() - hashes.collect::<HashSet<u32>>().len()
        };
        // Eight by chance, many for each pair of sets that are wrong.
        let collisions: usize = (0..64).map(collisions).sum();
        assert!(collisions < 25, "{collisions}");
    }

    #[test]
    fn one_short_value_has_one_hash() {
        fn by_ends<const N: usize>(seed: Seed, value: &str) -> u32 {
            let ends = ends::<N>(value.as_bytes()).expect("it has so many bytes");
            seed.hash_ends(ends, value.len())
        }
        let seed = Seed::default();
        for (value, hash) in [
            ("ab", by_ends::<2> as fn(Seed, &str) -> u32),
            ("abc", by_ends::<2>),
            ("abcd", by_ends::<4>),
            ("abcdefg", by_ends::<4>),
            ("abcdefgh", by_ends::<8>),
            ("abcdefghijklmnop", by_ends::<8>),
        ] {
            assert_eq!(used(seed.hash(&[value])), used(hash(seed, value)));
        }
    }

    #[test]
    fn tables_hash_differently() {
        let hash = || Seed::default().hash(&["value"]);
        assert_ne!(hash(), hash());
    }

    /// Of 20,000 values, about twelve pairs share a hash.
    #[test]
    fn values_that_count_up_spread() {
        let seed = Seed::default();
        let hashes = (0..20_000).map(|n| used(seed.hash(&[&format!("user-{n}")])));
        let distinct = hashes.collect::<HashSet<u32>>().len();
        assert!(distinct > 19_900, "{distinct}");
    }
}
