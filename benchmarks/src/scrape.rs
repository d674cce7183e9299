//! What a scraper gets: a page in a format, compressed or not, as a handler
//! makes it. Ours comes from its handler, request to body. Peers have no handler
//! of their own for programs that serve HTTP already: theirs is the page of
//! their encoder and, compressed, what the same compressor makes of it.

use crate::exposition::{Encode, Shape};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt as _;
use metrics_runtime::Metrics;
use std::io::Write as _;
use tokio::runtime::Builder;

/// Peers whose page is text, and its format.
const PEERS: [(&str, &str); 3] = [
    ("prometheus", "text"),
    ("prometheus-client", "OpenMetrics"),
    ("metrics-exporter-prometheus", "text"),
];

/// Formats of ours with the header that asks for it.
const FORMATS: [(&str, &str); 3] = [
    ("text", "text/plain;version=0.0.4"),
    ("OpenMetrics", "application/openmetrics-text;version=1.0.0"),
    (
        "protobuf",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ),
];

/// A library's answer in one format and encoding.
pub struct Scrape {
    /// `ours`, or a peer's name.
    pub library: &'static str,
    /// `text`, `OpenMetrics` or `protobuf`.
    pub format: &'static str,
    /// `identity`, `gzip` or `zstd`.
    pub encoding: &'static str,
}

/// Makes the body of an answer.
pub type Answer = Box<dyn FnMut() -> Bytes>;

/// All that are measured.
pub fn scrapes() -> Vec<Scrape> {
    let ours = FORMATS.iter().flat_map(|(format, _)| {
        ["identity", "gzip", "zstd"].map(|encoding| ("ours", *format, encoding))
    });
    let peers = PEERS.iter().flat_map(|(library, format)| {
        ["identity", "gzip"].map(|encoding| (*library, *format, encoding))
    });
    let all = ours.chain(peers);
    all.map(|(library, format, encoding)| Scrape {
        library,
        format,
        encoding,
    })
    .collect()
}

impl Scrape {
    /// Its name in a command: `ours-text-gzip`.
    pub fn word(&self) -> String {
        format!("{}-{}-{}", self.library, self.format, self.encoding)
    }

    /// Makes a registry of this shape, and answers from it.
    pub fn build(&self, shape: Shape) -> Answer {
        if self.library == "ours" {
            self.ours(shape)
        } else {
            self.peer(shape)
        }
    }

    fn ours(&self, shape: Shape) -> Answer {
        let registry = Box::leak(Box::new(crate::ours::registry(shape)));
        let metrics = Metrics::builder().registry(registry).build();
        let handler = metrics.expect("nothing is set up yet").handler();
        let accept = FORMATS.iter().find(|(format, _)| *format == self.format);
        let request = http::Request::get("/metrics")
            .header("accept", accept.expect("it is one of them").1)
            .header("accept-encoding", self.encoding)
            .body(())
            .expect("the headers are valid");
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime of one thread is small");
        Box::new(move || {
            runtime.block_on(async {
                let response = handler.respond(&request).await;
                assert!(response.status().is_success(), "{response:?}");
                let body = response.into_body().collect().await;
                body.expect("it is in memory").to_bytes()
            })
        })
    }

    fn peer(&self, shape: Shape) -> Answer {
        let encoders = crate::encoders();
        let encoder = encoders.iter().find(|known| known.name == self.library);
        let Encode::Fresh(page) = (encoder.expect("it is one of them").build)(shape) else {
            unreachable!("peers make a page of their own");
        };
        let gzip = self.encoding == "gzip";
        Box::new(move || {
            let page = page();
            if gzip {
                // As our handler does.
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(page.as_ref()).expect("memory is there");
                Bytes::from(encoder.finish().expect("memory is there"))
            } else {
                Bytes::from_owner(page)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::scrapes;
    use crate::exposition::Shape;
    use std::collections::HashSet;

    /// An encoding that isn't applied would have the length of the page.
    #[test]
    fn encodings_are_those_that_are_named() {
        let mut words = HashSet::new();
        for scrape in scrapes() {
            let body = scrape.build(Shape::ALL[0])();
            let head: &[u8] = match scrape.encoding {
                "gzip" => &[0x1f, 0x8b],
                "zstd" => &[0x28, 0xb5, 0x2f, 0xfd],
                _ if scrape.format == "protobuf" => &[],
                _ => b"# ",
            };
            assert!(body.starts_with(head), "{}", scrape.word());
            assert_eq!(
                body.ends_with(b"# EOF\n"),
                scrape.encoding == "identity" && scrape.format == "OpenMetrics",
                "{}",
                scrape.word()
            );
            assert!(words.insert(scrape.word()));
        }
    }
}
