//! What a book holds, table by table, and what proves that two are the same.

use contract::{Currency, Money, words, work::TableProof};
use yew::prelude::*;

use crate::format;

/// What a book holds.
#[derive(Properties, PartialEq)]
pub struct ProofProps {
    /// Its tables.
    pub tables: Vec<TableProof>,
    /// Whether they were found the same on both sides.
    pub is_equal: bool,
}

/// What a book holds, table by table.
#[component]
pub fn Proof(props: &ProofProps) -> Html {
    let rows: u64 = props.tables.iter().map(|table| table.rows).sum();
    html! {
        <section class="panel" aria-label="What is moved">
            <div class="sideways"><table class="dtable dtable--tight">
                <thead><tr>
                    <th scope="col">{ "Records" }</th><th scope="col" class="n">{ "Rows" }</th><th scope="col" class="opt">{ "Sums of money" }</th>
                    <th scope="col">{ if props.is_equal { "Checksum, both sides" } else { "Checksum" } }</th>
                </tr></thead>
                <tbody>
                    { for props.tables.iter().filter(|table| table.rows > 0).map(|table| html! {
                        <tr key={table.table.clone()}>
                            <td>{ words::label(&table.table) }</td>
                            <td class="n">{ format::count(table.rows) }</td>
                            <td class="opt secondary">{ sums(table) }</td>
                            <td class="mono" title={table.checksum.clone()}>{ short(&table.checksum) }</td>
                        </tr>
                    }) }
                </tbody>
                <tfoot><tr><td>{ "Together" }</td><td class="n">{ format::count(rows) }</td><td class="opt"></td><td></td></tr></tfoot>
            </table></div>
        </section>
    }
}

/// The first figures of a checksum; all of it is in the tooltip.
fn short(checksum: &str) -> String {
    let first: String = checksum.chars().take(4).collect();
    let second: String = checksum.chars().skip(4).take(4).collect();
    format!("{first} {second}")
}

/// Every sum of money of a table, with its column.
fn sums(table: &TableProof) -> String {
    let said = table.sums.iter().map(|sum| {
        let column = words::label(&sum.column).to_lowercase();
        let amount = sum.amount.parse::<i64>().ok().zip(Currency::parse(&sum.currency));
        let amount = amount.map_or_else(
            || format!("{} {}", sum.currency, sum.amount),
            |(amount, currency)| format::money(Money { amount, currency }),
        );
        format!("{column} {amount}")
    });
    said.collect::<Vec<_>>().join(", ")
}
