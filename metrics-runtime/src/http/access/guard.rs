//! The rule of access, applied.

use super::denial::{Denial, Reason};
use super::own::{BLOCKED, Own};
use super::policy::{Entrance, Policy};
use crate::http::{Blocked, Unmeasured};
use crate::{Metrics, Registry};
use bytes::Bytes;
use http::request::Parts;
use http::uri::Scheme;
use http::{Extensions, HeaderMap, Method, Response};
use http_body_util::Full;
use std::ptr;

/// Lets those in who may, and answers everybody else; see [`Access`](crate::Access).
///
/// [`Metrics::router`] and [`Metrics::serve`] have it already. As a tower layer it
/// stands before what else only they should see, by
/// [`Router::layer`](axum::Router::layer) after routes and fallback:
///
/// ```
/// use axum::{Router, routing::get};
/// use metrics_runtime::{Access, Metrics};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let access = Access::new().token("47d1c1c1a3b0e5d0");
/// let metrics = Metrics::builder().access(access).build()?;
/// let app: Router = Router::new()
///     .route("/admin", get(|| async { "for operators" }))
///     .layer(metrics.guard());
///
/// # use axum::body::Body;
/// # use tower::ServiceExt as _;
/// let request = http::Request::get("/admin").body(Body::empty())?;
/// assert_eq!(app.clone().oneshot(request).await?.status(), 401);
/// let request = http::Request::get("/admin").header("authorization", "Bearer 47d1c1c1a3b0e5d0");
/// assert_eq!(app.oneshot(request.body(Body::empty())?).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
///
/// Refusals are counted in `metrics_access_denied_total{reason}` and in
/// `http_requests_blocked_total{reason="access"}`, and by a layer over a route of the
/// application among its requests too:
///
/// | `reason` | status | |
/// |---|---|---|
/// | `no_credential` | 401 | a token is asked for and wasn't sent |
/// | `bad_credential` | 401 | what was sent isn't one of the tokens |
/// | `authorizer`, `authorizer_failed` | 401 | the authoriser has said no; has panicked or taken too long |
/// | `address` | 403 | the caller's address isn't let in |
/// | `unknown_peer` | 403 | the server doesn't say who asks |
/// | `throttled` | 429 | the caller was refused ten times within a minute |
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    policy: &'static Policy,
    own: Own,
    /// Whether it stands before what the toolkit serves.
    of_toolkit: bool,
}

/// Marks a request that a policy has identified, so that what is behind the guard
/// needn't ask the authoriser again. Nobody else can make one.
#[derive(Clone, Copy, Debug)]
struct Identified(&'static Policy);

impl Metrics {
    /// The guard of what the toolkit serves, as a tower layer.
    pub fn guard(&self) -> Guard {
        Guard::new(self.policy(), self.registry())
    }
}

impl Guard {
    pub(crate) fn new(policy: &'static Policy, registry: &Registry) -> Self {
        Self {
            policy,
            own: Own::of(registry),
            of_toolkit: false,
        }
    }

    /// The same before the toolkit's own routes, which aren't among the requests of the
    /// service.
    pub(crate) const fn of_toolkit(mut self) -> Self {
        self.of_toolkit = true;
        self
    }

    /// Whether a request may go on; a refusal is counted.
    pub(crate) async fn admit(&self, parts: &Parts) -> Result<Entrance, Denial> {
        if self.is_marked(parts) {
            return Ok(Entrance::Identified);
        }
        let admitted = self.policy.admit(parts).await;
        admitted.inspect_err(|denial| self.own.refused(denial.reason))
    }

    /// Keeps with a request how it was let in.
    pub(super) async fn mark(&self, parts: &mut Parts, entrance: Entrance) {
        match entrance {
            Entrance::Identified => {
                parts.extensions.insert(Identified(self.policy));
            }
            Entrance::Open => self.policy.let_in(parts).await,
        }
    }

    fn is_marked(&self, parts: &Parts) -> bool {
        let mark = parts.extensions.get::<Identified>();
        mark.is_some_and(|mark| ptr::eq(mark.0, self.policy))
    }

    /// What is answered to a request that may not.
    pub(crate) fn refuse(&self, denial: Denial, method: &Method) -> Response<Full<Bytes>> {
        let mut response = denial.respond(method);
        if self.of_toolkit {
            // The one is for layers of others, the other for ours.
            response.extensions_mut().insert(Blocked(BLOCKED));
            response.extensions_mut().insert(Unmeasured);
        }
        response
    }

    /// Whether a request is authorised to more than everybody is told: by a token, an
    /// address on the list or the authoriser, never by the default rule or
    /// [`Access::everyone`](crate::Access::everyone).
    ///
    /// A credential that isn't valid is a failure like any other: it is in
    /// `metrics_access_denied_total{reason="bad_credential"}`. Whoever presents none has
    /// not tried, and nothing is counted.
    ///
    /// Behind the guard itself nothing is asked anew: the request brings its verdict
    /// along, in its extensions.
    pub async fn authorized(&self, parts: &Parts) -> bool {
        if self.is_marked(parts) {
            return true;
        }
        let authorized = self.policy.authorized(parts).await;
        authorized
            .inspect_err(|reason| {
                if *reason == Reason::BadCredential {
                    self.own.denied(*reason);
                }
            })
            .is_ok()
    }

    /// The scheme of a request as a [trusted proxy](crate::Access::trust_proxy) says that
    /// ends TLS, by `X-Forwarded-Proto` or, without one, by `Forwarded`; `None` if the
    /// connection comes from no such proxy, or it doesn't say.
    ///
    /// ```
    /// use http::uri::Scheme;
    /// use metrics_runtime::{Access, Metrics};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let access = Access::new().trust_proxy("10.0.0.5")?;
    /// let metrics = Metrics::builder().access(access).build()?;
    /// let guard = metrics.guard();
    /// let layer = metrics.http_layer().secure_by(move |head| {
    ///     let forwarded = guard.forwarded_scheme(head.headers, head.extensions);
    ///     forwarded == Some(Scheme::HTTPS)
    /// });
    /// # use axum::extract::ConnectInfo;
    /// # let mut request = http::Request::new(());
    /// # let peer: std::net::SocketAddr = "10.0.0.5:4711".parse()?;
    /// # request.extensions_mut().insert(ConnectInfo(peer));
    /// # request.headers_mut().insert("x-forwarded-proto", "https".parse()?);
    /// # let told = guard.forwarded_scheme(request.headers(), request.extensions());
    /// # assert_eq!(told, Some(Scheme::HTTPS));
    /// # Ok(())
    /// # }
    /// ```
    pub fn forwarded_scheme(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<Scheme> {
        self.policy.scheme(headers, extensions)
    }

    /// Whether endpoints that change anything may exist: a token or an authoriser is
    /// set.
    pub const fn can_mutate(&self) -> bool {
        self.policy.can_mutate()
    }

    /// Whether tokens are set.
    pub const fn wants_token(&self) -> bool {
        self.policy.has_tokens()
    }
}

#[cfg(test)]
mod tests {
    use super::Guard;
    use crate::Registry;
    use crate::http::access::policy::Entrance;
    use crate::http::access::{Access, Policy};
    use axum::extract::ConnectInfo;
    use http::Request;
    use http::request::Parts;
    use std::net::SocketAddr;

    fn guard(access: Access) -> Guard {
        let policy = Policy::of(access).expect("the settings are valid");
        Guard::new(policy, Box::leak(Box::new(Registry::new())))
    }

    fn parts(peer: &str, token: &str) -> Parts {
        let request = Request::get("/").header("x-metrics-token", token);
        let (mut parts, ()) = request.body(()).expect("it is valid").into_parts();
        let peer: SocketAddr = format!("{peer}:1").parse().expect("an address");
        parts.extensions.insert(ConnectInfo(peer));
        parts
    }

    // Mutations: the default rule or `everyone` authorises; `can_mutate` looks at the
    // list too.
    #[tokio::test]
    async fn nobody_is_authorised_for_being_near() {
        let near = parts("127.0.0.1", "s3cret");
        for access in [Access::new(), Access::new().everyone()] {
            let guard = guard(access);
            assert_eq!(guard.admit(&near).await, Ok(Entrance::Open));
            assert!(!guard.authorized(&near).await);
            assert!(!guard.can_mutate());
        }
        let list = Access::new().allow("127.0.0.1").expect("an address");
        let listed = guard(list.clone());
        assert!(listed.authorized(&near).await && !listed.can_mutate());
        assert!(!listed.authorized(&parts("10.0.0.1", "s3cret")).await);
        let everyone_with_token = guard(Access::new().token("s3cret").everyone());
        assert!(everyone_with_token.authorized(&near).await && everyone_with_token.can_mutate());
        let wrong = parts("127.0.0.1", "other");
        assert!(!everyone_with_token.authorized(&wrong).await);
        assert_eq!(everyone_with_token.admit(&wrong).await, Ok(Entrance::Open));
        let asked = guard(
            Access::new()
                .authorizer(|parts| async move { parts.headers["x-metrics-token"] == "s3cret" }),
        );
        assert!(asked.authorized(&near).await && asked.can_mutate());
        assert!(!asked.authorized(&wrong).await);
        assert!(guard(list.token("s3cret")).can_mutate());
    }

    // Mutations: the mark of any policy counts; everyone who is let in is marked.
    #[tokio::test]
    async fn a_mark_is_that_of_one_policy() {
        let [one, other] = [(); 2].map(|()| guard(Access::new().token("s3cret")));
        let mut right = parts("127.0.0.1", "s3cret");
        let entrance = one.admit(&right).await.expect("it is the token");
        one.mark(&mut right, entrance).await;
        right.headers.clear();
        assert!(one.authorized(&right).await && !other.authorized(&right).await);
        assert_eq!(one.admit(&right).await, Ok(Entrance::Identified));
        assert!(other.admit(&right).await.is_err());
        let open = guard(Access::new().token("s3cret").everyone());
        let mut anybody = parts("127.0.0.1", "other");
        let entrance = open.admit(&anybody).await.expect("everyone is let in");
        open.mark(&mut anybody, entrance).await;
        assert!(!open.authorized(&anybody).await);
    }

    // Mutations: `authorized` counts nothing, so that tokens can be guessed where
    // everybody is told something; it counts who presents none, such as every probe; it
    // counts among what was blocked.
    #[tokio::test]
    async fn asking_whether_somebody_is_authorised_counts_wrong_credentials() {
        let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
        let policy = Policy::of(Access::new().token("s3cret")).expect("the settings are valid");
        let guard = Guard::new(policy, registry);
        let mut absent = parts("127.0.0.1", "other");
        absent.headers.clear();
        for _ in 0..100 {
            assert!(!guard.authorized(&absent).await);
        }
        let page = registry.to_text();
        assert!(page.contains("denied_total{reason=\"no_credential\"} 0\n"));
        let wrong = parts("127.0.0.1", "other");
        for _ in 0..10 {
            assert!(!guard.authorized(&wrong).await);
        }
        let page = registry.to_text();
        assert!(page.contains("denied_total{reason=\"bad_credential\"} 10\n"));
        assert!(page.contains("http_requests_blocked_total{reason=\"access\"} 0\n"));
        let denial = guard.admit(&wrong).await.expect_err("it is another token");
        assert_eq!(denial.reason.as_str(), "throttled");
        assert!(guard.authorized(&parts("127.0.0.1", "s3cret")).await);
    }
}
