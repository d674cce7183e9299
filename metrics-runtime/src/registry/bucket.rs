//! Buckets of built-in families that the set-up decides.

use super::Registry;
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

impl Registry {
    /// Decides about buckets, before call sites are taken up.
    ///
    /// # Errors
    ///
    /// The name of a family that has others already.
    pub(crate) fn set_buckets(&self, buckets: Buckets) -> Result<(), &'static str> {
        let mut state = self.lock();
        for desc in DECIDED {
            let wanted = buckets.of(desc).unwrap_or(desc.buckets);
            let declared = state.find(desc.name);
            let differs = |own: &[f64]| own != wanted;
            if declared.is_some_and(|family| differs(&family.schema.buckets)) {
                return Err(desc.name);
            }
        }
        state.buckets = Some(buckets);
        Ok(())
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

    // Mutation: `set_buckets` doesn't look at what is declared.
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
