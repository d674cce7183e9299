//! From the tokens of an attribute to the tokens of its expansion, and the
//! policy for errors: all are reported, and the item stays as it was written,
//! so that one mistake gives one error.

use crate::attribute::{self, Attribute, Block};
use crate::check;
use crate::codegen;
use crate::errors::Errors;
use crate::input::{
    self, Absorbed, Code, Container, ContainerItem, ContainerKind, Function, Item, ModuleItem,
};
use crate::krate::Krate;
use crate::model::{self, Context, Layer};
use crate::options::parse_options;
use proc_macro2::{Span, TokenStream};
use std::collections::BTreeSet;
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
            // First, for what follows an expression is lost.
            let errors = error.to_compile_error();
            quote::quote!(#errors #item)
        }
        Ok(Item::Function(function)) => {
            let mut errors = Errors::default();
            let mut function = *function;
            let layers = layers(outermost, &mut function.attributes, &mut errors);
            for layer in &layers {
                check::check_skip(layer, false, &mut errors);
            }
            let context = Context {
                name: None,
                type_name: None,
                model: None,
            };
            expand_function(&function, layers, context, errors)
        }
        Ok(Item::Container(container)) => expand_container(outermost, *container),
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

fn expand_container(outermost: Absorbed, mut container: Container) -> TokenStream {
    let mut errors = Errors::default();
    let outer = layers(outermost, &mut container.attributes, &mut errors);
    if errors.is_empty() {
        for layer in &outer {
            check::check_container(layer, &mut errors);
        }
    }
    let name = container.name.as_ref();
    let name = name.map(|name| name.unraw().to_string());
    // Those who implement a trait are models of their own.
    let names_model = container.kind != ContainerKind::Trait
        || outer.iter().any(|layer| layer.attribute.names_model());
    let context = Context {
        name: None,
        type_name: name.as_deref(),
        model: name.as_deref().filter(|_| names_model),
    };
    let sound = errors.is_empty();
    let mut imports_inside = BTreeSet::new();
    let items = std::mem::take(&mut container.items).into_iter();
    let mut items: Vec<TokenStream> = items
        .map(|item| match item {
            ContainerItem::Other(tokens) => tokens,
            ContainerItem::Refused(names, tokens) => {
                if container.kind == ContainerKind::Module {
                    imports_inside.extend(names);
                }
                tokens
            }
            ContainerItem::Function(function) => {
                let mut function = *function;
                function.stays_async = !container.attributes.is_empty();
                let mut errors = Errors::default();
                let mut own = own_layers(&mut function, &outer, &mut errors);
                if container.kind == ContainerKind::Module {
                    let imports = own.iter_mut().filter_map(|layer| layer.import.take());
                    imports_inside.extend(imports);
                }
                let shape = function.shape();
                let outer = outer.iter().map(|layer| check::fitting(layer, &shape));
                let outer: Vec<Layer> = outer.collect();
                let layers = inherit(own, &outer, &mut errors);
                if layers.is_empty() && errors.is_empty() {
                    return function.to_item(&TokenStream::new());
                }
                // Under a faulty attribute nothing expands, but the functions'
                // own mistakes are told in the same go.
                if !sound {
                    let item = unmeasured(&function, &layers);
                    let errors = errors.into_tokens();
                    return quote::quote!(#item #errors);
                }
                expand_function(&function, layers, context, errors)
            }
        })
        .collect();
    let krate = Krate::from(outer.iter().find_map(krate_of).cloned());
    items.push(codegen::import_marks_of_module(&imports_inside, &krate));
    let container = codegen::container(&container, &items);
    let imports = outer.iter().filter_map(|layer| layer.import.as_ref());
    let imports = codegen::import_marks(imports);
    let errors = errors.into_tokens();
    quote::quote!(#container #imports #errors)
}

/// The attributes of a function itself that stands in an annotated container.
fn own_layers(function: &mut Function, outer: &[Layer], errors: &mut Errors) -> Vec<Layer> {
    let krate = outer.iter().find_map(krate_of);
    let own = input::absorb(&mut function.attributes, krate, errors);
    own.into_iter().map(|one| layer(one, errors)).collect()
}

/// The attributes of a function: its own, which take over what the container's
/// leave open, and those of the container that apply to every function.
fn inherit(mut own: Vec<Layer>, outer: &[Layer], errors: &mut Errors) -> Vec<Layer> {
    let mut layers = Vec::new();
    for outer in outer {
        let same = |layer: &&mut Layer| std::ptr::eq(layer.attribute, outer.attribute);
        let mut found = false;
        for layer in own.iter_mut().filter(same) {
            found = true;
            check::check_skip(layer, true, errors);
            layer.options = layer.options.clone().or(&outer.options);
            layer.qualified = outer.attribute.block == Block::EveryMethod;
        }
        if !found && outer.attribute.block == Block::EveryMethod {
            layers.push(Layer {
                qualified: true,
                import: None,
                ..outer.clone()
            });
        }
    }
    for layer in &own {
        if !outer
            .iter()
            .any(|outer| std::ptr::eq(outer.attribute, layer.attribute))
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

/// Expands a function-like macro, which measures a block, a closure or another
/// expression as its attribute would a function.
pub(crate) fn block(attribute: &'static Attribute, arguments: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(block) = input::parse_block(arguments, &mut errors) else {
        return unmeasured_block(errors, None, &Krate::default());
    };
    let outermost = Absorbed {
        attribute,
        options: block.options.clone(),
        span: block.name.span(),
        import: None,
    };
    let layer = layer(outermost, &mut errors);
    check::check_skip(&layer, false, &mut errors);
    let name = block.name.value();
    let context = Context {
        name: Some(&name),
        type_name: None,
        model: None,
    };
    let function = Function::standing_for(&block);
    let layers = vec![layer];
    if errors.is_empty() {
        check::check_layers(&layers, &function, context, &mut errors);
    }
    if !errors.is_empty() {
        let krate = layers.iter().find_map(krate_of).cloned();
        return unmeasured_block(errors, Some(&block.code), &Krate::from(krate));
    }
    codegen::block(&block.code, &model::build(&function, layers, context))
}

/// The errors, and the code as it was written, so that there is one error.
fn unmeasured_block(errors: Errors, code: Option<&Code>, krate: &Krate) -> TokenStream {
    let errors = errors.into_tokens();
    let code = code.map(|code| {
        let code = code.to_tokens();
        // In a closure: elsewhere its braces would be called unnecessary.
        quote::quote!(#krate::__private::call(|| #code))
    });
    quote::quote!({ #errors #code })
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

/// Expands `#[health_check]`, which leaves its function as it is.
pub(crate) fn health_check(options: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = parse_options(&attribute::HEALTH_CHECK, options, &mut errors);
    let registered = match errors.keep(input::parse_item(item.clone())) {
        Some(Item::Function(function)) => {
            check::check_health_check(&options, &function, &mut errors);
            let check = model::build_health_check(&function, options);
            errors.is_empty().then(|| codegen::health_check(&check))
        }
        Some(Item::Container(_)) => {
            let message = "a health check is a function; move the attribute to one";
            errors.at(Span::call_site(), message);
            None
        }
        None => None,
    };
    let errors = errors.into_tokens();
    // First, for what follows an expression is lost.
    quote::quote!(#errors #item #registered)
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

/// Expands `#[derive(ErrorLabel)]`.
pub(crate) fn error_label(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let error = model::build_error_type(item, &mut errors);
    match error.filter(|_| errors.is_empty()) {
        Some(error) => codegen::error_label(&error),
        None => errors.into_tokens(),
    }
}
