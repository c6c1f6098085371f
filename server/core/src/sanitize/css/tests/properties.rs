//! What holds for every input: random sheets of hostile and ordinary pieces, and random text.

use proptest::prelude::*;

use super::doors::{DOORS, Door};
use super::{Css, checker};
use crate::asset::EarlyFetches;
use crate::limits::Limits;
use crate::report::Report;
use crate::sanitize::testing::{BASE, policy, sealer};
use crate::sanitize::url::UrlSealer;
use url::Url;

/// Pieces that mean something to a parser, alone or next to each other.
const PIECES: &[&str] = &[
    "a",
    "b:hover",
    ":hover",
    ":not(",
    ".\\3a hover",
    "[value]",
    ":checked",
    ".x",
    "#y",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ":",
    ",",
    " ",
    "\n",
    "/*",
    "*/",
    "/**/",
    "\"",
    "'",
    "\\",
    "\\a ",
    "\\3c ",
    "<",
    ">",
    "<!--",
    "-->",
    "</style>",
    "@media print",
    "@import ",
    "@font-face",
    "@keyframes k",
    "@layer l",
    "@foo",
    "@supports (x:y)",
    "@charset \"x\"",
    "@namespace n ",
    "color:red",
    "background:",
    "background-image:",
    "--x:",
    "--y",
    "content:",
    "src:",
    "filter:",
    "url(",
    "URL(",
    "u\\72l(",
    "url(https://evil.test/a)",
    "url('//evil.test')",
    "url(a.png)",
    "image-set(",
    "'https://evil.test/a'",
    "\"//evil.test\"",
    "src(",
    "var(--x)",
    "attr(x url)",
    "expression(",
    "calc(1px + 2px)",
    "!important",
    "!",
    "https://evil.test/",
    "javascript:alert(1)",
    "data:text/html,x",
    "url(data:image/png;base64,iVBORw0KGgo=)",
    "url(#a)",
    "progid:",
    "behavior:url(a)",
    "10px",
    "1e3",
    "-",
    "--",
    "-1",
    "+1",
    "%",
    "50%",
    "/",
    "//",
    "*",
    "|",
    "||",
    "n|a",
    "~=",
    "=",
    "&",
    "\0",
    "\u{1}",
    "\u{a0}",
    "é",
    "\u{2028}",
    "\u{1f600}",
    "\\0",
    "\\110000 ",
    "\\d800 ",
    "u+4??",
    "/* rr_split */",
];

fn sheet() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Cleans `text`; sealed paths of an earlier pass stay.
fn clean(door: Door, text: &str) -> String {
    let (policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
    let (base, early) = (Url::parse(BASE).expect("the base"), EarlyFetches::new(100));
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report)
        .with_base(Some(&base))
        .keeping_sealed()
        .noting_early(Some(&early));
    door(&mut Css::new(&mut urls), text)
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    for (number, door) in DOORS.iter().enumerate() {
        let once = clean(*door, text);
        if let Err(why) = checker::check(&once) {
            return Err(TestCaseError::fail(format!("door {number}: {why}: {once:?}")));
        }
        prop_assert!(once.len() <= 400 * text.len() + 64, "door {number}: {} bytes of {}", once.len(), text.len());
        let twice = clean(*door, &once);
        prop_assert_eq!(&once, &twice, "door {}", number);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn output_is_safe_and_stays_as_it_is(text in sheet()) {
        holds(&text)?;
    }

    #[test]
    fn random_text_does_no_harm(text in "(?s).{0,60}") {
        holds(&text)?;
    }
}
