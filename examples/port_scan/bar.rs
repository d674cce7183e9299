//! The progress bar.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use port_scan::{Progress, Status};

const TEMPLATE: &str = "{bar:40} {percent:>3}%  {pos} of {len} ports, {msg}, {eta} left";

/// A bar on standard error, which shows nothing where that is no terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(progress: &Progress) -> Self {
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(progress.total()), target);
        let style = ProgressStyle::with_template(TEMPLATE);
        bar.set_style(style.expect("the template is valid"));
        Self(bar)
    }

    pub(crate) fn show(&self, progress: &Progress) {
        let open = progress.count(Status::Open);
        self.0.set_message(format!("{open} open"));
        self.0.set_position(progress.probed());
    }

    /// Shows where the scan has ended, and leaves that on the terminal.
    pub(crate) fn end(self, progress: &Progress) {
        self.show(progress);
        self.0.abandon();
    }
}
