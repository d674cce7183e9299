//! `#[derive(LabelValue)]`.

use metrics_runtime::{ClosedLabel, LabelValue};

#[derive(LabelValue)]
enum Method {
    CreditCard,
    #[label("paypal")]
    PayPal,
    HTTPRedirect,
    r#Type,
}

#[test]
fn variants_are_snake_case_unless_they_say_otherwise() {
    assert_eq!(
        Method::VALUES,
        ["credit_card", "paypal", "http_redirect", "type"]
    );
    let all = [
        Method::CreditCard,
        Method::PayPal,
        Method::HTTPRedirect,
        Method::r#Type,
    ];
    assert!(all.iter().map(ClosedLabel::index).eq(0..4));
}

#[derive(LabelValue)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Verdict {
    NotGuilty,
}

#[test]
fn the_enum_says_how_all_variants_are_renamed() {
    assert_eq!(Verdict::VALUES, ["NOT_GUILTY"]);
    assert_eq!(Verdict::NotGuilty.index(), 0);
}

#[test]
fn booleans_are_a_closed_set() {
    assert_eq!(bool::VALUES, ["false", "true"]);
    assert_eq!((false.index(), true.index()), (0, 1));
}
