//! Labels that the application adds to requests, each of a closed set.

use super::error::HttpLayerError;
use crate::desc::Schema;
use crate::label::ClosedLabel;
use crate::name::LabelName;
use http::Extensions;

/// Names that the families have already.
const TAKEN: [&str; 4] = ["method", "endpoint", "status", "status_class"];

/// The most combinations of all labels: each is a series of each route.
const MOST: usize = 1_000;

/// A label, whose value is a request's or response's extension.
#[derive(Clone, Debug)]
struct Label {
    name: LabelName,
    values: &'static [&'static str],
    find: fn(&Extensions) -> Option<usize>,
}

impl Label {
    /// Its values, and none.
    const fn states(&self) -> usize {
        self.values.len() + 1
    }
}

/// The labels of a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct LabelSet(Vec<Label>);

fn find<T: ClosedLabel + Send + Sync + 'static>(extensions: &Extensions) -> Option<usize> {
    extensions.get::<T>().map(ClosedLabel::index)
}

impl LabelSet {
    pub(super) fn add<T: ClosedLabel + Send + Sync + 'static>(
        &mut self,
        name: &str,
    ) -> Result<(), HttpLayerError> {
        let checked = LabelName::new(name)?;
        let name = name.to_owned();
        if TAKEN.contains(&name.as_str()) || self.0.iter().any(|label| label.name == checked) {
            return Err(HttpLayerError::LabelTaken { label: name });
        }
        let label = Label {
            name: checked,
            values: T::VALUES,
            find: find::<T>,
        };
        let combinations = self.combinations().saturating_mul(label.states());
        if combinations > MOST {
            return Err(HttpLayerError::TooManyValues {
                label: name,
                combinations,
            });
        }
        self.0.push(label);
        Ok(())
    }

    /// How many combinations of values there are, one of which is that of none.
    pub(super) fn combinations(&self) -> usize {
        self.0.iter().map(Label::states).product()
    }

    /// Adds the labels to a family's own.
    pub(super) fn extend(&self, schema: &mut Schema) {
        let names = self.0.iter().map(|label| label.name.clone());
        schema.labels.extend(names);
    }

    /// The combination of a request, or of its response, which takes precedence over
    /// what was found `before`.
    pub(super) fn find(&self, before: u16, extensions: &Extensions) -> u16 {
        let mut rest = usize::from(before);
        let (mut combination, mut factor) = (0, 1);
        for label in &self.0 {
            let known = rest % label.states();
            rest /= label.states();
            let found = (label.find)(extensions).filter(|index| *index < label.values.len());
            combination += factor * found.map_or(known, |index| index + 1);
            factor *= label.states();
        }
        // Below `MOST`.
        u16::try_from(combination).unwrap_or_default()
    }

    /// The values of a combination; empty ones where there is none.
    pub(super) fn values(&self, combination: usize) -> impl Iterator<Item = &'static str> {
        self.0.iter().scan(combination, |rest, label| {
            let state = *rest % label.states();
            *rest /= label.states();
            let value = state
                .checked_sub(1)
                .and_then(|index| label.values.get(index));
            Some(value.copied().unwrap_or(""))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::LabelSet;
    use crate::http::HttpLayerError;
    use crate::{ClosedLabel, LabelValue, Scratch};
    use http::Extensions;

    #[derive(Clone, Copy)]
    enum Tier {
        Free,
        Paid,
    }

    impl LabelValue for Tier {
        fn label<'a>(&'a self, _: &'a mut Scratch) -> &'a str {
            Self::VALUES[self.index()]
        }
    }

    impl ClosedLabel for Tier {
        const VALUES: &'static [&'static str] = &["free", "paid"];

        fn index(&self) -> usize {
            *self as usize
        }
    }

    // Mutations: `find` doesn't keep what was found before; a factor is left out.
    #[test]
    fn a_combination_is_what_was_found_last() {
        let mut labels = LabelSet::default();
        labels.add::<bool>("beta").expect("the name is free");
        labels.add::<Tier>("tier").expect("the name is free");
        assert_eq!(labels.combinations(), 9);
        let values =
            |combination: u16| -> Vec<&str> { labels.values(usize::from(combination)).collect() };
        let mut request = Extensions::new();
        assert_eq!(labels.find(0, &request), 0);
        assert_eq!(values(0), ["", ""]);
        request.insert(Tier::Paid);
        let of_request = labels.find(0, &request);
        assert_eq!(values(of_request), ["", "paid"]);
        let mut response = Extensions::new();
        assert_eq!(labels.find(of_request, &response), of_request);
        response.insert(true);
        let both = labels.find(of_request, &response);
        assert_eq!(values(both), ["true", "paid"]);
        response.insert(Tier::Free);
        assert_eq!(values(labels.find(both, &response)), ["true", "free"]);
    }

    #[test]
    fn names_are_checked_and_combinations_counted() {
        let mut labels = LabelSet::default();
        for name in ["method", "endpoint", "status", "status_class"] {
            let refused = labels.add::<bool>(name);
            assert!(
                matches!(refused, Err(HttpLayerError::LabelTaken { .. })),
                "{name}"
            );
        }
        for name in ["le", "__a", "a-b", ""] {
            let refused = labels.add::<bool>(name);
            assert!(matches!(refused, Err(HttpLayerError::Label(_))), "{name}");
        }
        for nth in 0..6 {
            labels
                .add::<bool>(&format!("a{nth}"))
                .expect("the name is free");
        }
        let twice = labels.add::<Tier>("a0");
        assert!(matches!(twice, Err(HttpLayerError::LabelTaken { .. })));
        let refused = labels.add::<Tier>("b");
        let error = refused.expect_err("that makes 2,187 combinations");
        assert_eq!(
            error.to_string(),
            "with the label `b`, each route would have 2187 combinations of values; at most 1000 \
             are possible"
        );
    }
}
