//! Beside the document: what is open, and what happened.

use contract::{
    CreditNoteId, Money,
    invoice::{Invoice, InvoiceDetails, InvoicePayment, InvoiceStatus},
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, Icon, Notice, Tone},
    format,
    hooks::use_formats,
    route::{self, CustomerTab, Route, use_place},
};

/// Of a draft: what it comes to so far; the currency is said where no field does.
pub fn of_draft(details: &InvoiceDetails, total: Option<Money>, has_currency_field: bool) -> Html {
    html! {
        <>
            <section class="side-amount">
                <p class="muted">{ "Total so far" }</p>
                <p class="side-amount__value data">{ total.map_or_else(|| format::NOTHING.to_owned(), format::money) }</p>
            </section>
            <section><dl class="facts">
                <div><dt>{ "Customer" }</dt><dd><CustomerLink invoice={details.invoice.clone()} /></dd></div>
                if !has_currency_field { <div><dt>{ "Currency" }</dt><dd>{ total.unwrap_or(details.invoice.total).currency.code().to_owned() }</dd></div> }
            </dl></section>
            <Notice title="A draft can still change" text="It has no number and nobody owes it. Seller and buyer are filled in when it becomes final." tone={Tone::Info} />
        </>
    }
}

/// Beside a final invoice.
#[derive(Properties, PartialEq)]
pub struct SideProps {
    /// The invoice.
    pub details: std::rc::Rc<InvoiceDetails>,
    /// The day.
    pub today: chrono::NaiveDate,
    /// A credit note is to be shown.
    pub on_note: Callback<CreditNoteId>,
    /// A promise to pay is to be noted or changed.
    pub on_promise: Callback<()>,
    /// A payment is to be taken off.
    pub on_take_off: Callback<InvoicePayment>,
}

/// Beside a final invoice: the open amount, the facts, and what happened.
#[component]
pub fn Side(props: &SideProps) -> Html {
    let formats = use_formats();
    let details = &props.details;
    let invoice = &details.invoice;
    let percent = percent(invoice.paid.amount + invoice.credited.amount, invoice.total.amount);
    html! {
        <>
            <section class="side-amount">
                <p class="muted">{ open_label(invoice.status) }</p>
                <p class="side-amount__value data">{ format::money(open_amount(details)) }</p>
                <svg class="paybar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={format!("{percent} percent settled")}><rect width={percent.to_string()} height="6" /></svg>
                <p class="muted num">{ settled_words(details) }</p>
            </section>
            <section><dl class="facts">
                <div><dt>{ "Customer" }</dt><dd><CustomerLink invoice={invoice.clone()} /></dd></div>
                <div><dt>{ "Currency" }</dt><dd>{ invoice.total.currency.code().to_owned() }</dd></div>
                if invoice.status == InvoiceStatus::Open {
                    if let Some(due) = invoice.due_on { <div><dt>{ "Due" }</dt><dd class="num">{ format::days_away(props.today, due) }</dd></div> }
                    { promise(invoice, &props.on_promise) }
                }
            </dl></section>
            <section aria-label="History">
                <h3 class="side-title">{ "History" }</h3>
                <ol class="timeline">
                    { for details.credit_notes.iter().rev().map(|note| {
                        let (on_note, id) = (props.on_note.clone(), note.id);
                        html! {
                            <li key={note.id.to_string()}>{ Icon::Receipt.view() }<div>
                                <p><span class="num">{ format!("{} credited by ", format::money(note.total)) }</span><button type="button" class="link mono" onclick={move |_| on_note.emit(id)}>{ &note.number }</button></p>
                                <time class="num">{ format::date(note.issued_on) }</time>
                            </div></li>
                        }
                    }) }
                    { for details.payments.iter().rev().map(|part| {
                        let on_press = {
                            let (on_take_off, part) = (props.on_take_off.clone(), part.clone());
                            Callback::from(move |()| on_take_off.emit(part.clone()))
                        };
                        let label = format!("Take off {} of {}", format::money(part.amount), format::date(part.received_on));
                        html! {
                            <li key={part.payment_id.to_string()}>{ Icon::Card.view() }<div>
                                <p><span class="num">{ format!("{} paid ", format::money(part.amount)) }</span><Button label="Take off" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(label))} {on_press} /></p>
                                <time class="num">{ format::date(part.received_on) }</time>
                            </div></li>
                        }
                    }) }
                    if let Some(issued) = invoice.issued_on { <li>{ Icon::Lock.view() }<div><p>{ "Final; number given" }</p><time class="num">{ format::date(issued) }</time></div></li> }
                    <li>{ Icon::File.view() }<div><p>{ "Draft made" }</p><time class="num">{ formats.moment(invoice.created_at) }</time></div></li>
                </ol>
            </section>
            <p class="proof muted">{ Icon::Lock.small() }<span>{ locked_words(invoice.status) }</span></p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct CustomerLinkProps {
    invoice: Invoice,
}

/// The way to the customer, and back to the list where the invoice lies over that.
#[component]
fn CustomerLink(props: &CustomerLinkProps) -> Html {
    let invoice = &props.invoice;
    let here = use_place().route;
    let href = Route::Customers(Some((invoice.customer_id, CustomerTab::Details))).href();
    let onclick = Callback::from(move |_: MouseEvent| {
        // Over the record of the customer, that leads back to where it was opened from.
        if !matches!(here, Route::Customers(_)) {
            route::come_back_to(here);
        }
    });
    html! { <a class="link" {href} {onclick}><bdi>{ &invoice.customer_name }</bdi></a> }
}

/// Until when payment is promised, and the way to note that.
fn promise(invoice: &Invoice, on_promise: &Callback<()>) -> Html {
    let act = match invoice.promised_until {
        Some(_) => ("Change", "Change the promise to pay"),
        None => ("Note a promise", "Note a promise to pay"),
    };
    html! {
        <div>
            <dt>{ "Promised until" }</dt>
            <dd>
                if let Some(day) = invoice.promised_until { <span class="num">{ format::date(day) }</span>{ " " } }
                <Button label={act.0} kind={ButtonKind::Link} aria_label={Some(AttrValue::Static(act.1))} on_press={on_promise.clone()} />
            </dd>
        </div>
    }
}

/// What the large amount is.
fn open_label(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Open | InvoiceStatus::Draft => "To pay",
        InvoiceStatus::Paid => "Settled",
        InvoiceStatus::Void => "Was to pay",
        InvoiceStatus::Uncollectible => "Given up",
    }
}

fn open_amount(details: &InvoiceDetails) -> Money {
    match details.invoice.status {
        InvoiceStatus::Paid => details.invoice.total,
        _ => unsettled(&details.invoice),
    }
}

/// What was neither paid nor credited, whether anybody still expects it or not.
pub fn unsettled(invoice: &Invoice) -> Money {
    Money::new(
        invoice.total.amount - invoice.paid.amount - invoice.credited.amount,
        invoice.total.currency,
    )
}

/// How the total is made up so far.
fn settled_words(details: &InvoiceDetails) -> String {
    let invoice = &details.invoice;
    let total = format::money(invoice.total);
    match (invoice.paid.amount > 0, invoice.credited.amount > 0) {
        (false, false) => format!("Nothing of {total} paid"),
        (true, false) => format!("{} of {total} paid", format::money(invoice.paid)),
        (false, true) => format!("{} of {total} credited", format::money(invoice.credited)),
        (true, true) => format!(
            "{} paid and {} credited of {total}",
            format::money(invoice.paid),
            format::money(invoice.credited)
        ),
    }
}

/// What holds for it from now on.
fn locked_words(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Void => "Void. It keeps its number and is owed no more.",
        _ => "Final. It is never changed; a credit note takes it back.",
    }
}

/// `part` of `whole` in whole percent, up to 100.
fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let exact = i128::from(part.max(0)) * 100 / i128::from(whole);
    i64::try_from(exact).unwrap_or(100).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_whole_percent_and_never_more_than_full() {
        for (part, whole, want) in [
            (0, 100, 0),
            (999, 1_000, 99),
            (1_000, 1_000, 100),
            (2, 1, 100),
            (1, 0, 0),
            (-5, 10, 0),
        ] {
            assert_eq!(percent(part, whole), want, "{part} of {whole}");
        }
    }
}
