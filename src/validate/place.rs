//! Where in a value the judging is: steps on the stack, written as a JSON Pointer (RFC 6901) only when
//! something is wrong there.

#![forbid(unsafe_code)]

use std::fmt::Write;

#[derive(Clone, Copy)]
pub enum Place<'a> {
    Root,
    Property(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    pub fn pointer(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Place::Root => {}
            Place::Property(outer, name) => {
                outer.write(text);
                text.push('/');
                text.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Place::Item(outer, index) => {
                outer.write(text);
                // Writing to a text cannot fail.
                let _ = write!(text, "/{index}");
            }
        }
    }
}
