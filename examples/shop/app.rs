//! The routes of the shop and what their handlers share.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::domain::Recommender;
use crate::handler;
use crate::store::Store;
use crate::traffic::{Acknowledgements, follow};

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) recommender: Recommender,
    pub(crate) acknowledgements: Acknowledgements,
}

impl App {
    pub(crate) fn new(store: Store, acknowledgements: Acknowledgements) -> Self {
        Self {
            store,
            recommender: Recommender::default(),
            acknowledgements,
        }
    }

    pub(crate) fn into_router(self) -> Router {
        let follow = from_fn_with_state(self.acknowledgements.clone(), follow);
        Router::new()
            .route("/products", get(handler::list_products))
            .route("/products/{id}", get(handler::show_product))
            .route("/products/{id}/deliveries", post(handler::restock_product))
            .route("/products/recommended", get(handler::recommend_products))
            .route("/products/search", get(handler::search_products))
            .route("/users", post(handler::register_user))
            .route("/sessions", post(handler::open_session))
            .route("/orders", post(handler::place_order))
            .route("/orders/{id}/payment", post(handler::pay_order))
            .route("/reports/sales", get(handler::sales_report))
            .layer(follow)
            .with_state(self)
    }
}
