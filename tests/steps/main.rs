//! What agents get of a page, step by step, for the browser to play: as lines of JSON
//! `{"of": …, "events": […], "keyframe": […]}`, a line a step, by the core alone.
//!
//! | arguments | steps of |
//! |---|---|
//! | `histories FIRST COUNT` | random histories, by the numbers of their seeds |
//! | `stream FILE EVERY` | a recording; the keyframe stands in every `EVERY`th line and the last |

use std::error::Error;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use vitrine_core::asset::{AllowedDomains, AssetKey, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_core::limits::Limits;
use vitrine_core::policy::{PageUrl, Policy};
use vitrine_core::restrict::{RestrictionInput, RuleBook, RuleSetInput};
use vitrine_core::trust::Safe;
use vitrine_core::view::{Applied, View};
use vitrine_core::wire::json::Reader;
use vitrine_core::wire::{Decoded, events};

type Failure = Box<dyn Error>;

/// Changes of one random history.
const STEPS: usize = 60;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match words.as_slice() {
        ["histories", first, count] => {
            let first: u64 = first.parse()?;
            for seed in first..first + count.parse::<u64>()? {
                let steps = vitrine_histories::history(seed, STEPS);
                let steps = steps.into_iter().map(|events| serde_json::Value::Array(events).to_string());
                play(&format!("history {seed}"), steps, 1, &mut out)?;
            }
        }
        ["stream", file, every] => {
            let text = std::fs::read_to_string(file)?;
            let recorded: Vec<&serde_json::value::RawValue> = serde_json::from_str(&text)?;
            let steps = recorded.into_iter().map(|event| format!("[{event}]"));
            play(file, steps, every.parse()?, &mut out)?;
        }
        _ => return Err("usage: vitrine-steps histories FIRST COUNT | stream FILE EVERY".into()),
    }
    Ok(out.flush()?)
}

fn play(of: &str, steps: impl Iterator<Item = String>, every: usize, out: &mut impl Write) -> Result<(), Failure> {
    let mut view = view()?;
    let mut steps = steps.enumerate().peekable();
    let mut at_ms = 0;
    while let Some((at, step)) = steps.next() {
        let mut sent = Vec::new();
        at_ms += 1;
        view.begin_frame();
        events(&mut Reader::new(&step), &Limits::default(), |event| sent.extend(apply(&mut view, event, at_ms)))?;
        let is_told = (at + 1).is_multiple_of(every) || steps.peek().is_none();
        let keyframe = if is_told { texts(view.keyframe(at_ms)) } else { Vec::new() };
        let of = serde_json::Value::from(of);
        writeln!(out, "{{\"of\":{of},\"events\":[{}],\"keyframe\":[{}]}}", sent.join(","), keyframe.join(","))?;
    }
    Ok(())
}

fn apply(view: &mut View, event: Decoded<'_>, at_ms: u64) -> Vec<String> {
    let Ok(event) = event else {
        view.refuse();
        return Vec::new();
    };
    match view.apply(event, at_ms) {
        Ok(Applied::Events(events)) => texts(events),
        Ok(Applied::Keyframe) => texts(view.keyframe(at_ms)),
        Err(_) => Vec::new(),
    }
}

fn texts(events: Vec<Safe<String>>) -> Vec<String> {
    events.into_iter().map(Safe::into_inner).collect()
}

fn view() -> Result<View, Failure> {
    let only = |selector: &str| vec![selector.to_owned()];
    let rule_set = RuleSetInput { mask: only(".m"), block: only(".b"), hide: only(".h"), ..RuleSetInput::default() };
    let rules = RestrictionInput {
        patterns: vec!["payment-card".into(), "iban".into()],
        rule_sets: vec![rule_set],
        ..RestrictionInput::default()
    };
    let policy = Policy {
        domains: AllowedDomains::parse(&["cdn.example".into()], &[443], &["https".into()])?,
        rules: RuleBook::parse(&rules)?,
        page_url: PageUrl::OriginPath,
        allow_data_images: true,
        allow_media: true,
        keeps_assets: true,
        customer_uploads: false,
        base_path: String::new(),
    };
    let session = SessionId::new("steps").ok_or("a session's name")?;
    let sealer = Sealer::new(&AssetKey { id: 1, secret: [7; 32] }, session, "");
    Ok(View::new(Arc::new(policy), Arc::new(Limits::default()), sealer, 42))
}
