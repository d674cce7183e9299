//! What a registry must refuse, whatever is in it.

use super::Maker;
use super::text::text;
use crate::model::Kind;

impl Maker {
    /// Tries names that are hostile, reserved or those of samples that another
    /// family has.
    pub(super) fn be_refused(&mut self) {
        let hostile = format!("{}-", text(&mut self.random));
        let mut names = vec![hostile, String::new(), "0a".to_owned()];
        for suffix in ["_bucket", "_sum", "_count", "_created", "_total", "_info"] {
            names.push(format!("a{suffix}"));
        }
        for family in &self.model.families {
            // Refusals are about names as they were given.
            let name = family.name.strip_prefix(self.namespace);
            let name = name.filter(|_| !self.namespace.is_empty());
            let name = name.and_then(|name| name.strip_prefix('_'));
            let name = name.unwrap_or(&family.name);
            names.push(match family.kind {
                Kind::Counter => name.trim_end_matches("_total").to_owned(),
                Kind::Info => name.trim_end_matches("_info").to_owned(),
                // This kind was declared already; another isn't.
                Kind::Gauge => format!("{name}_total"),
                _ => name.to_owned(),
            });
        }
        for name in names {
            let made = if name.ends_with("_total") && name != "a_total" {
                self.registry.counter(&name, "Refused.").map(drop)
            } else {
                self.registry.gauge(&name, "Refused.").map(drop)
            };
            assert!(made.is_err(), "{name:?} is taken");
        }
        let labels = ["le", "quantile", "__name__", "__x", "", "0", "a-b"];
        let label = labels[self.random.usize(0..labels.len())];
        let made = self.registry.gauge_family("refused", "Refused.", [label]);
        assert!(made.is_err(), "{label:?} is reserved");
        let made = self
            .registry
            .info("refused_info", "Refused.", &[(label, "")]);
        assert!(made.is_err(), "{label:?} is reserved");
    }
}
