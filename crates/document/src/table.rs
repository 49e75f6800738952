//! A table that goes on over pages: its head is repeated, and what sums it up never stands alone.

use crate::{
    page::{Frame, Ink, Page, Role},
    typeset::{Align, Block, Style, Typesetter},
};

/// Size of text in a table.
const SIZE: f32 = 9.0;
/// Between the columns.
const GAP: f32 = 10.0;
/// Above and below the text of a row.
const PAD: f32 = 6.5;

/// A column.
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its width, with the gap.
    pub width: f32,
    /// On which side it is flush.
    pub align: Align,
}

/// What stands in a cell: lines below each other.
#[derive(Default)]
pub struct Cell {
    lines: Vec<(String, Look)>,
}

#[derive(Clone, Copy)]
enum Look {
    Plain,
    Bold,
    Muted,
}

impl Cell {
    /// A cell with a text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().line(text, Look::Plain)
    }

    /// The same in bold.
    pub fn bold(text: impl Into<String>) -> Self {
        Self::default().line(text, Look::Bold)
    }

    /// With a line of explanation in small gray below.
    pub fn explained(self, text: impl Into<String>) -> Self {
        self.line(text, Look::Muted)
    }

    fn line(mut self, text: impl Into<String>, look: Look) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.lines.push((text, look));
        }
        self
    }
}

/// A row whose texts are set.
struct SetRow {
    cells: Vec<Vec<Block>>,
    height: f32,
}

/// A table whose texts are set.
pub struct Table {
    columns: Vec<Column>,
    head: SetRow,
    rows: Vec<SetRow>,
    number: usize,
}

impl Table {
    /// Sets a table; `number` tells it from others of the document.
    pub fn new(number: usize, columns: Vec<Column>, rows: Vec<Vec<Cell>>, setter: &mut Typesetter) -> Self {
        let titles: Vec<Vec<(String, Style)>> = columns
            .iter()
            .map(|column| {
                let style = Style {
                    leading: 1.25,
                    ..Style::plain(7.5).bold().ink(Ink::Muted)
                };
                vec![(column.title.clone(), style)]
            })
            .collect();
        let head = set(titles, &columns, setter);
        let rows = rows
            .into_iter()
            .map(|cells| {
                let cells = cells
                    .into_iter()
                    .map(|cell| cell.lines.into_iter().map(|(text, look)| (text, style(look))).collect())
                    .collect();
                set(cells, &columns, setter)
            })
            .collect();
        Self {
            columns,
            head,
            rows,
            number,
        }
    }

    /// Puts the table on pages, from `y` on the last of them. `end` is the lowest line of a page, `after` the height of what
    /// has to stand below the last row on the same page, and `turn` begins a page and says where its text begins. Answers
    /// with where the table ends.
    pub fn put(
        self,
        pages: &mut Vec<Page>,
        frame: Frame,
        mut y: f32,
        end: f32,
        after: f32,
        mut turn: impl FnMut(&mut Vec<Page>) -> f32,
    ) -> f32 {
        let last = self.rows.len().saturating_sub(1);
        let first_height = self.rows.first().map_or(0.0, |row| row.height);
        let keep = |at: usize| if at == last { after } else { 0.0 };
        if y + self.head.height + first_height + keep(0) > end && y > frame.top + 1.0 {
            y = turn(pages);
        }
        y = self.put_head(pages, frame, y, true);
        for (at, row) in self.rows.iter().enumerate() {
            // A table of one row that is too high for any page stands where it stands.
            if at > 0 && y + row.height + keep(at) > end {
                y = turn(pages);
                y = self.put_head(pages, frame, y, false);
            }
            self.put_row(pages, frame, row, y, Some(at + 1));
            y += row.height;
            if let Some(page) = pages.last_mut() {
                page.rule(frame.left, y, frame.inner(), 0.5, Ink::Line);
            }
        }
        y
    }

    fn put_head(&self, pages: &mut [Page], frame: Frame, y: f32, is_first: bool) -> f32 {
        self.put_row(pages, frame, &self.head, y, is_first.then_some(0));
        let below = y + self.head.height;
        if let Some(page) = pages.last_mut() {
            page.rule(frame.left, below, frame.inner(), 1.0, Ink::Text);
        }
        below
    }

    fn put_row(&self, pages: &mut [Page], frame: Frame, row: &SetRow, y: f32, number: Option<usize>) {
        let Some(page) = pages.last_mut() else { return };
        let mut x = frame.left;
        for (at, (column, blocks)) in self.columns.iter().zip(&row.cells).enumerate() {
            let mut top = y + PAD;
            for block in blocks {
                let role = number.map_or(Role::Running, |row| Role::Cell {
                    table: self.number,
                    row,
                    column: at,
                });
                page.text(block.clone(), x, top, role);
                top += block.height;
            }
            x += column.width;
        }
    }
}

fn style(look: Look) -> Style {
    match look {
        Look::Plain => Style::plain(SIZE),
        Look::Bold => Style::plain(SIZE).bold(),
        Look::Muted => Style::plain(7.5).ink(Ink::Muted),
    }
}

fn set(cells: Vec<Vec<(String, Style)>>, columns: &[Column], setter: &mut Typesetter) -> SetRow {
    let last = columns.len().saturating_sub(1);
    let cells: Vec<Vec<Block>> = cells
        .into_iter()
        .zip(columns)
        .enumerate()
        .map(|(at, (lines, column))| {
            // A column that is flush right has its gap before it, so that the last one ends at the margin.
            let width = column.width - if at == last && column.align == Align::Left { 0.0 } else { GAP };
            lines
                .into_iter()
                .map(|(text, style)| {
                    let style = Style {
                        align: column.align,
                        ..style
                    };
                    let block = setter.set(&text, style, width);
                    match column.align {
                        Align::Left => block,
                        Align::Right => block.moved(GAP),
                    }
                })
                .collect()
        })
        .collect();
    let height = cells
        .iter()
        .map(|blocks| blocks.iter().map(|block| block.height).sum::<f32>())
        .fold(0.0, f32::max)
        + 2.0 * PAD;
    SetRow { cells, height }
}
