//! `[audit]`: where it is noted who did what.

use std::path::PathBuf;

use super::reader::Reader;

/// `[audit]`.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Where lines go.
    pub to: AuditTo,
    /// Whether what cannot be noted is refused.
    pub required: bool,
    /// Whether lines hold clients' addresses.
    pub addresses: bool,
}

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditTo {
    /// Only into memory, for `GET …/audit`.
    Nowhere,
    /// To standard output.
    Stdout,
    /// To a file.
    File(PathBuf),
}

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Audit> {
    let file: Option<PathBuf> = section.optional("file");
    let to = match file {
        None => AuditTo::Nowhere,
        Some(word) if word.as_os_str() == "stdout" => AuditTo::Stdout,
        Some(path) => AuditTo::File(path),
    };
    if let AuditTo::File(path) = &to
        && !path.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir())
    {
        section.complain("file", format!("there is no folder for {}", path.display()), None);
    }
    Some(Audit { to, required: section.value("required")?, addresses: section.value("addresses")? })
}
