//! What a scanner sends.

use fastrand::Rng;

/// The methods that are labels as they are.
pub(crate) const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

/// Which route a path meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Front,
    User,
    Unmatched,
    /// A path of the toolkit's own, whose requests aren't recorded.
    Own,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// As it goes over the wire.
    pub(crate) bytes: Vec<u8>,
    pub(crate) method: String,
    pub(crate) target: Target,
    /// The connection isn't used again after it.
    pub(crate) is_last: bool,
    /// No server takes this for a request.
    pub(crate) is_junk: bool,
}

impl Request {
    fn new(method: String, target: Target, uri: &[u8]) -> Self {
        let mut bytes = method.clone().into_bytes();
        bytes.push(b' ');
        bytes.extend_from_slice(uri);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        // hyper waits for a tunnel after it.
        let is_last = method == "CONNECT";
        Self {
            bytes,
            method,
            target,
            is_last,
            is_junk: false,
        }
    }

    fn junk(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            method: String::new(),
            target: Target::Unmatched,
            is_last: true,
            is_junk: true,
        }
    }

    fn header(&mut self, name: &str, value: &[u8]) {
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value);
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn end(mut self) -> Self {
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// Each method for each route.
    pub(crate) fn expected() -> Vec<Self> {
        let targets = [Target::Front, Target::User];
        let requests = targets.into_iter().flat_map(|target| {
            let methods = METHODS.into_iter().chain(["BREW"]);
            // A CONNECT names a host, and meets no route.
            let methods = methods.filter(|method| *method != "CONNECT");
            methods.map(move |method| {
                let uri = match target {
                    Target::User => format!("/users/{method}"),
                    _ => "/".to_owned(),
                };
                let mut request = Self::new(method.to_owned(), target, uri.as_bytes());
                request.header("host", b"service");
                request.end()
            })
        });
        requests.collect()
    }

    /// Anything that a scanner might send; `number` is another one each time.
    pub(crate) fn random(dice: &mut Rng, number: u64) -> Self {
        if dice.u8(..64) == 0 {
            return Self::junk(junk(dice));
        }
        let method = method(dice);
        let (target, uri) = if method == "CONNECT" {
            (Target::Unmatched, format!("{}:443", host(dice)))
        } else {
            uri(dice, number)
        };
        let mut request = Self::new(method, target, uri.as_bytes());
        headers(&mut request, dice);
        if dice.u8(..64) == 0 {
            request.header("connection", b"close");
            request.is_last = true;
        }
        request.end()
    }
}

fn token(dice: &mut Rng, length: usize) -> String {
    (0..length).map(|_| dice.alphanumeric()).collect()
}

fn method(dice: &mut Rng) -> String {
    match dice.u8(..4) {
        0 | 1 => "GET".to_owned(),
        2 => METHODS[dice.usize(..METHODS.len())].to_owned(),
        _ => match dice.u8(..8) {
            0 => "get".to_owned(),
            1 => "PROPFIND".to_owned(),
            2 => "__overflow__".to_owned(),
            _ => {
                let length = dice.usize(1..24);
                token(dice, length)
            }
        },
    }
}

fn host(dice: &mut Rng) -> String {
    match dice.u8(..3) {
        0 => format!("10.{}.{}.{}", dice.u8(..), dice.u8(..), dice.u8(..)),
        1 => "127.0.0.1".to_owned(),
        _ => format!("{}.example", token(dice, 12)),
    }
}

fn uri(dice: &mut Rng, number: u64) -> (Target, String) {
    let (target, mut uri) = match dice.u8(..8) {
        0..3 => (Target::User, format!("/users/{number:x}-{}", tail(dice))),
        3 => (Target::Own, own(dice, number)),
        4 => {
            let known = [
                "/.env",
                "/wp-login.php",
                "/admin/",
                "//",
                "/users",
                "/users/",
                "/users/1/2",
                "/Users/1",
                "/%2e%2e/etc/passwd",
                "/metricsx",
                "/index.php/metrics",
            ];
            (
                Target::Unmatched,
                known[dice.usize(..known.len())].to_owned(),
            )
        }
        _ => (Target::Unmatched, format!("/{number:x}{}", tail(dice))),
    };
    if dice.u8(..3) == 0 {
        uri = format!("{uri}?{}={}", token(dice, 4), token(dice, 16));
    }
    match dice.u8(..16) {
        0 => (target, format!("http://{}{uri}", host(dice))),
        1 => (Target::Unmatched, "*".to_owned()),
        _ => (target, uri),
    }
}

/// The page, as far as its families are called what nobody calls them, and what is
/// below it.
fn own(dice: &mut Rng, number: u64) -> String {
    match dice.u8(..3) {
        0 => format!("/metrics?name[]={number:x}"),
        1 => format!("/metrics?format={number:x}"),
        _ => format!("/metrics/{number:x}{}", tail(dice)),
    }
}

/// What makes a segment long, or hard to read.
fn tail(dice: &mut Rng) -> String {
    match dice.u8(..32) {
        0 => token(dice, 2_000),
        1 => "%F0%9F%92%A5".to_owned(),
        2 => "%22%7D%0A".to_owned(),
        3 => "__overflow__".to_owned(),
        4 => ";jsessionid=1".to_owned(),
        _ => {
            let length = dice.usize(..40);
            token(dice, length)
        }
    }
}

fn headers(request: &mut Request, dice: &mut Rng) {
    request.header("host", host(dice).as_bytes());
    request.header("user-agent", token(dice, 40).as_bytes());
    let proxies = format!("{}, {}", host(dice), host(dice));
    request.header("x-forwarded-for", proxies.as_bytes());
    request.header("x-http-method-override", method(dice).as_bytes());
    request.header("x-original-url", uri(dice, 7).1.as_bytes());
    for _ in 0..dice.u8(..4) {
        let name = format!("x-{}", token(dice, 8).to_lowercase());
        let long = if dice.u8(..64) == 0 { 4_000 } else { 20 };
        // What a header's value may hold that isn't text.
        let value: Vec<u8> = (0..long).map(|_| dice.u8(0x80..)).collect();
        request.header(&name, &value);
    }
}

/// What the server answers by itself, if at all.
fn junk(dice: &mut Rng) -> Vec<u8> {
    match dice.u8(..6) {
        // The beginning of a TLS handshake.
        0 => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
        1 => b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        2 => b"GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
        3 => format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", token(dice, 70_000)).into_bytes(),
        4 => b"GET / HTTP/9.9\r\nhost: a\r\n\r\n".to_vec(),
        _ => {
            let mut bytes = b"GET / HTTP/1.1\r\n".to_vec();
            for header in 0..200 {
                bytes.extend_from_slice(format!("x-{header}: {header}\r\n").as_bytes());
            }
            bytes.extend_from_slice(b"\r\n");
            bytes
        }
    }
}
