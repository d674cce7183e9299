//! Names that are given once: those of collectors, and those of sources.

use crate::collect::{CollectorError, check_name};

/// Whether nobody has this name yet.
pub(super) fn check_free(name: &str, is_taken: bool) -> Result<(), CollectorError> {
    let error = || CollectorError::Taken {
        name: name.to_owned(),
    };
    (!is_taken).then_some(()).ok_or_else(error)
}

/// Whether these names are valid, nobody has them yet, and none of them is there twice.
pub(super) fn check_all(
    names: &[String],
    is_taken: impl Fn(&str) -> bool,
) -> Result<(), CollectorError> {
    for (index, name) in names.iter().enumerate() {
        check_name(name)?;
        check_free(name, is_taken(name) || names[..index].contains(name))?;
    }
    Ok(())
}
