//! The file that `--report` names.

use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::Context;

use super::tally::Tally;

/// A file that could be written to when the shop was opened.
pub(crate) struct ReportFile(PathBuf);

impl ReportFile {
    /// Tries the file now, so that a whole run isn't lost on a misspelt path.
    /// What is in the file stays until the new report is there.
    pub(crate) fn reserve(path: PathBuf) -> anyhow::Result<Self> {
        let opened = File::options().create(true).append(true).open(&path);
        let file = Self(path);
        opened.with_context(|| file.complaint())?;
        Ok(file)
    }

    pub(crate) fn write(&self, tally: &Tally) -> anyhow::Result<()> {
        let mut json = serde_json::to_string_pretty(&tally.report())?;
        json.push('\n');
        fs::write(&self.0, json).with_context(|| self.complaint())
    }

    fn complaint(&self) -> String {
        let path = self.0.display();
        format!("can't write the report {path}; name a writable file with `--report`")
    }
}
