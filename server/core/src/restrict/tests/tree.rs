//! Small pages for tests, written as indented text.
//!
//! ```text
//! html
//!   body.dark
//!     input#card type=text autocomplete='cc-number x' disabled
//!     "text"
//!     svg:circle#round
//!     my-box#host
//!       ^p#inside            stands in the shadow root of my-box
//!     iframe#frame
//!       @document            the frame's document; @quirks for one without a doctype
//! ```

use html5ever::LocalName;

use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::{Attribute, DocumentMode, Kind, Marks, Mirror, Namespace, Node, Slot, Value};

pub(super) struct Tree {
    pub(super) mirror: Mirror,
    next_id: i64,
}

impl Tree {
    /// Only a document.
    pub(super) fn empty(mode: DocumentMode) -> Self {
        let mut tree = Self { mirror: Mirror::new(&Limits::default(), 1), next_id: 1 };
        let root = tree.create(Kind::Document(mode));
        tree.mirror.set_root(root).unwrap();
        tree
    }

    /// The page that the text describes; a first line `@quirks` sets the mode.
    pub(super) fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let quirks = lines.first().is_some_and(|line| line.trim() == "@quirks");
        let mode = if quirks { DocumentMode::Quirks } else { DocumentMode::Standards };
        let mut tree = Self::empty(mode);
        let mut open: Vec<(usize, Slot)> = Vec::new();
        for line in lines.into_iter().skip(usize::from(quirks)) {
            let indent = line.len() - line.trim_start().len();
            open.retain(|(outer, _)| *outer < indent);
            let parent = open.last().map_or(tree.mirror.root(), |(_, slot)| *slot);
            open.push((indent, tree.line(line.trim(), parent)));
        }
        tree
    }

    fn line(&mut self, line: &str, parent: Slot) -> Slot {
        let shadow = line.strip_prefix('^');
        let line = shadow.unwrap_or(line);
        let kind = match line {
            "@document" => Kind::Document(DocumentMode::Standards),
            "@quirks" => Kind::Document(DocumentMode::Quirks),
            _ if line.starts_with('"') => Kind::Text(line.trim_matches('"').into()),
            _ => element(line),
        };
        let slot = self.create(kind);
        if shadow.is_some() {
            self.mirror.get_mut(slot).unwrap().in_shadow_root = true;
            self.mirror.get_mut(parent).unwrap().marks_mut().unwrap().is_shadow_host = true;
        }
        self.mirror.insert(slot, parent, Slot::NONE).unwrap();
        slot
    }

    pub(super) fn create(&mut self, kind: Kind) -> Slot {
        let id = NodeId::new(self.next_id).unwrap();
        self.next_id += 1;
        self.mirror.create(Node::new(id, kind)).unwrap()
    }

    pub(super) fn elements(&self) -> Vec<Slot> {
        let all = self.mirror.descendants(self.mirror.root());
        all.filter(|slot| self.mirror.get(*slot).unwrap().element().is_some()).collect()
    }

    /// The element with this `id`.
    pub(super) fn at(&self, id: &str) -> Slot {
        self.elements().into_iter().find(|slot| self.id(*slot) == id).unwrap()
    }

    fn id(&self, slot: Slot) -> &str {
        self.mirror.get(slot).unwrap().attribute_text("id").unwrap_or_default()
    }

    /// The `id`s of the elements for which something holds, in document order, with spaces between.
    pub(super) fn ids_where(&self, mut holds: impl FnMut(Slot) -> bool) -> String {
        let found: Vec<&str> =
            self.elements().into_iter().filter(|slot| holds(*slot)).map(|slot| self.id(slot)).collect();
        found.join(" ")
    }
}

/// One element from `ns:name#id.class.class name=value name='value' name`.
pub(super) fn element(line: &str) -> Kind {
    let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (namespace, head) = match head.split_once(':') {
        Some(("svg", head)) => (Namespace::Svg, head),
        Some(("math", head)) => (Namespace::MathMl, head),
        _ => (Namespace::Html, head),
    };
    let mut classes = head.split('.');
    let (name, id) = classes.next().map(|front| front.split_once('#').unwrap_or((front, ""))).unwrap();
    let classes: Vec<&str> = classes.collect();
    let mut attributes = Vec::new();
    if !id.is_empty() {
        attributes.push(attribute("id", id));
    }
    if !classes.is_empty() {
        attributes.push(attribute("class", &classes.join(" ")));
    }
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match (after.strip_prefix("='"), after.strip_prefix('=')) {
            (Some(quoted), _) => quoted.split_once('\'').unwrap(),
            (None, Some(plain)) => plain.split_once(' ').unwrap_or((plain, "")),
            (None, None) => ("", after),
        };
        attributes.push(attribute(name, value));
        rest = after.trim();
    }
    Kind::Element { name: LocalName::from(name), namespace, attributes: attributes.into(), marks: Marks::default() }
}

pub(super) fn attribute(name: &str, value: &str) -> Attribute {
    Attribute { name: LocalName::from(name), value: Value::Text(value.into()) }
}
