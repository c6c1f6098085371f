//! The cleaner's state, and rules with their bodies: a loop over an own stack of open braces.

use super::allow::{self, AtRule, Body, Matching, Names};
use super::prelude::Prelude;
use super::tokens::{Bracket, Kind, Lexeme, Tokens};
use super::{GONE_RULE, Generated, SPLIT_MARK, selector, write};
use crate::sanitize::url::UrlSealer;

/// Why something is gone: a word of the report.
pub(super) type Fault = &'static str;

/// Braces inside braces, and brackets inside brackets within one value. Real sheets stay under ten.
pub(super) const DEPTH_MAX: usize = 64;

/// Sealing makes a short URL long. Beyond this many times the input (and a first megabyte) URLs are dropped.
const GROWTH_MAX: usize = 8;
const GROWTH_FREE_BYTES: usize = 1 << 20;

/// A style element of so many text nodes in a row without a rule between them is not real.
const SPLITS_MAX: usize = 64;

/// What ended a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Semicolon,
    OpenCurly,
    CloseCurly,
    Input,
}

/// What became of text that was read as a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Kept,
    /// A rule that is gone.
    Gone,
    /// It had no body, so no browser counts it as a rule.
    NoRule,
}

/// One pass over one text.
pub(super) struct Engine<'c, 'a, 'i> {
    pub(super) tokens: Tokens<'i>,
    pub(super) urls: &'c mut UrlSealer<'a>,
    pub(super) out: &'c mut String,
    /// Open brackets of the value or prelude that is being read.
    pub(super) brackets: Vec<super::value::Open>,
    pub(super) generated: Generated,
    /// The output may not get longer than this by sealed URLs.
    pub(super) out_bytes_max: usize,
    /// URLs that lead somewhere, so far.
    pub(super) urls_kept: usize,
    /// The selector that was read last asks for the pointer.
    pub(super) has_hover: bool,
    /// Whatever stands here, a fetch of it tells what the page's data are.
    is_early: bool,
    /// Bodies whose closing brace is still to come.
    frames: Vec<Frame>,
}

/// A body whose closing brace is still to come.
#[derive(Debug, Clone, Copy)]
struct Frame {
    body: Body,
    /// Where the selectors stand in the output on which it depends whether the body counts.
    selectors: (usize, usize),
    /// A fetch of what it names tells what the page's data are. `None`: not asked yet.
    is_early: Option<bool>,
}

impl<'c, 'a, 'i> Engine<'c, 'a, 'i> {
    pub(super) fn new(text: &'i str, urls: &'c mut UrlSealer<'a>, out: &'c mut String, generated: Generated) -> Self {
        let out_bytes_max = out.len() + GROWTH_FREE_BYTES + text.len().saturating_mul(GROWTH_MAX);
        Self {
            tokens: Tokens::new(text),
            urls,
            out,
            brackets: Vec::new(),
            generated,
            out_bytes_max,
            urls_kept: 0,
            has_hover: false,
            is_early: false,
            frames: Vec::new(),
        }
    }

    /// Takes every URL as one whose fetch tells what the page's data are.
    pub(super) fn fetching_early(mut self, is_early: bool) -> Self {
        self.is_early = is_early;
        self
    }

    /// Whether the fetch of a URL that stands here tells what the page's data are: by a selector around it, or because
    /// something else of the page decides whether it is used.
    pub(super) fn is_early(&mut self) -> bool {
        let out = &*self.out;
        self.is_early
            || self.frames.iter_mut().any(|frame| {
                let (start, end) = frame.selectors;
                *frame.is_early.get_or_insert_with(|| selector::reads_data(out.get(start..end).unwrap_or_default()))
            })
    }

    /// Whether a body is open around what is being read.
    pub(super) fn is_nested(&self) -> bool {
        !self.frames.is_empty()
    }

    /// The output so far; its length still counts against the bound.
    pub(super) fn take(&mut self) -> String {
        self.out_bytes_max = self.out_bytes_max.saturating_sub(self.out.len());
        std::mem::take(self.out)
    }

    /// Reads one top-level rule and writes it. `Some(false)` when it is gone, `None` at the end of the input.
    pub(super) fn top_level_rule(&mut self) -> Option<bool> {
        loop {
            let lexeme = self.tokens.next()?;
            let kept = match lexeme.kind {
                Kind::White | Kind::Comment => {
                    // White space takes the comments behind it along.
                    for _ in lexeme.raw.matches(SPLIT_MARK).take(SPLITS_MAX) {
                        self.out.push_str(SPLIT_MARK);
                    }
                    continue;
                }
                Kind::HtmlComment => continue,
                Kind::AtKeyword if lexeme.value.eq_ignore_ascii_case("charset") => {
                    // Not a rule in any browser's list of rules.
                    self.drop_at_rule("css:@charset");
                    continue;
                }
                Kind::AtKeyword => self.at_rule(&lexeme),
                _ => match self.qualified_rule(lexeme.start, Body::Mixed) {
                    Outcome::Kept => true,
                    Outcome::Gone => false,
                    Outcome::NoRule => continue,
                },
            };
            while let Some(frame) = self.frames.last().copied() {
                self.item(frame.body);
            }
            return Some(kept);
        }
    }

    /// Reads a list of declarations up to the end of the input, and writes those that stay.
    pub(super) fn declaration_list(&mut self) {
        while let Some(lexeme) = self.tokens.next() {
            match lexeme.kind {
                Kind::White | Kind::Comment | Kind::Semicolon => {}
                _ => {
                    self.declaration(&lexeme, Names::Properties, false);
                }
            }
        }
    }

    /// One thing inside braces, or their end.
    fn item(&mut self, body: Body) {
        let Some(lexeme) = self.tokens.next() else {
            self.out.push('}');
            self.frames.pop();
            return;
        };
        match (lexeme.kind, body) {
            (Kind::White | Kind::Comment | Kind::Semicolon, _) => {}
            (Kind::Close(Bracket::Curly), _) => self.close(),
            (Kind::AtKeyword, Body::Rules | Body::Mixed) => {
                self.at_rule(&lexeme);
            }
            (Kind::AtKeyword, _) => self.drop_at_rule("css:at-rule"),
            (_, Body::Declarations(names)) => {
                self.declaration(&lexeme, names, false);
            }
            (Kind::Ident, Body::Mixed) => {
                if self.declaration(&lexeme, Names::Properties, true) {
                    self.qualified_rule(lexeme.start, Body::Mixed);
                }
            }
            (_, Body::Rules | Body::Mixed) => {
                self.qualified_rule(lexeme.start, Body::Mixed);
            }
            (_, Body::Keyframes) => {
                self.qualified_rule(lexeme.start, Body::Declarations(Names::Properties));
            }
        }
    }

    /// Writes the closing brace of the innermost body.
    fn close(&mut self) {
        if self.frames.pop().is_some() {
            self.out.push('}');
        }
    }

    /// Reads a rule that begins with a selector. Its body is left to [`Engine::item`].
    fn qualified_rule(&mut self, start: usize, body: Body) -> Outcome {
        self.tokens.rewind(start);
        let mark = self.out.len();
        let (end, fault) = self.prelude(Prelude::Style);
        let fault = match (end, fault) {
            (End::OpenCurly, None) if self.out.len() > mark => match self.open_style_rule(body, mark) {
                Ok(()) => return Outcome::Kept,
                Err(fault) => fault,
            },
            (_, fault) => fault.unwrap_or("css:syntax"),
        };
        self.out.truncate(mark);
        let had_body = end == End::OpenCurly;
        self.drop_rest(end, fault, had_body);
        if had_body { Outcome::Gone } else { Outcome::NoRule }
    }

    /// Reads an at-rule. `false` when it is gone.
    fn at_rule(&mut self, keyword: &Lexeme<'i>) -> bool {
        let (name, treatment, matching) = allow::at_rule(&keyword.value);
        let (body, statement) = match treatment {
            AtRule::Block(body) => (body, false),
            AtRule::BlockOrStatement(body) => (body, true),
            AtRule::Import if self.frames.is_empty() => return self.import(),
            AtRule::Import => {
                self.drop_at_rule("css:@import");
                return false;
            }
            AtRule::Dropped(fault) => {
                self.drop_at_rule(fault);
                return false;
            }
        };
        let mark = self.out.len();
        self.out.push('@');
        self.out.push_str(name);
        self.out.push(' ');
        let selectors = self.out.len();
        let (end, fault) = self.prelude(Prelude::AtRule);
        let fault = match (end, fault) {
            (_, Some(fault)) => fault,
            (End::OpenCurly, None) => match self.open(self.nested_body(body), matching, selectors) {
                Ok(()) => return true,
                Err(fault) => fault,
            },
            (_, None) if statement => {
                self.out.push(';');
                if end == End::CloseCurly {
                    self.close();
                }
                return true;
            }
            (_, None) => "css:syntax",
        };
        self.out.truncate(mark);
        self.drop_rest(end, fault, true);
        false
    }

    /// Inside a style rule, `@media` and its like hold declarations too.
    fn nested_body(&self, body: Body) -> Body {
        let is_nested = body == Body::Rules && self.frames.iter().any(|frame| frame.body == Body::Mixed);
        if is_nested { Body::Mixed } else { body }
    }

    /// `@import`: the sealed address, then layer, support and media conditions.
    fn import(&mut self) -> bool {
        let mark = self.out.len();
        self.out.push_str("@import ");
        let address = self.import_address();
        if address {
            self.out.push(' ');
        }
        let (end, fault) = self.prelude(Prelude::Import);
        if address && fault.is_none() && end != End::OpenCurly {
            let bare = self.out.trim_end_matches(' ').len();
            self.out.truncate(bare);
            self.out.push(';');
            if end == End::CloseCurly {
                self.close();
            }
            return true;
        }
        self.out.truncate(mark);
        self.drop_rest(end, fault.unwrap_or("css:@import"), true);
        false
    }

    fn open_style_rule(&mut self, body: Body, mark: usize) -> Result<(), Fault> {
        // The steps of an animation are no selectors.
        let matching = if body == Body::Mixed { Matching::BySelector } else { Matching::Same };
        if self.has_hover && matching == Matching::BySelector {
            let selectors = selector::with_hover_class(self.out.get(mark..).unwrap_or_default());
            self.out.truncate(mark);
            self.out.push_str(&selectors);
        }
        self.open(body, matching, mark)
    }

    /// Opens a body behind what was written since `selectors`.
    fn open(&mut self, body: Body, matching: Matching, selectors: usize) -> Result<(), Fault> {
        if self.frames.len() >= DEPTH_MAX {
            return Err("css:depth");
        }
        let is_early = match matching {
            Matching::Same => Some(false),
            Matching::ByName => Some(true),
            Matching::BySelector => None,
        };
        self.frames.push(Frame { body, selectors: (selectors, self.out.len()), is_early });
        self.out.push('{');
        Ok(())
    }

    /// Passes over what is left of a rule whose beginning ended so. What a browser counts as a rule keeps its place.
    fn drop_rest(&mut self, end: End, fault: Fault, is_counted: bool) {
        self.urls.report().removed(fault);
        if is_counted && matches!(self.frames.last().map(|frame| frame.body), Some(Body::Rules | Body::Mixed)) {
            self.out.push_str(GONE_RULE);
        }
        match end {
            End::OpenCurly => self.skip_block(),
            End::CloseCurly => self.close(),
            End::Semicolon | End::Input => {}
        }
    }

    fn drop_at_rule(&mut self, fault: Fault) {
        let mark = self.out.len();
        let (end, _) = self.prelude(Prelude::AtRule);
        self.out.truncate(mark);
        self.drop_rest(end, fault, true);
    }

    /// Passes over the inside of a block whose opening brace was read.
    pub(super) fn skip_block(&mut self) {
        let mut open = vec![Bracket::Curly];
        while let Some(innermost) = open.last() {
            let Some(lexeme) = self.tokens.next() else { return };
            match lexeme.kind {
                Kind::Function => open.push(Bracket::Round),
                Kind::Open(bracket) => open.push(bracket),
                Kind::Close(bracket) if bracket == *innermost => {
                    open.pop();
                }
                _ => {}
            }
        }
    }

    /// Reads a declaration whose first token is `first`, and writes it if it stays.
    ///
    /// With `may_be_rule` nothing is counted for what is no declaration, and the answer is true: it is to be read
    /// again, as a rule.
    fn declaration(&mut self, first: &Lexeme<'i>, names: Names, may_be_rule: bool) -> bool {
        let colon = first.kind == Kind::Ident
            && self.tokens.next_significant().is_some_and(|lexeme| lexeme.kind == Kind::Colon);
        if !colon {
            if may_be_rule {
                return true;
            }
            self.tokens.rewind(first.start);
        }
        let in_braces = !self.frames.is_empty();
        let custom = first.value.starts_with("--");
        let property = if custom && names == Names::Properties {
            Some(allow::Property::CUSTOM)
        } else {
            allow::property(names, &first.value)
        };
        let mark = self.out.len();
        let (end, fault) = match property.filter(|_| colon) {
            Some(property) => {
                if custom {
                    write::name(first.raw, &first.value, self.out);
                } else {
                    self.out.push_str(property.name);
                }
                self.out.push(':');
                self.value(property, in_braces)
            }
            None => self.skip_value(if colon { "css:property" } else { "css:syntax" }, in_braces),
        };
        match fault {
            None => self.out.push(';'),
            Some(fault) => {
                self.out.truncate(mark);
                if end == End::OpenCurly && may_be_rule {
                    return true;
                }
                self.urls.report().removed(fault);
            }
        }
        match end {
            End::CloseCurly => self.close(),
            End::OpenCurly => self.skip_block(),
            End::Semicolon | End::Input => {}
        }
        false
    }
}
