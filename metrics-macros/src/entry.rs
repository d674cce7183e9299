//! From the tokens of an attribute to the tokens of its expansion, and the
//! policy for errors: all are reported, and the item stays as it was written,
//! so that one mistake gives one error.

use crate::attribute::{self, Attribute, Block};
use crate::check;
use crate::codegen;
use crate::errors::Errors;
use crate::input::{self, Absorbed, Function, ImplBlock, ImplItem, Item, ModuleItem};
use crate::krate::Krate;
use crate::model::{self, Context, Layer};
use crate::options::parse_options;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;

/// Expands one attribute, and those of ours that stand below it.
pub(crate) fn attribute(
    attribute: &'static Attribute,
    options: TokenStream,
    item: &TokenStream,
) -> TokenStream {
    if codegen::is_import_mark(&options) {
        return TokenStream::new();
    }
    let outermost = Absorbed {
        attribute,
        options,
        span: Span::call_site(),
        import: None,
    };
    match input::parse_item(item.clone()) {
        Err(error) => {
            let errors = error.to_compile_error();
            quote::quote!(#item #errors)
        }
        Ok(Item::Function(function)) => {
            let mut errors = Errors::default();
            let mut function = *function;
            let layers = layers(outermost, &mut function.attributes, &mut errors);
            for layer in &layers {
                check::check_skip(layer, false, &mut errors);
            }
            let context = Context { type_name: None };
            expand_function(&function, layers, context, errors)
        }
        Ok(Item::ImplBlock(block)) => expand_block(outermost, *block),
    }
}

/// The attributes of an item, the outermost first.
fn layers(
    outermost: Absorbed,
    attributes: &mut Vec<syn::Attribute>,
    errors: &mut Errors,
) -> Vec<Layer> {
    let outermost = layer(outermost, errors);
    let absorbed = input::absorb(attributes, krate_of(&outermost), errors);
    let absorbed = absorbed.into_iter().map(|one| layer(one, errors));
    let absorbed: Vec<Layer> = absorbed.collect();
    std::iter::once(outermost).chain(absorbed).collect()
}

/// The runtime's path, if an attribute gives it.
fn krate_of(layer: &Layer) -> Option<&syn::Path> {
    layer.options.krate.as_ref().map(|given| &given.value)
}

fn layer(absorbed: Absorbed, errors: &mut Errors) -> Layer {
    let Absorbed {
        attribute,
        options,
        span,
        import,
    } = absorbed;
    Layer {
        attribute,
        options: parse_options(attribute, options, errors),
        qualified: false,
        span,
        import,
    }
}

fn expand_function(
    function: &Function,
    layers: Vec<Layer>,
    context: Context<'_>,
    mut errors: Errors,
) -> TokenStream {
    if errors.is_empty() {
        check::check_layers(&layers, function, context, &mut errors);
    }
    if errors.is_empty() {
        let site = model::build(function, layers, context);
        return codegen::function(function, &site);
    }
    let item = unmeasured(function, &layers);
    let errors = errors.into_tokens();
    quote::quote!(#item #errors)
}

/// The function as it was written, with the imports of its attributes in use.
fn unmeasured(function: &Function, layers: &[Layer]) -> TokenStream {
    let imports = layers.iter().filter_map(|layer| layer.import.as_ref());
    function.to_item(&codegen::import_marks(imports))
}

fn expand_block(outermost: Absorbed, mut block: ImplBlock) -> TokenStream {
    let mut errors = Errors::default();
    let block_layers = layers(outermost, &mut block.attributes, &mut errors);
    if errors.is_empty() {
        for layer in &block_layers {
            check::check_block(layer, &mut errors);
        }
    }
    let type_name = block.type_name.unraw().to_string();
    let context = Context {
        type_name: Some(&type_name),
    };
    let sound = errors.is_empty();
    let items: Vec<TokenStream> = std::mem::take(&mut block.items)
        .into_iter()
        .map(|item| match item {
            ImplItem::Other(tokens) => tokens,
            ImplItem::Function(function) => {
                let mut function = *function;
                let mut errors = Errors::default();
                let layers = method_layers(&mut function, &block_layers, &mut errors);
                if layers.is_empty() && errors.is_empty() {
                    return function.to_item(&TokenStream::new());
                }
                // Under a faulty block nothing expands, but its methods' own
                // mistakes are told in the same go.
                if !sound {
                    let item = unmeasured(&function, &layers);
                    let errors = errors.into_tokens();
                    return quote::quote!(#item #errors);
                }
                expand_function(&function, layers, context, errors)
            }
        })
        .collect();
    let block = codegen::impl_block(&block, &items);
    let imports = block_layers
        .iter()
        .filter_map(|layer| layer.import.as_ref());
    let imports = codegen::import_marks(imports);
    let errors = errors.into_tokens();
    quote::quote!(#block #imports #errors)
}

/// The attributes of a method: its own, which take over what the block's leave
/// open, and those of the block that apply to every method.
fn method_layers(function: &mut Function, block: &[Layer], errors: &mut Errors) -> Vec<Layer> {
    let krate = block.iter().find_map(krate_of);
    let own = input::absorb(&mut function.attributes, krate, errors);
    let mut own: Vec<Layer> = own.into_iter().map(|one| layer(one, errors)).collect();
    let mut layers = Vec::new();
    for of_block in block {
        let same = |layer: &&mut Layer| std::ptr::eq(layer.attribute, of_block.attribute);
        let mut found = false;
        for layer in own.iter_mut().filter(same) {
            found = true;
            check::check_skip(layer, true, errors);
            layer.options = layer.options.clone().or(&of_block.options);
            layer.qualified = of_block.attribute.block == Block::EveryMethod;
        }
        if !found && of_block.attribute.block == Block::EveryMethod {
            layers.push(Layer {
                qualified: true,
                import: None,
                ..of_block.clone()
            });
        }
    }
    for layer in &own {
        if !block
            .iter()
            .any(|of_block| std::ptr::eq(of_block.attribute, layer.attribute))
        {
            check::check_skip(layer, false, errors);
        }
    }
    if errors.is_empty() {
        own.retain(|layer| layer.options.skip.is_none());
    }
    layers.extend(own);
    layers
}

/// Expands a `#[metrics]` module. A declaration with a mistake is left out, for
/// it has no body and can't stand as it was written.
pub(crate) fn metrics(options: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = parse_options(&attribute::METRICS, options, &mut errors);
    if let Some(skip) = &options.skip {
        errors.at(
            skip.key,
            "a module is not skipped; remove `#[metrics]` instead",
        );
    }
    let mut module = match input::parse_module(item.clone()) {
        Ok(Some(module)) => module,
        Ok(None) => return item.clone(),
        Err(error) => {
            let errors = error.to_compile_error();
            return quote::quote!(#item #errors);
        }
    };
    let krate = Krate::from(options.krate.map(|given| given.value));
    let registry = options.registry.map(|given| given.value);
    let import = !module.items.iter().any(ModuleItem::uses_super);
    let items: Vec<TokenStream> = std::mem::take(&mut module.items)
        .into_iter()
        .map(|item| match item {
            ModuleItem::Other(tokens) => tokens,
            ModuleItem::Declaration(mut declaration) => {
                let mut mistakes = Errors::default();
                let family = model::build_family(&mut declaration, &mut mistakes);
                match family.filter(|_| mistakes.is_empty()) {
                    Some(family) => {
                        codegen::handle_fn(&declaration, &family, &krate, registry.as_ref())
                    }
                    None => mistakes.into_tokens(),
                }
            }
        })
        .collect();
    let module = codegen::metrics_mod(&module, &items, import);
    let errors = errors.into_tokens();
    quote::quote!(#module #errors)
}

/// Expands `#[derive(LabelValue)]`.
pub(crate) fn label_value(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let label = model::build_label_enum(item, &mut errors);
    match label.filter(|_| errors.is_empty()) {
        Some(label) => codegen::label_value(&label),
        None => errors.into_tokens(),
    }
}
