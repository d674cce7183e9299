//! The rule that settings make, and what it says of a request.

use super::authorizer::{Answer, Authorizer};
use super::client::Client;
use super::credential::Credential;
use super::denial::{Denial, Reason};
use super::environment;
use super::look::Look;
use super::network::{Network, is_near};
use super::proof;
use super::scheme;
use super::secret::{Secret, accept};
use super::setting::Access;
use super::throttle::Throttle;
use crate::BuildError;
use crate::diagnostics::{Diagnostic, report};
use http::request::Parts;
use http::uri::Scheme;
use http::{Extensions, HeaderMap};
use std::net::SocketAddr;
use std::panic::RefUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The rule that settings make. It is made once by each `build()` and never freed, so
/// that requests needn't count their references to it.
#[derive(Debug)]
pub(crate) struct Policy {
    tokens: Vec<Secret>,
    /// Who may by address.
    addresses: Addresses,
    proxies: Vec<Network>,
    authorizer: Option<Authorizer>,
    authorizer_timeout: Duration,
    everyone: bool,
    throttle: Throttle,
    /// It was told that the server doesn't say who asks.
    told_unknown: AtomicBool,
    /// It was told that whoever can connect may read.
    told_unrestricted: AtomicBool,
    /// When the connections of the process were looked at for that.
    look: Look,
}

/// By what a request is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// By a token, an address on the list or the authoriser.
    Identified,
    /// By nothing that it has: everyone is let in from there.
    Open,
}

/// Who may by address.
#[derive(Debug)]
enum Addresses {
    /// This machine and private networks: nothing is set.
    Near,
    Listed(Vec<Network>),
}

// The authoriser, which is user code, is called where its panics are caught, and leaves
// nothing of the policy half-changed.
impl RefUnwindSafe for Policy {}

impl Policy {
    /// Checks the settings and fills in those of the environment.
    pub(crate) fn of(mut access: Access) -> Result<&'static Self, BuildError> {
        access.check()?;
        environment::fill(&mut access)?;
        Ok(Box::leak(Box::new(Self::new(access))))
    }

    pub(super) fn new(access: Access) -> Self {
        let Access {
            tokens,
            allowed,
            proxies,
            authorizer,
            authorizer_timeout,
            everyone,
        } = access;
        let nothing_set =
            tokens.is_empty() && allowed.is_empty() && authorizer.is_none() && !everyone;
        Self {
            tokens,
            addresses: if nothing_set {
                Addresses::Near
            } else {
                Addresses::Listed(allowed)
            },
            proxies,
            authorizer,
            authorizer_timeout,
            everyone,
            throttle: Throttle::default(),
            told_unknown: AtomicBool::new(false),
            told_unrestricted: AtomicBool::new(false),
            look: Look::default(),
        }
    }

    /// Whether somebody can be told from everybody else by more than an address:
    /// what changes anything exists only then.
    pub(super) const fn can_mutate(&self) -> bool {
        !self.tokens.is_empty() || self.authorizer.is_some()
    }

    /// Whether tokens are set.
    pub(super) const fn has_tokens(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// By which scheme a trusted proxy was asked.
    pub(super) fn scheme(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<Scheme> {
        let told = scheme::of(headers, extensions, &self.proxies);
        // Nobody is refused for it, so it would never be noticed.
        if told.is_none() && !self.proxies.is_empty() && !Client::is_told(extensions) {
            self.tell();
        }
        told
    }

    /// Whether whoever can connect may read: everybody, or a private network.
    pub(crate) const fn is_unrestricted(&self) -> bool {
        self.everyone || matches!(self.addresses, Addresses::Near)
    }

    /// Lets a request in, or counts its refusal.
    pub(super) async fn admit(&self, parts: &Parts) -> Result<Entrance, Denial> {
        if self.everyone {
            return Ok(Entrance::Open);
        }
        let client = self.client(parts);
        let refused = match self.identify(parts, client).await {
            Ok(()) if self.is_unrestricted() => return Ok(Entrance::Open),
            Ok(()) => return Ok(Entrance::Identified),
            Err(refused) => refused,
        };
        let waiting = self.throttle.fail(client.address(), Instant::now());
        Err(Denial {
            reason: waiting.map_or(refused, |_| Reason::Throttled),
            wait: waiting.unwrap_or_default(),
        })
    }

    /// Whether a request has a token, comes from a listed address or is accepted by
    /// the authoriser. A wrong credential is a failure, else tokens could be guessed
    /// here; the rest isn't, for what asks this answers everybody something.
    pub(super) async fn authorized(&self, parts: &Parts) -> Result<(), Reason> {
        if matches!(self.addresses, Addresses::Near) {
            return Err(Reason::NoCredential);
        }
        let client = self.client(parts);
        let identified = self.identify(parts, client).await;
        if identified == Err(Reason::BadCredential) {
            self.throttle.fail(client.address(), Instant::now());
        }
        identified
    }

    fn client(&self, parts: &Parts) -> Client {
        Client::of(&parts.headers, &parts.extensions, &self.proxies)
    }

    /// Each of the ways in is enough. No lock is held: the authoriser is user code. It
    /// may cost a look into a database, so that who was refused often is refused
    /// without it.
    async fn identify(&self, parts: &Parts, client: Client) -> Result<(), Reason> {
        let credential = Credential::of(&parts.headers);
        if accept(&self.tokens, credential.token()) {
            return Ok(());
        }
        let by_address = self.locate(client).await;
        let Some(authorizer) = &self.authorizer else {
            return by_address.map_err(|reason| match credential {
                _ if self.tokens.is_empty() => reason,
                Credential::Absent => Reason::NoCredential,
                Credential::Malformed | Credential::Token(_) => Reason::BadCredential,
            });
        };
        if by_address.is_ok() {
            return by_address;
        }
        let is_guess = !self.tokens.is_empty() && credential != Credential::Absent;
        // Those whose address isn't known are counted as one: none of them may keep all
        // others from the authoriser.
        let is_known = client.address().is_some();
        if is_known && self.throttle.holds(client.address(), Instant::now()) {
            let guessed = is_guess.then_some(Reason::BadCredential);
            return Err(guessed.unwrap_or(Reason::Throttled));
        }
        match authorizer.ask(parts, self.authorizer_timeout).await {
            Answer::Yes => Ok(()),
            _ if is_guess => Err(Reason::BadCredential),
            Answer::No => Err(Reason::Authorizer),
            Answer::Failed => Err(Reason::AuthorizerFailed),
        }
    }

    /// Whether its address lets a request in.
    async fn locate(&self, client: Client) -> Result<(), Reason> {
        match (&self.addresses, client) {
            (Addresses::Near, Client::Known(address)) if is_near(address) => Ok(()),
            (Addresses::Listed(networks), Client::Known(address))
                if networks.iter().any(|network| network.contains(address)) =>
            {
                Ok(())
            }
            // Were the peer a proxy, nearness would say nothing of the caller.
            (Addresses::Near, Client::Unknown)
                if self.proxies.is_empty() && proof::nobody_is_remote().await =>
            {
                Ok(())
            }
            (Addresses::Listed(networks), Client::Unknown) if networks.is_empty() => {
                Err(Reason::Address)
            }
            (_, Client::Unknown) => {
                self.tell();
                Err(Reason::UnknownPeer)
            }
            (_, Client::Known(_) | Client::Obscured(_)) => Err(Reason::Address),
        }
    }

    /// Tells the operator, once, that an address is needed and missing.
    fn tell(&self) {
        // Relaxed: a flag of its own.
        if !self.told_unknown.swap(true, Ordering::Relaxed) {
            report(&Diagnostic::UnknownPeer);
        }
    }

    /// A request was let in by nothing that it has. From another machine, it shows that
    /// the server can be reached there, which no router knows of its server otherwise.
    ///
    /// Where the server doesn't say who asks, the process looks at its connections, as
    /// the default rule has done already. Under [`Access::everyone`] nobody has to wait
    /// for that to get in, so it looks now and then alone, until it has told.
    pub(super) async fn let_in(&self, parts: &Parts) {
        // Relaxed: a flag of its own.
        if self.told_unrestricted.load(Ordering::Relaxed) {
            return;
        }
        let shows_others = match self.client(parts).address() {
            Some(address) => !address.is_loopback(),
            None => self.everyone && self.look.is_due() && !proof::nobody_is_remote().await,
        };
        if shows_others {
            self.tell_unrestricted(None);
        }
    }

    /// Tells the operator, once, that whoever can connect may read.
    pub(crate) fn tell_unrestricted(&self, address: Option<SocketAddr>) {
        // Relaxed: a flag of its own.
        if !self.told_unrestricted.swap(true, Ordering::Relaxed) {
            report(&Diagnostic::Unrestricted { address });
        }
    }
}
