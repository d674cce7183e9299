//! What of the encoders rows are rendered by.

#[path = "../../../metrics-runtime/src/encode/escape.rs"]
#[allow(dead_code, reason = "the models drive a part of the core")]
pub(crate) mod escape;

pub(crate) trait Sink {
    fn text(&mut self, text: &str);
}

impl Sink for String {
    fn text(&mut self, text: &str) {
        self.push_str(text);
    }
}
