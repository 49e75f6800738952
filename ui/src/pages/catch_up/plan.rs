//! What is due, one line a kind, with the first of each.

use contract::{
    InvoiceId,
    catch_up::{DueCount, DueItem, DueKind},
};
use yew::prelude::*;

use super::words;
use crate::{
    components::{Button, ButtonKind, ControlSize},
    format,
    hooks::use_formats,
    pages::invoices::promise::PromiseDialog,
    route::{CustomerTab, Route},
};

/// What is due.
#[derive(Properties, PartialEq)]
pub struct PlanPanelProps {
    /// The heading.
    pub title: AttrValue,
    /// How much of each kind.
    pub counts: Vec<DueCount>,
    /// The first of it.
    pub items: Vec<DueItem>,
    /// Invoices of it that become final at once, where that is known.
    #[prop_or_default]
    pub become_final: u64,
    /// Whether it can be put off by a promise to pay: its invoices are there.
    #[prop_or_default]
    pub can_promise: bool,
}

/// What is due, one line a kind.
#[component]
pub fn PlanPanel(props: &PlanPanelProps) -> Html {
    let formats = use_formats();
    let open = use_state_eq(|| None::<DueKind>);
    let promising = use_state_eq(|| None::<InvoiceId>);
    let promise = {
        let promising = promising.setter();
        Callback::from(move |id: Option<InvoiceId>| promising.set(id))
    };
    let on_promise = props.can_promise.then(|| promise.reform(Some));
    let lines = props.counts.iter().filter(|count| count.count > 0).flat_map(|count| {
        let kind = count.kind;
        let is_open = *open == Some(kind);
        let on_toggle = {
            let open = open.setter();
            Callback::from(move |()| open.set((!is_open).then_some(kind)))
        };
        let below = is_open.then(
            || html! { <li key={format!("{}-items", kind.as_str())} class="due__items">{ items(kind, props, on_promise.as_ref()) }</li> },
        );
        let final_ones = if kind == DueKind::Renewal { props.become_final } else { 0 };
        let line = line(count, final_ones, &props.items, &formats.moneys(&count.amounts), is_open, on_toggle);
        std::iter::once(line).chain(below)
    });
    html! {
        <div class="under-dialog"><section class="panel" aria-label={props.title.clone()}>
            <div class="panel__head panel__head--ruled"><h2 class="panel__title">{ props.title.clone() }</h2></div>
            <ul class="rows rows--flush dues">
                { for lines }
            </ul>
            <footer class="panel__foot">
                <span><b class="num">{ format::count(words::total(&props.counts)) }</b>{ " in all" }</span>
                <span class="spacer"></span>
                <span class="muted">{ "An invoice that is final cannot be undone, only credited" }</span>
            </footer>
        </section>
        if let Some(id) = *promising { <PromiseDialog key={id.to_string()} {id} on_close={promise.reform(|()| None)} /> }
        </div>
    }
}

fn line(count: &DueCount, final_ones: u64, items: &[DueItem], amounts: &str, is_open: bool, on_toggle: Callback<()>) -> Html {
    let first = items.iter().find(|item| item.kind == count.kind);
    let label = if is_open { "Hide list" } else { "Show list" };
    html! {
        <li key={count.kind.as_str()} class="due">
            <span class="attention__icon">{ words::icon(count.kind).view() }</span>
            <div class="grow">
                <p class="medium">{ words::title(count.kind) }</p>
                <p class="muted">
                    { words::meaning(count.kind) }
                    if let Some(first) = first { <span class="hide-narrow">{ " · first " }<bdi>{ &first.customer_name }</bdi></span> }
                </p>
                if let Some(text) = words::becoming_final(final_ones) { <p class="muted">{ text }</p> }
                <p><span class="only-phone num">{ amounts }</span></p>
            </div>
            <b class="num">{ format::count(count.count) }</b>
            <span class="due__amount num muted hide-narrow">{ amounts }</span>
            <Button {label} size={ControlSize::Small} aria_label={Some(AttrValue::from(format!("{label}: {}", words::title(count.kind))))} on_press={on_toggle} />
        </li>
    }
}

/// The first of a kind: whose, of what, since when.
fn items(kind: DueKind, plan: &PlanPanelProps, on_promise: Option<&Callback<InvoiceId>>) -> Html {
    let of_kind: Vec<&DueItem> = plan.items.iter().filter(|item| item.kind == kind).collect();
    let tab = match kind {
        DueKind::Renewal | DueKind::Suspension | DueKind::Cancellation => CustomerTab::Subscriptions,
        DueKind::Reminder => CustomerTab::Invoices,
    };
    let all = plan.counts.iter().find(|count| count.kind == kind).map_or(0, |count| count.count);
    let shown = u64::try_from(of_kind.len()).unwrap_or(u64::MAX);
    html! {
        <>
            <table class="dtable dtable--tight" aria-label={words::title(kind)}>
                <thead><tr><th scope="col">{ "Customer" }</th><th scope="col">{ "What" }</th><th scope="col" class="n opt">{ "Due" }</th><th scope="col" class="n">{ "Amount" }</th></tr></thead>
                <tbody>
                    { for of_kind.iter().enumerate().map(|(number, item)| html! {
                        <tr key={number}>
                            <td><a class="link" href={Route::Customers(Some((item.customer_id, tab))).href()}><bdi>{ &item.customer_name }</bdi></a></td>
                            <td class="secondary"><bdi>{ &item.subject }</bdi>{ promise(item, on_promise) }</td>
                            <td class="n opt">{ format::date(item.on) }</td>
                            <td class="n money">{ format::money(item.amount) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            if shown < all { <p class="panel__note">{ format!("The first {} of {}.", format::count(shown), format::count(all)) }</p> }
        </>
    }
}

/// Until when the payment of an invoice was promised, and the way to note that it is.
fn promise(item: &DueItem, on_promise: Option<&Callback<InvoiceId>>) -> Html {
    let until = item
        .promised_until
        .map(|day| html! { <small class="num">{ format!(" promised until {}", format::date(day)) }</small> });
    let button = item.invoice_id.zip(on_promise).map(|(id, on_promise)| {
        let label = AttrValue::from(format!("Note a promise to pay {}", item.subject));
        html! { <>{ " " }<Button label="Promise…" kind={ButtonKind::Link} aria_label={Some(label)} on_press={on_promise.reform(move |()| id)} /></> }
    });
    html! { <>{ for until }{ for button }</> }
}
