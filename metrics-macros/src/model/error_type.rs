//! The type under `#[derive(ErrorLabel)]`, decided.

use crate::errors::Errors;
use crate::input::mentions;
use crate::krate::Krate;
use crate::options::{Case, Given, LabelKey, Labelling, Slot, parse_label_options};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Generics, Member, Type};

/// An error and the labels that it may have.
pub(crate) struct ErrorType {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) arms: Vec<Arm>,
}

/// The label of a variant, or of a struct, which has no variant.
pub(crate) struct Arm {
    pub(crate) variant: Option<Ident>,
    pub(crate) name: ErrorName,
}

/// Where a label comes from.
pub(crate) enum ErrorName {
    Constant(String),
    /// From the field that the variant looks through to.
    Field {
        member: Member,
        of: Box<Type>,
        /// A parameter of the type stands in it, so whether it has a label
        /// depends on that.
        is_generic: bool,
    },
}

/// Decides the labels of an error.
pub(crate) fn build_error_type(tokens: TokenStream, errors: &mut Errors) -> Option<ErrorType> {
    const OF_VARIANT: [LabelKey; 3] = [LabelKey::Text, LabelKey::Transparent, LabelKey::Other];
    const OF_STRUCT: [LabelKey; 3] = [LabelKey::Text, LabelKey::Transparent, LabelKey::Crate];
    let input: DeriveInput = errors.keep(syn::parse2(tokens))?;
    let generics = input.generics;
    let name = input.ident.unraw().to_string();
    let (krate, arms) = match input.data {
        Data::Union(data) => {
            let message =
                "a union doesn't know what it holds; derive the label on an enum or a struct";
            errors.at(data.union_token.span, message);
            return None;
        }
        Data::Struct(data) => {
            let options = parse_label_options(&input.attrs, &OF_STRUCT, errors);
            let named = name_of(options.label, data.fields, &generics, errors);
            let arm = Arm {
                variant: None,
                name: named.unwrap_or_else(|| ErrorName::Constant(name_of_type(&name))),
            };
            (options.krate, vec![arm])
        }
        Data::Enum(data) => {
            let options = parse_label_options(&input.attrs, &LabelKey::OF_ENUM, errors);
            let case = options.case.map_or(Case::Snake, |given| given.value);
            let arms = data.variants.into_iter().map(|variant| {
                let label = parse_label_options(&variant.attrs, &OF_VARIANT, errors).label;
                let named = name_of(label, variant.fields, &generics, errors);
                let by_case = || case.apply(&variant.ident.unraw().to_string());
                Arm {
                    name: named.unwrap_or_else(|| ErrorName::Constant(by_case())),
                    variant: Some(variant.ident),
                }
            });
            (options.krate, arms.collect())
        }
    };
    Some(ErrorType {
        krate: Krate::from(krate.map(|given| given.value)),
        ident: input.ident,
        generics,
        arms,
    })
}

/// What a struct is called if it doesn't say: its name less a trailing `Error`.
fn name_of_type(name: &str) -> String {
    let name = Case::Snake.apply(name);
    let role = name.strip_suffix("_error");
    role.map(str::to_owned).unwrap_or(name)
}

/// Where the label comes from that is written.
fn name_of(
    label: Slot<Labelling>,
    fields: Fields,
    generics: &Generics,
    errors: &mut Errors,
) -> Option<ErrorName> {
    let Given { key, value } = label?;
    match value {
        Labelling::Text(text) if text.value().is_empty() => {
            let message = "the empty label is that of calls without an error; give it a name";
            errors.at(text.span(), message);
            None
        }
        Labelling::Text(text) => Some(ErrorName::Constant(text.value())),
        Labelling::Other => Some(ErrorName::Constant("other".to_owned())),
        Labelling::Transparent => {
            let members: Vec<Member> = fields.members().collect();
            let (Some(field), [member]) = (fields.into_iter().next(), &members[..]) else {
                let count = members.len();
                let message = format!(
                    "`transparent` looks through to the only field, of which there are {count} here; write `#[label(\"…\")]`"
                );
                errors.at(key, message);
                return None;
            };
            let is_generic = generics.type_params().any(|parameter| {
                mentions(field.ty.to_token_stream(), &parameter.ident.to_string())
            });
            Some(ErrorName::Field {
                member: member.clone(),
                of: Box::new(field.ty),
                is_generic,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name_of_type;

    #[test]
    fn a_struct_is_called_by_its_name_less_its_role() {
        assert_eq!(name_of_type("ConnectionError"), "connection");
        assert_eq!(name_of_type("Error"), "error");
        assert_eq!(name_of_type("Refused"), "refused");
        assert_eq!(name_of_type("HTTPError"), "http");
    }
}
