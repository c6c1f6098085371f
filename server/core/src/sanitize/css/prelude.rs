//! Preludes: selectors, and the conditions and names of at-rules.

use super::allow;
use super::engine::{DEPTH_MAX, End, Engine, Fault};
use super::tokens::{Bracket, Kind, Lexeme};
use super::write;
use crate::sanitize::url::is_urlish;

/// Of what a prelude is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prelude {
    /// A style rule: its selectors.
    Style,
    /// An at-rule: a name, or conditions, in which `<` compares.
    AtRule,
    /// `@import`, behind its address: conditions, in which a text outside of parentheses could only be another address.
    Import,
}

/// How far a prelude has been read.
struct Run {
    prelude: Prelude,
    fault: Option<Fault>,
    brackets: Vec<Bracket>,
    /// Nothing has been written yet.
    empty: bool,
    /// What stood between the last token and the next.
    between: Between,
    /// Nothing stood between the last token and this one.
    glued: bool,
    last: Last,
    /// The pointer is asked for.
    has_hover: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Comment,
    Space,
}

/// What the last token was, where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Other,
    Name,
    /// A name and `|`: a namespace prefix, unless another `|` or nothing follows.
    Prefix,
    Less,
    /// A colon, of a pseudo-class or pseudo-element.
    Colon,
    /// A hash or a dimension, whose last part is a name.
    Unit,
    /// Two in a row are an address or a comment of another language.
    Slash,
}

impl<'i> Engine<'_, '_, 'i> {
    /// Reads what stands before a body and writes it. Ends at `{`; at `;` for an at-rule or inside another body; at the
    /// brace that closes that body. At a fault the rest is passed over; the caller truncates.
    pub(super) fn prelude(&mut self, prelude: Prelude) -> (End, Option<Fault>) {
        let nested = self.is_nested();
        let mut run = Run {
            prelude,
            fault: None,
            brackets: Vec::new(),
            empty: true,
            between: Between::Nothing,
            glued: false,
            last: Last::Other,
            has_hover: false,
        };
        let end = loop {
            let Some(lexeme) = self.tokens.next() else { break End::Input };
            if run.brackets.is_empty() {
                match lexeme.kind {
                    Kind::Open(Bracket::Curly) => break End::OpenCurly,
                    Kind::Semicolon if prelude != Prelude::Style || nested => break End::Semicolon,
                    Kind::Close(Bracket::Curly) if nested => break End::CloseCurly,
                    _ => {}
                }
            }
            if run.fault.is_none() {
                run.fault = self.prelude_token(&mut run, &lexeme).err();
            }
            run.follow(&lexeme);
        };
        if run.fault.is_none() && (run.last == Last::Less || !run.brackets.is_empty()) {
            run.fault = Some("css:syntax");
        }
        self.has_hover = run.has_hover;
        (end, run.fault)
    }

    fn prelude_token(&mut self, run: &mut Run, lexeme: &Lexeme<'i>) -> Result<(), Fault> {
        match lexeme.kind {
            Kind::White => {
                run.between = Between::Space;
                return Ok(());
            }
            Kind::Comment => {
                run.between = if run.between == Between::Space { Between::Space } else { Between::Comment };
                return Ok(());
            }
            _ => {}
        }
        run.glued = run.between == Between::Nothing;
        let compares = lexeme.kind == Kind::Delim('=') && run.glued;
        match std::mem::replace(&mut run.between, Between::Nothing) {
            _ if run.empty => {}
            Between::Space => self.out.push(' '),
            Between::Comment => self.out.push_str("/**/"),
            // `<` and a name would be a tag to HTML.
            Between::Nothing if run.last == Last::Less && !compares => self.out.push(' '),
            Between::Nothing => {}
        }
        run.empty = false;
        run.last = self.write_prelude_token(run, lexeme)?;
        Ok(())
    }

    fn write_prelude_token(&mut self, run: &mut Run, lexeme: &Lexeme<'i>) -> Result<Last, Fault> {
        match lexeme.kind {
            Kind::Ident if run.last == Last::Prefix => return Err("css:@namespace"),
            Kind::Ident => {
                let feature = if run.prelude != Prelude::Style { allow::window_feature(&lexeme.value) } else { None };
                match feature {
                    Some(feature) => self.out.push_str(feature),
                    None => write::name(lexeme.raw, &lexeme.value, self.out),
                }
                run.has_hover |= run.last == Last::Colon && run.glued && lexeme.value.eq_ignore_ascii_case("hover");
                return Ok(Last::Name);
            }
            Kind::Function if allow::is_prelude_function(&lexeme.value) => {
                write::name(lexeme.raw.strip_suffix('(').unwrap_or(lexeme.raw), &lexeme.value, self.out);
                self.out.push('(');
            }
            Kind::Function => return Err("css:function"),
            Kind::Hash => {
                self.out.push('#');
                write::name(lexeme.raw.get(1..).unwrap_or_default(), &lexeme.value, self.out);
                return Ok(Last::Unit);
            }
            Kind::Text if run.prelude == Prelude::Import && !run.brackets.contains(&Bracket::Round) => {
                return Err("css:@import");
            }
            // The attribute that it would be compared with has been rewritten, so it can never match.
            Kind::Text if is_urlish(&lexeme.value) => self.out.push_str("\"-\""),
            Kind::Text => write::text(lexeme.raw, &lexeme.value, self.out),
            Kind::Dimension if lexeme.raw.contains('\\') || !lexeme.raw.is_ascii() => return Err("css:syntax"),
            Kind::Dimension => {
                self.out.push_str(lexeme.raw);
                return Ok(Last::Unit);
            }
            Kind::Colon => {
                self.out.push(':');
                return Ok(Last::Colon);
            }
            Kind::Number | Kind::Comma | Kind::Match => self.out.push_str(lexeme.raw),
            Kind::Delim('*') if run.last == Last::Prefix => return Err("css:@namespace"),
            Kind::Delim('|') if run.last == Last::Name => {
                self.out.push('|');
                return Ok(Last::Prefix);
            }
            Kind::Delim('/') if run.last != Last::Slash => {
                self.out.push('/');
                return Ok(Last::Slash);
            }
            Kind::Delim('>' | '+' | '~' | '*' | '.' | '&' | '|' | '=' | '-') => self.out.push_str(lexeme.raw),
            Kind::Delim('<') if run.prelude != Prelude::Style => {
                self.out.push('<');
                return Ok(Last::Less);
            }
            // It would look like a function.
            Kind::Open(Bracket::Round) if run.last == Last::Unit && run.glued => return Err("css:syntax"),
            Kind::Open(Bracket::Round | Bracket::Square) => self.out.push_str(lexeme.raw),
            Kind::Close(bracket) if run.brackets.last() == Some(&bracket) => self.out.push(bracket.closing()),
            Kind::Url => return Err("css:url"),
            Kind::Bad => return Err("css:bad-token"),
            _ => return Err("css:syntax"),
        }
        Ok(Last::Other)
    }
}

impl Run {
    /// Keeps the stack of brackets, and its bound.
    fn follow(&mut self, lexeme: &Lexeme<'_>) {
        match lexeme.kind {
            Kind::Function => self.brackets.push(Bracket::Round),
            Kind::Open(bracket) => self.brackets.push(bracket),
            Kind::Close(bracket) if self.brackets.last() == Some(&bracket) => {
                self.brackets.pop();
            }
            _ => return,
        }
        if self.brackets.len() > DEPTH_MAX {
            self.fault.get_or_insert("css:depth");
        }
    }
}
