//! What one request says has no part in the next one's verdict.

use crate::app::{Header, ask, header, is_through, metrics, open};
use metrics_runtime::Access;

fn token(token: &str) -> [Header; 1] {
    [header("authorization", &format!("Bearer {token}"))]
}

// S4, after `TestByPassBasicAuthVuln` of the exporter toolkit, whose cache took one
// pair of credentials for another that was joined to the same text. Mutations: what was
// accepted is remembered by its address, or by a part of its digest.
#[tokio::test]
async fn no_verdict_is_remembered() {
    let (right, other) = ("right-token-of-the-scraper", "another-token-of-the-scraper");
    let app = open(&metrics(Access::new().token(right).token(other)));
    let fakes = [
        "fakepassword".to_owned(),
        format!("{right}{other}"),
        format!("{other}{right}"),
        format!("{right},{other}"),
        format!("{right}{right}"),
        right[..right.len() - 1].to_owned(),
        right.to_uppercase(),
        String::from("right-token-of-the-scrapes"),
    ];
    for _ in 0..3 {
        for fake in &fakes {
            for accepted in [right, other] {
                assert!(is_through(&ask(&app, "127.0.0.1", &token(accepted)).await));
                let refused = ask(&app, "127.0.0.1", &token(fake)).await;
                assert!(!is_through(&refused), "{fake}");
                // Nor does a failure stand in the way of who is right.
                assert!(is_through(&ask(&app, "127.0.0.1", &token(accepted)).await));
                assert!(!is_through(&ask(&app, "127.0.0.1", &[]).await));
            }
        }
    }
}
