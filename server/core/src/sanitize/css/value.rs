//! Values and preludes: runs of tokens up to a delimiter, checked and written one by one.

use cssparser::CowRcStr;

use super::allow::{self, Function, Property};
use super::engine::{DEPTH_MAX, End, Engine, Fault};
use super::tokens::{Bracket, Kind, Lexeme};
use super::{Generated, write};
use crate::sanitize::url::{UrlFate, UrlUse, is_urlish};

/// How it is written, whatever stood between its two tokens.
pub(super) const IMPORTANT: &str = "!important";

/// An open bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    bracket: Bracket,
    within: Within,
}

/// What strings directly inside a bracket mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Url,
    ImageSet,
    Attribute,
}

/// How far a run of tokens has been read.
struct Run<'i> {
    property: Property,
    custom: bool,
    fault: Option<Fault>,
    /// White space stands before the next token.
    space: bool,
    /// Nothing has been written yet.
    empty: bool,
    /// Where the last `/` ended: two in a row are no value.
    slash_end: usize,
    /// Where the last token ended whose last part is a name.
    name_end: usize,
    bang: Bang,
    /// The one string inside `url(`.
    address: Option<CowRcStr<'i>>,
}

/// How much of `!important` was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bang {
    None,
    Mark,
    Important,
}

impl<'i> Engine<'_, '_, 'i> {
    /// Reads a declaration's value and writes it. At a fault the rest is passed over; the caller truncates.
    ///
    /// Ends at `;`, at the brace that closes the body if the declaration stands `in_braces`, and at an opening brace
    /// (which makes it a nested rule), except for a custom property, whose value may hold braces and then is dropped.
    pub(super) fn value(&mut self, property: Property, in_braces: bool) -> (End, Option<Fault>) {
        let start = self.out.len();
        let mut run = Run::new(property, None);
        if self.generated == Generated::Nothing && run.custom {
            // Any words can stand in a custom property, quoted or not.
            run.fail("css:masked");
        }
        if self.generated == Generated::Nothing && property.name.starts_with("counter-") {
            // A counter's number is shown wherever a style says so.
            run.fail("css:masked");
        }
        let end = self.run(&mut run, in_braces);
        self.close_brackets(&mut run);
        if run.empty && !run.custom {
            run.fail("css:syntax");
        }
        if run.bang == Bang::Mark {
            run.fail("css:syntax");
        }
        if self.generated == Generated::Nothing && property.name == "content" && run.fault.is_none() {
            let shown = self.out.get(start..).unwrap_or_default();
            if !matches!(shown.trim_end_matches(IMPORTANT), "none" | "normal") {
                self.out.truncate(start);
                self.out.push_str("\"\"");
            }
        }
        (end, run.fault)
    }

    /// Passes over a value that is gone already.
    pub(super) fn skip_value(&mut self, fault: Fault, in_braces: bool) -> (End, Option<Fault>) {
        let mut run = Run { custom: false, ..Run::new(Property::CUSTOM, Some(fault)) };
        let end = self.run(&mut run, in_braces);
        self.brackets.clear();
        (end, run.fault)
    }

    fn run(&mut self, run: &mut Run<'i>, in_braces: bool) -> End {
        self.brackets.clear();
        while let Some(lexeme) = self.tokens.next() {
            if self.brackets.is_empty() {
                match lexeme.kind {
                    Kind::Semicolon => return End::Semicolon,
                    Kind::Close(Bracket::Curly) if in_braces => return End::CloseCurly,
                    Kind::Open(Bracket::Curly) if !run.custom => {
                        run.fail("css:syntax");
                        return End::OpenCurly;
                    }
                    _ => {}
                }
            }
            if run.fault.is_none()
                && let Err(fault) = self.value_token(run, &lexeme)
            {
                run.fail(fault);
            }
            if run.fault.is_some() {
                self.follow(&lexeme);
            }
        }
        End::Input
    }

    /// Keeps the stack of brackets right where nothing is written any more.
    fn follow(&mut self, lexeme: &Lexeme<'i>) {
        match lexeme.kind {
            Kind::Function => self.brackets.push(Open { bracket: Bracket::Round, within: Within::Nothing }),
            Kind::Open(bracket) => self.brackets.push(Open { bracket, within: Within::Nothing }),
            Kind::Close(bracket) if self.brackets.last().is_some_and(|open| open.bracket == bracket) => {
                self.brackets.pop();
            }
            _ => {}
        }
    }

    /// One token of a value. A fault leaves the stack of brackets as it was before the token.
    fn value_token(&mut self, run: &mut Run<'i>, lexeme: &Lexeme<'i>) -> Result<(), Fault> {
        let within = self.brackets.last().map_or(Within::Nothing, |open| open.within);
        match lexeme.kind {
            Kind::White | Kind::Comment => {
                run.space = !run.empty;
                return Ok(());
            }
            Kind::Close(bracket) => return self.close_bracket(run, bracket),
            Kind::Text if within == Within::Url && run.address.is_none() => {
                run.address = Some(lexeme.value.clone());
                return Ok(());
            }
            _ if within == Within::Url => return Err("css:url"),
            _ => {}
        }
        if run.important(lexeme)? {
            if run.bang == Bang::Important {
                self.out.push_str(IMPORTANT);
            }
            return Ok(());
        }
        let spaced = std::mem::take(&mut run.space) || run.empty;
        if spaced && !run.empty {
            self.out.push(' ');
        }
        run.empty = false;
        if matches!(lexeme.kind, Kind::Hash | Kind::Dimension) {
            run.name_end = lexeme.start + lexeme.raw.len();
        }
        match lexeme.kind {
            Kind::Ident if within == Within::Attribute && lexeme.value.eq_ignore_ascii_case("url") => {
                return Err("css:attr");
            }
            Kind::Ident => write::name(lexeme.raw, &lexeme.value, self.out),
            Kind::Number | Kind::Comma => self.out.push_str(lexeme.raw),
            Kind::Dimension if is_plain_dimension(lexeme.raw) => self.out.push_str(lexeme.raw),
            Kind::Hash => {
                self.out.push('#');
                write::name(lexeme.raw.get(1..).unwrap_or_default(), &lexeme.value, self.out);
            }
            Kind::Text if within == Within::ImageSet => {
                // A string needs no space after a name, a function does.
                if !spaced && !self.out.ends_with(['(', ',']) {
                    self.out.push(' ');
                }
                self.url(&lexeme.value, run);
            }
            Kind::Text => self.string(run, lexeme),
            Kind::Url => self.url(&lexeme.value, run),
            Kind::Function => return self.function(run, lexeme, within),
            // It would look like a function.
            Kind::Open(Bracket::Round) if run.name_end == lexeme.start => return Err("css:syntax"),
            Kind::Open(bracket @ (Bracket::Round | Bracket::Square)) => {
                self.open_bracket(bracket, Within::Nothing)?;
                self.out.push_str(lexeme.raw);
            }
            Kind::Delim(c) => run.delim(c, lexeme).map(|()| self.out.push_str(lexeme.raw))?,
            Kind::Colon | Kind::Match if run.custom => self.out.push_str(lexeme.raw),
            Kind::Bad => return Err("css:bad-token"),
            _ => return Err("css:syntax"),
        }
        Ok(())
    }

    fn open_bracket(&mut self, bracket: Bracket, within: Within) -> Result<(), Fault> {
        if self.brackets.len() >= DEPTH_MAX {
            return Err("css:depth");
        }
        self.brackets.push(Open { bracket, within });
        Ok(())
    }

    fn close_bracket(&mut self, run: &mut Run<'i>, bracket: Bracket) -> Result<(), Fault> {
        match self.brackets.last() {
            Some(open) if open.bracket == bracket => {
                let within = open.within;
                if within == Within::Url && run.address.is_none() {
                    return Err("css:url");
                }
                self.brackets.pop();
                run.space = false;
                self.finish(run, bracket, within);
                Ok(())
            }
            _ => Err("css:syntax"),
        }
    }

    /// The end of the input closes what is open.
    fn close_brackets(&mut self, run: &mut Run<'i>) {
        while run.fault.is_none()
            && let Some(open) = self.brackets.last()
        {
            if let Err(fault) = self.close_bracket(run, open.bracket) {
                run.fail(fault);
            }
        }
        self.brackets.clear();
    }

    fn finish(&mut self, run: &mut Run<'i>, bracket: Bracket, within: Within) {
        match run.address.take() {
            Some(address) if within == Within::Url => self.url(&address, run),
            _ => self.out.push(bracket.closing()),
        }
    }

    fn function(&mut self, run: &mut Run<'i>, lexeme: &Lexeme<'i>, parent: Within) -> Result<(), Fault> {
        let within = match allow::function(&lexeme.value).ok_or("css:function")? {
            Function::Plain => Within::Nothing,
            Function::ImageSet => Within::ImageSet,
            Function::Url => {
                run.address = None;
                // `url("` is written when its end was seen.
                return self.open_bracket(Bracket::Round, Within::Url);
            }
            Function::Substitution | Function::Attribute if parent == Within::ImageSet => return Err("css:url"),
            // What it stands for is not known here.
            Function::Substitution if self.generated != Generated::Shown && run.property.shows_text && !run.custom => {
                return Err("css:masked");
            }
            Function::Substitution => Within::Nothing,
            Function::Attribute if self.generated != Generated::Shown => return Err("css:attr"),
            Function::Attribute => Within::Attribute,
            Function::MediaType if parent == Within::ImageSet => Within::Nothing,
            Function::MediaType => return Err("css:function"),
        };
        self.open_bracket(Bracket::Round, within)?;
        let name = lexeme.raw.strip_suffix('(').unwrap_or(lexeme.raw);
        write::name(name, &lexeme.value, self.out);
        self.out.push('(');
        Ok(())
    }

    fn string(&mut self, run: &Run<'i>, lexeme: &Lexeme<'i>) {
        let shows = match self.generated {
            Generated::Shown => true,
            Generated::Symbols => run.custom || !lexeme.value.contains(char::is_alphanumeric),
            Generated::Nothing => false,
        };
        if is_urlish(&lexeme.value) || (run.property.shows_text && !shows) {
            self.urls.report().removed("css:string");
            self.out.push_str("\"\"");
        } else {
            write::text(lexeme.raw, &lexeme.value, self.out);
        }
    }

    /// Writes `url("…")`: sealed, or empty.
    fn url(&mut self, address: &str, run: &Run<'i>) {
        // A variable is used wherever another rule names it.
        let is_early = run.custom || self.is_early();
        let text = self.sealed(address, run.property.url_use, is_early).unwrap_or_default();
        self.out.push_str("url(");
        write::quoted(&text, self.out);
        self.out.push(')');
    }

    /// The text in a URL's place, if anything is left of it.
    fn sealed(&mut self, address: &str, used_as: UrlUse, is_early: bool) -> Option<String> {
        if self.out.len() > self.out_bytes_max {
            self.urls.report().removed("css:size");
            return None;
        }
        let fate = if is_early { self.urls.judge_early(address, used_as) } else { self.urls.judge(address, used_as) };
        if matches!(fate, UrlFate::Asset(_) | UrlFate::Data(_)) {
            self.urls_kept += 1;
        }
        Some(fate.into_text()).filter(|text| !text.is_empty())
    }

    /// Reads the address of an `@import` and writes it. `false` when it is gone.
    pub(super) fn import_address(&mut self) -> bool {
        let Some(lexeme) = self.tokens.next_significant() else { return false };
        let address = match lexeme.kind {
            Kind::Text | Kind::Url => lexeme.value,
            Kind::Function if lexeme.value.eq_ignore_ascii_case("url") => {
                let inside = self.tokens.next_significant();
                let close = self.tokens.next_significant();
                let closed = close.is_none_or(|lexeme| lexeme.kind == Kind::Close(Bracket::Round));
                match inside {
                    Some(inside) if closed && inside.kind == Kind::Text => inside.value,
                    _ => {
                        self.tokens.rewind(lexeme.start);
                        return false;
                    }
                }
            }
            _ => {
                self.tokens.rewind(lexeme.start);
                return false;
            }
        };
        // A fragment would be the page itself.
        match self.sealed(&address, UrlUse::Style, false).filter(|text| !text.starts_with('#')) {
            Some(text) => {
                self.out.push_str("url(");
                write::quoted(&text, self.out);
                self.out.push(')');
                true
            }
            None => false,
        }
    }
}

impl<'i> Run<'i> {
    fn new(property: Property, fault: Option<Fault>) -> Self {
        Self {
            property,
            custom: property == Property::CUSTOM,
            fault,
            space: false,
            empty: true,
            slash_end: usize::MAX,
            name_end: usize::MAX,
            bang: Bang::None,
            address: None,
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Whether the token is part of `!important`, which stands at the end or nowhere.
    fn important(&mut self, lexeme: &Lexeme<'i>) -> Result<bool, Fault> {
        match (self.bang, lexeme.kind) {
            (Bang::None, Kind::Delim('!')) => self.bang = Bang::Mark,
            (Bang::None, _) => return Ok(false),
            (Bang::Mark, Kind::Ident) if lexeme.value.eq_ignore_ascii_case("important") => self.bang = Bang::Important,
            (Bang::Mark | Bang::Important, _) => return Err("css:syntax"),
        }
        Ok(true)
    }

    fn delim(&mut self, c: char, lexeme: &Lexeme<'i>) -> Result<(), Fault> {
        match c {
            '/' if self.slash_end == lexeme.start => Err("css:syntax"),
            '/' => {
                self.slash_end = lexeme.start + 1;
                Ok(())
            }
            '*' | '+' | '-' | '.' | '?' | '%' | '#' => Ok(()),
            '=' | '>' | '&' | '~' | '^' | '$' | '|' if self.custom => Ok(()),
            _ => Err("css:syntax"),
        }
    }
}

/// Units have no escapes; the `\9` of old style sheets makes the declaration invalid in every browser.
fn is_plain_dimension(raw: &str) -> bool {
    raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_'))
}
