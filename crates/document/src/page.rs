//! Pages before they become a file: what stands where, in points from the top left corner.

use contract::billing::Paper;

use crate::typeset::Block;

/// A color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Of what is read first.
    Text,
    /// Of what explains.
    Muted,
    /// Of what carries the look.
    Accent,
    /// Of what warns.
    Warning,
    /// Of lines.
    Line,
    /// Behind what matters.
    Soft,
}

impl Ink {
    /// Red, green and blue.
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Text => (0x1b, 0x1f, 0x27),
            Self::Muted => (0x5a, 0x62, 0x70),
            Self::Accent => (0x1a, 0x4f, 0xa3),
            Self::Warning => (0xb4, 0x23, 0x18),
            Self::Line => (0xd7, 0xdc, 0xe4),
            Self::Soft => (0xf1, 0xf5, 0xfb),
        }
    }
}

/// What something is to a reader who does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The title of the document.
    Title,
    /// A paragraph.
    Text,
    /// A cell of a table: its number, row and column; rows from 1 are the body.
    Cell {
        /// Which table.
        table: usize,
        /// Which row.
        row: usize,
        /// Which column.
        column: usize,
    },
    /// Repeated on every page, and not part of what is said.
    Running,
}

/// Something on a page.
#[derive(Clone)]
pub enum Item {
    /// A text, by its top left corner.
    Text {
        /// The text.
        block: Block,
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// What it is.
        role: Role,
    },
    /// A filled rectangle: a line, or what lies behind a text.
    Fill {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// To the right.
        width: f32,
        /// Down.
        height: f32,
        /// Its color.
        ink: Ink,
    },
    /// The logo.
    Logo {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// To the right.
        width: f32,
        /// Down.
        height: f32,
    },
}

/// Things that stand together, placed from their own top left corner.
#[derive(Default)]
pub struct Group {
    /// The things.
    pub page: Page,
    /// How high they are.
    pub height: f32,
}

impl Group {
    /// The baseline of the first line.
    pub fn baseline(&self) -> f32 {
        let of_item = |item: &Item| match item {
            Item::Text { block, y, .. } => block.stretches.first().map(|stretch| y + stretch.baseline),
            Item::Fill { .. } | Item::Logo { .. } => None,
        };
        self.page.items.iter().find_map(of_item).unwrap_or_default()
    }

    /// Puts them on a page, with their corner there.
    pub fn put(self, page: &mut Page, left: f32, top: f32) {
        for mut item in self.page.items {
            match &mut item {
                Item::Text { x, y, .. } | Item::Fill { x, y, .. } | Item::Logo { x, y, .. } => {
                    *x += left;
                    *y += top;
                }
            }
            page.items.push(item);
        }
    }
}

/// A page.
#[derive(Default)]
pub struct Page {
    /// What stands on it, in the order of reading.
    pub items: Vec<Item>,
}

impl Page {
    /// Puts a text.
    pub fn text(&mut self, block: Block, x: f32, y: f32, role: Role) {
        self.items.push(Item::Text { block, x, y, role });
    }

    /// Puts a line from left to right.
    pub fn rule(&mut self, x: f32, y: f32, width: f32, weight: f32, ink: Ink) {
        self.fill(x, y, width, weight, ink);
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.items.push(Item::Fill { x, y, width, height, ink });
    }
}

/// The measures of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Width of the paper.
    pub width: f32,
    /// Height of the paper.
    pub height: f32,
    /// Where text begins from the left.
    pub left: f32,
    /// Where text ends.
    pub right: f32,
    /// Where text begins from the top.
    pub top: f32,
}

impl Frame {
    /// The measures of a size of paper.
    pub const fn of(paper: Paper) -> Self {
        let (width, height) = match paper {
            // 210 × 297 mm at 72 points an inch.
            Paper::A4 => (595.276, 841.89),
            Paper::Letter => (612.0, 792.0),
        };
        const MARGIN: f32 = 56.0;
        Self {
            width,
            height,
            left: MARGIN,
            right: width - MARGIN,
            top: 48.0,
        }
    }

    /// From the left margin to the right one.
    pub const fn inner(self) -> f32 {
        self.right - self.left
    }
}
