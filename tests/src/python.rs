//! Programs from `PyPI`, which scripts/test.sh puts into an environment of their own.

use std::path::PathBuf;

/// A program of the environment, whatever the target folder is.
pub fn program(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/python/bin");
    folder.join(name)
}
