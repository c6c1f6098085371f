//! Recordings and pages: real ones where a folder of them is at hand (`VITRINE_CORPORA`), else made ones.

use std::fmt::Write as _;
use std::path::PathBuf;

/// One recording or page.
#[derive(Debug, Clone)]
pub struct Input {
    /// The file's name without its ending.
    pub name: String,
    /// Its bytes, as they come from a socket or a disk.
    pub bytes: Vec<u8>,
}

/// The inputs of one kind.
#[derive(Debug)]
pub struct Inputs {
    /// What to measure.
    pub all: Vec<Input>,
    /// They are the real ones. Of made ones it is not asked which rules meet something.
    pub are_real: bool,
}

/// In a short run only so many, the smallest ones.
const QUICK_INPUTS: usize = 6;

/// rrweb recordings: a JSON array of events each.
#[must_use]
pub fn streams() -> Inputs {
    read("streams", "json", || vec![Input { name: "made".into(), bytes: made_stream().into_bytes() }])
}

/// HTML pages.
#[must_use]
pub fn pages() -> Inputs {
    read("pages", "html", || vec![Input { name: "made".into(), bytes: made_page().into_bytes() }])
}

fn read(folder: &str, ending: &str, made: impl FnOnce() -> Vec<Input>) -> Inputs {
    let root = std::env::var_os("VITRINE_CORPORA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora")), PathBuf::from);
    let path = root.join(folder);
    let mut all = Vec::new();
    for file in std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let is_wanted = file.extension().is_some_and(|found| found == ending);
        if let (true, Ok(bytes), Some(name)) = (is_wanted, std::fs::read(&file), file.file_stem()) {
            all.push(Input { name: name.to_string_lossy().into_owned(), bytes });
        }
    }
    if all.is_empty() {
        println!("no .{ending} files in {}: a made one is measured instead", path.display());
        return Inputs { all: made(), are_real: false };
    }
    all.sort_by(|a, b| (a.bytes.len(), &a.name).cmp(&(b.bytes.len(), &b.name)));
    if crate::is_quick() {
        all.truncate(QUICK_INPUTS);
    }
    Inputs { all, are_real: !crate::is_quick() }
}

/// Rows of the made table.
const ROWS: u32 = 2_000;

fn made_page() -> String {
    let mut html = String::from(
        "<!DOCTYPE html><html lang=en><head><title>Made</title><style>td{color:red}.icon{background:url(/i.png)}</style></head><body><table>",
    );
    for row in 0..ROWS {
        let _ = write!(
            html,
            "<tr class=\"row\" data-id=\"{row}\"><td class=\"amount\">{row} EUR</td><td><a href=\"/order/{row}\" title=\"Order\">Order \
             {row}</a> <img src=\"/thumb/{row}.png\" alt=\"\"></td><td style=\"width: 20px\"><button class=\"btn sens\">Show &amp; \
             tell</button></td></tr>"
        );
    }
    html.push_str("</table></body></html>");
    html
}

/// A table as a full snapshot, then a changed text for each row.
fn made_stream() -> String {
    let mut json = String::from(
        r#"[{"type":4,"data":{"href":"https://shop.example/orders","width":1280,"height":800},"timestamp":1},
{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":1,"name":"html","publicId":"","systemId":"","id":2},{"type":2,"tagName":"html","attributes":{"lang":"en"},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":["#,
    );
    for row in 0..ROWS {
        let comma = if row == 0 { "" } else { "," };
        let (outer, cell, text) = (10 + row * 3, 11 + row * 3, 12 + row * 3);
        let _ = write!(
            json,
            r#"{comma}{{"type":2,"tagName":"div","attributes":{{"class":"row","data-id":"{row}"}},"childNodes":[{{"type":2,"tagName":"span","attributes":{{"class":"amount sens","title":"Sum"}},"childNodes":[{{"type":3,"textContent":"{row} EUR\n","id":{text}}}],"id":{cell}}}],"id":{outer}}}"#
        );
    }
    json.push_str(r#"],"id":4}],"id":3}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":2}"#);
    for row in 0..ROWS {
        let (text, at) = (12 + row * 3, 3 + row);
        let _ = write!(
            json,
            ",\n{{\"type\":3,\"data\":{{\"source\":0,\"texts\":[{{\"id\":{text},\"value\":\"{at} EUR\"}}],\"attributes\":[],\"removes\":[],\"adds\":[]}},\"timestamp\":{at}}}"
        );
    }
    json.push(']');
    json
}
