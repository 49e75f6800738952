//! The shapes of a chart, in a picture of 1000 by 300 that is stretched to its place.

use std::fmt::Write;

use yew::prelude::*;

use super::{ChartKind, ChartPoint, Scale};

const WIDTH: i64 = 1000;
const HEIGHT: i64 = 300;

/// Where a month is across the picture, in thousandths.
pub fn place(kind: ChartKind, at: usize, count: usize) -> i64 {
    let (at, count) = (i64::try_from(at).unwrap_or(0), i64::try_from(count).unwrap_or(1).max(1));
    match kind {
        ChartKind::Bars | ChartKind::Moves | ChartKind::Ahead => (2 * at + 1) * WIDTH / (2 * count),
        ChartKind::Area => at * WIDTH / (count - 1).max(1),
    }
}

/// The lines of the ticks; that of zero is stronger.
pub fn grid(scale: &Scale) -> Html {
    scale
        .ticks()
        .into_iter()
        .map(|tick| {
            let class = classes!("grid-line", (tick == 0).then_some("grid-line--base"));
            html! { <path key={tick.to_string()} {class} d={format!("M0 {}H{WIDTH}", scale.y(tick, HEIGHT))} /> }
        })
        .collect()
}

/// The surface over which the pointer reads a month.
pub fn slot(kind: ChartKind, at: usize, count: usize, on_enter: Callback<MouseEvent>) -> Html {
    let wide = WIDTH / i64::try_from(count).unwrap_or(1).max(1);
    let x = place(kind, at, count) - wide / 2;
    html! { <rect key={format!("slot {at}")} class="slot" x={x.to_string()} y="0" width={(wide + 1).to_string()} height={HEIGHT.to_string()} onmouseenter={on_enter} /> }
}

/// A bar for each month; one that is not over is outlined.
pub fn bars(kind: ChartKind, scale: &Scale, points: &[ChartPoint], at: Option<usize>) -> Html {
    let count = points.len();
    let wide = bar(count);
    let zero = scale.y(0, HEIGHT);
    points
        .iter()
        .enumerate()
        .map(|(number, point)| {
            let end = scale.y(point.value, HEIGHT);
            let class = classes!("bar", (kind == ChartKind::Ahead || number + 1 == count).then_some("bar--now"), (at == Some(number)).then_some("bar--read"));
            let x = place(ChartKind::Bars, number, count) - wide / 2;
            html! {
                <rect key={number} {class} x={x.to_string()} y={zero.min(end).to_string()} width={wide.to_string()} height={(zero - end).abs().to_string()} />
            }
        })
        .collect()
}

/// What was gained and lost in each month, and a mark at what remains.
pub fn moves(scale: &Scale, points: &[ChartPoint], at: Option<usize>) -> Html {
    let count = points.len();
    let wide = bar(count);
    let zero = scale.y(0, HEIGHT);
    let months = points.iter().enumerate().map(|(number, point)| {
        let (gained, lost) = point.parts.unwrap_or_default();
        let (top, end, net) = (
            scale.y(gained, HEIGHT),
            scale.y(lost.saturating_neg(), HEIGHT),
            scale.y(point.value, HEIGHT),
        );
        let x = place(ChartKind::Moves, number, count) - wide / 2;
        let read = (at == Some(number)).then_some("bar--read");
        let (from, to) = (x - wide / 4, x + wide + wide / 4);
        html! {
            <g key={number}>
                <rect class={classes!("bar", read)} x={x.to_string()} y={top.to_string()} width={wide.to_string()} height={(zero - top).max(0).to_string()} />
                <rect class="bar bar--loss" x={x.to_string()} y={zero.to_string()} width={wide.to_string()} height={(end - zero).max(0).to_string()} />
                <path class="net" d={format!("M{from} {net}H{to}")} />
            </g>
        }
    });
    months.collect()
}

/// How wide a bar is among so many.
fn bar(count: usize) -> i64 {
    WIDTH * 11 / 20 / i64::try_from(count).unwrap_or(1).max(1)
}

/// The line of the months over its area; the way to the month that is not over is dashed.
pub fn area(scale: &Scale, points: &[ChartPoint], at: Option<usize>) -> Html {
    let count = points.len();
    let spots: Vec<(i64, i64)> = points
        .iter()
        .enumerate()
        .map(|(number, point)| (place(ChartKind::Area, number, count), scale.y(point.value, HEIGHT)))
        .collect();
    let zero = scale.y(0, HEIGHT);
    let ends = spots.first().zip(spots.last());
    let shape = ends.map(|((first, _), (last, _))| format!("{}L{last} {zero}L{first} {zero}Z", line(&spots)));
    let (over, ahead) = spots.split_at(count.saturating_sub(1).max(1).min(count));
    let ahead: Vec<(i64, i64)> = over.last().into_iter().chain(ahead).copied().collect();
    html! {
        <>
            <path key="area" class="area" d={shape} />
            <path key="over" class="line" d={line(over)} />
            <path key="ahead" class="line line--ahead" d={line(&ahead)} />
            { for at.and_then(|at| spots.get(at)).map(|(x, y)| html! {
                <g key="read">
                    <path class="cursor" d={format!("M{x} 0V{HEIGHT}")} />
                    <path class="dot-halo" d={format!("M{x} {y}h0")} />
                    <path class="dot" d={format!("M{x} {y}h0")} />
                </g>
            }) }
        </>
    }
}

fn line(spots: &[(i64, i64)]) -> String {
    spots.iter().enumerate().fold(String::new(), |mut path, (number, (x, y))| {
        // Writing to a text cannot fail.
        let _ = write!(path, "{}{x} {y}", if number == 0 { "M" } else { "L" });
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_in_the_middle_of_their_month_and_a_line_goes_from_edge_to_edge() {
        assert_eq!((place(ChartKind::Bars, 0, 10), place(ChartKind::Bars, 9, 10)), (50, 950));
        assert_eq!((place(ChartKind::Area, 0, 12), place(ChartKind::Area, 11, 12)), (0, 1000));
        assert_eq!(place(ChartKind::Area, 0, 1), 0);
    }

    #[test]
    fn a_line_begins_at_its_first_spot() {
        assert_eq!(line(&[(0, 300), (500, 20), (1000, 0)]), "M0 300L500 20L1000 0");
        assert_eq!(line(&[]), "");
    }
}
