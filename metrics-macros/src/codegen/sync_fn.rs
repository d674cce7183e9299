//! Functions that aren't async.

use super::{body_group, call_site, returned};
use crate::input::{Function, any_token, is_elementary, located_at};
use crate::model::{CallSite, Found};
use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::{FnArg, ReceiverKind, Type};

/// ```text
/// __site!(…);
/// let __guard = guard_timed(&__SITE);
/// let __out = call(move || -> Ret { body });
/// __guard.finish(__outcome!(&__out));
/// __out
/// ```
///
/// Without the closure, which is a quarter of the compiler's work, where it makes no
/// difference: `let __out: Ret; __out = if true { body } else { never() };`. By `if`,
/// since what comes after were unreachable else where the body never ends; and assigned,
/// since a `let` would prolong the lives of temporaries at the end of the body.
pub(super) fn wrapped(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let guard = call_site::guard(site);
    let finish = call_site::finish(site, &quote_spanned!(Span::mixed_site()=> &__out));
    let returned = returned::annotation(function);
    let body = body_group(function);
    let out = if runs_to_its_end(function) && !asks_of_its_own(site) {
        let returned = returned.map(|ty| quote_spanned!(span=> : #ty));
        quote_spanned! {span=>
            let __out #returned;
            __out = if true #body else { #krate::__private::never() };
        }
    } else {
        let returned = returned.map(|ty| quote_spanned!(span=> -> #ty));
        quote_spanned!(span=> let __out = #krate::__private::call(move || #returned #body);)
    };
    // A borrow that doesn't live long enough is reported where it is returned.
    let returned = Ident::new("__out", located_at(returned::span(function)));
    quote_spanned! {span=>
        #declaration
        let __guard = #guard;
        #out
        __guard.#finish;
        #returned
    }
}

/// ```text
/// __site!(…);
/// let __guard = PlainGuard::new(enter(&__SITE));
/// '__body: { body }
/// ```
pub(super) fn in_place(function: &Function, site: &CallSite) -> TokenStream {
    let krate = &site.krate;
    let span = Span::mixed_site();
    let declaration = call_site::site(site);
    let enter = call_site::enter(site);
    // In braces of its own: another attribute, unseen, may have put a site of
    // the same name there. With a label, for others may be found unnecessary.
    let body = body_group(function);
    quote_spanned! {span=>
        #declaration
        let __guard = #krate::__private::PlainGuard::new(#enter);
        '__body: #body
    }
}

/// Whether a body can't be left early, and has nothing to drop of what the function is
/// given. A macro may hide a `return`.
///
/// Nor may the compiler find anything in it that it would tell in another place then:
/// that a tail is missing, or, as far as the written type tells, that a borrow isn't as
/// long as what is returned.
fn runs_to_its_end(function: &Function) -> bool {
    let mut inputs = function.signature.inputs.iter();
    inputs.all(drops_nothing)
        && !may_leave_early(function.body.clone())
        && has_its_tail(function)
        && function.returned().is_none_or(is_owned)
}

/// Whether expressions of the user's are evaluated when the call ends: they see the
/// arguments as the function was given them.
fn asks_of_its_own(site: &CallSite) -> bool {
    site.outcome.is_some()
        || site.rows.is_some()
        || matches!(site.found, Some(Found::By(_)))
        || !site.returned.is_empty()
}

/// Whether a body ends as one with its return type does.
fn has_its_tail(function: &Function) -> bool {
    let last = function.body.clone().into_iter().last();
    let is_missing = match last {
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(_) => false,
        None => true,
    };
    !is_missing || function.returned().is_none()
}

/// Whether a type is written without a lifetime, a reference or a trait.
fn is_owned(ty: &Type) -> bool {
    !any_token(ty.to_token_stream(), &mut |token| match token {
        TokenTree::Ident(word) => word == "dyn" || word == "impl",
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        _ => false,
    })
}

fn drops_nothing(input: &FnArg) -> bool {
    match input {
        FnArg::Receiver(receiver) => matches!(receiver.kind, ReceiverKind::Reference(..)),
        FnArg::Typed(argument) => is_elementary(&argument.ty),
    }
}

/// Whether tokens have a `return`, a `?` or a macro's call at any depth, or an attribute,
/// which may make anything of a statement.
fn may_leave_early(tokens: TokenStream) -> bool {
    let mut after_word = false;
    any_token(tokens, &mut |token| {
        let follows_word = after_word;
        after_word = matches!(token, TokenTree::Ident(_));
        match token {
            TokenTree::Ident(word) => ["return", "become", "yeet"]
                .iter()
                .any(|leave| word == leave),
            TokenTree::Punct(punct) => match punct.as_char() {
                '?' | '#' => true,
                '!' => follows_word && punct.spacing() == Spacing::Alone,
                _ => false,
            },
            _ => false,
        }
    })
}
