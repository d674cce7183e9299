//! What was recorded of django-prometheus: its pages, and the requests before them.

use integration_tests::page::Page;

pub(crate) const PLAIN: &str = include_str!("reference/django_prometheus_metrics.txt");
pub(crate) const NAMESPACE: &str =
    include_str!("reference/django_prometheus_metrics_namespace.txt");
const APPLICATION: &str = include_str!("reference/django_app.py");

/// A request of the sequence.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// What Django answered, by its own page.
    pub(crate) fn expected_status(&self) -> u16 {
        match (self.method.as_str(), self.path.as_str()) {
            (_, "/create") => 201,
            (_, "/boom") => 500,
            (_, "/denied") => 403,
            ("POST", "/cbv") => 405,
            (_, "/nope" | "/slashed" | "/shop/999/") => 404,
            _ => 200,
        }
    }
}

/// The names of all families that were recorded.
pub(crate) fn families(recorded: &str) -> impl Iterator<Item = &str> {
    let heads = recorded
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    heads.filter_map(|head| head.split(' ').next())
}

/// The page, as it was recorded, less the times of creation, which aren't allowed in
/// this format.
pub(crate) fn page(recorded: &str) -> Page {
    let created: Vec<&str> = families(recorded)
        .filter(|name| name.ends_with("_created"))
        .collect();
    let is_kept = |line: &&str| {
        let line = line.trim_start_matches("# HELP ");
        let name = line.trim_start_matches("# TYPE ").split([' ', '{']).next();
        name.is_some_and(|name| !created.contains(&name))
    };
    let lines = recorded.split_inclusive('\n').filter(is_kept);
    let page: String = lines.collect();
    Page::parse(page).expect("the recorded page is valid")
}

/// The requests, as the application's file lists them.
pub(crate) fn requests() -> Vec<Request> {
    let (_, list) = APPLICATION
        .split_once("REQUESTS = [")
        .expect("the file lists the requests");
    let lines = list.lines().map(str::trim);
    let lines = lines.filter(|line| line.starts_with('('));
    lines.map(parse).collect()
}

/// `("GET", "/", b"body", {"name": "value"}),  # a comment`
fn parse(line: &str) -> Request {
    let mut quoted = line.split('"').skip(1).step_by(2);
    let mut next = || quoted.next().map(str::to_owned);
    let method = next().expect("the method is quoted");
    let path = next().expect("the path is quoted");
    let body = if line.contains("b\"") { next() } else { None };
    let mut headers = Vec::new();
    while let (Some(name), Some(value)) = (next(), next()) {
        headers.push((name, value));
    }
    Request {
        method,
        path,
        body,
        headers,
    }
}

#[test]
fn requests_are_read_as_they_stand() {
    let requests = requests();
    let ajax = &requests[2];
    assert_eq!(
        (&*ajax.method, &*ajax.path, &ajax.body),
        ("GET", "/", &None)
    );
    let header = ("X-Requested-With".to_owned(), "XMLHttpRequest".to_owned());
    assert_eq!(ajax.headers, [header]);
    assert_eq!(requests[4].body.as_deref(), Some("thing"));
    assert_eq!(requests[14].method, "FOO");
    assert_eq!(requests[19].headers[0].0, "Accept");
}
