//! What an annotated function records, decided; no tokens are built here.

mod family;
mod label_argument;
mod label_enum;
mod metric;
mod name;
mod unit;

pub(crate) use family::{FamilyModel, build_family};
pub(crate) use label_enum::{LabelEnum, build_label_enum};
pub(crate) use metric::{Family, Metric, Source};
pub(crate) use name::{
    check_label_charset, check_label_name, check_metric_name, check_prefix, model_of_type,
};

use crate::attribute::{Attribute, Instrument, Label, Record};
use crate::input::Function;
use crate::krate::Krate;
use crate::options::{LabelValue, Options, Share};
use proc_macro2::{Ident, Span};
use syn::{Expr, Path};

/// One attribute on a function, with its options.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) attribute: &'static Attribute,
    pub(crate) options: Options,
    /// It stands on the whole `impl` block, so the type is part of `function`.
    pub(crate) qualified: bool,
    /// Where the attribute stands.
    pub(crate) span: Span,
    /// The name under which an absorbed attribute was imported.
    pub(crate) import: Option<Ident>,
}

/// What is known of a function from outside of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The type of the `impl` block, if that is annotated.
    pub(crate) type_name: Option<&'a str>,
}

/// A call site: what one function records, whatever stands on it.
pub(crate) struct CallSite {
    pub(crate) krate: Krate,
    /// A registry other than the global one.
    pub(crate) registry: Option<Path>,
    /// The function's name, with its type where the block is annotated.
    pub(crate) function: String,
    pub(crate) metrics: Vec<Metric>,
    /// Values that are evaluated at entry.
    pub(crate) arguments: Vec<Argument>,
    /// Gives the rows from the value of success.
    pub(crate) rows: Option<Expr>,
    /// How many of the calls are timed.
    pub(crate) sample: Option<Share>,
    /// The return type as written may hold an error.
    pub(crate) fallible: bool,
    /// Names under which absorbed attributes were imported.
    pub(crate) imports: Vec<Ident>,
}

/// A label value that is evaluated at entry.
pub(crate) enum Argument {
    Expression(Box<Expr>),
    /// The model, from the name of the method's `Self`.
    ModelOfSelf,
}

/// Decides what a function records; `layers` were checked.
pub(crate) fn build(function: &Function, layers: Vec<Layer>, context: Context<'_>) -> CallSite {
    let name = function.name();
    let qualified = context.type_name.map(|of| format!("{of}::{name}"));
    let is_qualified = layers.iter().any(|layer| layer.qualified);
    let place = qualified.clone().filter(|_| is_qualified);
    let mut site = CallSite {
        krate: Krate::default(),
        registry: None,
        function: place.unwrap_or_else(|| name.clone()),
        metrics: Vec::new(),
        arguments: Vec::new(),
        rows: None,
        sample: None,
        fallible: function.may_fail(),
        imports: layers
            .iter()
            .filter_map(|layer| layer.import.clone())
            .collect(),
    };
    let crates = layers.iter().find_map(|layer| layer.options.krate.clone());
    site.krate = Krate::from(crates.map(|given| given.value));
    let mut uncounted: Vec<&Instrument> = Vec::new();
    for layer in layers {
        let function = qualified.clone().filter(|_| layer.qualified);
        let function = function.unwrap_or_else(|| name.clone());
        site.add(&layer, &function, context);
        let Options {
            registry,
            rows,
            sample,
            ..
        } = layer.options;
        if let Some(sample) = sample {
            site.sample = Some(sample.value);
            uncounted.extend(layer.attribute.beside_sample);
        }
        site.registry = site.registry.or(registry.map(|given| given.value));
        site.rows = site.rows.or(rows.map(|given| given.value));
    }
    for instrument in uncounted {
        site.count_beside_sample(instrument);
    }
    site
}

impl CallSite {
    /// What is recorded, if it is one built-in family of functions with its own
    /// labels: the runtime knows such a site by a word.
    pub(crate) fn plain(&self) -> Option<Record> {
        let [metric] = &self.metrics[..] else {
            return None;
        };
        let built_in = matches!(metric.family, Family::BuiltIn(["function", _]));
        let own_labels = metric.labels == [Source::Function, Source::Module];
        (built_in && own_labels && self.registry.is_none()).then_some(metric.record)
    }

    /// Adds the instruments of one attribute.
    fn add(&mut self, layer: &Layer, function: &str, context: Context<'_>) {
        let options = &layer.options;
        let operation = options.operation.as_ref().map(|given| given.value);
        let mut labels = LabelSources {
            function: if function == self.function {
                Source::Function
            } else {
                Source::Constant(function.to_owned())
            },
            operation: Source::Constant(operation.unwrap_or_default().to_owned()),
            model: None,
        };
        let written: Vec<(String, Source)> = options
            .labels
            .iter()
            .flat_map(|given| &given.value)
            .map(|label| {
                let source = match &label.value {
                    LabelValue::BuiltIn(built_in) => labels.source(*built_in, self, layer, context),
                    LabelValue::Expression(expression) => {
                        self.argument(Argument::Expression(expression.clone()))
                    }
                };
                (label.name(), source)
            })
            .collect();
        for instrument in layer.attribute.instruments {
            if instrument.operation.is_some() && instrument.operation != operation {
                continue;
            }
            let own_name = options.name.is_some();
            let built_in = instrument.labels.iter();
            let built_in = built_in.filter(|label| !own_name || label.survives_own_name());
            let mut pairs: Vec<(String, Source)> = built_in
                .map(|label| {
                    let source = labels.source(*label, self, layer, context);
                    (label.name().to_owned(), source)
                })
                .collect();
            pairs.extend(written.iter().cloned());
            let (names, sources) = pairs.into_iter().unzip();
            self.metrics.push(Metric {
                family: Family::of(instrument, options, names),
                record: instrument.record,
                labels: sources,
            });
        }
    }

    /// Adds a plain instrument, unless another attribute brought it.
    fn count_beside_sample(&mut self, instrument: &Instrument) {
        let family = Family::BuiltIn(instrument.builtin);
        if self.metrics.iter().any(|metric| metric.family == family) {
            return;
        }
        let sources = instrument.labels.iter().map(|label| match label {
            Label::Module => Source::Module,
            Label::Function | Label::Model | Label::Operation => Source::Function,
        });
        self.metrics.push(Metric {
            family,
            record: instrument.record,
            labels: sources.collect(),
        });
    }

    fn argument(&mut self, argument: Argument) -> Source {
        self.arguments.push(argument);
        Source::Argument(self.arguments.len() - 1)
    }
}

/// The labels that the macro fills in, each made once for an attribute.
struct LabelSources {
    function: Source,
    operation: Source,
    model: Option<Source>,
}

impl LabelSources {
    fn source(
        &mut self,
        label: Label,
        site: &mut CallSite,
        layer: &Layer,
        context: Context<'_>,
    ) -> Source {
        match label {
            Label::Function => self.function.clone(),
            Label::Module => Source::Module,
            Label::Operation => self.operation.clone(),
            Label::Model => {
                let model = self.model.get_or_insert_with(|| {
                    let written = layer
                        .options
                        .model
                        .as_ref()
                        .map(|given| given.value.value());
                    let of_block = context.type_name.map(|name| model_of_type(name).to_owned());
                    written
                        .or(of_block)
                        .map_or_else(|| site.argument(Argument::ModelOfSelf), Source::Constant)
                });
                model.clone()
            }
        }
    }
}
