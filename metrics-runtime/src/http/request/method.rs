//! Methods as label values, of which there are few.

use http::Method;

/// A known method, or any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MethodLabel(usize);

/// The methods of RFC 9110, section 9.3, and RFC 5789. A client may send any
/// token as a method; `OTHER` stands for those that aren't listed, and for all methods
/// where no route is met.
const NAMES: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "OTHER",
];

impl MethodLabel {
    pub(super) const COUNT: usize = NAMES.len();

    /// What isn't listed.
    pub(super) const OTHER: Self = Self(Self::COUNT - 1);

    pub(super) fn of(method: &Method) -> Self {
        Self(match *method {
            Method::GET => 0,
            Method::HEAD => 1,
            Method::POST => 2,
            Method::PUT => 3,
            Method::DELETE => 4,
            Method::CONNECT => 5,
            Method::OPTIONS => 6,
            Method::TRACE => 7,
            Method::PATCH => 8,
            _ => return Self::OTHER,
        })
    }

    pub(super) const fn index(self) -> usize {
        self.0
    }

    /// Its name, if it is known.
    pub(super) fn known(self) -> Option<&'static str> {
        let name = self.as_str();
        (self != Self::OTHER).then_some(name)
    }

    pub(super) fn as_str(self) -> &'static str {
        NAMES.get(self.0).copied().unwrap_or("OTHER")
    }
}

#[cfg(test)]
mod tests {
    use super::{MethodLabel, NAMES};
    use http::Method;

    // S1. Mutation: the last arm gives what the method is called.
    #[test]
    fn methods_are_those_of_the_standard_and_other() {
        for name in NAMES {
            let method = Method::from_bytes(name.as_bytes()).expect("it is a token");
            assert_eq!(MethodLabel::of(&method).as_str(), name);
        }
        for name in ["get", "PROPFIND", "X", "__overflow__"] {
            let method = Method::from_bytes(name.as_bytes()).expect("it is a token");
            assert_eq!(MethodLabel::of(&method).as_str(), "OTHER");
        }
    }
}
