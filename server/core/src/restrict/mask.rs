//! What stands in the place of masked text.

/// What an agent sees instead of any masked text or value, however long it is.
pub const FILLER: &str = "••••••";

/// The masked form of a text: empty stays empty, white space becomes one space, anything else the filler.
///
/// The page's layout depends on whether white space stands between two elements; how much of it does not matter.
#[must_use]
pub fn mask_text(text: &str) -> &'static str {
    if text.is_empty() {
        ""
    } else if text.chars().all(char::is_whitespace) {
        " "
    } else {
        FILLER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_content_nor_length_survives() {
        let cases = [
            ("", ""),
            (" ", " "),
            ("\n\t  ", " "),
            ("\u{a0}", " "),
            ("x", FILLER),
            ("a long text", FILLER),
            (" 1 ", FILLER),
        ];
        for (text, wanted) in cases {
            assert_eq!(mask_text(text), wanted, "{text:?}");
        }
        assert_eq!(mask_text(FILLER), FILLER);
    }
}
