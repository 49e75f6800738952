//! Which rows stand where: the arithmetic of a list without end.
//!
//! A webview cannot make an element as high as a million rows, so beyond [`LIMIT`] the scrollbar is scaled: a wheel or a
//! key still moves by what it says, while the thumb leads to its share of the list.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels are fractions, and row numbers stay far below 2^53"
)]

use std::ops::Range;

/// The greatest height that is given to an element, in pixels.
const LIMIT: f64 = 8_000_000.0;
/// Rows that are kept above and below what is seen. Each row more is work in every frame of a dragged thumb.
const OVERSCAN: u64 = 3;
/// What is rendered changes by so many rows at a time, so that not each row scrolled past is work.
const STEP: u64 = 2;
/// Rows stand where they are counted from a multiple of this: seldom another one, so that a row that stays is not moved,
/// and near enough that its distance in pixels is exact.
const BLOCK: u64 = 4_096;

/// Measures of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geometry {
    /// Height of a row; 0 until it is known.
    pub row: f64,
    /// Height that rows have on screen.
    pub body: f64,
    /// How many rows there are.
    pub total: u64,
}

/// Where the list is: the place of the scrollbar, and the pixel of the whole list that is at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// Of the scrollbar.
    pub scroll: f64,
    /// Of the list.
    pub offset: f64,
}

impl Geometry {
    fn full(&self) -> f64 {
        self.total as f64 * self.row
    }

    /// Height of the element that holds the rows.
    pub fn track(&self) -> f64 {
        self.full().min(LIMIT)
    }

    fn max_offset(&self) -> f64 {
        (self.full() - self.body).max(0.0)
    }

    fn max_scroll(&self) -> f64 {
        (self.track() - self.body).max(0.0)
    }

    fn is_scaled(&self) -> bool {
        self.full() > LIMIT
    }

    fn offset_at(&self, scroll: f64) -> f64 {
        if self.is_scaled() {
            scroll / self.max_scroll().max(1.0) * self.max_offset()
        } else {
            scroll
        }
    }

    fn scroll_at(&self, offset: f64) -> f64 {
        if self.is_scaled() {
            offset / self.max_offset().max(1.0) * self.max_scroll()
        } else {
            offset
        }
    }

    /// The rows of which at least half can be seen.
    pub fn seen(&self, at: Position) -> Range<u64> {
        if self.row <= 0.0 {
            return 0..0;
        }
        let first = (at.offset / self.row).round() as u64;
        let count = (self.body / self.row).round().max(1.0) as u64;
        first.min(self.total)..first.saturating_add(count).min(self.total)
    }

    /// The rows to render: always the same number of them, so that each that leaves is reused.
    pub fn rendered(&self, at: Position) -> Range<u64> {
        if self.row <= 0.0 {
            return 0..0;
        }
        let count = ((self.body / self.row).ceil() as u64)
            .saturating_add(2 * OVERSCAN + STEP)
            .next_multiple_of(STEP);
        let first = (at.offset / self.row).floor() as u64;
        let first = (first.saturating_sub(OVERSCAN) / STEP * STEP).min(self.total.saturating_sub(count));
        first..first.saturating_add(count).min(self.total)
    }

    /// The row from which the places of the rendered rows are counted.
    pub const fn base(rendered: &Range<u64>) -> u64 {
        rendered.start / BLOCK * BLOCK
    }

    /// Rows that fit on screen, for Page Up and Page Down.
    pub fn page(&self) -> u64 {
        if self.row <= 0.0 {
            1
        } else {
            ((self.body / self.row).floor() as u64).saturating_sub(1).max(1)
        }
    }

    /// Where in its element a row stands while the list is at a position; whole pixels, so that text stays sharp.
    pub fn top(&self, row: u64, at: Position) -> f64 {
        (row as f64 * self.row - (at.offset - at.scroll)).round()
    }

    /// The list after the scrollbar has moved to `scroll`. If the scrollbar has to be set, it is set to the new position's.
    pub fn moved(&self, from: Position, scroll: f64) -> Position {
        if !self.is_scaled() {
            return Position { scroll, offset: scroll };
        }
        let by = scroll - from.scroll;
        if by.abs() > self.body.max(self.row) {
            return Position {
                scroll,
                offset: self.offset_at(scroll),
            };
        }
        let offset = (from.offset + by).clamp(0.0, self.max_offset());
        let even = self.scroll_at(offset);
        // At the ends, and when the thumb has drifted from its share, it is put back where it belongs.
        let is_at_end = scroll <= 0.0 || scroll >= self.max_scroll();
        if is_at_end || (even - scroll).abs() > self.body {
            Position { scroll: even, offset }
        } else {
            Position { scroll, offset }
        }
    }

    /// The position at which a row can be seen whole, as near to the present one as possible.
    pub fn revealing(&self, row: u64, from: Position) -> Position {
        let top = row as f64 * self.row;
        let offset = if top < from.offset {
            top
        } else if top + self.row > from.offset + self.body {
            top + self.row - self.body
        } else {
            return from;
        };
        let offset = offset.clamp(0.0, self.max_offset());
        let by = offset - from.offset;
        if self.is_scaled() && by.abs() <= self.body {
            return self.moved(from, from.scroll + by);
        }
        Position {
            scroll: self.scroll_at(offset),
            offset,
        }
    }

    /// The same place after the measures have changed: the same row stays at the top.
    pub fn kept(&self, before: &Self, at: Position) -> Position {
        let share = if before.row > 0.0 {
            at.offset / before.row * self.row
        } else {
            at.offset
        };
        let offset = share.clamp(0.0, self.max_offset());
        if before.row == self.row && before.total == self.total && offset == at.offset {
            return at;
        }
        Position {
            scroll: self.scroll_at(offset),
            offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Geometry = Geometry {
        row: 48.0,
        body: 480.0,
        total: 1_000,
    };
    const LARGE: Geometry = Geometry {
        row: 48.0,
        body: 480.0,
        total: 1_000_000,
    };

    fn at(geometry: &Geometry, scroll: f64) -> Position {
        geometry.moved(
            Position {
                scroll: -10_000.0,
                offset: 0.0,
            },
            scroll,
        )
    }

    #[test]
    fn rows_around_what_is_seen_are_rendered() {
        assert_eq!(SMALL.rendered(Position::default()), 0..18);
        assert_eq!(SMALL.seen(Position::default()), 0..10);
        let middle = at(&SMALL, 4_800.0);
        assert_eq!(SMALL.seen(middle), 100..110);
        assert_eq!(SMALL.rendered(middle), 96..114);
        assert_eq!(SMALL.rendered(at(&SMALL, 47_520.0)), 982..1_000);
        assert_eq!(Geometry { total: 3, ..SMALL }.rendered(Position::default()), 0..3);
        assert_eq!(Geometry { row: 0.0, ..SMALL }.rendered(Position::default()), 0..0);
    }

    #[test]
    fn places_are_counted_from_a_row_that_seldom_changes() {
        assert_eq!(Geometry::base(&(0..24)), 0);
        assert_eq!(Geometry::base(&(4_095..4_119)), 0);
        assert_eq!(Geometry::base(&(999_976..1_000_000)), 999_424);
    }

    #[test]
    fn a_short_list_scrolls_as_it_is() {
        let position = at(&SMALL, 777.0);
        assert_eq!(
            position,
            Position {
                scroll: 777.0,
                offset: 777.0
            }
        );
        assert_eq!(SMALL.top(10, position), 480.0);
        assert_eq!(SMALL.track(), 48_000.0);
    }

    #[test]
    fn the_thumb_reaches_both_ends_of_a_million_rows() {
        assert_eq!(LARGE.track(), LIMIT);
        let end = at(&LARGE, LARGE.max_scroll());
        assert_eq!(LARGE.seen(end), 999_990..1_000_000);
        assert_eq!(LARGE.seen(at(&LARGE, 0.0)), 0..10);
        let half = LARGE.seen(at(&LARGE, LARGE.max_scroll() / 2.0));
        assert!((499_900..500_100).contains(&half.start), "{half:?}");
    }

    #[test]
    fn a_wheel_moves_a_million_rows_by_what_it_says() {
        let start = at(&LARGE, 4_000_000.0);
        let next = LARGE.moved(start, start.scroll + 96.0);
        assert_eq!((next.offset - start.offset).round(), 96.0);
        assert_eq!(LARGE.seen(next).start, LARGE.seen(start).start + 2);
    }

    #[test]
    fn a_wheel_alone_walks_from_one_end_to_the_other_without_a_jump() {
        let geometry = Geometry { total: 200_000, ..LARGE };
        let mut position = Position::default();
        let mut steps = 0;
        while geometry.seen(position).end < geometry.total {
            let scroll = (position.scroll + 400.0).min(geometry.max_scroll());
            let next = geometry.moved(position, scroll);
            assert!(
                next.offset - position.offset <= 400.0 && next.offset > position.offset,
                "{position:?} {next:?}"
            );
            position = next;
            steps += 1;
        }
        assert!(steps > 20_000, "{steps}");
    }

    #[test]
    fn a_row_is_shown_whole_with_the_least_movement() {
        let start = at(&SMALL, 4_800.0);
        assert_eq!(SMALL.revealing(105, start), start);
        assert_eq!(SMALL.revealing(110, start).offset, 4_848.0);
        assert_eq!(SMALL.revealing(99, start).offset, 4_752.0);
        assert_eq!(SMALL.seen(SMALL.revealing(999, start)), 990..1_000);
        assert_eq!(LARGE.seen(LARGE.revealing(999_999, Position::default())), 999_990..1_000_000);
        assert_eq!(LARGE.seen(LARGE.revealing(10, Position::default())), 1..11);
    }

    #[test]
    fn the_row_at_the_top_stays_when_rows_become_lower_or_fewer() {
        let start = at(&SMALL, 4_800.0);
        let compact = Geometry { row: 32.0, ..SMALL };
        assert_eq!(compact.seen(compact.kept(&SMALL, start)).start, 100);
        let fewer = Geometry { total: 50, ..SMALL };
        assert_eq!(fewer.seen(fewer.kept(&SMALL, start)), 40..50);
        assert_eq!(SMALL.kept(&SMALL, start), start);
    }
}
