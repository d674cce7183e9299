//! Settings of access.

use super::authorizer::Authorizer;
use super::network::Network;
use super::secret::Secret;
use crate::MetricsBuilder;
use http::request::Parts;
use std::time::Duration;

/// How long an authoriser may take, if nobody says otherwise.
const AUTHORIZER_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a setting of access can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// A text is neither an address nor a network.
    #[error("`{text}` can't be used as a network: {expected}")]
    Network {
        /// The text.
        text: String,
        /// What is taken.
        expected: &'static str,
    },
    /// A token can't be sent by any client. It isn't shown.
    #[error("a token can't be used: {reason}; give visible ASCII characters without spaces")]
    Token {
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Who may read what the toolkit serves; for
/// [`MetricsBuilder::access`].
///
/// Without settings, those may who ask from this machine or a private network
/// (loopback, RFC 1918, unique local and link-local addresses), and nobody else. A
/// token, an allow-list or an authoriser *replaces* that rule: whoever has one of the
/// tokens, is on the list, or is accepted by the authoriser may, and nobody else.
///
/// | in code | variable | |
/// |---|---|---|
/// | [`token`](Self::token) | `METRICS_AUTH_TOKEN` | tokens, with commas between them |
/// | [`allow`](Self::allow) | `METRICS_ALLOWED_IPS` | addresses and networks, of IPv4 and IPv6, with commas between them |
/// | [`trust_proxy`](Self::trust_proxy) | `METRICS_TRUSTED_PROXIES` | proxies whose `X-Forwarded-For` counts, likewise |
/// | [`authorizer`](Self::authorizer) | | a function of yours |
/// | [`everyone`](Self::everyone) | | no restriction |
///
/// Tokens in code stand for the variable of tokens, networks in code for that of
/// networks. A variable that is set to nothing is an error for tokens and for
/// the allow-list: without it they would restrict nobody.
///
/// Whoever is refused is answered with 401 where a token or an authoriser is set,
/// else with 403, and with 429 after ten refusals in a minute, none of which says
/// why; `metrics_access_denied_total` does. An address that is refused with 429 is
/// still served with a valid token, or if it is on the list: nobody can lock a scraper
/// out by failing from behind its address. The authoriser, which may cost a look into a
/// database, isn't asked about it until the minute is over; so behind a proxy name that,
/// lest all who come through it share an address. Addresses of IPv6 are counted by their
/// /64, and callers whose address isn't known as one, of whom the authoriser is always
/// asked.
///
/// # Proxies
///
/// Behind a reverse proxy every request comes from the proxy, which mostly is of a
/// private network: the default rule would let everyone in. Name it by `trust_proxy`,
/// which reads the caller from `X-Forwarded-For`, from the right, or set a token. No
/// other header says who asks, `Forwarded` and `X-Real-IP` among them, and none at all
/// counts of those who aren't trusted.
///
/// # Without settings, on a network
///
/// Where other machines can reach what is served and nothing but their network lets them
/// in, the operator is told once, by
/// [`Diagnostic::Unrestricted`](crate::Diagnostic::Unrestricted): by a listener when it
/// starts, by a router when the first of them gets in. Where the server of a router
/// doesn't say who asks and [`everyone`](Self::everyone) may, the process looks at its own
/// connections instead, on Linux, at the first request and once a minute; elsewhere it is
/// told at the first request.
///
/// # Servers that don't say who asks
///
/// The peer's address is axum's `ConnectInfo<SocketAddr>`, so serve an application by
/// `app.into_make_service_with_connect_info::<SocketAddr>()`. (Other servers put it
/// into the request's extensions.) Where it is missing, an allow-list refuses. The
/// default rule refuses too, unless this process has, on Linux, no connection over
/// which somebody remote could ask; don't rely on that in production.
///
/// ```
/// use metrics_runtime::{Access, Metrics};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let access = Access::new()
///     .token("47d1c1c1a3b0e5d0-new")
///     .token("9b0a2f6ce71d4482-old")
///     .allow("10.20.0.0/16")?;
/// let metrics = Metrics::builder().access(access).build()?;
/// # let _ = metrics;
///
/// let error = Access::new().allow("10.20.0.0/40").expect_err("IPv4 has 32 bits");
/// assert!(error.to_string().contains("`10.20.0.0/40`"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until they are given to a builder"]
pub struct Access {
    pub(super) tokens: Vec<Secret>,
    pub(super) allowed: Vec<Network>,
    pub(super) proxies: Vec<Network>,
    pub(super) authorizer: Option<Authorizer>,
    pub(super) authorizer_timeout: Duration,
    pub(super) everyone: bool,
}

impl Default for Access {
    fn default() -> Self {
        Self::new()
    }
}

impl Access {
    /// The default: this machine and private networks.
    pub const fn new() -> Self {
        Self {
            tokens: Vec::new(),
            allowed: Vec::new(),
            proxies: Vec::new(),
            authorizer: None,
            authorizer_timeout: AUTHORIZER_TIMEOUT,
            everyone: false,
        }
    }

    /// Lets those in who send this token, in `Authorization: Bearer …` or
    /// `X-Metrics-Token: …`; the latter alone counts if both are there. May be called
    /// again, so that a token can be replaced by another while both are accepted.
    ///
    /// One that is empty or can't stand in a header is an error of `build()`.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.tokens.push(token.into());
        self
    }

    /// Lets those in who ask from this address or network.
    ///
    /// # Errors
    ///
    /// [`AccessError::Network`] if the text is neither.
    pub fn allow(mut self, network: &str) -> Result<Self, AccessError> {
        self.allowed.push(network.parse()?);
        Ok(self)
    }

    /// Believes this proxy, or those of this network, whom a request comes from.
    ///
    /// It must append to `X-Forwarded-For`, as nginx does by
    /// `$proxy_add_x_forwarded_for`. Where it says something that can't be read,
    /// nobody is on a list. By which scheme it was asked it says by `X-Forwarded-Proto` or
    /// `Forwarded`, see [`Guard::forwarded_scheme`](crate::Guard::forwarded_scheme); a
    /// proxy that hands on what clients write there lets them choose, so that it must set
    /// both: in nginx `proxy_set_header X-Forwarded-Proto $scheme` and
    /// `proxy_set_header Forwarded ""`.
    ///
    /// # Errors
    ///
    /// [`AccessError::Network`] if the text is neither an address nor a network.
    pub fn trust_proxy(mut self, network: &str) -> Result<Self, AccessError> {
        self.proxies.push(network.parse()?);
        Ok(self)
    }

    /// Lets those in whom this function accepts, by the head of their request; it is
    /// asked about those who have no valid token and aren't on the list.
    ///
    /// For "a logged-in superuser", look the session up where it is kept:
    ///
    /// ```
    /// use http::header::COOKIE;
    /// use http::request::Parts;
    /// use metrics_runtime::{Access, Metrics};
    /// use std::collections::HashMap;
    /// use std::sync::{Arc, RwLock};
    ///
    /// #[derive(Clone, Default)]
    /// struct Sessions(Arc<RwLock<HashMap<String, User>>>);
    ///
    /// struct User {
    ///     is_superuser: bool,
    /// }
    ///
    /// impl Sessions {
    ///     async fn is_superuser(&self, parts: Parts) -> bool {
    ///         let cookies = parts.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
    ///         let session = cookies
    ///             .into_iter()
    ///             .flat_map(|cookies| cookies.split("; "))
    ///             .find_map(|cookie| cookie.strip_prefix("session="));
    ///         let sessions = self.0.read().unwrap();
    ///         session.and_then(|id| sessions.get(id)).is_some_and(|user| user.is_superuser)
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sessions = Sessions::default();
    /// let kept = sessions.clone();
    /// let access = Access::new().authorizer(move |parts| {
    ///     let sessions = kept.clone();
    ///     async move { sessions.is_superuser(parts).await }
    /// });
    /// let app: axum::Router = Metrics::builder().access(access).build()?.router();
    ///
    /// # use axum::body::Body;
    /// # use tower::ServiceExt as _;
    /// let ask = |cookie| http::Request::get("/").header(COOKIE, cookie).body(Body::empty());
    /// let response = app.clone().oneshot(ask("theme=dark; session=8f3a")?).await?;
    /// assert_eq!(response.status(), 401);
    ///
    /// sessions.0.write().unwrap().insert("8f3a".to_owned(), User { is_superuser: true });
    /// let response = app.oneshot(ask("theme=dark; session=8f3a")?).await?;
    /// assert_eq!(response.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is asked once for a request, also by what looks again behind the guard. It may
    /// record metrics and make the page; one that asks for what it guards itself is told
    /// no before it has asked itself for long.
    ///
    /// It refuses when it panics or takes longer than
    /// [`authorizer_timeout`](Self::authorizer_timeout). It must not block: nobody can
    /// take the thread away from it.
    pub fn authorizer<F, R>(mut self, authorizer: F) -> Self
    where
        F: Fn(Parts) -> R + Send + Sync + 'static,
        R: Future<Output = bool> + Send + 'static,
    {
        self.authorizer = Some(Authorizer::new(authorizer));
        self
    }

    /// How long the authoriser may take; longer is a refusal. Default: two seconds.
    pub const fn authorizer_timeout(mut self, timeout: Duration) -> Self {
        self.authorizer_timeout = timeout;
        self
    }

    /// Lets everyone in: for a network that is restricted otherwise. Tokens, the list
    /// and the authoriser then only tell who is authorised to more than reading.
    ///
    /// No address is needed to let them in. Where the server doesn't say who asks, it is
    /// missing for the list and the proxies alone, and
    /// [`Diagnostic::UnknownPeer`](crate::Diagnostic::UnknownPeer) tells when one of them
    /// is asked.
    pub const fn everyone(mut self) -> Self {
        self.everyone = true;
        self
    }

    /// Whether each of the tokens can be sent.
    pub(super) fn check(&self) -> Result<(), AccessError> {
        let mut defects = self.tokens.iter().filter_map(Secret::defect);
        let defect = defects.next();
        defect.map_or(Ok(()), |reason| Err(AccessError::Token { reason }))
    }
}

impl MetricsBuilder {
    /// Who may read what the toolkit serves; see [`Access`]. Default: what
    /// `METRICS_AUTH_TOKEN`, `METRICS_ALLOWED_IPS` and `METRICS_TRUSTED_PROXIES` say,
    /// else this machine and private networks.
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }
}
