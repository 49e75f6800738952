//! Choosing a customer, who is found while one types: by the mouse, or by the keyboard alone.

use contract::{
    CustomerId, Validate,
    customer::{CustomerPage, CustomerRow, ListCustomers},
    text, words,
};
use yew::prelude::*;

use crate::{
    components::{Button, Combobox, Dialog, DialogClosing, EmptyState, FailedState, Field, Icon, SkeletonRows, beside, focus_first_field},
    format,
    hooks::{Query, use_search, use_unique_id},
    pages::{customers::use_creation, lists::stale},
};

/// So many are offered at once; who is not among them is found by typing more.
const OFFERED: u32 = 8;

/// Choosing a customer.
#[derive(Properties, PartialEq)]
pub struct CustomerChoiceProps {
    /// Whom one chooses: `Who is billed`.
    pub label: AttrValue,
    /// This one.
    pub on_choose: Callback<CustomerRow>,
    /// Nobody.
    pub on_close: Callback<()>,
}

/// Choosing a customer, in a dialog. The arrows lead through those that are offered while the focus stays in the field.
#[component]
pub fn CustomerChoice(props: &CustomerChoiceProps) -> Html {
    let id = use_unique_id();
    let typed = use_state_eq(String::new);
    // To whom the arrows have led.
    let moved = use_state_eq(|| None::<CustomerId>);
    // Enter was pressed: whoever is meant is chosen as soon as the answer to what is typed is there.
    let entered = use_state_eq(|| false);
    let term = Some(typed.trim()).filter(|term| !term.is_empty());
    let request = ListCustomers {
        search: term.map(str::to_owned),
        limit: Some(OFFERED),
        ..ListCustomers::default()
    };
    let broken = request.validate().err();
    let error = broken.and_then(|fields| fields.first().map(|field| AttrValue::from(words::problem(&field.problem))));
    let found = use_search(error.is_none().then_some(request));
    // After the effect that asks, so that what was answered before is never taken for the answer to what is typed now.
    let asked = use_state_eq(|| None::<String>);
    {
        let asked = asked.setter();
        use_effect_with(term.map(str::to_owned), move |term| asked.set(term.clone()));
    }
    let is_settled = asked.as_deref() == term && !found.is_reloading && !matches!(found.state, Query::Loading);
    let page = found.state.ready().filter(|_| error.is_none());
    let rows = page.map(|page| page.items.as_slice()).unwrap_or_default();
    // Who is meant beyond doubt is chosen by Enter alone. Before anything is typed nobody is, as Enter may have been pressed once too
    // often; nor is anybody where the one to whom the arrows led is gone, or where what is offered may be for another term.
    let active = match *moved {
        Some(moved) => rows.iter().find(|row| row.id == moved),
        None => page
            .zip(term)
            .filter(|_| found.reload_error.is_none())
            .and_then(|(page, term)| meant(page, term)),
    };
    let at = active.and_then(|active| rows.iter().position(|row| row.id == active.id));
    let active_id = active.map(|row| option_id(&id, row.id));
    let is_due = *entered && is_settled;
    {
        let (on_choose, entered, chosen) = (props.on_choose.clone(), entered.setter(), active.cloned());
        use_effect_with(is_due, move |is_due| {
            if *is_due {
                entered.set(false);
                if let Some(customer) = chosen {
                    on_choose.emit(customer);
                }
            }
        });
    }
    let creation = use_creation();
    let newest = creation.as_ref().and_then(|creation| creation.newest);
    {
        let known = use_mut_ref(|| newest);
        let (typed, moved) = (typed.setter(), moved.setter());
        use_effect_with(newest, move |newest| {
            if known.replace(*newest) != *newest && newest.is_some() {
                // Whoever was just made is the first of all, once they are read again.
                typed.set(String::new());
                moved.set(*newest);
                focus_first_field();
            }
        });
    }
    let on_input = {
        let (typed, moved, entered) = (typed.setter(), moved.setter(), entered.setter());
        Callback::from(move |text: String| {
            moved.set(None);
            entered.set(false);
            typed.set(text);
        })
    };
    let on_move = {
        let (moved, entered) = (moved.setter(), entered.setter());
        let ids: Vec<CustomerId> = rows.iter().map(|row| row.id).collect();
        Callback::from(move |is_next: bool| {
            entered.set(false);
            moved.set(beside(at, ids.len(), is_next).and_then(|to| ids.get(to).copied()));
        })
    };
    let on_enter = {
        let entered = entered.setter();
        Callback::from(move |()| entered.set(true))
    };
    let list_id = AttrValue::from(format!("{id}-list"));
    let offered = match &found.state {
        _ if error.is_some() => html! {},
        Query::Loading => html! { <SkeletonRows label="Loading customers" /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={found.reload.clone()} /> },
        Query::Ready(page) if page.items.is_empty() => nobody(term),
        Query::Ready(page) => html! {
            // A press leaves the focus in the field, where the arrows and what is typed are heard.
            <div
                role="listbox"
                id={list_id.clone()}
                aria-label="Customers"
                aria-busy={found.is_reloading.then_some("true")}
                onmousedown={|event: MouseEvent| event.prevent_default()}
            >
                { for page.items.iter().enumerate().map(|(row_at, row)| option(&id, row, at == Some(row_at), &props.on_choose)) }
            </div>
        },
    };
    let create = {
        let (entered, open) = (entered.setter(), creation.map(|creation| creation.open).unwrap_or_default());
        Callback::from(move |()| {
            entered.set(false);
            open.emit(());
        })
    };
    let foot = html! {
        <>
            <Button label="New customer" icon={Some(Icon::Plus)} on_press={create} />
            <span class="spacer"></span>
            <Button label="Cancel" on_press={props.on_close.clone()} />
        </>
    };
    let (has_options, is_wrong) = (!rows.is_empty(), error.is_some());
    html! {
        <Dialog title="Choose a customer" closing={DialogClosing::ByBackdrop} {foot} on_close={props.on_close.clone()}>
            <Field control_id={id.clone()} label={props.label.clone()} {error}>
                <div class={classes!("input", is_wrong.then_some("input--invalid"))}>
                    { Icon::Search.view() }
                    <Combobox
                        id={id.clone()}
                        name="customer"
                        placeholder="Search name, email or company"
                        value={(*typed).clone()}
                        list_id={has_options.then_some(list_id)}
                        {active_id}
                        error_id={is_wrong.then(|| AttrValue::from(format!("{id}-note")))}
                        {on_input}
                        {on_move}
                        {on_enter}
                    />
                </div>
            </Field>
            <div class="offered">
                if let Some(error) = &found.reload_error { { stale(error, &found.reload) } }
                { offered }
                // Always there, as what appears together with its text is not read out; where nobody is found, the text is seen above.
                <p class={if has_options { "field__help num" } else { "sr-only" }} role="status">{ page.map(|page| said(page, term)).unwrap_or_default() }</p>
            </div>
        </Dialog>
    }
}

/// One who is offered, with what is open.
fn option(id: &str, row: &CustomerRow, is_active: bool, on_choose: &Callback<CustomerRow>) -> Html {
    let choose = {
        let (on_choose, row) = (on_choose.clone(), row.clone());
        move |_: MouseEvent| on_choose.emit(row.clone())
    };
    let owed = row.outstanding.split_first().map(|(first, others)| {
        let more = if others.is_empty() {
            String::new()
        } else {
            format!(" +{}", others.len())
        };
        format!("{}{more} open", format::money(*first))
    });
    let whole = match &row.company_name {
        Some(company) => format!("{company} · {}", row.email),
        None => row.email.clone(),
    };
    html! {
        <div
            key={row.id.to_string()}
            id={option_id(id, row.id)}
            class="option"
            role="option"
            aria-selected={if is_active { "true" } else { "false" }}
            onclick={choose}
        >
            <span class="option__text">
                <span class="truncate medium" title={row.full_name.clone()}><bdi>{ &row.full_name }</bdi></span>
                <span class="option__sub truncate" title={whole}>
                    if let Some(company) = &row.company_name { <bdi>{ company }</bdi>{ " · " } }
                    <bdi>{ &row.email }</bdi>
                </span>
            </span>
            if let Some(owed) = owed { <span class="option__end num">{ owed }</span> }
        </div>
    }
}

/// Who is meant by what is typed: the only one who is found, or the only one who is called exactly so. What is found is in the order
/// in which it was made, so that the first of several is nobody in particular.
fn meant<'a>(page: &'a CustomerPage, term: &str) -> Option<&'a CustomerRow> {
    if let [only] = page.items.as_slice() {
        return Some(only);
    }
    let term = term.to_lowercase();
    let is_it = |text: &str| text.to_lowercase() == term;
    let of_address = page.items.iter().find(|row| is_it(row.email.as_str()));
    // An address is of one customer alone; of the same name there may be others who are not offered.
    if of_address.is_some() || page.total > offered(page) {
        return of_address;
    }
    let mut called = page
        .items
        .iter()
        .filter(|row| is_it(row.full_name.as_str()) || row.company_name.as_deref().is_some_and(is_it));
    let first = called.next();
    first.filter(|_| called.next().is_none())
}

/// What stands there where nobody can be offered.
fn nobody(term: Option<&str>) -> Html {
    let (text, icon) = match term {
        Some(_) => ("Archived customers are not among them.", Icon::Search),
        None => ("Add the first one, and go on from there.", Icon::Users),
    };
    html! { <EmptyState title={no_one(term)} {text} {icon} /> }
}

/// That nobody is found, in words.
fn no_one(term: Option<&str>) -> String {
    term.map_or_else(
        || "No customer yet".to_owned(),
        |term| format!("No customer matches “{}”", text::clip(term, 60)),
    )
}

/// What is found, in words.
fn said(page: &CustomerPage, term: Option<&str>) -> String {
    if page.items.is_empty() { no_one(term) } else { counted(page) }
}

/// So many of those who are found are offered.
fn offered(page: &CustomerPage) -> u64 {
    u64::try_from(page.items.len()).unwrap_or(u64::MAX)
}

/// How many there are.
fn counted(page: &CustomerPage) -> String {
    let offered = offered(page);
    if page.total > offered {
        let total = format::count_of(page.total, page.total_is_exact);
        format!("{} of {total} customers. Type more to find another.", format::count(offered))
    } else {
        format::counted(page.total, "customer")
    }
}

fn option_id(id: &str, customer: CustomerId) -> AttrValue {
    format!("{id}-{customer}").into()
}
