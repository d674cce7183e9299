//! Views, found once for each endpoint.

use crate::http::request::method::MethodLabel;
use crate::http::request::numbered::Numbered;
use crate::http::request::option;
use crate::http::request::special::Special;
use crate::record::{Names, OVERFLOW};
use std::array;

/// The view of an endpoint.
#[derive(Debug)]
pub(super) struct View {
    pub(super) name: Box<str>,
    /// By method, each of which may lead elsewhere.
    special: [Special; MethodLabel::COUNT],
}

impl View {
    fn new(name: &str, endpoint: &str) -> Self {
        Self {
            name: name.into(),
            special: array::from_fn(|_| Special::new(endpoint, false)),
        }
    }

    pub(super) fn special(&self, method: MethodLabel) -> Option<&Special> {
        self.special.get(method.index())
    }
}

/// The views that were asked for.
#[derive(Debug)]
pub(super) struct Views {
    names: Names,
    entries: Numbered<View>,
    /// That of all others.
    overflow: View,
}

impl Views {
    pub(super) fn new() -> Self {
        Self {
            names: Names::new(),
            entries: Numbered::new(),
            overflow: View::new(OVERFLOW, OVERFLOW),
        }
    }

    /// The view of an endpoint.
    pub(super) fn of(&self, endpoint: &str, view: &option::View) -> &View {
        let make = || View::new(&view.of(endpoint), endpoint);
        let found = self.entries.get(&self.names, endpoint, make);
        found.unwrap_or(&self.overflow)
    }
}
