//! Answers of a hostile website, as data: path, element that names it, answer, what becomes of it.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use vitrine_tests::site::{Act, redirect, respond, typed};
use vitrine_tests::socket::zip;

use super::scene::PNG;

/// One answer and its outcome.
pub(crate) type Row = (&'static str, &'static str, Act, &'static str);

const HTML: &[u8] = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='8' height='8'/></svg>";

/// A picture that is far over the limit once it is unpacked.
fn large_picture() -> Vec<u8> {
    let mut body = PNG.to_vec();
    body.resize(8 << 20, 0);
    body
}

fn packed(coding: &str, body: &[u8]) -> Act {
    Act::Say(respond("200 OK", &[("content-type", "image/png"), ("content-encoding", coding)], body))
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 5, 22);
    writer.write_all(body).unwrap();
    drop(writer);
    packed
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut writer = ZlibEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(body).unwrap();
    writer.finish().unwrap()
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut writer = DeflateEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(body).unwrap();
    writer.finish().unwrap()
}

fn png(text: &str) -> Act {
    Act::Say([text.as_bytes(), PNG].concat())
}

fn say(content_type: &str, body: &[u8]) -> Act {
    Act::Say(typed(content_type, body))
}

fn status(line: &str, headers: &[(&str, &str)]) -> Act {
    Act::Say(respond(line, &[&[("content-type", "image/png")], headers].concat(), PNG))
}

/// What is packed in some way.
pub(crate) fn packings() -> Vec<Row> {
    let large = large_picture();
    vec![
        ("/gzip", "img", packed("gzip", &zip(PNG)), "served"),
        ("/br", "img", packed("br", &brotli(PNG)), "served"),
        ("/gzip-bomb", "img", packed("gzip", &zip(&large)), "too-large"),
        ("/br-bomb", "img", packed("br", &brotli(&large)), "too-large"),
        ("/deflate-bomb", "img", packed("deflate", &zlib(&large)), "wrong-encoding"),
        ("/raw-deflate", "img", packed("deflate", &deflate(PNG)), "wrong-encoding"),
        ("/zstd", "img", packed("zstd", b"\x28\xb5\x2f\xfd\x04\x00"), "wrong-encoding"),
        ("/compress", "img", packed("compress", PNG), "wrong-encoding"),
        ("/twice", "img", packed("gzip, gzip", &zip(&zip(PNG))), "wrong-encoding"),
        ("/in-a-bomb", "img", packed("gzip", &zip(&zip(&large))), "too-large"),
        ("/no-gzip", "img", packed("gzip", PNG), "unreachable"),
        ("/cut-gzip", "img", packed("gzip", &zip(PNG)[..20]), "unreachable"),
    ]
}

/// What is too much, or less than was said.
pub(crate) fn sizes() -> Vec<Row> {
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n";
    let zeros = vec![0; 16 << 10];
    let chunk = [b"4000\r\n", &*zeros, b"\r\n"].concat();
    let header = b"x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(64);
    let repeat = |head: String, more: Vec<u8>| Act::Repeat(head.into_bytes(), more, Duration::ZERO);
    vec![
        ("/large", "img", say("image/png", &large_picture()[..65 << 10]), "too-large"),
        ("/said-to-be-large", "img", png(&format!("{endless}content-length: 999999999999\r\n\r\n")), "too-large"),
        ("/endless", "img", repeat(format!("{endless}\r\n"), zeros), "too-large"),
        ("/endless-chunks", "img", repeat(format!("{endless}transfer-encoding: chunked\r\n\r\n"), chunk), "too-large"),
        ("/endless-headers", "img", repeat(endless.to_owned(), header), "unreachable"),
        ("/endless-100s", "img", repeat(String::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()), "slow-answer"),
        ("/cut", "img", png(&format!("{endless}content-length: 5000\r\n\r\n")), "unreachable"),
        ("/bad-chunk", "img", png(&format!("{endless}transfer-encoding: chunked\r\n\r\nzz\r\n")), "unreachable"),
        (
            "/huge-chunk",
            "img",
            png(&format!("{endless}transfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n")),
            "unreachable",
        ),
        (
            "/two-lengths",
            "img",
            png(&format!("{endless}content-length: 1\r\ncontent-length: 18\r\n\r\n")),
            "unreachable",
        ),
    ]
}

/// What says one thing and is another.
pub(crate) fn types() -> Vec<Row> {
    let deep = [b"<svg xmlns='http://www.w3.org/2000/svg'>".to_vec(), b"<g>".repeat(5_000)].concat();
    vec![
        ("/png", "img", say("image/png", PNG), "served"),
        ("/svg", "img", say("image/svg+xml", SVG), "served"),
        ("/css", "link", say("text/css", b"a { color: red }"), "served"),
        ("/html-as-png", "img", say("image/png", HTML), "wrong-type"),
        ("/html-as-svg", "img", say("image/svg+xml", HTML), "wrong-type"),
        ("/html-as-css", "link", say("text/css", HTML), "wrong-type"),
        ("/html", "img", say("text/html", HTML), "wrong-type"),
        ("/png-as-html", "img", say("text/html", PNG), "wrong-type"),
        ("/png-as-css", "link", say("text/css", b"\x89PNG\r\n\x1a\n\0\0"), "wrong-type"),
        ("/png-as-two", "img", status("200 OK", &[("content-type", "text/html")]), "served"),
        ("/svg-as-png", "img", say("image/png", SVG), "wrong-type"),
        ("/script", "img", say("text/javascript", b"alert(1)"), "wrong-type"),
        ("/script-as-css", "link", say("text/javascript", b"alert(1)"), "wrong-type"),
        ("/pdf", "img", say("application/pdf", b"%PDF-1.7"), "wrong-type"),
        ("/xml", "img", say("application/xml", SVG), "wrong-type"),
        ("/mp4", "img", say("video/mp4", b"....ftypmp42"), "wrong-type"),
        ("/video", "video", say("video/mp4", b"....ftypmp42"), "served"),
        ("/sound", "audio", say("audio/mpeg", b"ID3\x04..."), "served"),
        ("/html-as-mp4", "video", say("video/mp4", HTML), "wrong-type"),
        ("/png-as-mp4", "video", say("image/png", PNG), "wrong-type"),
        ("/mp4-as-mp3", "audio", say("audio/mpeg", b"....ftypmp42"), "wrong-type"),
        ("/playlist", "video", say("application/vnd.apple.mpegurl", b"#EXTM3U\nhttp://127.0.0.2/"), "wrong-type"),
        ("/font-as-picture", "img", say("font/woff2", b"wOF2...."), "wrong-type"),
        ("/picture-as-css", "link", say("image/png", PNG), "wrong-type"),
        ("/untyped", "img", Act::Say(respond("200 OK", &[], PNG)), "wrong-type"),
        ("/empty", "img", say("image/png", b""), "wrong-type"),
        ("/deep-svg", "img", say("image/svg+xml", &deep), "not-clean"),
    ]
}

/// What is no plain answer.
pub(crate) fn statuses() -> Vec<Row> {
    vec![
        ("/204", "img", status("204 No Content", &[]), "upstream-status"),
        ("/206", "img", status("206 Partial Content", &[("content-range", "bytes 0-9/10")]), "upstream-status"),
        ("/300", "img", status("300 Multiple Choices", &[("location", "/png")]), "upstream-status"),
        ("/304", "img", status("304 Not Modified", &[("location", "/png")]), "upstream-status"),
        ("/305", "img", status("305 Use Proxy", &[("location", "http://site.example/")]), "upstream-status"),
        ("/401", "img", status("401 Unauthorized", &[("www-authenticate", "Basic")]), "upstream-status"),
        ("/404", "img", status("404 Not Found", &[]), "upstream-missing"),
        ("/407", "img", status("407 Proxy Authentication Required", &[]), "upstream-status"),
        ("/500", "img", status("500 Oops", &[]), "upstream-status"),
        ("/999", "img", status("999 ?", &[]), "upstream-status"),
        ("/101", "img", status("101 Switching Protocols", &[("upgrade", "websocket")]), "upstream-status"),
        ("/no-http", "img", Act::Say(PNG.to_vec()), "unreachable"),
        ("/nothing", "img", Act::Say(Vec::new()), "unreachable"),
        ("/nul-in-header", "img", png("HTTP/1.1 200 OK\r\ncontent-type: image/png\0\r\n\r\n"), "unreachable"),
        ("/bad-name", "img", png("HTTP/1.1 200 OK\r\ncontent type: image/png\r\n\r\n"), "unreachable"),
        ("/bad-version", "img", png("HTTP/9.9 200 OK\r\ncontent-type: image/png\r\n\r\n"), "unreachable"),
    ]
}

/// Where redirects lead: `{here}` is this website, `{private}` one at 127.0.0.2, `{port}` its port, `{six}` the port of one
/// at ::1. All three are listed.
const REDIRECTS: [(&str, &str, &str); 24] = [
    ("/one", "/png", "served"),
    ("/two", "/one", "served"),
    ("/three", "/two", "served"),
    ("/four", "/three", "too-many-redirects"),
    ("/loop", "/loop", "too-many-redirects"),
    ("/ping", "/pong", "too-many-redirects"),
    ("/pong", "/ping", "too-many-redirects"),
    ("/to-itself-by-name", "http://{here}/png", "served"),
    ("/to-private-name", "http://{private}/a.png", "address-not-allowed"),
    ("/to-private", "http://127.0.0.2:{port}/a.png", "address-not-allowed"),
    ("/to-spelled", "http://0x7f.2:{port}/a.png", "address-not-allowed"),
    ("/to-number", "//2130706434:{port}/a.png", "address-not-allowed"),
    ("/to-mapped", "http://[::ffff:127.0.0.2]:{port}/a.png", "host-not-allowed"),
    ("/to-six", "http://[::1]:{six}/a.png", "address-not-allowed"),
    ("/to-metadata", "http://169.254.169.254/latest/meta-data/", "host-not-allowed"),
    ("/to-foreign", "http://foreign.example/a.png", "host-not-allowed"),
    ("/to-port", "http://site.example:1/a.png", "host-not-allowed"),
    ("/to-user", "http://a:b@{here}/png", "host-not-allowed"),
    ("/to-file", "file:///etc/passwd", "host-not-allowed"),
    ("/to-ftp", "ftp://{here}/png", "host-not-allowed"),
    ("/to-data", "data:image/png;base64,AAAA", "host-not-allowed"),
    ("/to-script", "javascript:alert(1)", "host-not-allowed"),
    ("/to-nowhere", "http://[", "upstream-status"),
    ("/to-split", "/%0d%0aset-cookie:%20a=b", "upstream-missing"),
];

/// Redirects of every kind.
pub(crate) fn redirects(here: &str, private: &str, port: u16, six: u16) -> Vec<Row> {
    let fill = |text: &str| {
        let text = text.replace("{here}", here).replace("{private}", private);
        text.replace("{port}", &port.to_string()).replace("{six}", &six.to_string())
    };
    let listed = REDIRECTS.iter().map(|(path, to, outcome)| (*path, "img", Act::Say(redirect(&fill(to))), *outcome));
    let bare = Act::Say(respond("302 Found", &[], b""));
    let raw = Act::Say(b"HTTP/1.1 302 Found\r\nlocation: /\xff\xfe\r\n\r\n".to_vec());
    let mut rows: Vec<Row> = listed.collect();
    rows.push(("/png", "img", say("image/png", PNG), "served"));
    rows.push(("/without-place", "img", bare, "upstream-status"));
    rows.push(("/raw-place", "img", raw, "upstream-status"));
    rows
}
