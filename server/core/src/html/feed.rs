//! Drives the tokenizer piece by piece, so that a limit stops it soon, and past the code of scripts, which nobody keeps.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use super::flood::OpenTag;
use super::pieces::Pieces;
use super::sink::{CODE, Handle, Sink};
use super::{HtmlError, Scripting};
use crate::limits::Limits;

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
    let mut feeder = Feeder::new(sink, limits, source);
    // One buffer that all pieces are views of: a piece of its own for each tag would be copied and allocated.
    let whole = StrTendril::from_slice(text);
    let mut pieces = Pieces::new(text);
    while let Some((at, piece)) = pieces.next() {
        let view = u32::try_from(at).ok().zip(u32::try_from(piece.len()).ok());
        let view = view.and_then(|(at, bytes)| whole.try_subtendril(at, bytes).ok());
        let begins_code = feeder.piece(piece, view)?;
        if begins_code && pieces.skip_code() {
            feeder.run(StrTendril::from_slice(CODE));
        }
    }
    feeder.tokenizer.end();
    let sink = feeder.tokenizer.sink.builder.sink;
    sink.check()?;
    Ok(sink)
}

struct Feeder {
    tokenizer: Tokenizer<Watched>,
    input: BufferQueue,
    /// The tag that may be open since the end of a piece.
    tag: Option<OpenTag>,
    attributes_max: usize,
}

impl Feeder {
    fn new(sink: Sink, limits: &Limits, source: Source) -> Self {
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
        let watched = Watched { builder, tokens: Cell::new(0), is_script: Cell::new(false) };
        let tokenizer = Tokenizer::new(watched, TokenizerOpts { initial_state, ..TokenizerOpts::default() });
        Self { tokenizer, input: BufferQueue::default(), tag: None, attributes_max: limits.attributes_per_element }
    }

    /// Reads one piece. Whether code begins right behind it.
    fn piece(&mut self, piece: &str, view: Option<StrTendril>) -> Result<bool, HtmlError> {
        let before = self.tokenizer.sink.tokens.get();
        self.run(view.unwrap_or_else(|| StrTendril::from_slice(piece)));
        let Watched { builder, tokens, is_script } = &self.tokenizer.sink;
        builder.sink.check()?;
        // No token came out: whatever was open before the piece is open still.
        let is_quiet = tokens.get() == before;
        let attributes = self.tag.as_mut().filter(|_| is_quiet).and_then(|tag| tag.read(piece));
        if attributes.is_some_and(|count| count > self.attributes_max) {
            return Err(HtmlError::OverLimit("attributes_per_element"));
        }
        if attributes.is_none() {
            self.tag = piece.ends_with('<').then(OpenTag::new);
        }
        // Any other `>` would have come out as text of the script.
        Ok(!is_quiet && is_script.get() && piece.ends_with('>'))
    }

    /// Feeds a text until it is used up; the tokenizer returns early after each script.
    fn run(&self, text: StrTendril) {
        self.input.push_back(text);
        while !matches!(self.tokenizer.feed(&self.input), TokenizerResult::Done) {}
    }
}

/// The tree builder, with a count of the tokens that it was given.
struct Watched {
    builder: TreeBuilder<Handle, Sink>,
    tokens: Cell<u64>,
    /// The last of them was the start tag of a script.
    is_script: Cell<bool>,
}

impl TokenSink for Watched {
    type Handle = Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Handle> {
        // An error is reported inside a tag that stays open.
        let is_error = matches!(token, Token::ParseError(_));
        let result = self.builder.process_token(token, line_number);
        if !is_error {
            self.tokens.set(self.tokens.get() + 1);
            self.is_script.set(matches!(result, TokenSinkResult::RawData(RawKind::ScriptData)));
        }
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
