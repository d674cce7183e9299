//! Families in cells that are asked for: by hand, and those that are built in.

use super::{RegisterError, Registry};
use crate::desc::{Desc, Kind, Schema};
use crate::diagnostics::{Diagnostic, report};
use crate::native::NativeBuckets;
use crate::record::{Counter, Family, FamilyCore, Gauge, Histogram, InProgress, Metric};
use std::marker::PhantomData;
use std::sync::Arc;

impl Registry {
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
}
