//! The blessed answers of the compiler under `trybuild/`.

use std::fs;
use std::path::Path;

/// One `.stderr` file.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) path: String,
    pub(crate) text: String,
    /// The program that it is about.
    pub(crate) source: Option<String>,
}

impl Report {
    /// What the error says, if the macro says it and not the compiler, whose
    /// errors have a code.
    pub(crate) fn own_message(&self) -> Option<&str> {
        // An assertion of ours that the compiler evaluates is told like this.
        const ASSERTION: &str = "error[E0080]: evaluation panicked: ";
        let own = |line: &'_ str| line.starts_with("error: ") || line.starts_with(ASSERTION);
        let line = self.text.lines().find(|line| own(line))?;
        line.strip_prefix(ASSERTION)
            .or_else(|| line.strip_prefix("error: "))
    }
}

/// All reports, in the order of their paths.
pub(crate) fn reports() -> Vec<Report> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("trybuild");
    let mut reports = Vec::new();
    for theme in entries(&folder) {
        for path in entries(&theme) {
            if path
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                reports.push(Report {
                    path: path.display().to_string(),
                    text: fs::read_to_string(&path).expect("the report can be read"),
                    source: fs::read_to_string(path.with_extension("rs")).ok(),
                });
            }
        }
    }
    assert!(!reports.is_empty(), "there are no reports");
    reports
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let entries = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}
