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
pub struct Place {
    /// The row in focus.
    pub row: Option<u64>,
    /// Where the keyboard is.
    pub spot: Spot,
    /// How many rows there are.
    pub total: u64,
    /// Rows that fit on screen.
    pub page: u64,
    /// How many columns there are; the last one holds the buttons.
    pub columns: usize,
    /// Whether the head can be seen.
    pub has_head: bool,
}

impl Place {
    /// What a key does here; nothing for keys that are not the grid's.
    pub fn step(&self, key: &str, ctrl: bool) -> Option<Step> {
        let last_column = self.columns.checked_sub(1)?;
        if let Spot::Head(column) = self.spot {
            return match (key, ctrl) {
                ("ArrowLeft", false) => Some(Step::At(Spot::Head(column.saturating_sub(1)))),
                ("ArrowRight", false) => Some(Step::At(Spot::Head(column.saturating_add(1).min(last_column)))),
                ("Home", false) => Some(Step::At(Spot::Head(0))),
                ("End", false) => Some(Step::At(Spot::Head(last_column))),
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
                _ => 0,
            }))),
            ("ArrowUp", false) => to(row.saturating_sub(1)),
            ("PageDown", false) => to(row.saturating_add(self.page).min(last)),
            ("PageUp", false) => to(row.saturating_sub(self.page)),
            ("Home", true) => to(0),
            ("End", true) => to(last),
            ("Home", false) => Some(Step::At(Spot::Cell(0))),
            ("End", false) => Some(Step::At(Spot::Cell(last_column))),
            ("ArrowRight", false) => Some(Step::At(Spot::Cell(match self.spot {
                Spot::Cell(column) => column.saturating_add(1).min(last_column),
                _ => 0,
            }))),
            ("ArrowLeft", false) => match self.spot {
                Spot::Cell(0) => Some(Step::At(Spot::Row)),
                Spot::Cell(column) => Some(Step::At(Spot::Cell(column.saturating_sub(1)))),
                _ => None,
            },
            ("Escape", false) if matches!(self.spot, Spot::Cell(_)) => Some(Step::At(Spot::Row)),
            ("Enter" | "F2", false) if self.spot == Spot::Cell(last_column) => Some(Step::Enter),
            ("Enter", false) => Some(Step::Open),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Place = Place {
        row: Some(5),
        spot: Spot::Row,
        total: 100,
        page: 10,
        columns: 7,
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
