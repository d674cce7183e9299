//! Snapshots of expansions, one for each shape of function: `*.rs` here is what
//! the user writes, `*.expanded.rs` what the compiler gets.
//!
//! `BLESS=1 cargo test -p metrics-macros` writes the expansions anew.

use crate::attribute::{self, Attribute};
use crate::entry;
use proc_macro2::TokenStream;
use quote::ToTokens as _;
use std::fs;
use std::path::{Path, PathBuf};
use syn::parse::{ParseStream, Parser as _};
use syn::{Item, Meta};

/// The shapes; each is a file in this folder.
const SHAPES: [&str; 27] = [
    "sync",
    "sync_returning_nothing",
    "sync_with_labels",
    "async",
    "async_returning_result",
    "async_returning_impl_trait",
    "async_never_returning",
    "boxed_tail",
    "boxed_future",
    "impl_future",
    "never_returning",
    "track_caller",
    "method_with_model_of_self",
    "block_of_methods",
    "block_of_models",
    "trait_with_defaults",
    "module",
    "module_of_families",
    "stacked",
    "own_name_with_buckets",
    "native_buckets",
    "prefix",
    "other_crate_and_registry",
    "health_check",
    "health_check_blocking",
    "mistake",
    "unfinished",
];

/// Lines of a whole function whose body is one line.
const MOST_LINES: [(&str, usize); 4] = [
    ("sync", 12),
    ("sync_returning_nothing", 12),
    ("async", 15),
    ("async_returning_result", 15),
];

/// Longer lines would hide code from the count.
const LONGEST_LINE: usize = 100;

#[test]
fn expansions_are_those_of_the_snapshots() {
    let bless = std::env::var_os("BLESS").is_some();
    for shape in SHAPES {
        let expanded = pretty(&expand(shape));
        let snapshot = file(shape, "expanded.rs");
        if bless {
            fs::write(&snapshot, &expanded).expect("the snapshot can be written");
        }
        let blessed = read(&snapshot);
        assert_eq!(expanded, blessed, "{shape}: see it, then bless it");
    }
}

#[test]
fn each_file_is_the_snapshot_of_a_shape() {
    let folder = file("sync", "rs");
    let folder = folder.parent().expect("it stands in a folder");
    let files = fs::read_dir(folder).expect("the folder can be listed");
    let files = files.map(|file| file.expect("the file can be read").file_name());
    assert_eq!(files.count(), 2 * SHAPES.len() + 1);
}

#[test]
fn expansions_fit_their_budget_of_lines() {
    for (shape, most) in MOST_LINES {
        let expanded = pretty(&expand(shape));
        let lines = expanded.lines().count();
        assert!(lines <= most, "{shape}: {lines} lines\n{expanded}");
        let longest = expanded.lines().map(|line| line.chars().count()).max();
        assert!(
            longest <= Some(LONGEST_LINE),
            "{shape} hides code\n{expanded}"
        );
    }
}

#[test]
fn every_expansion_of_rust_is_rust() {
    for shape in SHAPES {
        let source = syn::parse_file(&read(&file(shape, "rs")));
        let expanded = syn::parse2::<syn::File>(expand(shape));
        assert_eq!(source.is_ok(), expanded.is_ok(), "{shape}");
    }
}

#[test]
fn what_is_unfinished_stays_where_it_is_written() {
    let expanded = pretty(&expand("unfinished"));
    let body = "{ let total = cart . ; total }";
    assert!(expanded.contains(body), "{expanded}");
}

#[test]
fn expanding_again_gives_the_same_tokens() {
    for shape in SHAPES {
        let first = expand(shape).to_string();
        assert_eq!(first, expand(shape).to_string(), "{shape}");
    }
}

/// Expands the first attribute of each item that has one of ours, as the
/// compiler does.
fn expand(shape: &str) -> TokenStream {
    let source = read(&file(shape, "rs"));
    match syn::parse_file(&source) {
        Ok(source) => source.items.into_iter().map(expand_item).collect(),
        // The compiler expands nothing that it can't parse, but editors do.
        Err(_) => expand_tokens.parse_str(&source).expect("they are tokens"),
    }
}

fn expand_item(mut item: Item) -> TokenStream {
    let attributes = match &mut item {
        Item::Fn(function) => &mut function.attrs,
        Item::Impl(block) => &mut block.attrs,
        Item::Mod(module) => {
            // It never stands among those that are stacked.
            let metrics = |a: &syn::Attribute| a.path().is_ident("metrics");
            if let Some(first) = module.attrs.iter().position(metrics) {
                module.attrs.remove(first);
                return entry::metrics(TokenStream::new(), &module.to_token_stream());
            }
            &mut module.attrs
        }
        Item::Trait(item) => &mut item.attrs,
        other => return other.to_token_stream(),
    };
    let Some(first) = attributes.iter().position(|a| ours(a).is_some()) else {
        return item.to_token_stream();
    };
    let first = attributes.remove(first);
    expand_first(first, &item.to_token_stream())
}

/// Expands the first attribute of a single item.
fn expand_tokens(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut attributes = input.call(syn::Attribute::parse_outer)?;
    let first = attributes.remove(0);
    let rest: TokenStream = input.parse()?;
    Ok(expand_first(first, &quote::quote!(#(#attributes)* #rest)))
}

fn expand_first(attribute: syn::Attribute, item: &TokenStream) -> TokenStream {
    let ours = ours(&attribute).expect("it is one of ours");
    let options = match attribute.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    if std::ptr::eq(ours, &raw const attribute::HEALTH_CHECK) {
        return entry::health_check(options, item);
    }
    entry::attribute(ours, options, item)
}

fn ours(candidate: &syn::Attribute) -> Option<&'static Attribute> {
    let all = attribute::ALL.iter().copied();
    let mut all = all.chain([&attribute::HEALTH_CHECK]);
    all.find(|known| candidate.path().is_ident(known.name))
}

fn pretty(tokens: &TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => format!("{tokens}\n"),
    }
}

fn file(shape: &str, extension: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshot");
    folder.join(format!("{shape}.{extension}"))
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
