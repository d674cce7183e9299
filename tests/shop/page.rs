//! What the shop serves under `/metrics`.

use crate::service::Shop;

#[test]
fn is_served_with_and_without_a_final_slash() {
    let shop = Shop::open(&[]);
    for path in ["/metrics", "/metrics/"] {
        let response = shop.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        assert_eq!(
            response.content_type, "text/plain; version=0.0.4; charset=utf-8",
            "{path}"
        );
    }
}
