//! Cutting a text into pieces for the tokenizer: small ones, each ending where something is to be looked at.

/// The most input between two looks at the limits.
const PIECE_BYTES: usize = 1 << 10;

const SCRIPT: &[u8] = b"script";

/// What is left of a text.
///
/// A piece ends after [`PIECE_BYTES`], after every `<` behind which no `>` follows that would surely end a tag, and after
/// the `>` that would end the start tag of a script. So a tag that stays open over several pieces can only open at the end
/// of one, and code can only begin there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    /// Where it begins in the text.
    at: usize,
    /// The last piece ended with a `<`.
    after_open: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, at: 0, after_open: false }
    }

    /// Passes over the code that begins here, up to its end tag. Whether there was any.
    ///
    /// `<!--` gives later end tags another meaning, so a script with that in it is left to the tokenizer.
    pub(super) fn skip_code(&mut self) -> bool {
        let text = self.rest.as_bytes();
        let is_end = |at: &usize| text.get(at + 2..).is_some_and(begins_with_script);
        let end = memchr::memmem::find_iter(text, b"</").find(is_end).unwrap_or(text.len());
        match self.rest.split_at_checked(end) {
            Some((code, rest)) if memchr::memmem::find(code.as_bytes(), b"<!--").is_none() => {
                self.rest = rest;
                self.at += code.len();
                !code.is_empty()
            }
            _ => false,
        }
    }

    fn end(&self) -> usize {
        let window = self.rest.as_bytes().get(..PIECE_BYTES).unwrap_or(self.rest.as_bytes());
        let end = if self.after_open && begins_with_script(window) {
            memchr::memchr(b'>', window)
        } else {
            memchr::memchr_iter(b'<', window).find(|at| is_cut(window.get(at + 1..).unwrap_or_default()))
        };
        end.map_or_else(|| self.rest.floor_char_boundary(window.len()), |at| at + 1)
    }
}

impl<'a> Iterator for Pieces<'a> {
    /// Where it begins in the text, and the piece.
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let at = self.at;
        let (piece, rest) = self.rest.split_at_checked(self.end())?;
        self.rest = rest;
        self.at += piece.len();
        self.after_open = piece.ends_with('<');
        (!piece.is_empty()).then_some((at, piece))
    }
}

/// Whether a piece ends before this, which follows a `<`. Only quotes can hold a `>` that ends no tag.
fn is_cut(text: &[u8]) -> bool {
    let ends_soon = memchr::memchr3(b'>', b'"', b'\'', text).is_some_and(|at| text.get(at) == Some(&b'>'));
    !ends_soon || begins_with_script(text)
}

fn begins_with_script(text: &[u8]) -> bool {
    text.get(..SCRIPT.len()).is_some_and(|name| name.eq_ignore_ascii_case(SCRIPT))
}
