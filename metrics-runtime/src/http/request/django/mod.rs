//! Requests, recorded in the families of django-prometheus.

mod charset;
mod family;
mod pending;
mod view;

pub(super) use pending::Pending;

use super::endpoint::RequestHead;
use super::method::MethodLabel;
use super::option::Options;
use super::placement::Placement;
use super::size::{MOST_ANNOUNCED, Size};
use crate::Registry;
use family::Families;
use http::Request;
use http::header::{CONTENT_LENGTH, HeaderName};
use http_body::Body;
use view::Views;

/// What Django calls a method that it doesn't know.
const INVALID_METHOD: &str = "<invalid method>";

/// What it calls a view without a name, and that of a request without one.
const UNNAMED_VIEW: &str = "<unnamed view>";

/// What jQuery and its like say of their requests.
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Records requests in the families of django-prometheus.
#[derive(Debug)]
pub(super) struct Django {
    families: Families,
    views: Views,
    placement: &'static Placement,
}

impl Django {
    pub(super) fn new(
        registry: &'static Registry,
        options: &Options,
        placement: &'static Placement,
    ) -> Self {
        Self {
            families: Families::of(registry, options),
            views: Views::new(),
            placement,
        }
    }

    /// Starts a request, unless a layer around this one records it.
    pub(super) fn start<B: Body + 'static>(
        &'static self,
        options: &Options,
        request: &mut Request<B>,
    ) -> Option<Pending> {
        let families = &self.families;
        let head = RequestHead::of(request);
        let label = MethodLabel::of(head.method);
        let method = label.known().unwrap_or(INVALID_METHOD);
        let find = |endpoint: Option<&str>| Some(self.views.of(endpoint?, &options.view));
        let view = options.endpoint.with(head, find);
        let special = view.and_then(|view| view.special(label));
        if (special.is_none_or(|special| special.now().is_marked()) || Placement::expects_others())
            && !self.placement.mark(request.extensions_mut())
        {
            return None;
        }
        let head = RequestHead::of(request);
        let transport = if options.is_secure.of(head) {
            "https"
        } else {
            "http"
        };
        families.requests.inc();
        families.by_method(method).inc();
        families.by_transport(transport).inc();
        if let Some(view) = view {
            // As in Django, where this is counted once a view was found.
            self.placement.has_route();
            families.by_view(method, transport, &view.name).inc();
        }
        let is_ajax = head.headers.get(REQUESTED_WITH);
        if is_ajax.is_some_and(|value| value == "XMLHttpRequest") {
            families.ajax.inc();
        }
        let length = head.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        // As in Django, where a body of unknown length is as good as none.
        let length = length.unwrap_or(0);
        let received = (length > MOST_ANNOUNCED).then(|| Size::of(request.body_mut()));
        if received.is_none() {
            families.request_bytes.observe_integer(length);
        }
        Some(Pending::new(self, method, view, special, received))
    }
}
