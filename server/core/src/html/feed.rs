//! Drives the tokenizer piece by piece, so that a limit stops it soon.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use super::flood::OpenTag;
use super::sink::{Handle, Sink};
use super::{HtmlError, Scripting};
use crate::limits::Limits;

/// The most input between two looks at the limits.
const PIECE_BYTES: usize = 1 << 10;

/// What the text is.
pub(super) enum Source {
    Page,
    /// A frame's `srcdoc`.
    Frame,
    /// The content of this element, which stands nowhere.
    ContentOf(Handle),
}

/// Parses one document's text into the sink and gives the sink back.
pub(super) fn feed(text: &str, sink: Sink, limits: &Limits, source: Source) -> Result<Sink, HtmlError> {
    let is_frame = matches!(source, Source::Frame);
    let scripting_enabled = sink.scripting() == Scripting::On;
    let options = TreeBuilderOpts { scripting_enabled, iframe_srcdoc: is_frame, ..TreeBuilderOpts::default() };
    let (builder, initial_state) = match source {
        Source::Page | Source::Frame => (TreeBuilder::new(sink, options), None),
        Source::ContentOf(element) => {
            let builder = TreeBuilder::new_for_fragment(sink, element, None, options);
            let state = builder.tokenizer_state_for_context_elem(scripting_enabled);
            (builder, Some(state))
        }
    };
    let counted = Counted { builder, tokens: Cell::new(0) };
    let tokenizer = Tokenizer::new(counted, TokenizerOpts { initial_state, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    let mut tag: Option<OpenTag> = None;
    // One buffer that all pieces are views of: a piece of its own for each tag would be copied and allocated.
    let whole = StrTendril::from_slice(text);
    let mut at = 0;
    for piece in Pieces(text) {
        let before = tokenizer.sink.tokens.get();
        let view = u32::try_from(at).ok().zip(u32::try_from(piece.len()).ok());
        let view = view.and_then(|(at, bytes)| whole.try_subtendril(at, bytes).ok());
        input.push_back(view.unwrap_or_else(|| StrTendril::from_slice(piece)));
        at += piece.len();
        run(&tokenizer, &input);
        tokenizer.sink.builder.sink.check()?;
        // No token came out: whatever was open before the piece is open still.
        let quiet = tokenizer.sink.tokens.get() == before;
        let attributes = tag.as_mut().filter(|_| quiet).and_then(|tag| tag.read(piece));
        if attributes.is_some_and(|count| count > limits.attributes_per_element) {
            return Err(HtmlError::OverLimit("attributes_per_element"));
        }
        if attributes.is_none() {
            tag = piece.ends_with('<').then(OpenTag::new);
        }
    }
    tokenizer.end();
    tokenizer.sink.builder.sink.check()?;
    Ok(tokenizer.sink.builder.sink)
}

/// Feeds until the input is used up; the tokenizer returns early after each script.
fn run(tokenizer: &Tokenizer<Counted>, input: &BufferQueue) {
    while !matches!(tokenizer.feed(input), TokenizerResult::Done) {}
}

/// The text cut after every `<` and after every [`PIECE_BYTES`]: so a tag can only open at the end of a piece.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let window = self.0.as_bytes().get(..PIECE_BYTES).unwrap_or(self.0.as_bytes());
        let end = match memchr::memchr(b'<', window) {
            Some(at) => at + 1,
            None => self.0.floor_char_boundary(window.len()),
        };
        let (piece, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        (!piece.is_empty()).then_some(piece)
    }
}

/// The tree builder, with a count of the tokens that it was given.
struct Counted {
    builder: TreeBuilder<Handle, Sink>,
    tokens: Cell<u64>,
}

impl TokenSink for Counted {
    type Handle = Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Handle> {
        // An error is reported inside a tag that stays open.
        if !matches!(token, Token::ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
