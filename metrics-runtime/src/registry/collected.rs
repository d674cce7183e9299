//! Families that aren't in cells: those that hold their value themselves, and those
//! that callbacks are asked for.

use super::state::State;
use super::{Conflict, RegisterError, Registry};
use crate::collect::model::Kind;
use crate::collect::{Head, Inline, Slot};
use std::any::Any;
use std::sync::Arc;

/// A family that isn't in cells.
#[derive(Clone, Debug)]
pub(super) struct Collected {
    pub(super) head: Head,
    values: Held,
}

/// Where the values of such a family are.
#[derive(Clone, Debug)]
enum Held {
    Here(Arc<dyn Inline>),
    /// In the slots of callbacks, whose names keep the series apart; the names of
    /// the labels.
    Callbacks(Vec<String>),
}

impl Collected {
    /// Whether a series has this label.
    pub(super) fn has_label(&self, label: &str) -> bool {
        let states = self.head.kind == Kind::StateSet && self.head.name == label;
        let own = match &self.values {
            Held::Here(inline) => inline.metric().labels.iter().any(|(name, _)| name == label),
            Held::Callbacks(labels) => labels.iter().any(|name| name == label),
        };
        states || own
    }

    /// What it is, and its value if it holds that itself.
    pub(super) fn here(&self) -> Option<(Head, Arc<dyn Inline>)> {
        match &self.values {
            Held::Here(inline) => Some((self.head.clone(), Arc::clone(inline))),
            Held::Callbacks(_) => None,
        }
    }
}

impl State {
    /// Whether there is a family of this name and kind that isn't in cells.
    fn find_collected(&self, head: &Head) -> Result<Option<&Collected>, Conflict> {
        let conflict = |difference, in_force| Conflict {
            family: head.name.clone(),
            difference,
            other: None,
            in_force,
            refused: None,
        };
        if let Some(declared) = self.families.get(&head.name) {
            let difference = "a family in cells against one that isn't".to_owned();
            return Err(conflict(difference, declared.by));
        }
        let Some(known) = self.collected.get(&head.name) else {
            self.check_clash(&head.name, head.kind, None)?;
            return Ok(None);
        };
        let (own, given) = (&known.head, head);
        if own.kind != given.kind {
            let difference = format!("{:?} against {:?}", own.kind, given.kind);
            return Err(conflict(difference, None));
        }
        if own.help != given.help {
            let difference = format!("help {:?} against {:?}", own.help, given.help);
            return Err(conflict(difference, None));
        }
        Ok(Some(known))
    }

    /// The family that holds this value itself, made if there is none of its
    /// name.
    fn declare_inline<T: Inline>(&mut self, head: Head, made: T) -> Result<Arc<T>, Conflict> {
        if let Some(known) = self.find_collected(&head)? {
            let (own, given) = match &known.values {
                Held::Here(inline) => (inline.signature(), made.signature()),
                Held::Callbacks(_) => ("a callback".to_owned(), "a value".to_owned()),
            };
            if let Held::Here(inline) = &known.values
                && own == given
                && let Ok(same) = (Arc::clone(inline) as Arc<dyn Any + Send + Sync>).downcast()
            {
                return Ok(same);
            }
            return Err(Conflict {
                family: head.name,
                difference: format!("{own} against {given}"),
                other: None,
                in_force: None,
                refused: None,
            });
        }
        let made = Arc::new(made);
        let values = Held::Here(Arc::<T>::clone(&made));
        self.collected
            .insert(head.name.clone(), Collected { head, values });
        Ok(made)
    }

    /// Takes up what is asked for together; callbacks of one family have the same
    /// labels.
    fn declare_callbacks(
        &mut self,
        families: &[(Head, Vec<String>)],
        slot: Slot,
    ) -> Result<(), RegisterError> {
        for (head, labels) in families {
            self.check_callback(head, labels)?;
        }
        self.collectors.check_free(&slot.name)?;
        self.collectors.add_callback(slot);
        for (head, labels) in families.iter().cloned() {
            let values = Held::Callbacks(labels);
            self.collected
                .entry(head.name.clone())
                .or_insert(Collected { head, values });
        }
        Ok(())
    }

    fn check_callback(&self, head: &Head, labels: &[String]) -> Result<(), Conflict> {
        let own = match self.find_collected(head)?.map(|known| &known.values) {
            None => return Ok(()),
            Some(Held::Callbacks(own)) if own == labels => return Ok(()),
            Some(Held::Callbacks(own)) => format!("labels {own:?}"),
            Some(Held::Here(_)) => "a value".to_owned(),
        };
        Err(Conflict {
            family: head.name.clone(),
            difference: format!("{own} against a callback with labels {labels:?}"),
            other: None,
            in_force: None,
            refused: None,
        })
    }
}

impl Registry {
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
}
