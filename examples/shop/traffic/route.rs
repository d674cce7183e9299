//! The routes that visitors take.

use axum::http::Method;

/// A route and, by that, the annotated handler behind it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Route {
    ListProducts,
    ShowProduct,
    SearchProducts,
    RecommendProducts,
    ExportProducts,
    RestockProduct,
    RateProduct,
    RegisterUser,
    OpenSession,
    PlaceOrder,
    PayOrder,
    FollowOrders,
    SalesReport,
    StartScan,
    ShowScan,
    CloseSession,
    RequestLink,
    BeginVisit,
    ReportEvent,
    Chat,
    ListMessages,
    SubmitAssignment,
    ReviewSubmission,
}

impl Route {
    pub(crate) const ALL: [Self; 23] = [
        Self::ListProducts,
        Self::ShowProduct,
        Self::SearchProducts,
        Self::RecommendProducts,
        Self::ExportProducts,
        Self::RestockProduct,
        Self::RateProduct,
        Self::RegisterUser,
        Self::OpenSession,
        Self::PlaceOrder,
        Self::PayOrder,
        Self::FollowOrders,
        Self::SalesReport,
        Self::StartScan,
        Self::ShowScan,
        Self::CloseSession,
        Self::RequestLink,
        Self::BeginVisit,
        Self::ReportEvent,
        Self::Chat,
        Self::ListMessages,
        Self::SubmitAssignment,
        Self::ReviewSubmission,
    ];

    pub(crate) fn method(self) -> Method {
        self.row().0
    }

    /// The path as the router has it, with `{id}` for an id.
    pub(crate) fn path(self) -> &'static str {
        self.row().1
    }

    /// The handler's name, which is its `function` label.
    pub(crate) fn function(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Method, &'static str, &'static str) {
        match self {
            Self::ListProducts => (Method::GET, "/products", "list_products"),
            Self::ShowProduct => (Method::GET, "/products/{id}", "show_product"),
            Self::SearchProducts => (Method::GET, "/products/search", "search_products"),
            Self::RecommendProducts => (Method::GET, "/products/recommended", "recommend_products"),
            Self::ExportProducts => (Method::GET, "/products/export", "export_products"),
            Self::RestockProduct => (Method::POST, "/products/{id}/deliveries", "restock_product"),
            Self::RateProduct => (Method::PUT, "/products/{id}/rating", "rate_product"),
            Self::RegisterUser => (Method::POST, "/users", "register_user"),
            Self::OpenSession => (Method::POST, "/sessions", "open_session"),
            Self::PlaceOrder => (Method::POST, "/orders", "place_order"),
            Self::PayOrder => (Method::POST, "/orders/{id}/payment", "pay_order"),
            Self::FollowOrders => (Method::GET, "/orders/updates", "follow_orders"),
            Self::SalesReport => (Method::GET, "/reports/sales", "sales_report"),
            Self::StartScan => (Method::POST, "/scans", "start_scan"),
            Self::ShowScan => (Method::GET, "/scans/{id}", "show_scan"),
            Self::CloseSession => (Method::DELETE, "/sessions", "close_session"),
            Self::RequestLink => (Method::POST, "/sessions/links", "request_link"),
            Self::BeginVisit => (Method::POST, "/visits", "begin_visit"),
            Self::ReportEvent => (Method::POST, "/events", "report_event"),
            Self::Chat => (Method::GET, "/chat", "chat"),
            Self::ListMessages => (Method::GET, "/chat/messages", "list_messages"),
            Self::SubmitAssignment => (
                Method::POST,
                "/assignments/{id}/submissions",
                "submit_assignment",
            ),
            Self::ReviewSubmission => {
                (Method::PUT, "/submissions/{id}/review", "review_submission")
            }
        }
    }
}
