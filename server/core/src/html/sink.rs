//! html5ever's tree operations, carried out on the mirror.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink, create_element};
use html5ever::tendril::StrTendril;
use html5ever::{LocalName, QualName, local_name, ns};

use super::growing::Growing;
use super::{HtmlError, Scripting};
use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::{Attribute, Doctype, DocumentMode, Kind, Marks, Mirror, Namespace, Node, Slot, Value};

static HTML: html5ever::Namespace = ns!(html);
static SVG: html5ever::Namespace = ns!(svg);
static MATHML: html5ever::Namespace = ns!(mathml);

/// Stands for the text of scripts, of which is kept only that there is some. Recorders do the same.
pub(super) const CODE: &str = " ";

/// What an attribute costs beside its text. Reopened formatting elements copy all of theirs.
const ATTRIBUTE_BYTES: usize = 32;

/// What html5ever holds of a node. Past a limit nodes have no place in the arena, but still a number of their own.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    slot: Slot,
    number: i64,
    name: LocalName,
    namespace: Namespace,
    is_html_integration_point: bool,
}

impl Handle {
    /// Whether its text is read by programs only. There is more of it on many pages than of all else.
    fn holds_code(&self) -> bool {
        self.namespace == Namespace::Html && self.name == local_name!("script")
    }
}

/// An element's name as html5ever asks for it.
#[derive(Debug)]
pub(super) struct Name<'a>(&'a Handle);

impl ElemName for Name<'_> {
    fn ns(&self) -> &html5ever::Namespace {
        match self.0.namespace {
            Namespace::Html => &HTML,
            Namespace::Svg => &SVG,
            Namespace::MathMl => &MATHML,
        }
    }

    fn local_name(&self) -> &LocalName {
        &self.0.name
    }
}

/// What the documents of one page share: the next id, and bytes left for names and attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    next_id: i64,
    markup_bytes: usize,
}

/// One document read.
pub(super) struct Parsed {
    pub(super) mirror: Mirror,
    pub(super) budget: Budget,
    /// Frame elements in the tree that carry `srcdoc`, in the order of their creation.
    pub(super) frames: Vec<Slot>,
}

/// Builds one document in the mirror. After the first error it keeps nothing more.
pub(super) struct Sink {
    state: RefCell<State>,
    document: Handle,
    scripting: Scripting,
    error: Cell<Option<HtmlError>>,
    /// Looks at open elements that may still come. The builder searches their list in many places, always by name or by
    /// identity, and tells nobody.
    steps_left: Cell<u64>,
}

struct State {
    mirror: Mirror,
    limits: Limits,
    budget: Budget,
    growing: Growing,
    /// `template`, and `noscript` that holds no markup.
    unwanted: Vec<Slot>,
    /// Taken out of the tree once; most were put back elsewhere.
    loose: Vec<Slot>,
    frames: Vec<Slot>,
}

impl Sink {
    /// For the page's own document, in an empty mirror.
    pub(super) fn for_page(mirror: Mirror, scripting: Scripting, limits: &Limits) -> Result<Self, HtmlError> {
        let budget = Budget { next_id: 1, markup_bytes: limits.mirror_bytes };
        let mut state = State::new(mirror, limits, budget);
        let document = state.create(Kind::Document(DocumentMode::Standards))?;
        state.mirror.set_root(document.slot)?;
        Ok(Self {
            state: RefCell::new(state),
            document,
            scripting,
            error: Cell::new(None),
            steps_left: Cell::new(limits.html_steps),
        })
    }

    /// For the document inside an empty frame element.
    pub(super) fn for_frame(
        mirror: Mirror,
        scripting: Scripting,
        limits: &Limits,
        budget: Budget,
        frame: Slot,
    ) -> Result<Self, HtmlError> {
        let mut state = State::new(mirror, limits, budget);
        let document = state.create(Kind::Document(DocumentMode::Standards))?;
        state.mirror.insert(document.slot, frame, Slot::NONE)?;
        Ok(Self {
            state: RefCell::new(state),
            document,
            scripting,
            error: Cell::new(None),
            steps_left: Cell::new(limits.html_steps),
        })
    }

    /// An element outside the tree whose content is to be parsed.
    pub(super) fn context(&self, name: &str, namespace: Namespace) -> Handle {
        let namespace = match namespace {
            Namespace::Html => ns!(html),
            Namespace::Svg => ns!(svg),
            Namespace::MathMl => ns!(mathml),
        };
        let context = create_element(self, QualName::new(None, namespace, LocalName::from(name)), Vec::new());
        // It goes at the end as everything does that has no parent.
        self.state.borrow_mut().loose.push(context.slot);
        context
    }

    /// The first error so far.
    pub(super) fn check(&self) -> Result<(), HtmlError> {
        match self.error.get() {
            Some(error) => Err(error),
            None if self.steps_left.get() == 0 => Err(HtmlError::OverLimit("html_steps")),
            None => Ok(()),
        }
    }

    /// Whether scripts run where the document is read.
    pub(super) fn scripting(&self) -> Scripting {
        self.scripting
    }

    fn step(&self) {
        self.steps_left.set(self.steps_left.get().saturating_sub(1));
    }

    /// Settles the texts and takes out what is not kept.
    pub(super) fn finish_document(self) -> Result<Parsed, HtmlError> {
        let State { mut mirror, limits: _, budget, growing, unwanted, loose, frames } = self.state.into_inner();
        growing.settle(&mut mirror)?;
        for slot in unwanted {
            mirror.detach(slot);
            mirror.free(slot);
        }
        for slot in loose {
            // Does nothing for a node that has a parent again.
            mirror.free(slot);
        }
        let in_tree = |slot: &Slot| mirror.get(*slot).is_some_and(|node| mirror.find(node.id) == Some(*slot));
        let frames = frames.into_iter().filter(in_tree).collect();
        Ok(Parsed { mirror, budget, frames })
    }

    /// Does one thing to the tree, unless a limit was reached before; remembers its error.
    fn with(&self, change: impl FnOnce(&mut State) -> Result<(), HtmlError>) {
        if self.error.get().is_none()
            && let Err(error) = change(&mut self.state.borrow_mut())
        {
            self.error.set(Some(error));
        }
    }

    /// As [`Sink::with`] for a new node; there is a handle in any case.
    fn make(&self, kind: impl FnOnce(&mut State) -> Result<Handle, HtmlError>) -> Handle {
        let mut state = self.state.borrow_mut();
        if self.error.get().is_none() {
            match kind(&mut state) {
                Ok(handle) => return handle,
                Err(error) => self.error.set(Some(error)),
            }
        }
        state.nowhere()
    }
}

fn namespace(name: &QualName) -> Namespace {
    match name.ns {
        ns!(svg) => Namespace::Svg,
        ns!(mathml) => Namespace::MathMl,
        _ => Namespace::Html,
    }
}

impl State {
    fn new(mirror: Mirror, limits: &Limits, budget: Budget) -> Self {
        let growing = Growing::new(limits.text_bytes);
        Self {
            mirror,
            limits: limits.clone(),
            budget,
            growing,
            unwanted: Vec::new(),
            loose: Vec::new(),
            frames: Vec::new(),
        }
    }

    fn nowhere(&mut self) -> Handle {
        let number = self.budget.next_id;
        self.budget.next_id += 1;
        Handle {
            slot: Slot::NONE,
            number,
            name: local_name!(""),
            namespace: Namespace::Html,
            is_html_integration_point: false,
        }
    }

    fn create(&mut self, kind: Kind) -> Result<Handle, HtmlError> {
        let mut handle = self.nowhere();
        let id = NodeId::new(handle.number).ok_or(HtmlError::OverLimit("nodes"))?;
        handle.slot = self.mirror.create(Node::new(id, kind))?;
        Ok(handle)
    }

    fn create_element(
        &mut self,
        name: &QualName,
        attrs: Vec<html5ever::Attribute>,
        scripting: Scripting,
    ) -> Result<Handle, HtmlError> {
        self.pay(name.local.len())?;
        if attrs.len() > self.limits.attributes_per_element {
            return Err(HtmlError::OverLimit("attributes_per_element"));
        }
        let namespace = namespace(name);
        let attributes = attrs.into_iter().map(|attr| self.attribute(attr)).collect::<Result<Box<[_]>, _>>()?;
        let has_srcdoc = attributes.iter().any(|attribute| attribute.name == local_name!("srcdoc"));
        let handle =
            self.create(Kind::Element { name: name.local.clone(), namespace, attributes, marks: Marks::default() })?;
        if namespace == Namespace::Html {
            match name.local {
                local_name!("template") => self.unwanted.push(handle.slot),
                local_name!("noscript") if scripting == Scripting::On => self.unwanted.push(handle.slot),
                local_name!("iframe") if has_srcdoc => self.frames.push(handle.slot),
                _ => {}
            }
        }
        Ok(handle)
    }

    /// One attribute in the mirror's form, paid for.
    fn attribute(&mut self, attr: html5ever::Attribute) -> Result<Attribute, HtmlError> {
        let name = match &attr.name.prefix {
            Some(prefix) => LocalName::from(format!("{prefix}:{}", attr.name.local)),
            None => attr.name.local,
        };
        if attr.value.len() > self.limits.text_bytes {
            return Err(HtmlError::OverLimit("text_bytes"));
        }
        self.pay(ATTRIBUTE_BYTES + name.len() + attr.value.len())?;
        Ok(Attribute { name, value: Value::Text((&*attr.value).into()) })
    }

    /// Names count like text: a name too long to be any that the sanitizer knows does it no harm.
    fn pay(&mut self, bytes: usize) -> Result<(), HtmlError> {
        let left = self.budget.markup_bytes.checked_sub(bytes).ok_or(HtmlError::OverLimit("mirror_bytes"))?;
        self.budget.markup_bytes = left;
        Ok(())
    }

    /// Puts a node or a text under `parent` before `before`, merging text with the text already there.
    fn place(&mut self, parent: Slot, before: Slot, child: NodeOrText<Handle>) -> Result<(), HtmlError> {
        let slot = match child {
            NodeOrText::AppendNode(node) => {
                if self.mirror.parent(node.slot).is_some() {
                    self.mirror.detach(node.slot);
                }
                node.slot
            }
            NodeOrText::AppendText(text) => {
                let neighbour = match before.some() {
                    Some(next) => self.mirror.previous_sibling(next),
                    None => self.mirror.last_child(parent),
                };
                let slot = match neighbour.filter(|slot| self.is_text(*slot)) {
                    Some(known) => known,
                    None => self.place_new(Kind::Text(Box::default()), parent, before)?,
                };
                return self.growing.push(&mut self.mirror, slot, &text);
            }
        };
        Ok(self.mirror.insert(slot, parent, before)?)
    }

    fn place_new(&mut self, kind: Kind, parent: Slot, before: Slot) -> Result<Slot, HtmlError> {
        let slot = self.create(kind)?.slot;
        self.mirror.insert(slot, parent, before)?;
        Ok(slot)
    }

    /// Notes that a script has code.
    fn place_code(&mut self, script: Slot) -> Result<(), HtmlError> {
        if self.mirror.first_child(script).is_none() {
            self.place_new(Kind::Text(CODE.into()), script, Slot::NONE)?;
        }
        Ok(())
    }

    fn place_before(&mut self, sibling: Slot, child: NodeOrText<Handle>) -> Result<(), HtmlError> {
        match self.mirror.parent(sibling) {
            Some(parent) => self.place(parent, sibling, child),
            None => Ok(()),
        }
    }

    fn is_text(&self, slot: Slot) -> bool {
        self.mirror.get(slot).is_some_and(|node| node.text().is_some())
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _msg: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.document.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        self.step();
        Name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<html5ever::Attribute>, flags: ElementFlags) -> Handle {
        let mut handle = self.make(|state| state.create_element(&name, attrs, self.scripting));
        // Past a limit too: the tree builder relies on the names of what it opened.
        handle.namespace = namespace(&name);
        handle.name = name.local;
        handle.is_html_integration_point = flags.mathml_annotation_xml_integration_point;
        handle
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        self.make(|state| state.create(Kind::Comment))
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Handle {
        self.make(|state| state.create(Kind::Comment))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let is_code = matches!(child, NodeOrText::AppendText(_)) && parent.holds_code();
        self.with(|state| match is_code {
            true => state.place_code(parent.slot),
            false => state.place(parent.slot, Slot::NONE, child),
        });
    }

    fn append_based_on_parent_node(&self, element: &Handle, prev_element: &Handle, child: NodeOrText<Handle>) {
        self.with(|state| match state.mirror.parent(element.slot) {
            Some(_) => state.place_before(element.slot, child),
            None => state.place(prev_element.slot, Slot::NONE, child),
        });
    }

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        self.with(|state| state.place_before(sibling.slot, new_node));
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.with(|state| {
            if [&name, &public_id, &system_id].iter().any(|text| text.len() > state.limits.text_bytes) {
                return Err(HtmlError::OverLimit("text_bytes"));
            }
            let [name, public_id, system_id] = [name, public_id, system_id].map(|text| (&*text).into());
            let doctype = state.create(Kind::Doctype(Box::new(Doctype { name, public_id, system_id })))?;
            state.place(self.document.slot, Slot::NONE, NodeOrText::AppendNode(doctype))
        });
    }

    /// A template's contents stand beneath it, so that they are counted; they go with it at the end.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        self.step();
        x.number == y.number
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        let mode = match mode {
            QuirksMode::Quirks => DocumentMode::Quirks,
            QuirksMode::LimitedQuirks | QuirksMode::NoQuirks => DocumentMode::Standards,
        };
        self.with(|state| {
            if let Some(node) = state.mirror.get_mut(self.document.slot) {
                node.kind = Kind::Document(mode);
            }
            Ok(())
        });
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<html5ever::Attribute>) {
        self.with(|state| {
            for attr in attrs {
                let Attribute { name, value } = state.attribute(attr)?;
                let Some(node) = state.mirror.get(target.slot) else { continue };
                if node.attribute(&name).is_some() {
                    continue;
                }
                if node.attributes().len() >= state.limits.attributes_per_element {
                    return Err(HtmlError::OverLimit("attributes_per_element"));
                }
                state.mirror.set_attribute(target.slot, &name, Some(value))?;
            }
            Ok(())
        });
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.with(|state| {
            if state.mirror.parent(target.slot).is_some() {
                state.mirror.detach(target.slot);
                state.loose.push(target.slot);
            }
            Ok(())
        });
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.with(|state| {
            while let Some(child) = state.mirror.first_child(node.slot) {
                state.mirror.detach(child);
                state.mirror.insert(child, new_parent.slot, Slot::NONE)?;
            }
            Ok(())
        });
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Handle) -> bool {
        handle.is_html_integration_point
    }

    fn allow_declarative_shadow_roots(&self, _intended_parent: &Handle) -> bool {
        false
    }
}
