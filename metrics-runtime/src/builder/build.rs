//! The end of a set-up: what is checked, and what is put in force after that.

use super::error::Conflicts;
use super::{BuildError, Metrics, MetricsBuilder};
use crate::collect::Shared;
use crate::collector::{BuildInfo, PROCESS};
use crate::config::{Given, namespace_prefix, set_recording, set_slow_query};
use crate::name::{LabelName, check_namespace};
use crate::profile::Profile;
use crate::registry::{Buckets, Registry, Settings, Trial};

impl MetricsBuilder {
    /// Checks everything and puts the set-up in force. Calls that were made
    /// before keep their counts.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a variable or name that isn't valid, for call sites
    /// that disagree on a family, and when a page was served already under
    /// another set-up.
    pub fn build(mut self) -> Result<Metrics, BuildError> {
        let environment = Given::of_environment()?;
        // The feature's own variable, of a type that only it has.
        #[cfg(feature = "http")]
        crate::http::check_environment()?;
        #[cfg(feature = "http")]
        let policy = crate::http::Policy::of(self.access)?;
        self.given.check()?;
        let given = self.given.or(environment);
        if let Some(namespace) = &given.namespace {
            check_namespace(namespace).map_err(BuildError::Namespace)?;
        }
        check_const_labels(&self.const_labels, self.profile)?;
        check_sample(given.sample_rate, self.profile)?;
        let names = self.collectors.iter().map(Shared::name);
        let names: Vec<String> = names.map(str::to_owned).collect();
        self.registry.check_collectors(&names)?;
        let app = self.app.map(|app| app.source(given.environment.clone()));
        let app = app.transpose().map_err(BuildError::AppInfo)?;
        let own = self.sources.iter().map(|own| own.name.clone());
        let own: Vec<String> = own.filter(|name| name != PROCESS).collect();
        self.registry.check_sources(&own)?;
        let settings = Settings {
            namespace: namespace_prefix(given.namespace.as_deref()),
            const_labels: self.const_labels,
            profile: self.profile,
            vendors: self.vendors,
        };
        let buckets = Buckets {
            profile: self.profile,
            latency: given.latency_buckets.clone(),
        };
        configure(self.registry, settings, buckets)?;
        for collector in self.collectors {
            self.registry.add_shared(collector)?;
        }
        let build_info = self.build_info.map(BuildInfo::source);
        for own in app.into_iter().chain(build_info) {
            self.registry.set_source(own);
        }
        for own in self.sources {
            // There is one process, however often it is set up.
            if own.name == PROCESS {
                self.registry.set_source(own);
            } else {
                self.registry.add_source(own)?;
            }
        }
        self.registry.add_foreign(self.foreign);
        // What nobody says stays as it was: another `build` may have said it.
        if let Some(deadline) = given.collector_deadline {
            self.registry.set_collector_deadline(deadline);
        }
        if let Some(slow_query) = given.slow_query {
            set_slow_query(slow_query);
        }
        if let Some(enabled) = given.enabled {
            set_recording(enabled);
        }
        Ok(Metrics {
            registry: self.registry,
            // A program is set up once; handles of it are copied freely.
            config: Box::leak(Box::new(given.into_config())),
            #[cfg(feature = "http")]
            policy,
        })
    }
}

/// Constant labels must be valid, given once, and no label of the toolkit's families,
/// which may come later.
fn check_const_labels(labels: &[(String, String)], profile: Profile) -> Result<(), BuildError> {
    for (index, (name, _)) in labels.iter().enumerate() {
        LabelName::new(name).map_err(BuildError::ConstLabel)?;
        let own = (name == "outcome").then_some("the toolkit");
        let own = own.or_else(|| profile.has_label(name));
        #[cfg(feature = "http")]
        let own = own.or_else(|| crate::builtin::http::family_with_label(name));
        if let Some(family) = own {
            let (label, family) = (name.clone(), family.to_owned());
            return Err(BuildError::LabelTaken { label, family });
        }
        if labels[..index].iter().any(|(other, _)| other == name) {
            return Err(BuildError::LabelTwice {
                label: name.clone(),
            });
        }
    }
    Ok(())
}

/// Django's histograms have each request.
fn check_sample(rate: Option<f64>, profile: Profile) -> Result<(), BuildError> {
    let sampled = rate.filter(|rate| *rate < 1.0 && profile == Profile::DjangoPrometheus);
    sampled.map_or(Ok(()), |rate| Err(BuildError::SampleOfDjango { rate }))
}

/// Puts settings and buckets in force, if the families of the program allow it.
fn configure(
    registry: &'static Registry,
    settings: Settings,
    buckets: Buckets,
) -> Result<(), BuildError> {
    if registry.has_other_settings(&settings) {
        return Err(BuildError::AlreadyBuilt);
    }
    let refused = |family| BuildError::Buckets { family };
    let trial = registry.try_buckets(buckets.clone()).map_err(refused)?;
    check_families(&trial, &settings.const_labels)?;
    #[cfg(feature = "health")]
    crate::health::check_names(registry)?;
    // Before call sites are taken up, whose families have them.
    let before = registry.set_buckets(buckets).map_err(refused)?;
    if !registry.configure(settings) {
        // Another thread was first.
        registry.restore_buckets(before);
        return Err(BuildError::AlreadyBuilt);
    }
    Ok(())
}

/// Families of call sites must agree, and have none of the constant labels.
fn check_families(trial: &Trial, const_labels: &[(String, String)]) -> Result<(), BuildError> {
    for (label, _) in const_labels {
        if let Some(family) = trial.family_with_label(label) {
            let label = label.clone();
            return Err(BuildError::LabelTaken { label, family });
        }
    }
    match trial.conflicts() {
        [] => Ok(()),
        conflicts => Err(BuildError::Conflicts(Conflicts(conflicts.to_vec()))),
    }
}
