//! The proof that no number is missing.

use contract::invoice::{DocumentKind, NumberReport, Series};
use yew::prelude::*;

use crate::{
    components::{Badge, Button, Dot, EmptyState, FailedState, Icon, SkeletonRows, Tone},
    format,
    hooks::{Query, use_formats, use_query},
    pages::lists::stale,
};

/// The proof that no number is missing.
#[component]
pub fn NumberProof() -> Html {
    let formats = use_formats();
    let report = use_query(NumberReport {});
    let body = match &report.state {
        Query::Loading => html! { <SkeletonRows label="Checking the numbers" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={report.reload.clone()} /> },
        Query::Ready(known) if known.series.is_empty() => {
            html! { <EmptyState icon={Icon::Receipt} title="No number yet" text="The first one is given when an invoice becomes final." /> }
        }
        Query::Ready(known) => html! {
            <table class="dtable" aria-label="Series of numbers">
                <thead><tr>
                    <th scope="col">{ "Series" }</th>
                    <th scope="col" class="n">{ "Documents" }</th>
                    <th scope="col" class="n opt">{ "Last number" }</th>
                    <th scope="col" class="n opt">{ "Last issued" }</th>
                    <th scope="col">{ "Found" }</th>
                </tr></thead>
                <tbody>{ for known.series.iter().map(row) }</tbody>
            </table>
        },
    };
    let at = report.state.ready().map(|known| formats.moment(known.at));
    html! {
        <section class="stack" aria-labelledby="numbers-title">
            <div class="settings__head">
                <div>
                    <h2 class="section-title" id="numbers-title">{ "Proof of the numbers" }</h2>
                    <p class="section-text">{ "Every final document is counted: no number missing, no day running backwards." }if let Some(at) = at { <span class="num">{ format!(" Checked {at}.") }</span> }</p>
                </div>
                <Button label="Check again" icon={Some(Icon::Refresh)} busy={report.is_reloading.then_some(AttrValue::Static("Checking…"))} on_press={report.reload.clone()} />
            </div>
            if let Some(error) = &report.reload_error { { stale(error, &report.reload) } }
            <div class="panel" aria-busy={report.is_reloading.then_some("true")}>{ body }</div>
        </section>
    }
}

fn row(series: &Series) -> Html {
    let kind = match series.kind {
        DocumentKind::Invoice => "Invoices",
        DocumentKind::CreditNote => "Credit notes",
    };
    let found = findings(series);
    html! {
        <tr key={format!("{kind} {}", series.name)}>
            <td><span class="mono data">{ &series.name }</span><small>{ extent(kind, series.first) }</small></td>
            <td class="n">{ format::count(series.count) }</td>
            <td class="n opt">{ format::count(series.last) }</td>
            <td class="n opt">{ series.last_issued_on.map_or_else(|| format::NOTHING.to_owned(), format::date) }</td>
            <td>
                if found.is_empty() {
                    <Badge label="No gap" tone={Tone::Positive} dot={Dot::Filled} />
                } else {
                    { for found.iter().map(|text| html! { <p class="tone-danger wrap">{ text }</p> }) }
                }
            </td>
        </tr>
    }
}

/// What the proof goes over. Where another program has given the numbers before, it begins with the first of this book.
fn extent(kind: &str, first: u64) -> String {
    if first == 1 {
        kind.to_owned()
    } else {
        format!("{kind} from {first} on, the first of this book")
    }
}

/// What is wrong with a series, in words.
fn findings(series: &Series) -> Vec<String> {
    let listed = |numbers: Vec<String>| {
        let shown = numbers.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        match numbers.len() {
            0..=5 => shown,
            more => format!("{shown} and {} more", more - 5),
        }
    };
    let mut found = Vec::new();
    if !series.missing.is_empty() {
        let numbers = series.missing.iter().map(ToString::to_string).collect();
        found.push(format!("Missing: {}", listed(numbers)));
    }
    if !series.before_first.is_empty() {
        found.push(format!("Before the first of this book: {}", listed(series.before_first.clone())));
    }
    if !series.out_of_order.is_empty() {
        found.push(format!("Issued out of order: {}", listed(series.out_of_order.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(missing: Vec<u64>, out_of_order: Vec<String>) -> Series {
        Series {
            kind: DocumentKind::Invoice,
            name: "2026-#".to_owned(),
            count: 2,
            first: 1,
            last: 9,
            missing,
            before_first: Vec::new(),
            out_of_order,
            last_issued_on: None,
        }
    }

    #[test]
    fn a_series_without_a_gap_has_nothing_found() {
        assert!(findings(&series(Vec::new(), Vec::new())).is_empty());
        assert_eq!(
            findings(&series(vec![3, 4, 5, 6, 7, 8], vec!["2026-9".to_owned()])),
            ["Missing: 3, 4, 5, 6, 7 and 1 more", "Issued out of order: 2026-9"]
        );
        let early = Series {
            before_first: vec!["2026-1".to_owned()],
            ..series(Vec::new(), Vec::new())
        };
        assert_eq!(findings(&early), ["Before the first of this book: 2026-1"]);
    }

    #[test]
    fn a_series_that_another_program_has_begun_says_where_this_book_goes_on() {
        assert_eq!(extent("Invoices", 1), "Invoices");
        assert_eq!(extent("Invoices", 501), "Invoices from 501 on, the first of this book");
    }
}
