//! The allow-list of addresses: schemes by use, and the types that a `data:` text may hold. Data only; a row added here
//! is a change of policy.

use super::UrlUse;
use crate::asset::AssetKind;

/// What may stand in one kind of place.
pub(super) struct Place {
    pub(super) used_as: UrlUse,
    /// What the proxy fetches it as, if the policy allows the host. `None`: it is never fetched.
    pub(super) fetched_as: Option<AssetKind>,
    /// What a `data:` text may hold here.
    pub(super) data: Option<Family>,
}

/// Schemes that the proxy fetches. `javascript:`, `blob:`, `file:` and the rest run, or mean something on the agent's own
/// machine.
pub(super) const SCHEMES: [&str; 2] = ["https", "http"];

pub(super) const PLACES: [Place; 6] = [
    Place { used_as: UrlUse::Image, fetched_as: Some(AssetKind::Image), data: Some(Family::Image) },
    Place { used_as: UrlUse::Font, fetched_as: Some(AssetKind::Font), data: Some(Family::Font) },
    // A sheet within an address would need judging within an address; sheets come as text or through the proxy.
    Place { used_as: UrlUse::Style, fetched_as: Some(AssetKind::Style), data: None },
    Place { used_as: UrlUse::Media, fetched_as: Some(AssetKind::Media), data: None },
    // An agent's browser goes nowhere.
    Place { used_as: UrlUse::Link, fetched_as: None, data: None },
    // A drawing is a document: as `data:` it would pass by the proxy, which cleans it.
    Place { used_as: UrlUse::SvgReference, fetched_as: Some(AssetKind::Image), data: None },
];

/// What a `data:` text can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Image,
    Font,
}

/// One listed type.
pub(super) struct DataType {
    pub(super) family: Family,
    /// How we write it.
    pub(super) name: &'static str,
    /// How pages write it.
    pub(super) aliases: &'static [&'static str],
    /// How its bytes begin: one of these, each at its offset.
    pub(super) magic: &'static [(usize, &'static [u8])],
}

/// The listed types: rasters and fonts, which decoders only decode. SVG is not among them: it is a document, and documents
/// come as nodes or through the proxy.
pub(super) const DATA_TYPES: &[DataType] = &[
    DataType {
        family: Family::Image,
        name: "image/png",
        aliases: &["image/png", "image/x-png", "image/apng"],
        magic: &[(0, b"\x89PNG\r\n\x1a\n")],
    },
    DataType {
        family: Family::Image,
        name: "image/jpeg",
        aliases: &["image/jpeg", "image/jpg", "image/pjpeg"],
        magic: &[(0, b"\xff\xd8\xff")],
    },
    DataType {
        family: Family::Image,
        name: "image/gif",
        aliases: &["image/gif"],
        magic: &[(0, b"GIF87a"), (0, b"GIF89a")],
    },
    DataType { family: Family::Image, name: "image/webp", aliases: &["image/webp"], magic: &[(8, b"WEBP")] },
    DataType {
        family: Family::Image,
        name: "image/avif",
        aliases: &["image/avif"],
        magic: &[(4, b"ftypavif"), (4, b"ftypavis")],
    },
    DataType {
        family: Family::Image,
        name: "image/bmp",
        aliases: &["image/bmp", "image/x-ms-bmp"],
        magic: &[(0, b"BM")],
    },
    DataType {
        family: Family::Image,
        name: "image/x-icon",
        aliases: &["image/x-icon", "image/vnd.microsoft.icon", "image/ico"],
        magic: &[(0, b"\0\0\x01\0"), (0, b"\0\0\x02\0")],
    },
    DataType {
        family: Family::Font,
        name: "font/woff",
        aliases: &["font/woff", "application/font-woff", "application/x-font-woff"],
        magic: &[(0, b"wOFF")],
    },
    DataType {
        family: Family::Font,
        name: "font/woff2",
        aliases: &["font/woff2", "application/font-woff2", "application/x-font-woff2"],
        magic: &[(0, b"wOF2")],
    },
    DataType {
        family: Family::Font,
        name: "font/ttf",
        aliases: &["font/ttf", "font/truetype", "font/sfnt", "application/x-font-ttf", "application/x-font-truetype"],
        magic: &[(0, b"\0\x01\0\0"), (0, b"true")],
    },
    DataType {
        family: Family::Font,
        name: "font/otf",
        aliases: &["font/otf", "font/opentype", "application/x-font-otf", "application/x-font-opentype"],
        magic: &[(0, b"OTTO")],
    },
];
