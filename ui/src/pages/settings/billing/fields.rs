//! The fields of the billing settings, group by group.

use std::rc::Rc;

use contract::{
    FieldError, TaxCategory,
    billing::{BillingSettings, NextNumber, Paper},
    words,
};
use yew::prelude::*;

use super::form::{example, is_other, series};
use crate::{
    components::{MoneyField, SelectField, SelectOption, SwitchField, TextField, TextKind},
    hooks::{DraftHandle, use_formats, use_now},
    pages::customers::details::billing_address::country_options,
};

/// What a group is given.
#[derive(Properties, PartialEq)]
pub struct GroupProps {
    /// What is typed.
    pub draft: DraftHandle,
    /// What is wrong with it.
    pub problems: Vec<FieldError>,
}

/// A line of text of the settings.
fn text(props: &GroupProps, label: &'static str, name: &'static str, help: Option<&'static str>) -> Html {
    let draft = &props.draft;
    let help = draft.theirs(name).or(help.map(AttrValue::Static));
    html! { <TextField {label} {name} {help} value={draft.get(name).to_owned()} error={draft.error(name, &props.problems)} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
}

/// Who sells.
#[component]
pub fn Seller(props: &GroupProps) -> Html {
    let draft = &props.draft;
    let countries = use_memo((), |()| country_options());
    html! {
        <div class="panel group" role="group" aria-label="Seller">
            <h3 class="panel__title">{ "Seller" }</h3>
            <p class="field__help">{ "An invoice needs name, city, country and, where tax is due, a VAT or tax number." }</p>
            <div class="field-grid">
                { text(props, "Name", "seller.name", Some("As it is registered.")) }
                { text(props, "Contact", "seller.contact", None) }
            </div>
            { text(props, "Street and number", "seller.street", None) }
            <div class="field-grid">
                { text(props, "Postal code", "seller.postal_code", None) }
                { text(props, "City", "seller.city", None) }
            </div>
            <div class="field-grid">
                { text(props, "Region", "seller.region", None) }
                <SelectField label="Country" name="seller.country" placeholder="Not known" help={draft.theirs("seller.country")} value={draft.get("seller.country").to_owned()} options={(*countries).clone()} error={draft.error("seller.country", &props.problems)} on_change={draft.typed("seller.country")} />
            </div>
            <div class="field-grid">
                { text(props, "VAT number", "seller.vat_id", Some("With its country, as in DE123456789.")) }
                { text(props, "Tax number", "seller.tax_number", None) }
            </div>
        </div>
    }
}

/// How to reach the seller, and where to pay.
#[component]
pub fn Footer(props: &GroupProps) -> Html {
    let draft = &props.draft;
    let papers: Rc<[SelectOption]> = Paper::ALL
        .iter()
        .map(|paper| SelectOption::new(paper.as_str(), words::paper(*paper)))
        .collect();
    html! {
        <div class="panel group" role="group" aria-label="Contact and bank">
            <h3 class="panel__title">{ "Contact and bank" }</h3>
            <div class="field-grid">
                { text(props, "Email", "seller.email", None) }
                { text(props, "Phone", "phone", None) }
            </div>
            { text(props, "Website", "website", None) }
            <div class="field-grid">
                { text(props, "IBAN", "iban", Some("The account to pay to.")) }
                { text(props, "BIC", "bic", None) }
            </div>
            <div class="field-grid">
                <SelectField label="Paper" name="paper" help={draft.theirs("paper").unwrap_or(AttrValue::Static("The size of PDF documents."))} value={draft.get("paper").to_owned()} options={papers} on_change={draft.typed("paper")} />
            </div>
            { text(props, "Footer", "footer", Some("A line at the foot of every document, such as the register and the managing directors.")) }
        </div>
    }
}

/// Tax, prices, and when to pay.
#[component]
pub fn Tax(props: &GroupProps) -> Html {
    let draft = &props.draft;
    let currency = use_formats().currency;
    let is_standard = draft.get("tax_category") == TaxCategory::Standard.as_str();
    let categories: Vec<SelectOption> = TaxCategory::ALL
        .iter()
        .map(|category| SelectOption::new(category.as_str(), words::tax_category(*category)))
        .collect();
    let error = |name: &'static str| draft.error(name, &props.problems);
    html! {
        <div class="panel group" role="group" aria-label="Tax and payment">
            <h3 class="panel__title">{ "Tax and payment" }</h3>
            <div class="field-grid">
                <SelectField label="Tax of new lines" name="tax_category" value={draft.get("tax_category").to_owned()} options={Rc::from(categories)} help={draft.theirs("tax_category")} error={error("tax_category")} on_change={draft.typed("tax_category")} />
                if is_standard {
                    <TextField label="Rate" name="tax_rate" suffix="%" value={draft.get("tax_rate").to_owned()} help={draft.theirs("tax_rate")} error={error("tax_rate")} on_input={draft.typed("tax_rate")} on_leave={draft.left("tax_rate")} />
                }
            </div>
            <SwitchField label="Prices include tax" name="prices_include_tax" help="Unit prices of new invoices are what the customer pays." is_on={draft.is_on("prices_include_tax")} on_change={draft.switched("prices_include_tax")} />
            <div class="field-grid">
                <TextField label="Days to pay" name="payment_days" kind={TextKind::Number} suffix="days" value={draft.get("payment_days").to_owned()} help={draft.theirs("payment_days").unwrap_or(AttrValue::Static("From the day of issue."))} error={error("payment_days")} on_input={draft.typed("payment_days")} on_leave={draft.left("payment_days")} />
                <MoneyField label="Round totals to" name="rounding_step" {currency} value={draft.get("rounding_step").to_owned()} help={draft.theirs("rounding_step").unwrap_or(AttrValue::Static("The smallest amount that is paid; 0.05 where that is the smallest coin."))} error={error("rounding_step")} on_input={draft.typed("rounding_step")} on_leave={draft.left("rounding_step")} />
            </div>
            <SwitchField label="Finalize renewals at once" name="finalize_renewals" help="Off: invoices of renewals are drafts until you finalize them." is_on={draft.is_on("finalize_renewals")} on_change={draft.switched("finalize_renewals")} />
        </div>
    }
}

/// What the numbers are given.
#[derive(Properties, PartialEq)]
pub struct NumbersProps {
    /// What is typed.
    pub draft: DraftHandle,
    /// What is wrong with it.
    pub problems: Vec<FieldError>,
    /// The settings as they are.
    pub known: Rc<BillingSettings>,
}

/// What numbers look like, and which comes next.
#[component]
pub fn Numbers(props: &NumbersProps) -> Html {
    let today = use_formats().day_of(use_now());
    let draft = &props.draft;
    let format = |label: &'static str, name: &'static str, stored: &str, (of_next, next): (&'static str, NextNumber)| {
        let is_other = is_other(draft.get(name), stored, today);
        let number = if next.is_open || is_other {
            draft.get(of_next).trim().parse::<u64>().ok()
        } else {
            Some(next.number)
        };
        let shown = number.and_then(|number| example(draft.get(name), today, number));
        let shown = shown.map(|shown| AttrValue::from(comes(&shown, next.is_open, is_other)));
        // A format is checked while it is typed: its example says whether it is one.
        let error = draft.error(name, &props.problems);
        html! { <TextField {label} {name} value={draft.get(name).to_owned()} help={draft.theirs(name).or(shown)} {error} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
    };
    let next = |label: &'static str, name: &'static str, next: NextNumber, (of_format, stored): (&'static str, &str)| {
        let format = draft.get(of_format);
        if !next.is_open && !is_other(format, stored, today) {
            return html! { <p class="field__help">{ goes_on(label, next.number) }</p> };
        }
        let help = AttrValue::from(next_help(series(format, today).as_deref()));
        let help = draft.theirs(name).unwrap_or(help);
        html! { <TextField {label} {name} kind={TextKind::Number} {help} value={draft.get(name).to_owned()} error={draft.error(name, &props.problems)} on_input={draft.typed(name)} on_leave={draft.left(name)} /> }
    };
    let known = &props.known;
    html! {
        <div class="panel group" role="group" aria-label="Numbers">
            <h3 class="panel__title">{ "Numbers" }</h3>
            <p class="field__help">{ "{n:6} is the number in six digits, {YYYY}, {YY} and {MM} the year and month of issue. Numbers that differ by {n} alone are one series without a gap; with a year in it each year begins at 1, also an earlier one for which an invoice is issued: where another program has numbered that year, issue it today." }</p>
            <div class="field-grid">
                { format("Invoices", "invoice_format", &known.invoice_format, ("invoice_next", known.invoice_next)) }
                { format("Credit notes", "credit_note_format", &known.credit_note_format, ("credit_note_next", known.credit_note_next)) }
            </div>
            <div class="field-grid">
                { next("Next invoice number", "invoice_next", known.invoice_next, ("invoice_format", known.invoice_format.as_str())) }
                { next("Next credit note number", "credit_note_next", known.credit_note_next, ("credit_note_format", known.credit_note_format.as_str())) }
            </div>
        </div>
    }
}

/// What a number of the format will look like. Of the series of another format it is not known whether it has numbers.
fn comes(shown: &str, is_open: bool, is_other: bool) -> String {
    match (is_other, is_open) {
        (true, _) => format!("A new series begins with {shown}. One that has numbers goes on after them."),
        (false, true) => format!("A new series begins with {shown}"),
        (false, false) => format!("The next one is {shown}"),
    }
}

/// Which number is asked for, by the name of the series: that of the running year where the format has one.
fn next_help(series: Option<&str>) -> String {
    let of = series.map_or_else(String::new, |series| format!(" of {series}"));
    format!("One more than the last{of} that another program has given. Cannot be changed once this book has given a number of the series.")
}

/// Why the next number of a series cannot be set any more, and what can be done instead.
fn goes_on(label: &str, number: u64) -> String {
    format!("{label}: {number}. The series goes on by itself since this book gave one of it. Type another format to begin elsewhere.")
}
