//! What an annotated function records, decided; no tokens are built here.

mod bucket;
mod error_type;
mod family;
mod health_check;
mod label_argument;
mod label_enum;
mod metric;
mod name;
mod unit;

pub(crate) use bucket::BucketModel;
pub(crate) use error_type::{Arm, ErrorName, ErrorType, build_error_type};
pub(crate) use family::{FamilyModel, build_family};
pub(crate) use health_check::{HealthCheck, build_health_check};
pub(crate) use label_enum::{LabelEnum, build_label_enum};
pub(crate) use metric::{Family, Metric, Source};
pub(crate) use name::{
    check_label_charset, check_label_name, check_metric_name, check_prefix, model_of_type,
};

use crate::attribute::{Attribute, Default, Instrument, Label, Record};
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
    /// The name of a block, instead of the function's.
    pub(crate) name: Option<&'a str>,
    /// The type of the `impl` block, or the trait, if that is annotated.
    pub(crate) type_name: Option<&'a str>,
    /// The type that models are called after; a trait only where it is annotated so.
    pub(crate) model: Option<&'a str>,
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
    /// Values of labels that are read from what the call returns.
    pub(crate) returned: Vec<Returned>,
    /// Decides the outcome, from what the call returns.
    pub(crate) outcome: Option<Expr>,
    /// Gives the rows from the value of success.
    pub(crate) rows: Option<Expr>,
    /// Tells whether something was found, or made.
    pub(crate) found: Option<Found>,
    /// Nothing is recorded where this is false.
    pub(crate) when: Option<Expr>,
    /// The runtime's functions that an entered call goes through.
    pub(crate) wrappers: Vec<&'static str>,
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

/// A label value that is read from what a call returns.
pub(crate) enum Returned {
    /// By a closure that sees the whole of it.
    Closure(Box<Expr>),
    /// The error's own label; here is where that is asked for.
    Error(Span),
    /// By a closure that sees the error.
    ErrorBy(Expr),
}

/// How it is told whether a call has found something, or made it.
pub(crate) enum Found {
    /// By the type of what it returns; here is where that is asked for.
    ByType(Span),
    /// By a closure that sees what it returns.
    By(Expr),
}

/// Decides what a function records; `layers` were checked.
pub(crate) fn build(function: &Function, layers: Vec<Layer>, context: Context<'_>) -> CallSite {
    let name = context.name.map_or_else(|| function.name(), str::to_owned);
    let qualified = context.type_name.map(|of| format!("{of}::{name}"));
    let is_qualified = layers.iter().any(|layer| layer.qualified);
    let place = qualified.clone().filter(|_| is_qualified);
    let mut site = CallSite {
        krate: Krate::default(),
        registry: None,
        function: place.unwrap_or_else(|| name.clone()),
        metrics: Vec::new(),
        arguments: Vec::new(),
        returned: Vec::new(),
        outcome: None,
        rows: None,
        found: None,
        when: None,
        wrappers: Vec::new(),
        sample: None,
        fallible: function.may_fail(),
        imports: layers
            .iter()
            .filter_map(|layer| layer.import.clone())
            .collect(),
    };
    let crates = layers.iter().find_map(|layer| layer.options.krate.clone());
    site.krate = Krate::from(crates.map(|given| given.value));
    // What a block returns isn't written down.
    site.fallible |= context.name.is_some();
    let mut beside: Vec<(&Instrument, Source)> = Vec::new();
    for layer in layers {
        let function = qualified.clone().filter(|_| layer.qualified);
        let function = function.unwrap_or_else(|| name.clone());
        site.add(&layer, &function, context);
        let given = layer.attribute.beside.iter();
        for option in given.filter(|beside| layer.options.key_of(beside.option).is_some()) {
            if let Some(wrapper) = option.wrapper.filter(|own| !site.wrappers.contains(own)) {
                site.wrappers.push(wrapper);
            }
            let name = site.function_source(&function);
            beside.extend(option.instruments.iter().map(|one| (one, name.clone())));
        }
        let Options {
            created,
            hit,
            operation,
            outcome,
            registry,
            rows,
            sample,
            when,
            ..
        } = layer.options;
        site.sample = site.sample.or(sample.map(|given| given.value));
        site.registry = site.registry.or(registry.map(|given| given.value));
        site.outcome = site.outcome.or(outcome.map(|given| given.value));
        site.rows = site.rows.or(rows.map(|given| given.value));
        site.when = site.when.or(when.map(|given| given.value));
        let asked = layer
            .attribute
            .instruments_of(operation.as_ref().map(|given| given.value));
        let by_type = operation.filter(|_| asked.into_iter().any(|i| i.record.is_of_hits()));
        let by_type = by_type.map(|operation| Found::ByType(operation.key));
        let found = created.or(hit).map(|given| Found::By(given.value));
        site.found = site.found.or(found).or(by_type);
    }
    site.fallible |= site.outcome.is_some();
    for (instrument, function) in beside {
        site.add_plain(instrument, &function);
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
        let plain = [Record::Calls, Record::Duration, Record::InProgress];
        let plain = built_in && own_labels && plain.contains(&metric.record);
        (plain && self.registry.is_none()).then_some(metric.record)
    }

    /// Adds the instruments of one attribute.
    fn add(&mut self, layer: &Layer, function: &str, context: Context<'_>) {
        let options = &layer.options;
        let operation = options.operation.as_ref().map(|given| given.value);
        let mut labels = LabelSources {
            function: self.function_source(function),
            operation: Source::Constant(operation.unwrap_or_default().to_owned()),
            texts: Vec::new(),
        };
        let written: Vec<(String, Source)> = options
            .labels
            .iter()
            .flat_map(|given| &given.value)
            .map(|label| {
                let source = match &label.value {
                    LabelValue::BuiltIn(built_in) => labels.source(*built_in, self, layer, context),
                    LabelValue::Constant(text) => Source::Constant(text.clone()),
                    LabelValue::Expression(expression) => {
                        self.argument(Argument::Expression(expression.clone()))
                    }
                    LabelValue::Returned(closure) => {
                        self.returned(Returned::Closure(closure.clone()))
                    }
                };
                (label.name(), source)
            })
            .collect();
        let error = options.error.as_ref();
        let error = error.map(|given| {
            let by = given.value.clone().map(Returned::ErrorBy);
            self.returned(by.unwrap_or(Returned::Error(given.key)))
        });
        for instrument in layer.attribute.instruments_of(operation) {
            let own_name = options.name.is_some();
            let built_in = instrument.labels.iter();
            let built_in = built_in.filter(|label| !own_name || label.survives_own_name());
            let mut pairs: Vec<(String, Source)> = built_in
                .map(|label| {
                    let source = labels.source(*label, self, layer, context);
                    (label.name().to_owned(), source)
                })
                .collect();
            // What runs hasn't returned anything.
            let runs = instrument.record == Record::InProgress;
            let known =
                |(_, source): &&(_, Source)| !(runs && matches!(source, Source::Returned(_)));
            pairs.extend(written.iter().filter(known).cloned());
            if let Some(source) = error.clone().filter(|_| instrument.tells_errors()) {
                pairs.push(("error".to_owned(), source));
            }
            let (names, sources) = pairs.into_iter().unzip();
            self.metrics.push(Metric {
                family: Family::of(instrument, options, names),
                record: instrument.record,
                slow: options.slow.as_ref().map_or(0, |given| given.value),
                labels: sources,
            });
        }
    }

    /// Adds an instrument of the plain families of functions, unless another
    /// attribute has brought it.
    fn add_plain(&mut self, instrument: &Instrument, function: &Source) {
        let family = Family::BuiltIn(instrument.builtin);
        if self.metrics.iter().any(|metric| metric.family == family) {
            return;
        }
        let sources = instrument.labels.iter().map(|label| match label {
            Label::Module => Source::Module,
            Label::Function | Label::Operation | Label::Text(_) => function.clone(),
        });
        self.metrics.push(Metric {
            family,
            record: instrument.record,
            slow: 0,
            labels: sources.collect(),
        });
    }

    /// The name that an attribute has for the function.
    fn function_source(&self, function: &str) -> Source {
        if function == self.function {
            Source::Function
        } else {
            Source::Constant(function.to_owned())
        }
    }

    fn returned(&mut self, returned: Returned) -> Source {
        self.returned.push(returned);
        Source::Returned(self.returned.len() - 1)
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
    texts: Vec<(&'static str, Source)>,
}

impl LabelSources {
    fn source(
        &mut self,
        label: Label,
        site: &mut CallSite,
        layer: &Layer,
        context: Context<'_>,
    ) -> Source {
        let name = match label {
            Label::Function => return self.function.clone(),
            Label::Module => return Source::Module,
            Label::Operation => return self.operation.clone(),
            Label::Text(name) => name,
        };
        if let Some((_, made)) = self.texts.iter().find(|(text, _)| *text == name) {
            return made.clone();
        }
        let written = layer.options.text(name).map(|given| given.value.value());
        let source = written.map_or_else(
            || self.default_of(name, site, layer, context),
            Source::Constant,
        );
        self.texts.push((name, source.clone()));
        source
    }

    /// The value of a text that isn't given.
    fn default_of(
        &self,
        name: &str,
        site: &mut CallSite,
        layer: &Layer,
        context: Context<'_>,
    ) -> Source {
        let mut texts = layer.attribute.texts.iter();
        let default = texts
            .find(|text| text.name == name)
            .map(|text| text.default);
        match default {
            Some(Default::Word(word)) => Source::Constant(word.to_owned()),
            Some(Default::Model) => match context.model {
                Some(of) => Source::Constant(model_of_type(of).to_owned()),
                None => site.argument(Argument::ModelOfSelf),
            },
            // One that must be given has been checked.
            Some(Default::Function | Default::None) | None => self.function.clone(),
        }
    }
}
