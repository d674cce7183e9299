//! The rule that settings make, and what it says of a request.

use super::authorizer::{Answer, Authorizer};
use super::client::Client;
use super::credential::Credential;
use super::denial::{Denial, Reason};
use super::environment;
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
    told: AtomicBool,
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
            told: AtomicBool::new(false),
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
        scheme::of(headers, extensions, &self.proxies)
    }

    /// Lets a request in, or counts its refusal.
    pub(super) async fn admit(&self, parts: &Parts) -> Result<(), Denial> {
        if self.everyone {
            return Ok(());
        }
        let client = self.client(parts);
        let Err(refused) = self.identify(parts, client).await else {
            return Ok(());
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

    /// Each of the ways in is enough. No lock is held: the authoriser is user code.
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
        match authorizer.ask(parts, self.authorizer_timeout).await {
            Answer::Yes => Ok(()),
            _ if !self.tokens.is_empty() && credential != Credential::Absent => {
                Err(Reason::BadCredential)
            }
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

    /// Tells the operator, once, why nobody gets in.
    fn tell(&self) {
        // Relaxed: a flag of its own.
        if !self.told.swap(true, Ordering::Relaxed) {
            report(&Diagnostic::UnknownPeer);
        }
    }
}
