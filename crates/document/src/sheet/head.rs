//! The head of a document: the vendor, the recipient, what it is, and its days.

use contract::party::Party;

use super::{Sheet, address};
use crate::{
    page::{Ink, Item, Role},
    typeset::Style,
};

/// Where the address of the recipient begins, so that it is seen in the window of an envelope (DIN 5008, form A and B).
const RECIPIENT: f32 = 132.0;
/// The largest logo.
const LOGO: (f32, f32) = (180.0, 54.0);
/// The width of what stands at the right.
const ASIDE: f32 = 216.0;

/// Something that is known of a document: its number, a day.
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What is known.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self {
            label,
            value: value.into(),
        }
    }
}

/// What the head of a document says.
pub struct Head<'a> {
    /// What the document is.
    pub title: &'a str,
    /// A word of warning above the title.
    pub mark: Option<&'a str>,
    /// To whom it goes.
    pub recipient: &'a Party,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

impl Sheet<'_> {
    /// Puts the head on the first page; answers with where it ends.
    pub fn head(&mut self, head: &Head<'_>) -> f32 {
        let left = self.vendor().max(RECIPIENT);
        let left = self.recipient(head.recipient, left);
        let right = self.facts(head);
        left.max(right) + 26.0
    }

    /// Puts the logo, or the name in its place; answers with where it ends.
    fn vendor(&mut self) -> f32 {
        let (x, y) = (self.frame.left, self.frame.top);
        let size = self.logo.as_ref().map(|logo| logo.size(LOGO.0, LOGO.1));
        if let Some((width, height)) = size {
            if let Some(page) = self.pages.last_mut() {
                page.items.push(Item::Logo { x, y, width, height });
            }
            return y + height + 20.0;
        }
        let style = Style {
            leading: 1.2,
            ..Style::plain(15.0).bold().ink(Ink::Accent)
        };
        let name = self.setter.set(&self.seller.name, style, self.frame.inner() - ASIDE - 24.0);
        let bottom = y + name.height + 20.0;
        self.put(name, x, y + 3.0, Role::Text);
        bottom
    }

    fn recipient(&mut self, recipient: &Party, mut y: f32) -> f32 {
        let (x, width) = (self.frame.left, self.frame.inner() - ASIDE - 24.0);
        let mut sender = vec![self.seller.name.clone()];
        sender.extend(address(self.seller, self.seller.country.as_deref()));
        let line = self.setter.set(&sender.join(" · "), Style::plain(6.5).ink(Ink::Muted), width);
        let height = line.height;
        // Who sends it is said at the foot too; here it is for the envelope.
        self.put(line, x, y, Role::Running);
        y += height + 3.0;
        if let Some(page) = self.pages.last_mut() {
            page.rule(x, y, width.min(230.0), 0.5, Ink::Line);
        }
        y += 8.0;
        let mut lines = vec![(recipient.name.clone(), Style::plain(10.5).bold())];
        let rest = recipient
            .contact
            .iter()
            .cloned()
            .chain(address(recipient, self.seller.country.as_deref()));
        lines.extend(rest.map(|line| (line, Style::plain(10.0))));
        for (text, style) in lines {
            let block = self.setter.set(&text, style, width);
            let height = block.height;
            self.put(block, x, y, Role::Text);
            y += height;
        }
        y
    }

    /// Puts the title and the facts at the right.
    fn facts(&mut self, head: &Head<'_>) -> f32 {
        let x = self.frame.right - ASIDE;
        let mut y = self.frame.top;
        let title = Style {
            leading: 1.15,
            ..Style::plain(23.0).bold()
        };
        let title = self.setter.set_in_line(head.title, title, 15.0, ASIDE);
        let height = title.height;
        self.put(title, x, y, Role::Title);
        y += height + 2.0;
        if let Some(mark) = head.mark {
            let style = Style {
                tracking: 0.12,
                ..Style::plain(11.0).bold().ink(Ink::Warning)
            };
            let block = self.setter.set(&mark.to_uppercase(), style, ASIDE);
            let height = block.height;
            self.put(block, x, y, Role::Text);
            y += height;
        }
        y += 8.0;
        if let Some(page) = self.pages.last_mut() {
            page.fill(x, y, ASIDE, 2.0, Ink::Accent);
        }
        y += 2.0;
        for fact in &head.facts {
            let label = self.setter.set(fact.label, Style::plain(8.0).ink(Ink::Muted), ASIDE * 0.44);
            let value = self.setter.set(&fact.value, Style::plain(9.0).right(), ASIDE * 0.54);
            let height = label.height.max(value.height);
            self.put(label, x, y + 5.0, Role::Text);
            self.put(value, x + ASIDE * 0.46, y + 4.3, Role::Text);
            y += height + 8.6;
            if let Some(page) = self.pages.last_mut() {
                page.rule(x, y, ASIDE, 0.5, Ink::Line);
            }
        }
        y
    }

    /// Puts a text on the last page.
    pub fn put(&mut self, block: crate::typeset::Block, x: f32, y: f32, role: Role) {
        if let Some(page) = self.pages.last_mut() {
            page.text(block, x, y, role);
        }
    }

    /// Begins a page that goes on with the document; answers with where its text begins.
    pub fn turn(pages: &mut Vec<crate::page::Page>, running: &crate::typeset::Block, frame: crate::page::Frame) -> f32 {
        let mut page = crate::page::Page::default();
        let height = running.height;
        page.text(running.clone(), frame.left, frame.top - 12.0, Role::Running);
        pages.push(page);
        frame.top + height + 6.0
    }
}
