//! The routes of the shop and what their handlers share.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use metrics_runtime::Metrics;
use tokio::sync::watch;

use crate::domain::visit::count_page;
use crate::domain::{Chats, OrderUpdates, Recommender, Scans};
use crate::handler;
use crate::store::Store;
use crate::trace::trace;
use crate::traffic::{Acknowledgements, follow};

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) recommender: Recommender,
    pub(crate) updates: OrderUpdates,
    pub(crate) chats: Chats,
    pub(crate) scans: Scans,
    pub(crate) acknowledgements: Acknowledgements,
    /// True from when the shop closes.
    pub(crate) closing: watch::Receiver<bool>,
}

impl App {
    pub(crate) fn new(
        store: Store,
        scans: Scans,
        acknowledgements: Acknowledgements,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self {
            store,
            recommender: Recommender::default(),
            updates: OrderUpdates::new(),
            chats: Chats::new(),
            scans,
            acknowledgements,
            closing,
        }
    }

    /// The layers, from the inside out: a request is counted, with its queries, when its
    /// response has ended; visitors hear of that only then; and all of it is one span.
    pub(crate) fn into_router(self, metrics: &Metrics) -> Router {
        let follow = from_fn_with_state(self.acknowledgements.clone(), follow);
        let pages = Router::new()
            .route("/products", get(handler::list_products))
            .route("/products/{id}", get(handler::show_product))
            .route("/products/export", get(handler::export_products))
            .route("/products/recommended", get(handler::recommend_products))
            .route("/products/search", get(handler::search_products))
            .route_layer(from_fn(count_page));
        Router::new()
            .merge(pages)
            .route("/products/{id}/deliveries", post(handler::restock_product))
            .route("/products/{id}/rating", put(handler::rate_product))
            .route("/users", post(handler::register_user))
            .route(
                "/sessions",
                post(handler::open_session).delete(handler::close_session),
            )
            .route("/sessions/links", post(handler::request_link))
            .route("/orders", post(handler::place_order))
            .route("/orders/{id}/payment", post(handler::pay_order))
            .route("/orders/updates", get(handler::follow_orders))
            .route("/reports/sales", get(handler::sales_report))
            .route("/visits", post(handler::begin_visit))
            .route("/events", post(handler::report_event))
            .route("/chat", get(handler::chat))
            .route("/chat/messages", get(handler::list_messages))
            .route(
                "/assignments/{id}/submissions",
                post(handler::submit_assignment),
            )
            .route("/submissions/{id}/review", put(handler::review_submission))
            .route("/scans", post(handler::start_scan))
            .route("/scans/{id}", get(handler::show_scan))
            .layer(metrics.http_layer())
            .layer(follow)
            .layer(from_fn(trace))
            .with_state(self)
    }
}
