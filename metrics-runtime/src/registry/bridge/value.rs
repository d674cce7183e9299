//! Single values of the `prometheus` crate's model, which has another form with
//! the crate's feature `protobuf`.

use prometheus::proto::{Counter, Gauge, Metric};

/// A value by both of its names. The plain model has the inherent method
/// `get_value`, protobuf's has `value`; an inherent method goes before one of a
/// trait, so whichever is missing here calls the one that isn't.
#[allow(dead_code, reason = "only one of the two is called, by the model")]
trait Value {
    fn value(&self) -> f64;

    fn get_value(&self) -> f64;
}

impl Value for Counter {
    fn value(&self) -> f64 {
        self.get_value()
    }

    fn get_value(&self) -> f64 {
        self.value()
    }
}

impl Value for Gauge {
    fn value(&self) -> f64 {
        self.get_value()
    }

    fn get_value(&self) -> f64 {
        self.value()
    }
}

/// The value of a counter.
pub(crate) fn counter_value(metric: &Metric) -> f64 {
    let counter: &Counter = metric.get_counter();
    counter.value()
}

/// The value of a gauge.
pub(crate) fn gauge_value(metric: &Metric) -> f64 {
    let gauge: &Gauge = metric.get_gauge();
    gauge.value()
}

/// The value of an untyped metric; its gauge's where none was set, since the
/// crate's documented model has no other plain value to fill.
///
/// The plain model gives it out by a deprecated method, protobuf's as a field,
/// and they have nothing in common but their text for debugging.
pub(crate) fn untyped_value(metric: &Metric) -> f64 {
    let mut bare = metric.clone();
    // The only text in there that isn't the model's own.
    bare.take_label();
    match untyped_of_debug(&format!("{bare:?}")) {
        Some(value) if value != 0.0 => value,
        _ => gauge_value(metric),
    }
}

fn untyped_of_debug(text: &str) -> Option<f64> {
    let (_, value) = text.split_once("Untyped { value: ")?;
    // An optional field in protobuf's model.
    let value = value.strip_prefix("Some(").unwrap_or(value);
    let end = value.find([' ', ',', ')'])?;
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{counter_value, gauge_value, untyped_of_debug};
    use prometheus::core::Metric as _;
    use prometheus::{Counter, Gauge};

    #[test]
    fn counters_and_gauges_are_read() {
        let counter = Counter::new("c", "C.").expect("it is valid");
        counter.inc_by(1.5);
        assert_eq!(
            counter_value(&counter.metric()).to_bits(),
            1.5_f64.to_bits()
        );
        let gauge = Gauge::new("g", "G.").expect("it is valid");
        gauge.set(-2.5);
        assert_eq!(gauge_value(&gauge.metric()).to_bits(), (-2.5_f64).to_bits());
    }

    #[test]
    fn an_untyped_value_is_read_from_the_text_of_either_model() {
        for (text, value) in [
            (
                "gauge: Gauge { value: 1.0 }, untyped: Untyped { value: 3.0 }, x",
                Some(3.0),
            ),
            (
                "untyped: MessageField(Some(Untyped { value: Some(-2.5e-9), x: 1",
                Some(-2.5e-9),
            ),
            ("untyped: Untyped { value: -inf }", Some(f64::NEG_INFINITY)),
            (
                "untyped: MessageField(Some(Untyped { value: None, x: 1",
                None,
            ),
            (
                "gauge: MessageField(None), untyped: MessageField(None), x: 1",
                None,
            ),
        ] {
            assert_eq!(untyped_of_debug(text), value, "{text}");
        }
    }
}
