//! Which series a request has.

use super::{app, ask, built, metrics, read, samples};
use crate::Profile;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Method, Request, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::get;
use tower::ServiceExt as _;

// S1, S2. Mutations: `UNMATCHED` is the path; `unmatched` looks at the method.
#[tokio::test]
async fn requests_that_meet_no_route_are_one_series_of_each_family() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let known = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];
    let known = known.map(str::to_owned).into_iter();
    for (index, method) in known
        .chain((0..91).map(|index| format!("M{index}")))
        .enumerate()
    {
        let method = Method::from_bytes(method.as_bytes()).expect("it is a token");
        let path = format!("/wp-{index}.php?q={index}");
        read(ask(&app, method, &path, Body::empty()).await).await;
    }
    let route = r#"method="OTHER",endpoint="<unmatched>""#;
    let page = metrics.to_text();
    for (series, count) in [
        (
            format!(r#"http_requests_total{{{route},status="404"}}"#),
            100,
        ),
        (
            format!(r#"http_request_duration_seconds_count{{{route},status_class="4xx"}}"#),
            100,
        ),
        (format!("http_requests_in_progress{{{route}}}"), 0),
        (
            format!("http_time_to_first_byte_seconds_count{{{route}}}"),
            100,
        ),
        (format!("http_request_size_bytes_count{{{route}}}"), 100),
        (format!("http_response_size_bytes_count{{{route}}}"), 100),
    ] {
        let line = format!("{series} {count}");
        assert!(page.lines().any(|own| own == line), "{line}: {page}");
        let (name, _) = series.split_once('{').expect("it has labels");
        assert_eq!(page.matches(&format!("\n{name}{{")).count(), 1, "{name}");
    }
}

// What is under way is recorded before anybody knows how it ends.
#[tokio::test]
async fn a_fallback_is_under_way_as_any_method() {
    let metrics = metrics();
    let hang = || async { std::future::pending::<&str>().await };
    let app = Router::new().fallback(hang).layer(metrics.http_layer());
    for method in [Method::GET, Method::PUT] {
        let mut request = std::pin::pin!(ask(&app, method, "/a", Body::empty()));
        assert!(futures_util::poll!(request.as_mut()).is_pending());
        let open = r#"http_requests_in_progress{method="OTHER",endpoint="<unmatched>"} 1"#;
        let samples = samples(metrics);
        assert!(samples.contains(&open.to_owned()), "{samples:#?}");
    }
}

#[tokio::test]
async fn unknown_methods_of_a_route_are_one_series() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    for index in 0..100 {
        let method = Method::from_bytes(format!("M{index}").as_bytes());
        let method = method.expect("it is a token");
        read(ask(&app, method, "/users/7", Body::empty()).await).await;
    }
    let line = r#"http_requests_total{method="OTHER",endpoint="/users/{id}",status="405"} 100"#;
    assert!(samples(metrics).contains(&line.to_owned()));
    assert_eq!(metrics.to_text().matches("http_requests_total{").count(), 1);
}

#[tokio::test]
async fn other_routers_name_their_endpoints() {
    let metrics = metrics();
    let layer = metrics.http_layer().endpoint_by(|head| {
        let path = head.uri.path();
        match path {
            // It may say so itself.
            "/none" => Some("<unmatched>".into()),
            _ => path.starts_with("/users/").then(|| "/users/:id".into()),
        }
    });
    let service = tower::ServiceBuilder::new().layer(layer).service_fn(
        |_: Request<http_body_util::Full<Bytes>>| async {
            Ok::<_, std::convert::Infallible>(StatusCode::OK.into_response())
        },
    );
    for path in ["/users/1", "/users/2", "/other", "/none"] {
        let request = Request::get(path).body(http_body_util::Full::default());
        let request = request.expect("the request is valid");
        let answered = service.clone().oneshot(request).await;
        drop(answered.unwrap_or_else(|never| match never {}));
    }
    let page = metrics.to_text();
    assert!(page.contains(r#"{method="GET",endpoint="/users/:id",status="200"} 2"#));
    assert!(page.contains(r#"{method="OTHER",endpoint="<unmatched>",status="200"} 2"#));
}

// Mutation: the families have the cap of those whose labels are open.
#[tokio::test]
async fn many_routes_with_many_statuses_have_series_of_their_own() {
    const ROUTES: usize = 400;
    const STATUSES: [u16; 6] = [200, 201, 301, 404, 500, 503];
    for profile in [Profile::Toolkit, Profile::DjangoPrometheus] {
        let metrics = built(profile);
        let answer = |Path(status): Path<u16>| async move {
            StatusCode::from_u16(status).expect("it is one of those above")
        };
        let mut app = Router::new();
        for route in 0..ROUTES {
            app = app.route(&format!("/{route}/{{status}}"), get(answer));
        }
        let app = app.layer(metrics.http_layer());
        for route in 0..ROUTES {
            for status in STATUSES {
                let path = format!("/{route}/{status}");
                read(ask(&app, Method::GET, &path, Body::empty()).await).await;
            }
        }
        let page = metrics.to_text();
        assert!(!page.contains("__overflow__"), "{profile:?}");
        let family = match profile {
            Profile::Toolkit => "http_requests_total{",
            Profile::DjangoPrometheus => "django_http_responses_total_by_status_view_method_total{",
        };
        let series = page.lines().filter(|line| line.starts_with(family));
        assert_eq!(series.count(), ROUTES * STATUSES.len());
    }
}

// Mutations: `Routes::get` gives each thread a route of its own; what has none is told
// nowhere.
#[tokio::test]
async fn many_routes_end_in_the_overflow_series() {
    let metrics = metrics();
    let layer = metrics
        .http_layer()
        .endpoint_by(|head| Some(head.uri.path().to_owned().into()));
    let app = app(layer);
    for index in 0..2_100 {
        let path = format!("/users/{index}");
        read(ask(&app, Method::GET, &path, Body::empty()).await).await;
    }
    let page = metrics.to_text();
    let lines = page.lines();
    let lines = lines.filter(|line| line.starts_with("http_requests_total{"));
    let counts: Vec<u64> = lines
        .filter_map(|line| line.rsplit(' ').next()?.parse().ok())
        .collect();
    assert_eq!(counts.len(), 2_001);
    assert_eq!(counts.iter().sum::<u64>(), 2_100);
    assert!(page.contains(
        r#"http_requests_total{method="__overflow__",endpoint="__overflow__",status="__overflow__"} 100"#
    ));
    assert!(page.contains(r#"metrics_series_overflow_total{family="http_requests_total"} "#));
}
