//! A tree that remembers just enough to be judged: what was created, and how deep it went.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, ExpandedName, QualName, local_name, ns};

/// A node without children: nothing here walks the tree.
pub struct Node {
    name: QualName,
    depth: Cell<u32>,
    integration_point: bool,
    contents: RefCell<Option<Handle>>,
}

pub type Handle = Rc<Node>;

/// Called with each element that the parser creates.
pub type OnElement<'a> = Box<dyn FnMut(&QualName, &[Attribute]) + 'a>;

/// The sink. What it counts can be read while the parser is still being fed.
pub struct Tree<'a> {
    document: Handle,
    on_element: RefCell<OnElement<'a>>,
    /// Elements created.
    pub elements: Cell<usize>,
    /// The deepest level on which something was put.
    pub depth: Cell<u32>,
    /// Siblings that a tree with children would have searched, at most: misnested content is put before a
    /// table or moved by looking for its neighbour.
    pub searched: Cell<usize>,
    /// Rises with everything that the parser made of its input, parse errors apart.
    pub events: Cell<usize>,
}

impl<'a> Tree<'a> {
    pub fn new(on_element: OnElement<'a>) -> Self {
        Tree {
            document: node(QualName::new(None, ns!(), local_name!("")), false),
            on_element: RefCell::new(on_element),
            elements: Cell::new(0),
            depth: Cell::new(0),
            searched: Cell::new(0),
            events: Cell::new(0),
        }
    }

    fn put(&self, child: NodeOrText<Handle>, depth: u32) {
        self.event();
        if let NodeOrText::AppendNode(child) = child {
            child.depth.set(depth);
            self.depth.set(self.depth.get().max(depth));
        }
    }

    fn search(&self) {
        self.searched.set(self.searched.get() + self.elements.get());
    }

    fn event(&self) {
        self.events.set(self.events.get() + 1);
    }
}

/// The sink that a parser feeds.
pub fn sink<'p, 'a>(parser: &'p html5ever::Parser<Tree<'a>>) -> &'p Tree<'a> {
    let builder: &TreeBuilder<Handle, Tree<'a>> = &parser.tokenizer.sink;
    &builder.sink
}

fn node(name: QualName, integration_point: bool) -> Handle {
    Rc::new(Node {
        name,
        depth: Cell::new(0),
        integration_point,
        contents: RefCell::new(None),
    })
}

impl TreeSink for Tree<'_> {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'n>
        = ExpandedName<'n>
    where
        Self: 'n;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.document.clone()
    }

    fn elem_name<'n>(&'n self, target: &'n Handle) -> ExpandedName<'n> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        self.event();
        self.elements.set(self.elements.get() + 1);
        (self.on_element.borrow_mut())(&name, &attrs);
        node(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.event();
        node(QualName::new(None, ns!(), local_name!("")), false)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(child, parent.depth.get() + 1);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        self.search();
        self.put(child, element.depth.get().max(previous.depth.get() + 1));
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        self.event();
    }

    fn pop(&self, _: &Handle) {
        self.event();
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        let contents = node(QualName::new(None, ns!(), local_name!("")), false);
        contents.depth.set(target.depth.get());
        target.contents.borrow_mut().get_or_insert(contents).clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        Rc::ptr_eq(x, y)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        self.search();
        self.put(child, sibling.depth.get());
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        self.event();
        (self.on_element.borrow_mut())(&target.name, &attrs);
    }

    fn remove_from_parent(&self, _: &Handle) {
        self.search();
    }

    fn reparent_children(&self, _: &Handle, _: &Handle) {}

    fn is_mathml_annotation_xml_integration_point(&self, target: &Handle) -> bool {
        target.integration_point
    }
}
