//! What all requests of a layer share, and how each of them starts.

use super::django::Django;
use super::endpoint::{Endpoint, RequestHead};
use super::family::Families;
use super::guard::Guard;
use super::method::MethodLabel;
use super::option::Options;
use super::placement::Placement;
use super::recorder::Recorder;
use super::route::Routes;
use super::size::Size;
use crate::Registry;
use crate::config::recording;
use crate::measure::Request as Polled;
use crate::profile::Profile;
use http::{Method, Request};
use http_body::Body;

/// What all requests of a layer share. It is never freed: a service has few
/// layers, and requests would otherwise count their references to it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) placement: &'static Placement,
    pub(super) recording: Recording,
}

/// Where requests are recorded.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for a layer, and a box would be one more load for each request"
)]
pub(super) enum Recording {
    /// In the toolkit's families.
    Own(Families, Routes),
    /// In Django's.
    Django(Django),
}

impl Shared {
    pub(super) fn new(registry: &'static Registry, profile: Profile, options: &Options) -> Self {
        let placement: &'static Placement = Box::leak(Box::new(Placement::new(registry)));
        if let Endpoint::Found(_) = options.endpoint {
            placement.has_route();
        }
        let recording = match profile {
            Profile::Toolkit => {
                let families = Families::of(registry, options, placement);
                Recording::Own(families, Routes::new())
            }
            Profile::DjangoPrometheus => {
                Recording::Django(Django::new(registry, options, placement))
            }
        };
        Self {
            options: options.clone(),
            placement,
            recording,
        }
    }

    /// Starts a request, if it is to be recorded.
    #[inline]
    pub(super) fn start<B: Body + 'static>(&'static self, request: &mut Request<B>) -> Recorder {
        if !recording() || self.options.exclusion.has(request.uri().path()) {
            return Recorder::Nothing;
        }
        let placement = self.placement;
        if Polled::is_any_polled() && placement.is_recorded_around(request.extensions()) {
            return Recorder::Nothing;
        }
        let (families, routes) = match &self.recording {
            Recording::Own(families, routes) => (families, routes),
            Recording::Django(django) => {
                let pending = django.start(&self.options, request);
                return pending.map_or(Recorder::Nothing, Recorder::Django);
            }
        };
        let head = RequestHead::of(request);
        let route = self.options.endpoint.with(head, |endpoint| match endpoint {
            Some(endpoint) => {
                let method = MethodLabel::of(request.method());
                routes.get(families, method, endpoint)
            }
            None => routes.unmatched(families),
        });
        let to_do = route.special.now();
        let mut combination = 0;
        if to_do.is_something() || Placement::expects_others() {
            let is_marked = to_do.is_marked() || Placement::expects_others();
            if is_marked && !placement.mark(request.extensions_mut()) {
                return Recorder::Nothing;
            }
            if let Some(labels) = route.labels() {
                combination = labels.find(0, request.extensions());
            }
        }
        let bodiless = matches!(*request.method(), Method::HEAD | Method::CONNECT);
        let size = Size::of(request.body_mut());
        Recorder::Own(Guard::new(
            route,
            to_do.is_something(),
            combination,
            size,
            bodiless,
        ))
    }
}
