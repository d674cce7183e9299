//! A function or method: signature parsed, body opaque.

use super::Shape;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{Attribute, Ident, ReturnType, Signature, Token, Type, Visibility};

/// A function with a body.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// `default`, in a specialised `impl`.
    pub(crate) default: Option<Ident>,
    pub(crate) signature: Signature,
    /// `#![…]` at the start of the body; a closure's body may not have them.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The body's tokens after the inner attributes.
    pub(crate) body: TokenStream,
    /// The body's braces.
    pub(crate) braces: Span,
    /// An attribute of what it stands in may look for the keyword `async`.
    pub(crate) stays_async: bool,
}

impl Function {
    /// Whether a function starts here, after its attributes.
    pub(crate) fn starts(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        if ahead.parse::<Visibility>().is_err() {
            return false;
        }
        parse_default(&ahead);
        ahead.parse::<Signature>().is_ok()
    }

    /// Parses a function whose attributes were read already.
    pub(crate) fn parse(attributes: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Self> {
        let visibility = input.parse()?;
        let default = parse_default(input);
        let signature: Signature = input.parse()?;
        if let Some(constant) = &signature.constness {
            let message = "a `const fn` can't be measured: it may run at compile time, \
                           where there is no clock; remove `const` or the attribute";
            return Err(syn::Error::new_spanned(constant, message));
        }
        if input.peek(Token![;]) {
            let message = "a function without a body has nothing to measure; \
                           annotate what implements or calls it";
            return Err(input.error(message));
        }
        // A body that came through a macro's `$body:block` has no delimiters
        // around its braces, which this looks through.
        let content;
        let braces = syn::braced!(content in input);
        let (inner_attributes, body) = split_body(&content)?;
        Ok(Self {
            attributes,
            visibility,
            default,
            signature,
            inner_attributes,
            body,
            braces: braces.span.join(),
            stays_async: false,
        })
    }

    /// The function's name; `r#match` is `match`.
    pub(crate) fn name(&self) -> String {
        self.signature.ident.unraw().to_string()
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape::of(self)
    }

    /// The function is `#[track_caller]`, perhaps by a `cfg_attr` that isn't expanded
    /// yet.
    pub(crate) fn tracks_caller(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            let path = attribute.path();
            let is_here = path.is_ident("track_caller");
            is_here
                || path.is_ident("cfg_attr")
                    && super::mentions(attribute.meta.to_token_stream(), "track_caller")
        })
    }

    /// The written return type may hold an error: it is neither absent nor
    /// `!`, `()` or a primitive.
    pub(crate) fn may_fail(&self) -> bool {
        match self.returned() {
            None | Some(Type::Never(_)) => false,
            Some(Type::Tuple(tuple)) => !tuple.elems.is_empty(),
            Some(Type::Path(path)) => !path.path.get_ident().is_some_and(is_primitive),
            Some(_) => true,
        }
    }

    /// The written return type, without the invisible delimiters that a
    /// macro's `$returned:ty` leaves around it.
    pub(crate) fn returned(&self) -> Option<&Type> {
        let ReturnType::Type(_, returned) = &self.signature.output else {
            return None;
        };
        let mut returned = &**returned;
        while let Type::Group(group) = returned {
            returned = &group.elem;
        }
        Some(returned)
    }

    /// The function as it would stand without our attributes, with `items` at
    /// the start of its body.
    pub(crate) fn to_item(&self, items: &TokenStream) -> TokenStream {
        let mut tokens = self.head();
        let inner = &self.inner_attributes;
        let body = &self.body;
        let mut group = Group::new(Delimiter::Brace, quote::quote!(#(#inner)* #items #body));
        group.set_span(self.braces);
        group.to_tokens(&mut tokens);
        tokens
    }

    /// Everything before the body.
    pub(crate) fn head(&self) -> TokenStream {
        let Self {
            attributes,
            visibility,
            default,
            signature,
            ..
        } = self;
        quote::quote!(#(#attributes)* #visibility #default #signature)
    }
}

/// `default` before a method, unless it is something else's name.
fn parse_default(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    let keyword = word == "default" && !ahead.peek(Token![=]) && !ahead.peek(Token![!]);
    keyword.then(|| {
        input.advance_to(&ahead);
        word
    })
}

fn split_body(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut body = TokenStream::new();
    while !input.is_empty() {
        body.extend([input.parse::<TokenTree>()?]);
    }
    Ok((inner, body))
}

/// Whether this is the name of a number, `bool` or `char`.
pub(crate) fn is_primitive(name: &Ident) -> bool {
    const PRIMITIVES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    PRIMITIVES.iter().any(|primitive| name == primitive)
}

/// Whether a type is written as a reference or a primitive: its values have no fields,
/// and nothing is dropped with them. A type of the user's may have such a name; of that,
/// the drop is no part of the call then.
pub(crate) fn is_elementary(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) => true,
        Type::Path(path) => path.path.get_ident().is_some_and(is_primitive),
        _ => false,
    }
}
