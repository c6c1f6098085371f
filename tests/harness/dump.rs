//! Everything that a Redis holds, looked through: each key runs out and is in the server's table, and no canary is anywhere,
//! however it is written.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use flate2::read::GzDecoder;
use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, Value, cmd};
use vitrine::store::keys::row_of;

use crate::redis::Redis;

/// Of one compressed value, at most so much is looked at.
const UNZIPPED_MAX: u64 = 256 << 20;

/// What is wrong with what the masters hold: a key without an end, a key that the table does not know, a canary. Empty: all
/// is well. A canary has twelve characters at least.
///
/// # Panics
/// A canary is too short to be told from chance; or a master does not answer.
pub async fn faults(redis: &Redis, prefix: &str, canaries: &[&str]) -> Vec<String> {
    assert!(canaries.iter().all(|canary| canary.len() >= 12), "a canary is too short");
    let forms: Vec<(String, Vec<Vec<u8>>)> =
        canaries.iter().map(|canary| ((*canary).to_owned(), forms(canary))).collect();
    let mut faults = Vec::new();
    for master in redis.masters().await {
        let mut server = redis.connection(master).await;
        for key in keys(&mut server).await {
            look_at(&mut server, (prefix, &key), &forms, &mut faults).await;
        }
    }
    faults
}

/// All keys of the masters.
///
/// # Panics
/// One does not answer.
pub async fn all_keys(redis: &Redis) -> Vec<String> {
    let mut all = Vec::new();
    for master in redis.masters().await {
        all.extend(keys(&mut redis.connection(master).await).await);
    }
    all
}

async fn ask<T: FromRedisValue>(server: &mut MultiplexedConnection, words: &[&str]) -> T {
    cmd(words[0]).arg(&words[1..]).query_async(server).await.expect("an answer")
}

async fn keys(server: &mut MultiplexedConnection) -> Vec<String> {
    let mut keys = Vec::new();
    let mut cursor = "0".to_owned();
    loop {
        let (next, some): (String, Vec<String>) = ask(server, &["SCAN", &cursor, "COUNT", "1000"]).await;
        keys.extend(some);
        cursor = next;
        if cursor == "0" {
            return keys;
        }
    }
}

async fn look_at(
    server: &mut MultiplexedConnection,
    (prefix, key): (&str, &str),
    canaries: &[(String, Vec<Vec<u8>>)],
    faults: &mut Vec<String>,
) {
    let kind: String = ask(server, &["TYPE", key]).await;
    let value: Value = match &*kind {
        "string" => ask(server, &["GET", key]).await,
        "hash" => ask(server, &["HGETALL", key]).await,
        "list" => ask(server, &["LRANGE", key, "0", "-1"]).await,
        "zset" => ask(server, &["ZRANGE", key, "0", "-1"]).await,
        "stream" => ask(server, &["XRANGE", key, "-", "+"]).await,
        // It ran out just now.
        "none" => return,
        other => return faults.push(format!("{key} is a {other}")),
    };
    // -2: it ran out meanwhile.
    if ask::<i64>(server, &["PTTL", key]).await == -1 {
        faults.push(format!("{key} never ends"));
    }
    match row_of(prefix, key) {
        None => faults.push(format!("{key} is not in the table")),
        Some(row) if row.shape.word() != kind => faults.push(format!("{key} is a {kind}, not a {}", row.shape.word())),
        Some(_) => {}
    }
    let mut blobs = vec![key.as_bytes().to_vec()];
    flatten(value, &mut blobs);
    for (canary, forms) in canaries {
        if blobs.iter().any(|blob| holds(blob, forms)) {
            faults.push(format!("{key} holds {canary}"));
        }
    }
}

fn flatten(value: Value, blobs: &mut Vec<Vec<u8>>) {
    match value {
        Value::BulkString(bytes) => blobs.push(bytes),
        Value::SimpleString(text) => blobs.push(text.into_bytes()),
        Value::Array(values) | Value::Set(values) => values.into_iter().for_each(|value| flatten(value, blobs)),
        Value::Map(pairs) => {
            for (name, value) in pairs {
                flatten(name, blobs);
                flatten(value, blobs);
            }
        }
        _ => {}
    }
}

/// How a canary can be written: as it is, in JSON's escapes, as hexadecimal digits, in either base64 at any offset.
fn forms(canary: &str) -> Vec<Vec<u8>> {
    let bytes = canary.as_bytes();
    let escaped: String = canary.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![bytes.to_vec(), escaped.into_bytes(), hex.into_bytes()];
    for before in 0..3 {
        let shifted = [&b"\0\0"[..before], bytes].concat();
        for alphabet in [&STANDARD, &URL_SAFE] {
            let text = alphabet.encode(&shifted);
            // The first and the last group depend on what stands around.
            let from = if before == 0 { 0 } else { 4 };
            let to = shifted.len() / 3 * 4;
            forms.push(text[from..to].into());
        }
    }
    forms
}

/// In the bytes, or in what they are compressed from, wherever that begins.
fn holds(blob: &[u8], forms: &[Vec<u8>]) -> bool {
    let is_in = |bytes: &[u8]| forms.iter().any(|form| contains(bytes, form));
    is_in(blob) || zipped(blob).any(|bytes| is_in(&bytes))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.len() <= bytes.len() && bytes.windows(part.len()).any(|window| window == part)
}

fn zipped(blob: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let begins = (0..blob.len().saturating_sub(2)).filter(|at| blob[*at..].starts_with(b"\x1f\x8b\x08"));
    begins.map(|at| {
        let mut bytes = Vec::new();
        // What comes before a broken end is looked at as well.
        let _ = GzDecoder::new(&blob[at..]).take(UNZIPPED_MAX).read_to_end(&mut bytes);
        bytes
    })
}
