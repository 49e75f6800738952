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
    let has_money = props.tables.iter().any(|table| !table.sums.is_empty());
    html! {
        <section class="panel" aria-label="What is moved">
            <div class="sideways"><table class="dtable dtable--tight">
                <thead><tr>
                    <th scope="col">{ "Records" }</th><th scope="col" class="n">{ "Rows" }</th>
                    if has_money { <th scope="col" class="opt">{ "Sums of money" }</th> }
                    <th scope="col">{ if props.is_equal { "Checksum, both sides" } else { "Checksum" } }</th>
                </tr></thead>
                <tbody>
                    { for props.tables.iter().filter(|table| table.rows > 0).map(|table| html! {
                        <tr key={table.table.clone()}>
                            <td>{ records(&table.table) }</td>
                            <td class="n">{ format::count(table.rows) }</td>
                            if has_money { <td class="opt secondary">{ sums(table) }</td> }
                            <td class="mono" title={table.checksum.clone()}>{ short(&table.checksum) }</td>
                        </tr>
                    }) }
                </tbody>
                <tfoot><tr><td>{ "Together" }</td><td class="n">{ format::count(rows) }</td>if has_money { <td class="opt"></td> }<td></td></tr></tfoot>
            </table></div>
        </section>
    }
}

/// What the rows of a table are, in words.
pub fn records(table: &str) -> String {
    let known = match table {
        "activation" => "Activations of licenses",
        "allocation" => "What payments pay",
        "billing" => "Billing settings",
        "book" => "Settings of the book",
        "catch_up_item" => "What catch-ups have done",
        "catch_up_run" => "Catch-ups",
        "chain_head" => "End of the change log",
        "change" => "Changes",
        "change_value" => "Values of changes",
        "credit_note" => "Credit notes",
        "credit_note_line" => "Lines of credit notes",
        // One table has both.
        "customer" => "Customers and administrators",
        "customer_money" => "Sums of customers",
        "customer_summary" => "Figures of customers",
        "domain" => "Domains",
        "exchange_rate" => "Exchange rates",
        "figure" => "Figures of the book",
        "idempotency" => "Saves that were answered",
        "invoice" => "Invoices",
        "invoice_line" => "Lines of invoices",
        "invoice_series" => "Series of numbers",
        "license" => "Licenses",
        "payment" => "Payments",
        "plan" => "Plans",
        "recurring" => "Recurring revenue",
        "refund" => "Refunds",
        "subscription" => "Subscriptions",
        "throttle" => "Failed sign-ins",
        "write_off" => "Write-offs",
        other => return words::label(other),
    };
    known.to_owned()
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
