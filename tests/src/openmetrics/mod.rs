//! The reference parser of OpenMetrics, `prometheus_client` of Python, as a child
//! process: it refuses every bad page of the suite that Prometheus keeps for
//! parsers, while a scrape by Prometheus itself lets almost half of them pass.

mod family;

pub use self::family::{Exemplar, Family, Sample};

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::python::program;
use serde_json::Value;

/// The syntax that a page is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// Prometheus text 0.0.4. This parser is lenient: never use it alone.
    Text,
}

/// The parser, ready to read any number of pages; it ends on drop.
#[derive(Debug)]
pub struct Reader {
    child: Child,
    /// `None` once it is closed, which ends the child.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Reader {
    /// Starts the parser.
    ///
    /// # Panics
    ///
    /// When the Python environment isn't there, which scripts/test.sh makes.
    pub fn start() -> Self {
        let python = program("python");
        let mut child = Command::new(&python)
            // Isolated: neither the user's packages nor variables matter.
            .args(["-I", "-c", include_str!("reader.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                let python = python.display();
                panic!("can't start `{python}`: {error}; run scripts/test.sh, which makes it")
            });
        let requests = child.stdin.take();
        let answers = child.stdout.take().expect("the output is piped");
        Self {
            child,
            requests,
            answers: BufReader::new(answers),
        }
    }

    /// Reads a page. Repeated series, which the parser overlooks, are refused
    /// too.
    ///
    /// # Errors
    ///
    /// With the parser's complaint.
    ///
    /// # Panics
    ///
    /// When the child process is gone.
    pub fn read(&mut self, syntax: Syntax, page: &[u8]) -> Result<Vec<Family>, String> {
        let answer = self.ask(syntax, page);
        if let Some(error) = answer["error"].as_str() {
            return Err(error.to_owned());
        }
        let families = answer["families"].as_array();
        let families: Vec<Family> = families
            .expect("the answer has families or an error")
            .iter()
            .map(Family::from_json)
            .collect();
        check_samples(&families, page)?;
        Ok(families)
    }

    fn ask(&mut self, syntax: Syntax, page: &[u8]) -> Value {
        let syntax = match syntax {
            Syntax::OpenMetrics => b'o',
            Syntax::Text => b't',
        };
        let length = u32::try_from(page.len()).expect("a page is below four gigabytes");
        let requests = self.requests.as_mut().expect("it is open until the drop");
        let mut line = String::new();
        let asked = requests
            .write_all(&[syntax])
            .and_then(|()| requests.write_all(&length.to_be_bytes()))
            .and_then(|()| requests.write_all(page))
            .and_then(|()| requests.flush())
            .and_then(|()| self.answers.read_line(&mut line));
        assert!(
            matches!(asked, Ok(1..)),
            "the parser has stopped ({asked:?}); its errors are above; run scripts/test.sh, \
             which installs it"
        );
        serde_json::from_str(&line).expect("the answer is JSON")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.requests.take());
        // It fails only when the child is gone already.
        let _ = self.child.wait();
    }
}

/// Finds series that are given twice. The parser leaves out the second of two
/// that are neighbours, so the lines are counted too.
fn check_samples(families: &[Family], page: &[u8]) -> Result<(), String> {
    let mut samples: Vec<_> = families
        .iter()
        .flat_map(|family| &family.samples)
        .map(|sample| (&sample.name, &sample.labels))
        .collect();
    let lines = page.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| line.first().is_some_and(|first| *first != b'#'));
    if lines.count() != samples.len() {
        return Err("the page has more sample lines than samples: a series repeats".to_owned());
    }
    samples.sort_unstable();
    match samples.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the series {:?} repeats", pair[0])),
        None => Ok(()),
    }
}
