//! The messages in the sources of the macro crate.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use std::fs;
use std::path::Path;
use syn::Item;

/// Not read: the help texts of families are no diagnostics, nor are programs
/// to be expanded.
const OTHER_TEXTS: [&str; 2] = ["attribute", "snapshot"];

/// A text with more than one word in it, as it stands in the source.
#[derive(Debug)]
pub(crate) struct Message {
    #[expect(dead_code, reason = "read by the one who reads the failure")]
    file: String,
    text: String,
}

impl Message {
    /// Whether `reported` is or contains this text, with anything for each
    /// `{…}` in it.
    pub(crate) fn matches(&self, reported: &str) -> bool {
        let mut rest = reported;
        for piece in pieces(&self.text) {
            let Some((_, after)) = rest.split_once(&piece) else {
                return false;
            };
            rest = after;
        }
        true
    }
}

/// The literal parts of a format string.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut in_braces = false;
    for char in text.chars() {
        match char {
            '{' => {
                in_braces = true;
                pieces.push(String::new());
            }
            '}' => in_braces = false,
            _ if in_braces => {}
            _ => pieces.last_mut().expect("there is one").push(char),
        }
    }
    pieces
}

/// All messages of the macro crate.
pub(crate) fn messages() -> Vec<Message> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../metrics-macros/src");
    let mut messages = Vec::new();
    read_folder(&sources, &mut messages);
    messages
}

fn read_folder(folder: &Path, messages: &mut Vec<Message>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        let name = path.file_stem().unwrap_or_default();
        if OTHER_TEXTS.iter().any(|other| name == *other) {
            continue;
        }
        if path.is_dir() {
            read_folder(&path, messages);
        } else {
            let source = fs::read_to_string(&path).expect("the source can be read");
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let texts = texts(&source).into_iter();
            messages.extend(texts.map(|text| Message {
                file: file.clone().into_owned(),
                text,
            }));
        }
    }
}

/// The texts of a source file, its tests aside.
fn texts(source: &str) -> Vec<String> {
    let file = syn::parse_file(source).expect("the source is Rust");
    let mut texts = Vec::new();
    for item in file.items.into_iter().filter(|item| !is_test(item)) {
        collect(item.into_token_stream(), &mut texts);
    }
    texts
}

fn is_test(item: &Item) -> bool {
    let Item::Mod(module) = item else {
        return false;
    };
    let mut attributes = module.attrs.iter();
    attributes.any(|attribute| attribute.path().is_ident("cfg"))
}

/// Texts of several words, at any depth; not those of attributes, which are
/// documentation, nor reasons why something can't fail.
fn collect(tokens: TokenStream, texts: &mut Vec<String>) {
    let mut before = None;
    for token in tokens {
        match &token {
            TokenTree::Group(group) if !is_skipped(before.as_ref(), group) => {
                collect(group.stream(), texts);
            }
            TokenTree::Literal(literal) => {
                let text = match syn::parse_str(&literal.to_string()) {
                    Ok(syn::Lit::Str(text)) => text.value(),
                    _ => String::new(),
                };
                if text.trim().contains(' ') {
                    texts.push(text);
                }
            }
            _ => {}
        }
        before = Some(token);
    }
}

fn is_skipped(before: Option<&TokenTree>, group: &Group) -> bool {
    match before {
        Some(TokenTree::Punct(punct)) => {
            punct.as_char() == '#' && group.delimiter() == Delimiter::Bracket
        }
        Some(TokenTree::Ident(ident)) => ident == "expect",
        _ => false,
    }
}

#[test]
fn texts_are_found_in_macros_and_not_in_tests_or_documentation() {
    let source = r#"
        /// Not this one.
        #[doc = "nor this"]
        fn f() -> Result<(), String> {
            let message = "first \
                           of two";
            g().expect("it never fails");
            Err(format!("the other `{name}` here"))
        }
        #[cfg(test)]
        mod tests { const X: &str = "not this either"; }
    "#;
    assert_eq!(texts(source), ["first of two", "the other `{name}` here"]);
}

#[test]
fn a_message_matches_with_anything_in_its_braces() {
    let message = Message {
        file: String::new(),
        text: "unknown `{word}`; expected {}".to_owned(),
    };
    assert!(message.matches("unknown `x`; expected one of `y`"));
    assert!(!message.matches("unknown word; expected one of `y`"));
}
