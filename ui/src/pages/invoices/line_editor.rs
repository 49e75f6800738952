//! One line of a draft.

use std::rc::Rc;

use contract::{Currency, FieldError, Money, TaxCategory, words};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::form::{self, field};
use crate::{
    components::{Button, ButtonKind, DateField, Icon, IconButton, MoneyField, SelectField, SelectOption, TextField},
    format,
    hooks::DraftHandle,
};

/// One line, with what it comes to.
pub fn row(at: usize, draft: &DraftHandle, problems: &[FieldError], currency: Currency, is_reversed: bool, net: Option<i64>) -> Html {
    let text = |label: &'static str, name: &'static str| {
        let name = field(at, name);
        html! { <TextField {label} {name} value={draft.get(name).to_owned()} error={draft.error(name, problems)} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
    };
    let (price, category) = (field(at, "unit_price"), field(at, "tax_category"));
    let is_standard = draft.get(category) == TaxCategory::Standard.as_str();
    let categories: Vec<SelectOption> = TaxCategory::ALL
        .iter()
        .map(|category| SelectOption::new(category.as_str(), words::tax_category(*category)))
        .collect();
    let on_remove = {
        let draft = draft.clone();
        Callback::from(move |()| {
            // The last of those that stay.
            let last = form::count(&draft).saturating_sub(2);
            draft.change(move |typed| form::removed(typed, at));
            focus(at.min(last));
        })
    };
    let on_category = draft.typed(category);
    let has_period = draft.is_on(field(at, form::PERIOD));
    let on_period = {
        let draft = draft.clone();
        Callback::from(move |()| draft.put(form::with_period(at, !has_period)))
    };
    let day = |label: &'static str, name: &'static str| {
        let name = field(at, name);
        html! { <DateField {label} {name} value={draft.get(name).to_owned()} error={draft.error(name, problems)} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
    };
    html! {
        <fieldset key={at.to_string()} class="line-edit">
            <legend class="sr-only">{ format!("Line {}", at + 1) }</legend>
            <div class="line-edit__first">
                { text("Description", "text") }
                <p class="line-edit__net"><span class="paper__label">{ "Net" }</span><span class="money medium">{ net.map_or_else(|| format::NOTHING.to_owned(), |net| format::money(Money::new(net, currency))) }</span></p>
                <IconButton icon={Icon::Trash} label={format!("Remove line {}", at + 1)} on_press={on_remove} />
            </div>
            <div class="line-edit__more">
                { text("Quantity", "quantity") }
                <MoneyField label="Unit price" name={price} value={draft.get(price).to_owned()} {currency} error={draft.error(price, problems)} on_input={draft.typed(price)} on_leave={draft.left(price)} />
                if !is_reversed {
                    <SelectField label="Tax" name={category} value={draft.get(category).to_owned()} options={Rc::from(categories)} on_change={on_category} />
                    if is_standard { <Rate {at} draft={draft.clone()} error={draft.error(field(at, "tax_rate"), problems)} /> }
                }
            </div>
            if has_period {
                <div class="line-edit__period">
                    { day("From", "period_start") }
                    { day("To, last day", "period_end") }
                    <IconButton icon={Icon::X} label={format!("Remove the period of line {}", at + 1)} on_press={on_period} />
                </div>
            } else {
                <div class="line-edit__add"><Button label="Add period" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(format!("Add period to line {}", at + 1)))} on_press={on_period} /></div>
            }
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
struct RateProps {
    at: usize,
    draft: DraftHandle,
    error: Option<AttrValue>,
}

/// The rate of a line.
#[component]
fn Rate(props: &RateProps) -> Html {
    let name = field(props.at, "tax_rate");
    let draft = &props.draft;
    html! { <TextField label="Rate" {name} suffix="%" value={draft.get(name).to_owned()} error={props.error.clone()} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
}

/// After the next painting, puts the focus on the description of a line.
pub fn focus(at: usize) {
    let name = field(at, "text");
    gloo_timers::callback::Timeout::new(0, move || {
        let found = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.query_selector(&format!("dialog[open] [name=\"{name}\"]")).ok().flatten())
            .and_then(|found| found.dyn_into::<HtmlElement>().ok());
        if let Some(found) = found {
            // A field can take the focus.
            let _ = found.focus();
        }
    })
    .forget();
}
