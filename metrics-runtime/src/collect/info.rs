//! What is known of the program, as labels.

use super::families::CollectError;
use super::inline::{Head, Inline, Labels};
use super::model::{Kind, Metric, Value};
use super::rule::{check_family, check_labels, sorted};
use crate::registry::{RegisterError, Registry};

#[derive(Debug)]
struct Info {
    labels: Labels,
}

impl Inline for Info {
    fn signature(&self) -> String {
        format!("labels {:?}", sorted(&self.labels))
    }

    fn metric(&self) -> Metric {
        Metric {
            labels: self.labels.clone(),
            value: Value::Number(1.0),
            timestamp: None,
            created: None,
        }
    }
}

impl Registry {
    /// Serves these labels with the value one, for what doesn't change while the
    /// program runs. The name ends in `_info`.
    ///
    /// ```
    /// let registry = metrics_runtime::Registry::new();
    /// registry.info("build_info", "The build.", &[("version", "1.2.0")])?;
    /// assert!(registry.to_text().contains("\nbuild_info{version=\"1.2.0\"} 1\n"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid or taken by another family.
    pub fn info(
        &self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
    ) -> Result<(), RegisterError> {
        check_family(Kind::Info, name, help)?;
        let labels = check_labels(name, Kind::Info, labels)?;
        self.declare_inline(Head::new(Kind::Info, name, help), Info { labels })?;
        Ok(())
    }
}

impl From<CollectError> for RegisterError {
    fn from(error: CollectError) -> Self {
        Self::Collected(error)
    }
}
