//! `sample = 0.01`

use syn::parse::ParseStream;
use syn::{Lit, Token};

/// The share of calls that are timed, above zero and at most one.
#[derive(Clone, Copy)]
pub(crate) struct Share(pub(crate) f64);

impl Share {
    /// The share of the numbers of 64 bits that lie below this one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` clamps one to the greatest number, which is what is wanted"
    )]
    pub(crate) fn threshold(self) -> u64 {
        (self.0 * 2_f64.powi(64)) as u64
    }
}

/// Reads the share.
pub(super) fn parse_share(input: ParseStream<'_>) -> syn::Result<Share> {
    let message = "the share of calls that are timed is a number above 0 and at most 1, \
                   such as `0.01`";
    let negative: Option<Token![-]> = input.parse()?;
    let literal: Lit = input.parse()?;
    let refused = || syn::Error::new(literal.span(), message);
    let share: f64 = match &literal {
        Lit::Float(float) => float.base10_parse().map_err(|_| refused())?,
        Lit::Int(int) => int.base10_parse().map_err(|_| refused())?,
        _ => return Err(refused()),
    };
    if negative.is_some() || share <= 0.0 || share > 1.0 {
        return Err(refused());
    }
    Ok(Share(share))
}
