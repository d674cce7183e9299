//! The rules once more, by other means: addresses and networks are strings of bits,
//! and what a header says is known from how it was made.

use std::collections::HashMap;
use std::net::IpAddr;

/// The networks of the default rule.
const NEAR: [&str; 8] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// What an authoriser of the tests does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authorizing {
    /// Accepts a request with the header `x-superuser: yes`.
    Header,
    Panics,
}

/// Settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    pub(crate) tokens: Vec<&'static str>,
    pub(crate) allowed: Vec<&'static str>,
    pub(crate) proxies: Vec<&'static str>,
    pub(crate) authorizing: Option<Authorizing>,
}

/// What a request is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) peer: Option<IpAddr>,
    /// The token that it presents in the one form that is taken.
    pub(crate) token: Option<String>,
    /// The lines of `X-Forwarded-For`.
    pub(crate) forwarded: Vec<String>,
    pub(crate) superuser: bool,
}

/// Whether the request is let in; `None` for one whose peer isn't known under the
/// default rule, which the connections of the process decide.
pub(crate) fn allows(rule: &Rule, asked: &Asked) -> Option<bool> {
    let has_token = asked
        .token
        .as_deref()
        .is_some_and(|it| rule.tokens.contains(&it));
    let superuser = rule.authorizing == Some(Authorizing::Header) && asked.superuser;
    if has_token || superuser {
        return Some(true);
    }
    let nothing_set =
        rule.tokens.is_empty() && rule.allowed.is_empty() && rule.authorizing.is_none();
    let networks = if nothing_set {
        &NEAR[..]
    } else {
        &rule.allowed
    };
    let Some(peer) = asked.peer else {
        return (!nothing_set || !rule.proxies.is_empty()).then_some(false);
    };
    Some(client(rule, &peer.to_string(), &asked.forwarded).is_some_and(|it| is_in(&it, networks)))
}

/// Whom a refusal is counted for: the first bits of an address, or nobody who is known.
pub(crate) type Caller = Option<String>;

/// Whom a refusal of this request is counted for: the client, else the proxy that doesn't
/// name it; of IPv6, a network.
pub(crate) fn caller(rule: &Rule, asked: &Asked) -> Caller {
    let peer = asked.peer?.to_string();
    let client = client(rule, &peer, &asked.forwarded).unwrap_or(peer);
    let mut bits = bits(&client).expect("the model has read it");
    bits.truncate(1 + 64);
    Some(bits)
}

/// Refusals of the same minute, by caller.
#[derive(Debug, Default)]
pub(crate) struct Refusals(HashMap<Caller, u32>);

impl Refusals {
    /// Whether a caller that is refused again has to wait.
    pub(crate) fn are_many(&self, caller: &Caller) -> bool {
        self.0.get(caller).is_some_and(|refusals| *refusals >= 10)
    }

    pub(crate) fn add(&mut self, caller: Caller) {
        *self.0.entry(caller).or_default() += 1;
    }
}

/// Whose request it is; `None` if that can't be told.
fn client(rule: &Rule, peer: &str, forwarded: &[String]) -> Option<String> {
    if !is_in(peer, &rule.proxies) {
        return Some(peer.to_owned());
    }
    let mut hops: Vec<String> = Vec::new();
    for line in forwarded {
        hops.extend(line.split(',').map(|hop| hop.trim().to_owned()));
    }
    let mut client = peer.to_owned();
    while let Some(hop) = hops.pop() {
        client = address(&hop)?;
        if !is_in(&client, &rule.proxies) {
            break;
        }
    }
    Some(client)
}

/// An address out of `address`, `address:port`, `[address]` or `[address]:port`.
fn address(hop: &str) -> Option<String> {
    let is_port = |port: &str| port.parse::<u16>().is_ok() && !port.starts_with('+');
    let bare = if let Some(inner) = hop.strip_prefix('[') {
        let (inner, rest) = inner.split_once(']')?;
        let has_port = rest.strip_prefix(':').is_some_and(is_port);
        if !rest.is_empty() && !has_port || !inner.contains(':') {
            return None;
        }
        inner
    } else {
        match hop.split_once(':') {
            Some((inner, port)) if !port.contains(':') => {
                if !is_port(port) {
                    return None;
                }
                inner
            }
            _ => hop,
        }
    };
    bits(bare).map(|_| bare.to_owned())
}

/// The bits of an address, after a letter for its kind; those of an IPv4 address in
/// IPv6's form are IPv4's.
fn bits(address: &str) -> Option<String> {
    let bits = match address.parse().ok()? {
        IpAddr::V4(v4) => format!("4{:032b}", u32::from(v4)),
        IpAddr::V6(v6) => {
            let bits = format!("{:0128b}", u128::from(v6));
            let mapped = format!("{}{}", "0".repeat(80), "1".repeat(16));
            match bits.strip_prefix(&mapped) {
                Some(v4) => format!("4{v4}"),
                None => format!("6{bits}"),
            }
        }
    };
    Some(bits)
}

fn is_in(address: &str, networks: &[&str]) -> bool {
    let address = bits(address).expect("the model has read it");
    networks.iter().any(|network| {
        let (first, prefix) = network.split_once('/').unwrap_or((network, "128"));
        let first = bits(first).expect("the tests' networks are valid");
        let length: usize = prefix.parse().expect("it is a number");
        let length = (length + 1).min(first.len());
        address.len() == first.len() && address[..length] == first[..length]
    })
}
