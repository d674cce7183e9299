//! Methods as label values, of which there are few.

use http::Method;

/// The methods of RFC 9110, section 9.3, and RFC 5789; `OTHER` stands for all others,
/// which a program may take from anywhere.
pub(super) fn label_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}
