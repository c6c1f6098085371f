//! CSS tokens in one flat stream, each with the text that it was written as.
//!
//! `cssparser` skips the inside of a block unless it is asked, by recursion, to go in. Here the stream goes on
//! flatly behind every opening bracket, and whoever reads it keeps its own stack, so that depth costs no call stack.

use cssparser::{CowRcStr, Parser, Token};

/// One of the three kinds of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    /// The closing bracket.
    pub(super) fn closing(self) -> char {
        match self {
            Self::Round => ')',
            Self::Square => ']',
            Self::Curly => '}',
        }
    }
}

/// What a token is. `Function` opens a round bracket too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ident,
    Function,
    AtKeyword,
    Hash,
    Text,
    Url,
    /// A string or URL that ends in the wrong place.
    Bad,
    Number,
    Dimension,
    Delim(char),
    /// `~=`, `|=`, `^=`, `$=`, `*=`.
    Match,
    White,
    Comment,
    Colon,
    Semicolon,
    Comma,
    /// `<!--` or `-->`.
    HtmlComment,
    Open(Bracket),
    Close(Bracket),
}

/// One token.
#[derive(Debug, Clone)]
pub(super) struct Lexeme<'i> {
    pub(super) kind: Kind,
    /// As it stands in the input.
    pub(super) raw: &'i str,
    /// Where it begins in the input.
    pub(super) start: usize,
    /// Escapes decoded, without quotes and markers; empty for tokens that have no text of their own.
    pub(super) value: CowRcStr<'i>,
}

/// The stream.
pub(super) struct Tokens<'i> {
    text: &'i str,
    /// Reads `text` from `offset` on.
    parser: Parser<'i>,
    offset: usize,
    /// The last token opened a block, which the parser would skip.
    opened: bool,
}

impl<'i> Tokens<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        Self { text, parser: Parser::new(text), offset: 0, opened: false }
    }

    /// Goes back to where a token began.
    pub(super) fn rewind(&mut self, start: usize) {
        self.parser = Parser::new(self.text.get(start..).unwrap_or_default());
        self.offset = start;
        self.opened = false;
    }

    /// The next token, white space and comments included. Comments behind white space count as white space.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Lexeme<'i>> {
        if self.opened {
            self.rewind(self.offset + self.parser.position().byte_index());
        }
        let position = self.parser.position();
        let start = self.offset + position.byte_index();
        // White space and punctuation are half of all tokens, and need no tokenizer.
        let kind = match *self.text.as_bytes().get(start)? {
            b' ' | b'\n' | b'\t' | b'\r' | 0x0c => {
                self.parser.skip_whitespace();
                let raw = self.parser.slice_from(position);
                return Some(Lexeme { kind: Kind::White, raw, start, value: CowRcStr::from("") });
            }
            b':' => Kind::Colon,
            b';' => Kind::Semicolon,
            b',' => Kind::Comma,
            b'{' => Kind::Open(Bracket::Curly),
            b'}' => Kind::Close(Bracket::Curly),
            b'(' => Kind::Open(Bracket::Round),
            b')' => Kind::Close(Bracket::Round),
            b'[' => Kind::Open(Bracket::Square),
            b']' => Kind::Close(Bracket::Square),
            _ => return self.next_of_many_bytes(start),
        };
        self.rewind(start + 1);
        let raw = self.text.get(start..=start).unwrap_or_default();
        Some(Lexeme { kind, raw, start, value: CowRcStr::from("") })
    }

    fn next_of_many_bytes(&mut self, start: usize) -> Option<Lexeme<'i>> {
        let position = self.parser.position();
        let (kind, value) = classify(self.parser.next_including_whitespace_and_comments().ok()?);
        self.opened = kind == Kind::Function;
        Some(Lexeme { kind, raw: self.parser.slice_from(position), start, value })
    }

    /// The next token that is neither white space nor a comment.
    pub(super) fn next_significant(&mut self) -> Option<Lexeme<'i>> {
        loop {
            let lexeme = self.next()?;
            if !matches!(lexeme.kind, Kind::White | Kind::Comment) {
                return Some(lexeme);
            }
        }
    }
}

#[inline]
fn classify<'i>(token: &Token<'i>) -> (Kind, CowRcStr<'i>) {
    let kind = match token {
        Token::Ident(name) => return (Kind::Ident, name.clone()),
        Token::Function(name) => return (Kind::Function, name.clone()),
        Token::AtKeyword(name) => return (Kind::AtKeyword, name.clone()),
        Token::Hash(name) | Token::IDHash(name) => return (Kind::Hash, name.clone()),
        Token::QuotedString(text) => return (Kind::Text, text.clone()),
        Token::UnquotedUrl(url) => return (Kind::Url, url.clone()),
        Token::BadUrl(_) | Token::BadString(_) => Kind::Bad,
        Token::Number { .. } | Token::Percentage { .. } => Kind::Number,
        Token::Dimension { .. } => Kind::Dimension,
        Token::Delim(c) => Kind::Delim(*c),
        Token::WhiteSpace(_) => Kind::White,
        Token::Comment(_) => Kind::Comment,
        Token::Colon => Kind::Colon,
        Token::Semicolon => Kind::Semicolon,
        Token::Comma => Kind::Comma,
        Token::IncludeMatch | Token::DashMatch | Token::PrefixMatch | Token::SuffixMatch | Token::SubstringMatch => {
            Kind::Match
        }
        Token::CDO | Token::CDC => Kind::HtmlComment,
        Token::ParenthesisBlock => Kind::Open(Bracket::Round),
        Token::SquareBracketBlock => Kind::Open(Bracket::Square),
        Token::CurlyBracketBlock => Kind::Open(Bracket::Curly),
        Token::CloseParenthesis => Kind::Close(Bracket::Round),
        Token::CloseSquareBracket => Kind::Close(Bracket::Square),
        Token::CloseCurlyBracket => Kind::Close(Bracket::Curly),
    };
    (kind, CowRcStr::from(""))
}
