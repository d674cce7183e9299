//! Buckets of built-in families that the set-up decides.

use super::Registry;
use super::state::State;
use crate::builtin::{django, http, query};
use crate::desc::Desc;
use crate::profile::Profile;

/// What the set-up says of buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Buckets {
    pub(crate) profile: Profile,
    /// Upper bounds of the latencies of requests, in seconds.
    pub(crate) latency: Option<Vec<f64>>,
}

/// Families whose buckets the set-up may decide.
static DECIDED: [&Desc; 5] = [
    &http::HTTP_REQUEST_DURATION_SECONDS,
    &http::HTTP_TIME_TO_FIRST_BYTE_SECONDS,
    &django::DJANGO_HTTP_REQUESTS_LATENCY_INCLUDING_MIDDLEWARES_SECONDS,
    &django::DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD,
    &query::DB_QUERY_DURATION_SECONDS,
];

/// Whether a description is that of the built-in family, or of an equal one.
fn is(desc: &Desc, other: &Desc) -> bool {
    desc.prefix.is_empty() && desc.name == other.name && desc.labels == other.labels
}

impl Buckets {
    /// The bounds of this family; `None` where its description has them.
    pub(super) fn of(&self, desc: &Desc) -> Option<&[f64]> {
        let decided = DECIDED.iter().find(|decided| is(desc, decided))?;
        let latency = self.latency.as_deref();
        if !is(decided, &query::DB_QUERY_DURATION_SECONDS) {
            return latency;
        }
        // Django has one list for requests and queries.
        let django = &django::DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD;
        (self.profile == Profile::DjangoPrometheus).then(|| latency.unwrap_or(django.buckets))
    }
}

impl State {
    /// The buckets that a set-up decides about: what it doesn't say stays as it was.
    ///
    /// # Errors
    ///
    /// The name of a family that has others already.
    pub(super) fn decide(&self, mut buckets: Buckets) -> Result<Buckets, &'static str> {
        if let (None, Some(before)) = (&buckets.latency, &self.buckets) {
            buckets.latency.clone_from(&before.latency);
        }
        for desc in DECIDED {
            let wanted = buckets.of(desc).unwrap_or(desc.buckets);
            let declared = self.find(desc.name);
            let differs = |own: &[f64]| own != wanted;
            if declared.is_some_and(|family| differs(&family.schema.buckets)) {
                return Err(desc.name);
            }
        }
        Ok(buckets)
    }
}

impl Registry {
    /// Decides about buckets, before call sites are taken up, and gives what was decided
    /// before.
    ///
    /// # Errors
    ///
    /// The name of a family that has others already.
    pub(crate) fn set_buckets(&self, buckets: Buckets) -> Result<Option<Buckets>, &'static str> {
        let mut state = self.lock();
        let buckets = state.decide(buckets)?;
        Ok(state.buckets.replace(buckets))
    }

    /// Takes a decision back: the set-up that made it is refused.
    pub(crate) fn restore_buckets(&self, before: Option<Buckets>) {
        self.lock().buckets = before;
    }
}

#[cfg(test)]
mod tests {
    use super::Buckets;
    use crate::builtin::{http, query};
    use crate::{BuildError, Metrics, Profile, Registry};

    #[test]
    fn queries_have_buckets_of_their_own_unless_the_profile_has_one_list() {
        let latency = Some(vec![1.0, 2.0]);
        let mut buckets = Buckets {
            latency,
            ..Buckets::default()
        };
        let duration = &http::HTTP_REQUEST_DURATION_SECONDS;
        let queries = &query::DB_QUERY_DURATION_SECONDS;
        assert_eq!(buckets.of(duration), Some(&[1.0, 2.0][..]));
        assert_eq!(buckets.of(queries), None);
        buckets.profile = Profile::DjangoPrometheus;
        assert_eq!(buckets.of(queries), Some(&[1.0, 2.0][..]));
        buckets.latency = None;
        assert_eq!(buckets.of(duration), None);
        assert_eq!(buckets.of(queries).map(<[f64]>::len), Some(16));
        assert_eq!(buckets.of(&queries.prefix("own")), None);
        assert_eq!(buckets.of(&http::HTTP_REQUEST_SIZE_BYTES), None);
    }

    // Mutations: `decide` doesn't keep what was said before; `build` keeps what a
    // set-up that it refuses has said.
    #[test]
    fn buckets_stay_where_a_later_set_up_says_nothing_or_is_refused() {
        let registry: &'static Registry = Box::leak(Box::default());
        let builder = || Metrics::builder().registry(registry);
        let bounds = || {
            let duration = registry.builtin(&http::HTTP_REQUEST_DURATION_SECONDS);
            duration.schema.buckets.clone()
        };
        let refused = builder().latency_buckets([7.0]).const_label("a-b", "x");
        assert!(refused.build().is_err());
        assert!(builder().latency_buckets([1.0, 2.0]).build().is_ok());
        let refused = builder().latency_buckets([7.0]).namespace("other");
        assert_eq!(refused.build().err(), Some(BuildError::AlreadyBuilt));
        assert!(builder().build().is_ok());
        assert_eq!(bounds(), [1.0, 2.0]);
    }

    // Mutation: `decide` doesn't look at what is declared.
    #[test]
    fn a_family_that_was_recorded_into_keeps_its_buckets_and_the_set_up_is_refused() {
        let registry: &'static Registry = Box::leak(Box::default());
        let _ = registry.builtin(&query::DB_QUERY_DURATION_SECONDS);
        let builder = || Metrics::builder().registry(registry);
        let refused = builder().profile(Profile::DjangoPrometheus).build();
        let refused = refused.expect_err("it has the toolkit's buckets");
        let family = "db_query_duration_seconds";
        assert_eq!(refused, BuildError::Buckets { family });
        assert!(builder().build().is_ok());
    }
}
