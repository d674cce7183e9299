//! The shapes of functions, each with its own code generator.

use super::{Function, mentions};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

/// How a function has to be wrapped.
#[derive(Clone)]
pub(crate) enum Shape {
    Sync,
    Async,
    /// `async fn … -> !`
    AsyncNever,
    /// Not async, but ends in `Box::pin(async move { … })`, as `async_trait`
    /// writes it: the future is measured inside the box it already has.
    BoxedTail(BoxedTail),
    /// Not async, but returns a future: the returned value is wrapped, which
    /// for a boxed one takes a second box.
    Future {
        boxed: bool,
    },
    /// Returns a stream: the returned value is wrapped, as for `Future`.
    Stream {
        boxed: bool,
    },
    /// `async fn … -> impl Stream`: its future is measured until there is a stream,
    /// which is measured then.
    AsyncStream {
        boxed: bool,
    },
    /// The body must stay in place: it never returns, or a closure around it
    /// would change what `Location::caller()` says, or would hide from a
    /// closure that is returned what its signature has to be.
    InPlace,
}

/// The parts of a body that ends in `Box::pin(async move { … })`.
#[derive(Clone)]
pub(crate) struct BoxedTail {
    /// Everything before.
    pub(crate) prefix: TokenStream,
    /// `Box::pin`
    pub(crate) pin: TokenStream,
    /// `async move { … }`
    pub(crate) future: TokenStream,
}

impl Shape {
    pub(crate) fn of(function: &Function) -> Self {
        let returned = function.returned();
        let stream = returned.and_then(|returned| is_lazy(returned, "Stream"));
        if function.signature.asyncness.is_some() {
            return match (returned, stream) {
                (Some(Type::Never(_)), _) => Self::AsyncNever,
                (_, Some(boxed)) => Self::AsyncStream { boxed },
                _ => Self::Async,
            };
        }
        let tracks_caller = function.tracks_caller();
        let Some(returned) = returned else {
            return if tracks_caller {
                Self::InPlace
            } else {
                Self::Sync
            };
        };
        let future = is_lazy(returned, "Future");
        // What comes before the tail stays where it is also if it tracks its
        // caller. The type may be an alias, such as `Self::Future`.
        if future != Some(false)
            && matches!(returned, Type::Path(_))
            && let Some(tail) = boxed_tail(&function.body)
        {
            return Self::BoxedTail(tail);
        }
        if tracks_caller {
            return Self::InPlace;
        }
        if let Some(boxed) = stream {
            return Self::Stream { boxed };
        }
        if let Some(boxed) = future {
            return Self::Future { boxed };
        }
        match returned {
            Type::Never(_) => Self::InPlace,
            Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_function) => Self::InPlace,
            _ => Self::Sync,
        }
    }
}

/// Whether a type is a future or a stream, and then whether it is a boxed one:
/// `impl Future`, `Pin<Box<dyn Future>>`, or `BoxFuture` and its local sister.
fn is_lazy(returned: &Type, of: &str) -> Option<bool> {
    let is_of = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|segment| segment.ident == of)
        }
        _ => false,
    };
    match returned {
        Type::ImplTrait(opaque) => opaque.bounds.iter().any(is_of).then_some(false),
        Type::Path(path) => {
            let last = &path.path.segments.last()?.ident;
            let boxed = if last == "Pin" {
                matches!(pinned(&path.path)?, Type::TraitObject(object) if object.bounds.iter().any(is_of))
            } else {
                *last == format!("Box{of}") || *last == format!("LocalBox{of}")
            };
            boxed.then_some(true)
        }
        _ => None,
    }
}

/// `T` in `Pin<Box<T>>`.
fn pinned(path: &syn::Path) -> Option<&Type> {
    match argument(path, "Pin")? {
        Type::Path(path) => argument(&path.path, "Box"),
        _ => None,
    }
}

/// `impl Fn…(…) -> …`
fn is_function(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last();
    let last = last.map(|segment| segment.ident.to_string());
    matches!(last.as_deref(), Some("Fn" | "FnMut" | "FnOnce"))
}

/// The type argument of `name<T>` at the end of a path.
fn argument<'a>(path: &'a syn::Path, name: &str) -> Option<&'a Type> {
    let last = path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Splits a body that ends in `Box::pin(async { … })`.
fn boxed_tail(body: &TokenStream) -> Option<BoxedTail> {
    let mut tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let Some(TokenTree::Group(arguments)) = tokens.pop() else {
        return None;
    };
    if arguments.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let start = path_start(&tokens)?;
    let pin: TokenStream = tokens.split_off(start).into_iter().collect();
    let prefix: TokenStream = tokens.into_iter().collect();
    // Another future may be returned before the tail, also by a macro.
    if mentions(prefix.clone(), "return") || calls_macro(&prefix) {
        return None;
    }
    Some(BoxedTail {
        prefix,
        pin,
        future: async_block(&arguments)?,
    })
}

/// Whether a macro is called at any depth.
fn calls_macro(tokens: &TokenStream) -> bool {
    let mut after_bang = false;
    tokens.clone().into_iter().any(|token| {
        let was_after_bang = std::mem::take(&mut after_bang);
        match token {
            TokenTree::Group(group) => was_after_bang || calls_macro(&group.stream()),
            TokenTree::Punct(punct) => {
                after_bang = punct.as_char() == '!';
                false
            }
            _ => false,
        }
    })
}

/// Where the path `…::Box::pin` at the end of `tokens` starts.
fn path_start(tokens: &[TokenTree]) -> Option<usize> {
    let word = |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == word);
    let colons = |at: usize| {
        let colon =
            |at| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        colon(at) && colon(at + 1)
    };
    let pin = tokens.len().checked_sub(1)?;
    let mut start = pin.checked_sub(3)?;
    if !(word(pin, "pin") && colons(start + 1) && word(start, "Box")) {
        return None;
    }
    while let Some(before) = start.checked_sub(2).filter(|&at| colons(at)) {
        let named = before.checked_sub(1);
        let ident = named.filter(|&at| matches!(tokens.get(at), Some(TokenTree::Ident(_))));
        start = ident.unwrap_or(before);
    }
    // `.Box::pin(…)` can't be, and after an operator it isn't the whole tail.
    let statement = start.checked_sub(1).and_then(|at| tokens.get(at));
    match statement {
        None | Some(TokenTree::Group(_)) => Some(start),
        Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => Some(start),
        Some(_) => None,
    }
}

/// The one argument, if it is an async block.
fn async_block(arguments: &Group) -> Option<TokenStream> {
    let mut tokens: Vec<TokenTree> = arguments.stream().into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        tokens.pop();
    }
    is_async_block(&tokens).then(|| tokens.into_iter().collect())
}

/// Whether these tokens are `async { … }` or `async move { … }`.
fn is_async_block(tokens: &[TokenTree]) -> bool {
    let word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(i) if i == word);
    let body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    match tokens {
        [first, last] => word(first, "async") && body(last),
        [first, second, last] => word(first, "async") && word(second, "move") && body(last),
        _ => false,
    }
}

/// Whether a body ends in an async block.
pub(crate) fn ends_in_async_block(body: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let last = |count: usize| &tokens[tokens.len().saturating_sub(count)..];
    is_async_block(last(2)) || is_async_block(last(3))
}
