//! Registries: which families are in force, and what goes on their page.

pub(crate) mod bridge;
mod bucket;
mod error;
mod global;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod trial;

pub(crate) use bucket::Buckets;
pub use error::{Conflict, RegisterError};
#[cfg(feature = "exemplars")]
pub(crate) use global::dropped_exemplar;
pub(crate) use global::dropped_observation;
pub use global::global;
pub(crate) use settings::Settings;
use state::State;
pub(crate) use trial::Trial;

use crate::builtin::toolkit::COLLECTOR_SUCCESS;
use crate::catalogue::Site;
use crate::collect::model::Family as CollectedFamily;
use crate::collect::{
    Collector, CollectorError, Head, Inline, Own, Readings, Shared, Slot, check_name,
};
use crate::desc::{Desc, Kind, Schema};
use crate::diagnostics::{Diagnostic, report};
use crate::encode::{Format, Plan, Wanted};
use crate::native::NativeBuckets;
use crate::outcome::Outcome;
use crate::profile::{Databases, Profile};
use crate::record::{Counter, Family, FamilyCore, Gauge, Histogram, InProgress, Metric};
use once_cell::sync::OnceCell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A set of families and their page.
///
/// A registry is `const`-constructible, so that a `static` one can be named by
/// `registry = path` on an attribute.
///
/// ```
/// use metrics_runtime::{Registry, counted};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[counted(registry = AUDIT)]
/// fn log_in() {}
///
/// log_in();
/// assert!(AUDIT.to_text().contains("function=\"log_in\""));
/// assert!(!metrics_runtime::global().to_text().contains("function=\"log_in\""));
/// ```
///
/// # Memory
///
/// Once its page was served, a registry takes on the heap, to within 10 %,
///
/// - 4,000 bytes,
/// - 700 bytes for each family, and 80 for each bucket of a histogram,
/// - 67 bytes for each label set, and its labels as text, which is the names, the
///   values, and 4 bytes for each pair,
/// - for each series of a histogram, 24 bytes and 8 for each bucket,
///
/// where the one up to `+Inf` is a bucket. That is 150 bytes at most for a
/// counter with three labels of usual lengths, and 300 for such a histogram of
/// 12 buckets. Cells come on top: they are shared by all registries. Label sets
/// and their cells are kept until the process ends, also when a registry is
/// dropped.
#[derive(Debug, Default)]
pub struct Registry {
    state: Mutex<State>,
    settings: OnceCell<Settings>,
    /// Locked before the state where both are.
    plan: Mutex<Plan>,
}

/// Families, with the names that they are served under.
pub(crate) type Served = Vec<(String, Arc<FamilyCore>)>;

impl Registry {
    /// An empty registry.
    pub const fn new() -> Self {
        Self {
            state: Mutex::new(State::new()),
            settings: OnceCell::new(),
            plan: Mutex::new(Plan::new()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the state after the catalogue's new sites were taken up.
    fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let conflicts = state.scan(self);
        let done = work(&mut state);
        drop(state);
        // The hook is user code and may come back here.
        for conflict in conflicts {
            report(&Diagnostic::Conflict(conflict));
        }
        done
    }

    /// Call sites that record nowhere, because another one in force declares
    /// their family differently.
    ///
    /// One line in a test finds them without starting the program; call sites
    /// of functions that are never called are listed too.
    ///
    /// ```
    /// assert_eq!(metrics_runtime::global().conflicts(), []);
    /// ```
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.with_state(|state| state.conflicts.clone())
    }

    /// A counter without labels; the one that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family.
    pub fn counter(&self, name: &str, help: &str) -> Result<Counter, RegisterError> {
        Ok(self.counter_family(name, help, [])?.with([]))
    }

    /// A gauge without labels; the one that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family.
    pub fn gauge(&self, name: &str, help: &str) -> Result<Gauge, RegisterError> {
        Ok(self.gauge_family(name, help, [])?.with([]))
    }

    /// A gauge of what is under way, without labels; the one that exists if it is
    /// the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family.
    pub fn in_progress(&self, name: &str, help: &str) -> Result<InProgress, RegisterError> {
        Ok(self.in_progress_family(name, help, [])?.with([]))
    }

    /// A histogram without labels; the one that exists if it is the same.
    ///
    /// `buckets` are upper bounds without `+Inf`.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name or the buckets aren't valid, or the name
    /// is taken by another family.
    pub fn histogram(
        &self,
        name: &str,
        help: &str,
        buckets: &[f64],
    ) -> Result<Histogram, RegisterError> {
        Ok(self.histogram_family(name, help, [], buckets)?.with([]))
    }

    /// Counters by label; the family that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid or taken by another family.
    pub fn counter_family<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
    ) -> Result<Family<Counter, N>, RegisterError> {
        self.family(Schema::new(Kind::Counter, name, help, &labels, &[])?)
    }

    /// Gauges by label; the family that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid or taken by another family.
    pub fn gauge_family<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
    ) -> Result<Family<Gauge, N>, RegisterError> {
        self.family(Schema::new(Kind::Gauge, name, help, &labels, &[])?)
    }

    /// Gauges of what is under way, by label; the family that exists if it is the
    /// same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid or taken by another family.
    pub fn in_progress_family<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
    ) -> Result<Family<InProgress, N>, RegisterError> {
        self.family(Schema::new(Kind::InProgress, name, help, &labels, &[])?)
    }

    /// Histograms by label; the family that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name or the buckets aren't valid, or the name is
    /// taken by another family.
    pub fn histogram_family<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
        buckets: &[f64],
    ) -> Result<Family<Histogram, N>, RegisterError> {
        self.family(Schema::new(Kind::Histogram, name, help, &labels, buckets)?)
    }

    /// A native histogram without labels; the one that exists if it is the same.
    ///
    /// Its buckets are served where the format knows them, and fixed ones
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family.
    pub fn native_histogram(
        &self,
        name: &str,
        help: &str,
        buckets: NativeBuckets,
    ) -> Result<Histogram, RegisterError> {
        Ok(self
            .native_histogram_family(name, help, [], buckets)?
            .with([]))
    }

    /// Native histograms by label; the family that exists if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid or taken by another family.
    pub fn native_histogram_family<const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
        buckets: NativeBuckets,
    ) -> Result<Family<Histogram, N>, RegisterError> {
        self.family(Schema::native(name, help, &labels, buckets)?)
    }

    fn family<M: Metric, const N: usize>(
        &self,
        schema: Schema,
    ) -> Result<Family<M, N>, RegisterError> {
        let core = self.with_state(|state| state.declare(schema, None))?;
        Ok(Family {
            core,
            metric: PhantomData,
        })
    }

    /// The built-in family; one that is nowhere to be seen when call sites of
    /// the program have given its name another meaning.
    pub(crate) fn builtin(&self, desc: &Desc) -> Arc<FamilyCore> {
        self.builtin_with(desc, |_| {})
    }

    /// The built-in family with what `change` makes of it.
    pub(crate) fn builtin_with(
        &self,
        desc: &Desc,
        change: impl Fn(&mut Schema),
    ) -> Arc<FamilyCore> {
        let declared = self.with_state(|state| {
            let declared = state.declare_changed(desc, None, &change);
            if let Err(conflict) = &declared {
                state.refuse(std::slice::from_ref(conflict));
            }
            declared
        });
        declared.unwrap_or_else(|conflict| {
            report(&Diagnostic::Conflict(conflict));
            let mut schema = Schema::try_from(desc).expect("built-in families are valid");
            change(&mut schema);
            Arc::new(FamilyCore::new(schema, None, None))
        })
    }

    /// The families of a site's instruments; `None` where another site's
    /// declaration is in force.
    pub(crate) fn families_of(&self, site: &Site) -> Vec<Option<Arc<FamilyCore>>> {
        let in_force = |state: &mut State, desc: &Desc| {
            let schema = state.schema_of(desc).ok()?;
            let family = state.find(schema.name.as_str())?;
            let same = family.schema.difference(&schema).is_none();
            same.then(|| Arc::clone(family))
        };
        self.with_state(|state| {
            let instruments = site.instruments().iter();
            instruments
                .map(|instrument| in_force(state, instrument.desc))
                .collect()
        })
    }

    /// Whether others than these settings are in force already.
    pub(crate) fn has_other_settings(&self, settings: &Settings) -> bool {
        self.settings.get().is_some_and(|own| own != settings)
    }

    /// Fixes the settings; false when others are in force already.
    pub(crate) fn configure(&self, settings: Settings) -> bool {
        let wanted = settings.clone();
        *self.settings.get_or_init(|| settings) == wanted
    }

    /// The settings in force; those of the environment if nothing was built.
    pub(crate) fn settings(&self) -> &Settings {
        if let Some(settings) = self.settings.get() {
            return settings;
        }
        if !std::ptr::eq(self, global()) {
            return self.settings.get_or_init(Settings::default);
        }
        let settings = crate::config::settings_of_environment();
        let settings = self.settings.get_or_init(|| settings);
        // After the settings are fixed: the hook is user code and may come
        // back here.
        crate::config::report_environment();
        settings
    }

    /// Adds registries of the `prometheus` crate to the page.
    pub(crate) fn add_foreign(&self, foreign: Vec<prometheus::Registry>) {
        let mut state = self.lock();
        for registry in foreign {
            state.add_foreign(registry);
        }
    }

    /// Adds a collector, which gives its families each time that a page is made.
    ///
    /// # Errors
    ///
    /// [`CollectorError`] when its name isn't valid or taken.
    pub fn add_collector(&self, collector: impl Collector) -> Result<(), CollectorError> {
        self.add_shared(Shared::new(collector))
    }

    pub(crate) fn add_shared(&self, collector: Shared) -> Result<(), CollectorError> {
        let name = collector.name().to_owned();
        self.lock().add_collector(name, collector)
    }

    /// Whether collectors may have these names.
    pub(crate) fn check_collectors(&self, names: &[String]) -> Result<(), CollectorError> {
        let state = self.lock();
        for (index, name) in names.iter().enumerate() {
            check_name(name)?;
            state.check_free(name)?;
            if names[..index].contains(name) {
                return Err(CollectorError::Taken { name: name.clone() });
            }
        }
        Ok(())
    }

    /// Serves what a source gives, instead of the one of its name if there is one.
    pub(crate) fn set_source(&self, own: Own) {
        self.lock().set_source(own);
    }

    /// Serves what a source gives, whose name no other one has.
    pub(crate) fn add_source(&self, own: Own) -> Result<(), CollectorError> {
        let mut state = self.lock();
        state.check_source(&own.name)?;
        state.sources.push(own);
        Ok(())
    }

    /// Whether sources may be added under these names.
    pub(crate) fn check_sources(&self, names: &[String]) -> Result<(), CollectorError> {
        let state = self.lock();
        for (index, name) in names.iter().enumerate() {
            state.check_source(name)?;
            if names[..index].contains(name) {
                return Err(CollectorError::Taken { name: name.clone() });
            }
        }
        Ok(())
    }

    /// The collectors, in the order in which they go before each other.
    pub(crate) fn slots(&self) -> Vec<Arc<Slot>> {
        self.lock().slots(std::ptr::eq(self, global()))
    }

    /// Callbacks and collectors, without registries of the `prometheus` crate.
    pub(crate) fn own_slots(&self) -> Vec<Arc<Slot>> {
        self.lock().own_slots().cloned().collect()
    }

    /// How long a page waits for collectors.
    pub(crate) fn collector_deadline(&self) -> Duration {
        let said = self.lock().deadline;
        said.unwrap_or_else(crate::config::collector_deadline)
    }

    /// Sets how long a page waits for all of its collectors, as
    /// [`collector_deadline`](crate::MetricsBuilder::collector_deadline) does where a
    /// registry is built.
    pub fn set_collector_deadline(&self, deadline: Duration) {
        self.lock().deadline = Some(deadline);
    }

    /// Takes down how a collector did.
    pub(crate) fn collector_succeeded(&self, name: &str, success: bool) {
        let family = self.builtin(&COLLECTOR_SUCCESS);
        let gauge: Gauge = crate::record::at(&family, &[name], Outcome::Ok);
        gauge.set(if success { 1.0 } else { 0.0 });
    }

    /// Puts what all families of the application have in common to one that isn't
    /// in cells.
    pub(crate) fn qualify(&self, family: &mut CollectedFamily) {
        let settings = self.settings();
        for metric in &mut family.metrics {
            let own = metric.labels.len();
            for (name, value) in &settings.const_labels {
                // As with families in cells, their own labels go first.
                if !metric.labels[..own].iter().any(|(own, _)| own == name) {
                    metric.labels.push((name.clone(), value.clone()));
                }
            }
        }
        family.name.insert_str(0, &settings.namespace);
    }

    /// Declares a family that holds its value itself.
    pub(crate) fn declare_inline<T: Inline>(
        &self,
        head: Head,
        made: T,
    ) -> Result<Arc<T>, RegisterError> {
        Ok(self.with_state(|state| state.declare_inline(head, made))?)
    }

    /// Declares series that are asked for together: of each family, what it is and
    /// the names of its labels.
    pub(crate) fn declare_callbacks(
        &self,
        families: &[(Head, Vec<String>)],
        slot: Slot,
    ) -> Result<(), RegisterError> {
        self.with_state(|state| state.declare_callbacks(families, slot))
    }

    /// The families that are read where the page is made: those that hold their
    /// values themselves, those of the profile, then those of the toolkit's own sources,
    /// which describe the process and have neither a namespace nor constant labels.
    pub(crate) fn inline(&self) -> Vec<CollectedFamily> {
        self.inline_of(|_| true)
    }

    /// Those of [`inline`](Self::inline), of the sources that `keep` names.
    pub(crate) fn inline_of(&self, keep: impl Fn(&str) -> bool) -> Vec<CollectedFamily> {
        let (held, sources) = {
            let state = self.lock();
            let collected = state.collected.values();
            let here = |known: &state::Collected| match &known.values {
                state::Held::Here(inline) => Some((known.head.clone(), Arc::clone(inline))),
                state::Held::Callbacks(_) => None,
            };
            let held: Vec<(Head, Arc<dyn Inline>)> = collected.filter_map(here).collect();
            let sources = state.sources.iter().filter(|own| keep(&own.name));
            let sources: Vec<Own> = sources.cloned().collect();
            (held, sources)
        };
        let families = held.into_iter().map(|(head, inline)| {
            let mut family = head.family(vec![inline.metric()]);
            self.qualify(&mut family);
            family
        });
        let families = families.chain(self.projected());
        families.chain(Readings::of(&sources)).collect()
    }

    /// The families of the profile that stand for others.
    fn projected(&self) -> Vec<CollectedFamily> {
        let settings = self.settings();
        if settings.profile == Profile::Toolkit {
            return Vec::new();
        }
        let mut read = self.recorded();
        read.retain(|family| settings.profile.reads(&family.schema));
        let databases = Databases {
            said: &settings.vendors,
            drivers: self.lock().drivers.clone(),
        };
        let families = settings.profile.project(&read, &databases);
        let families = families.map(|mut family| {
            self.qualify(&mut family);
            family
        });
        families.collect()
    }

    /// Who makes the database of this name, as the driver of its connections tells.
    #[cfg(feature = "sqlx")]
    pub(crate) fn set_driver(&self, database: &str, vendor: &'static str) {
        self.lock().drivers.insert(database.to_owned(), vendor);
    }

    /// Reports, once for each name, a foreign family that is left out.
    pub(crate) fn report_shadowed(&self, family: &str) {
        if self.lock().shadowed.insert(family.to_owned()) {
            let family = family.to_owned();
            report(&Diagnostic::Shadowed { family });
        }
    }

    /// This registry as a collector of the `prometheus` crate, so that a program
    /// which gathers from one of that crate's registries sees our families too,
    /// with the namespace and constant labels that they have on our page.
    ///
    /// Register it once: the crate tells collectors without descriptors, like
    /// this one, not apart. Our own page leaves it out, so it may be registered
    /// in `prometheus::default_registry()`. That crate joins families of one
    /// name without a look at their kinds; name ours otherwise than others.
    ///
    /// Callbacks and collectors of this registry are asked too, under their
    /// deadline, unless another of our registries is gathering on this thread; the
    /// `prometheus` crate's registries that it was given are not. That crate's model
    /// has neither exemplars nor native buckets, for which fixed ones stand, and
    /// infos, state sets and values of unknown kind are gauges.
    ///
    /// ```
    /// use metrics_runtime::{counted, global};
    ///
    /// #[counted]
    /// fn render() {}
    ///
    /// let registry = prometheus::Registry::new();
    /// registry.register(Box::new(global().collector()))?;
    /// render();
    /// let families = registry.gather();
    /// assert!(families.iter().any(|family| family.name() == "function_calls_total"));
    /// # Ok::<(), prometheus::Error>(())
    /// ```
    pub fn collector(&'static self) -> impl prometheus::core::Collector {
        bridge::Bridge(self)
    }

    /// Takes up the catalogue's new sites, and sets what is known only when it is
    /// asked for.
    pub(crate) fn refresh(&self) {
        self.with_state(|_| ());
        crate::record::refresh_ages();
    }

    /// All families, with the names that they are served under.
    pub(crate) fn gather(&self) -> Vec<(String, Arc<FamilyCore>)> {
        self.refresh();
        let families = self.families_beyond(0);
        families.map_or_else(Vec::new, |(_, families)| families)
    }

    /// All families that are recorded into, also those which the profile replaces by
    /// others on the page.
    pub(crate) fn recorded(&self) -> Vec<Arc<FamilyCore>> {
        let state = self.lock();
        let families = state.families.values().map(|declared| &declared.core);
        families.cloned().collect()
    }

    /// How many families there are, if they are more than `known`, and all of those
    /// that the profile replaces by no other, with the names that they are served
    /// under.
    pub(crate) fn families_beyond(&self, known: usize) -> Option<(usize, Served)> {
        let settings = self.settings();
        let namespace = &settings.namespace;
        let exposed = |core: &Arc<FamilyCore>| {
            let name = core.schema.name.as_str();
            let namespace = if core.schema.namespaced {
                namespace
            } else {
                ""
            };
            (format!("{namespace}{name}"), Arc::clone(core))
        };
        let state = self.lock();
        let families = state.families.values().map(|declared| &declared.core);
        let len = state.families.len();
        let shown = |core: &&Arc<FamilyCore>| !settings.profile.replaces(&core.schema);
        (len > known).then(|| (len, families.filter(shown).map(exposed).collect()))
    }

    /// The page without its numbers, locked.
    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        // No user code runs under the lock, so a poisoned plan is whole.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page in the Prometheus text format, version 0.0.4.
    ///
    /// Families of `prometheus::default_registry()` are part of the page of
    /// the [global](crate::global) registry.
    #[expect(clippy::missing_panics_doc, reason = "a page is made of text")]
    pub fn to_text(&self) -> String {
        let mut page = Vec::new();
        self.encode_into(&mut page);
        String::from_utf8(page).expect("a page is made of text")
    }

    /// The page in a format, whose media type is
    /// [`Format::content_type`].
    ///
    /// Histograms that may hold negative values have neither sum nor count in
    /// OpenMetrics, which allows none there; their last bucket is the count. Nor has a
    /// summary a negative sum or quantile there.
    ///
    /// ```
    /// use metrics_runtime::{Format, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.counter("sent_messages_total", "Messages sent.")?.inc();
    /// let page = String::from_utf8(registry.encode(Format::OpenMetrics)).expect("it is text");
    /// assert!(page.contains("# TYPE sent_messages counter\n"));
    /// assert!(page.contains("\nsent_messages_total 1\nsent_messages_created 1"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    pub fn encode(&self, format: Format) -> Vec<u8> {
        let mut page = Vec::new();
        let wanted = Wanted {
            format,
            ..Wanted::default()
        };
        let _ = crate::encode::append(self, wanted, &mut page);
        page
    }

    /// Appends the page, as [`to_text`](Self::to_text) returns it.
    ///
    /// A buffer that is cleared and used again costs no allocation, unless the
    /// page has grown or has foreign families.
    ///
    /// ```
    /// let registry = metrics_runtime::Registry::new();
    /// let sent = registry.counter("sent_messages_total", "Messages sent.")?;
    /// let mut page = Vec::new();
    /// for _ in 0..2 {
    ///     sent.inc();
    ///     page.clear();
    ///     registry.encode_into(&mut page);
    /// }
    /// assert!(page.ends_with(b"\nsent_messages_total 2\n"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        let _ = crate::encode::append(self, Wanted::default(), out);
    }
}
