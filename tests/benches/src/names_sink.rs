//! A tree sink that keeps names only: what html5ever costs at the least.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, QualName, ns};

/// Elements by number; children, texts and attributes are dropped, since the tree builder never asks for them.
#[derive(Default)]
pub struct NamesSink {
    names: RefCell<Vec<QualName>>,
}

impl NamesSink {
    fn make(&self, name: QualName) -> usize {
        self.names.borrow_mut().push(name);
        self.names.borrow().len() - 1
    }

    fn nameless(&self) -> usize {
        self.make(QualName::new(None, ns!(), LocalName::from("")))
    }
}

impl TreeSink for NamesSink {
    type Handle = usize;
    type Output = usize;
    type ElemName<'a> = ExpandedRef<'a>;

    fn finish(self) -> usize {
        self.names.borrow().len()
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> usize {
        if self.names.borrow().is_empty() {
            return self.nameless();
        }
        0
    }
    fn elem_name<'a>(&'a self, target: &'a usize) -> ExpandedRef<'a> {
        ExpandedRef(self.names.borrow(), *target)
    }
    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> usize {
        self.make(name)
    }
    fn create_comment(&self, _: StrTendril) -> usize {
        self.nameless()
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.nameless()
    }
    fn append(&self, _: &usize, _: NodeOrText<usize>) {}
    fn append_based_on_parent_node(&self, _: &usize, _: &usize, _: NodeOrText<usize>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }
    fn same_node(&self, x: &usize, y: &usize) -> bool {
        x == y
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, _: &usize, _: NodeOrText<usize>) {}
    fn add_attrs_if_missing(&self, _: &usize, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &usize) {}
    fn reparent_children(&self, _: &usize, _: &usize) {}
}

/// An element's name, borrowed from the list.
#[derive(Debug)]
pub struct ExpandedRef<'a>(Ref<'a, Vec<QualName>>, usize);

impl html5ever::interface::ElemName for ExpandedRef<'_> {
    fn ns(&self) -> &html5ever::Namespace {
        &self.qualified().ns
    }
    fn local_name(&self) -> &LocalName {
        &self.qualified().local
    }
}

impl ExpandedRef<'_> {
    #[expect(clippy::indexing_slicing, reason = "the sink gave the number out")]
    fn qualified(&self) -> &QualName {
        &self.0[self.1]
    }
}
