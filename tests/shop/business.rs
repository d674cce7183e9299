//! The numbers of the business: what the visitors have done, to the last one.

use std::collections::BTreeSet;
use std::time::Duration;

use integration_tests::deadline::poll;
use integration_tests::page::Page;

use crate::figure::{Figures, below, seen};
use crate::service::{LIMIT, Report, Shop};
use crate::visit::GUIDED;

const README: &str = include_str!("../../README.md");

/// The families of the business, as the README has them in its table.
const FAMILIES: [&str; 18] = [
    "user_registrations_total",
    "user_logins_total",
    "active_users",
    "analytics_visitors_total",
    "analytics_pageviews_total",
    "analytics_sessions_total",
    "analytics_events_total",
    "messages_sent_total",
    "websocket_connections",
    "assignments_submitted_total",
    "assignments_reviewed_total",
    "payments_processed_total",
    "order_total_amount",
    "email_wait_seconds",
    "emails_given_up_total",
    "visitors_known",
    "orders_open",
    "emails_waiting",
];

/// Those of them that the visitors count by series, and in how many series at least.
const COUNTED: [(&str, usize); 9] = [
    ("user_registrations_total", 1),
    ("user_logins_total", 3),
    ("analytics_visitors_total", 3),
    ("analytics_sessions_total", 1),
    ("analytics_events_total", 3),
    ("messages_sent_total", 2),
    ("assignments_submitted_total", 3),
    ("assignments_reviewed_total", 1),
    // Four ends, and three methods, of which invoices and wallets never hang.
    ("payments_processed_total", 6),
];

/// What is compared beside them, and how often it is to be seen.
const LEAST: [(&str, f64); 11] = [
    ("function_calls_total", 1_500.0),
    ("analytics_pageviews_total", 3.0),
    ("order_total_amount_count", 3.0),
    ("websocket_messages_sent_total outcome=ok", 3.0),
    ("email_wait_seconds_count kind=welcome", 3.0),
    ("email_wait_seconds_count kind=receipt", 3.0),
    ("email_wait_seconds_count kind=login_link", 3.0),
    ("payments_processed_total status=success", 3.0),
    ("payments_processed_total status=declined", 3.0),
    ("payments_processed_total status=failed", 3.0),
    ("payments_processed_total status=cancelled", 3.0),
];

/// Handlers of pages, which are viewed.
const PAGES: [&str; 5] = [
    "list_products",
    "show_product",
    "search_products",
    "recommend_products",
    "export_products",
];

/// Bounds of the total of an order, in dollars.
const BOUNDS: [u32; 9] = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

// Mutations: a registration, an event or an unfit submission isn't counted; a message or a
// payment is counted twice, the latter where it ends and where it is dropped; a review is
// counted before it is taken; a login by link is one by password; each answer is a page;
// who comes back is new, too; an order is observed in cents.
#[test]
fn counts_what_the_visitors_did() {
    let shop = Shop::open(&GUIDED);
    let report = shop.see_out(Duration::ZERO, lacking);
    assert_eq!(report.failed, 0, "{report:?}");
    check_mixture(&report);

    let expected = expected(&report);
    let seen = || seen(&shop.page(), &expected);
    let settled = poll(LIMIT, || Some(seen()).filter(|seen| *seen == expected));
    assert_eq!(
        settled.unwrap_or_else(seen),
        expected,
        "the shop's page (left) isn't what its visitors did (right)"
    );
    let page = shop.page();
    check_amounts(&page, &report);
    check_active(&page, &report);
    check_standing(&shop);
}

// Mutation: a row is taken out of the README's table.
#[test]
fn is_listed_in_the_readme() {
    let (_, section) = README
        .split_once("\n## The shop\n")
        .expect("the README has a section of the shop");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(['`', '{']).next());
    let listed: BTreeSet<&str> = rows.collect();
    assert_eq!(listed, BTreeSet::from(FAMILIES));
}

/// Queries that give one number above zero if each family has data.
pub(crate) fn queries() -> Vec<String> {
    let queries = FAMILIES.map(|family| match family {
        // What nobody has bounced for so often, and what waits for a moment.
        "emails_given_up_total" | "emails_waiting" => format!("count({family}) > 0"),
        "websocket_connections" => format!("max(max_over_time({family}[10m])) > 0"),
        "order_total_amount" | "email_wait_seconds" => format!("sum({family}_count) > 0"),
        _ => format!("sum({family}) > 0"),
    });
    queries.to_vec()
}

/// What the page doesn't tell of yet.
fn lacking(page: &Page) -> Vec<String> {
    let mut lacking = below(page, &LEAST);
    for (family, series) in COUNTED {
        let found = page.samples();
        let found = found.filter(|sample| sample.name == family && sample.value > 0.0);
        let found = found.count();
        if found < series {
            lacking.push(format!("{family}: {found} series of {series}"));
        }
    }
    lacking
}

/// The visitors have done everything that there is to do.
fn check_mixture(report: &Report) {
    for (family, series) in COUNTED {
        let deeds = report.deeds.keys();
        let done: Vec<_> = deeds.filter(|deed| family_of(deed) == family).collect();
        assert!(done.len() >= series, "{family}: {done:?}");
    }
    for status in ["success", "declined", "failed", "cancelled"] {
        let label = format!("status={status}");
        let mut deeds = report.deeds.keys();
        assert!(deeds.any(|deed| deed.contains(&label)), "{status}");
    }
}

fn family_of(figure: &str) -> &str {
    figure.split(' ').next().unwrap_or_default()
}

/// What the page must say, by what the visitors have done.
fn expected(report: &Report) -> Figures {
    let ok = |function| report.answers(function, |status| status < 400);
    let (placed, paid) = (ok("place_order"), ok("pay_order"));
    let (registered, asked) = (ok("register_user"), ok("request_link"));
    let viewed: f64 = PAGES.iter().map(|page| ok(page)).sum();

    let mut figures = report.deeds.clone();
    // How many are active is an estimate.
    figures.remove("active_users");
    for (family, _) in COUNTED {
        let deeds = report.deeds.iter();
        let deeds = deeds.filter(|(deed, _)| family_of(deed) == family);
        // Nothing is counted beside what the visitors did.
        figures.insert(family.to_owned(), deeds.map(|(_, count)| count).sum());
    }
    let further = [
        ("analytics_pageviews_total", viewed),
        ("order_total_amount_count", placed),
        ("order_value_dollars_count", placed),
        ("websocket_connections", 0.0),
        ("email_wait_seconds_count kind=welcome", registered),
        ("email_wait_seconds_count kind=receipt", paid),
        ("email_wait_seconds_count kind=login_link", asked),
        ("task_runs_total task=send_welcome outcome=ok", registered),
        ("task_runs_total task=send_login_link outcome=ok", asked),
        ("emails_given_up_total", 0.0),
        ("emails_waiting", 0.0),
        ("orders_open", placed - paid),
        (
            "visitors_known",
            report.answers("begin_visit", |status| status == 201),
        ),
    ];
    figures.extend(further.map(|(figure, count)| (figure.to_owned(), count)));
    figures
}

/// Each order is in its bucket, and the sum is what all of them cost.
fn check_amounts(page: &Page, report: &Report) {
    for bound in BOUNDS {
        let orders = report.order_cents.range(..=bound * 100);
        let orders: u32 = orders.map(|(_, count)| count).sum();
        let le = bound.to_string();
        let bucket = page.value("order_total_amount_bucket", &[("le", &le)]);
        assert_eq!(bucket, Some(f64::from(orders)), "up to {bound}");
    }
    let cents = report.order_cents.iter();
    let cents = cents.map(|(value, count)| f64::from(*value) * f64::from(*count));
    let expected = cents.sum::<f64>() / 100.0;
    let sum = page.sum("order_total_amount_sum", &[]).unwrap_or_default();
    assert!((sum - expected).abs() < 0.001, "{sum}, not {expected}");
}

/// The estimate is as near as its help says: within 5 %, or one of a few.
fn check_active(page: &Page, report: &Report) {
    let active = report.deeds["active_users"];
    let seen = page.sum("active_users", &[]).unwrap_or_default();
    let bound = (0.05 * active).max(1.0);
    assert!((seen - active).abs() <= bound, "{seen}, not {active}");
}

/// The numbers of the database are fresh, and it is told how their query does.
fn check_standing(shop: &Shop) {
    let age = || shop.page().sum("standing_age_seconds", &[]);
    // On a machine that is busy they may be older for a while.
    let is_fresh = |age: &f64| (0.0..=10.0).contains(age);
    let fresh = poll(LIMIT, || age().filter(is_fresh));
    assert!(fresh.is_some(), "{:?}", age());
    let labels = [("task", "read_standing"), ("outcome", "ok")];
    let runs = shop.page().value("task_runs_total", &labels);
    assert!(runs.is_some_and(|runs| runs > 0.0), "{runs:?} runs");
}
