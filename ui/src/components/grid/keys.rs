//! Where a key leads in a grid.

/// Where the keyboard is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spot {
    /// At the row in focus, as a whole.
    #[default]
    Row,
    /// At one of its cells.
    Cell(usize),
    /// At a word of the head.
    Head(usize),
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Goes to a row; the cell stays.
    To(u64),
    /// Goes to another cell, or to the row or head.
    At(Spot),
    /// Opens the row.
    Open,
    /// Sorts by the column of the head.
    Sort(usize),
    /// Goes into the cell with buttons.
    Enter,
}

/// The list, as keys see it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The row in focus.
    pub row: Option<u64>,
    /// Where the keyboard is.
    pub spot: Spot,
    /// How many rows there are.
    pub total: u64,
    /// Rows that fit on screen.
    pub page: u64,
    /// The columns that can be seen; in a narrow list some are hidden.
    pub columns: &'a [usize],
    /// The column that holds the buttons.
    pub buttons: usize,
    /// Whether the head can be seen.
    pub has_head: bool,
}

impl Place<'_> {
    /// The first column.
    fn first(&self) -> usize {
        self.columns.first().copied().unwrap_or(0)
    }

    /// The last column.
    fn last(&self) -> usize {
        self.columns.last().copied().unwrap_or(0)
    }

    /// The column after another one, which may be hidden by now.
    fn after(&self, column: usize) -> usize {
        self.columns.iter().copied().find(|next| *next > column).unwrap_or(self.last())
    }

    /// The column before another one, if there is any.
    fn before(&self, column: usize) -> Option<usize> {
        self.columns.iter().copied().rfind(|next| *next < column)
    }

    /// What a key does here; nothing for keys that are not the grid's.
    pub fn step(&self, key: &str, ctrl: bool) -> Option<Step> {
        if let Spot::Head(column) = self.spot {
            return match (key, ctrl) {
                ("ArrowLeft", false) => Some(Step::At(Spot::Head(self.before(column).unwrap_or(self.first())))),
                ("ArrowRight", false) => Some(Step::At(Spot::Head(self.after(column)))),
                ("Home", false) => Some(Step::At(Spot::Head(self.first()))),
                ("End", false) => Some(Step::At(Spot::Head(self.last()))),
                ("Enter" | " ", false) => Some(Step::Sort(column)),
                ("ArrowDown" | "Escape", false) => Some(Step::At(Spot::Row)),
                _ => None,
            };
        }
        let last = self.total.checked_sub(1)?;
        let row = self.row.unwrap_or(0).min(last);
        let to = |to: u64| Some(Step::To(to));
        match (key, ctrl) {
            ("ArrowDown", false) if self.row.is_none() => to(0),
            ("ArrowDown", false) => to(row.saturating_add(1).min(last)),
            ("ArrowUp", false) if row == 0 && self.has_head => Some(Step::At(Spot::Head(match self.spot {
                Spot::Cell(column) => column,
                _ => self.first(),
            }))),
            ("ArrowUp", false) => to(row.saturating_sub(1)),
            ("PageDown", false) => to(row.saturating_add(self.page).min(last)),
            ("PageUp", false) => to(row.saturating_sub(self.page)),
            ("Home", true) => to(0),
            ("End", true) => to(last),
            ("Home", false) => Some(Step::At(Spot::Cell(self.first()))),
            ("End", false) => Some(Step::At(Spot::Cell(self.last()))),
            ("ArrowRight", false) => Some(Step::At(Spot::Cell(match self.spot {
                Spot::Cell(column) => self.after(column),
                _ => self.first(),
            }))),
            ("ArrowLeft", false) => match self.spot {
                Spot::Cell(column) => Some(Step::At(self.before(column).map_or(Spot::Row, Spot::Cell))),
                _ => None,
            },
            ("Escape", false) if matches!(self.spot, Spot::Cell(_)) => Some(Step::At(Spot::Row)),
            ("Enter" | "F2", false) if self.spot == Spot::Cell(self.buttons) && self.columns.contains(&self.buttons) => Some(Step::Enter),
            ("Enter", false) => Some(Step::Open),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Place<'static> = Place {
        row: Some(5),
        spot: Spot::Row,
        total: 100,
        page: 10,
        columns: &[0, 1, 2, 3, 4, 5, 6],
        buttons: 6,
        has_head: true,
    };

    #[test]
    fn keys_lead_to_rows() {
        let cases = [
            ("ArrowDown", false, 5, 6),
            ("ArrowUp", false, 5, 4),
            ("PageDown", false, 95, 99),
            ("PageUp", false, 5, 0),
            ("Home", true, 5, 0),
            ("End", true, 5, 99),
            ("ArrowDown", false, 99, 99),
        ];
        for (key, ctrl, from, to) in cases {
            assert_eq!(Place { row: Some(from), ..AT }.step(key, ctrl), Some(Step::To(to)), "{key} {from}");
        }
        assert_eq!(Place { row: None, ..AT }.step("ArrowDown", false), Some(Step::To(0)));
        assert_eq!(Place { total: 0, ..AT }.step("ArrowDown", false), None);
    }

    #[test]
    fn keys_lead_to_cells_and_back_to_the_row() {
        let cases = [
            (Spot::Row, "ArrowRight", Some(Step::At(Spot::Cell(0)))),
            (Spot::Cell(6), "ArrowRight", Some(Step::At(Spot::Cell(6)))),
            (Spot::Cell(0), "ArrowLeft", Some(Step::At(Spot::Row))),
            (Spot::Row, "ArrowLeft", None),
            (Spot::Row, "End", Some(Step::At(Spot::Cell(6)))),
            (Spot::Cell(3), "Escape", Some(Step::At(Spot::Row))),
            (Spot::Cell(6), "Enter", Some(Step::Enter)),
            (Spot::Cell(2), "Enter", Some(Step::Open)),
            (Spot::Row, "Enter", Some(Step::Open)),
            (Spot::Row, "x", None),
        ];
        for (spot, key, want) in cases {
            assert_eq!(Place { spot, ..AT }.step(key, false), want, "{spot:?} {key}");
        }
    }

    #[test]
    fn what_is_hidden_is_no_stop() {
        let narrow = Place { columns: &[0, 1, 4], ..AT };
        let cases = [
            (Spot::Row, "ArrowRight", Some(Step::At(Spot::Cell(0)))),
            (Spot::Cell(1), "ArrowRight", Some(Step::At(Spot::Cell(4)))),
            (Spot::Cell(4), "ArrowRight", Some(Step::At(Spot::Cell(4)))),
            (Spot::Cell(4), "ArrowLeft", Some(Step::At(Spot::Cell(1)))),
            (Spot::Row, "End", Some(Step::At(Spot::Cell(4)))),
            // It was there before the window became narrow.
            (Spot::Cell(5), "ArrowLeft", Some(Step::At(Spot::Cell(4)))),
            (Spot::Cell(6), "Enter", Some(Step::Open)),
            (Spot::Head(1), "ArrowRight", Some(Step::At(Spot::Head(4)))),
            (Spot::Head(0), "ArrowLeft", Some(Step::At(Spot::Head(0)))),
        ];
        for (spot, key, want) in cases {
            assert_eq!(Place { spot, ..narrow }.step(key, false), want, "{spot:?} {key}");
        }
    }

    #[test]
    fn the_head_is_above_the_first_row_and_sorts() {
        let top = Place { row: Some(0), ..AT };
        assert_eq!(top.step("ArrowUp", false), Some(Step::At(Spot::Head(0))));
        assert_eq!(
            Place {
                spot: Spot::Cell(4),
                ..top
            }
            .step("ArrowUp", false),
            Some(Step::At(Spot::Head(4)))
        );
        assert_eq!(Place { has_head: false, ..top }.step("ArrowUp", false), Some(Step::To(0)));
        let head = Place {
            spot: Spot::Head(4),
            ..top
        };
        assert_eq!(head.step("Enter", false), Some(Step::Sort(4)));
        assert_eq!(head.step("ArrowDown", false), Some(Step::At(Spot::Row)));
        assert_eq!(head.step("ArrowRight", false), Some(Step::At(Spot::Head(5))));
        assert_eq!(
            Place {
                total: 0,
                row: None,
                ..head
            }
            .step("Enter", false),
            Some(Step::Sort(4))
        );
    }
}
