//! Where a customer is billed: shown in the record, and changed in a dialog.

use std::rc::Rc;

use contract::{
    CustomerId, Error, TaxTreatment, Validate,
    party::{BillingAddress, BillingAddressOf, GetBillingAddress, UpdateBillingAddress, countries},
    words,
};
use serde_json::Value;
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, Dialog, DraftNote, FailedState, Icon, IconButton, SelectField, SelectOption, SkeletonRows,
        TextField, focus_first_field, focus_first_invalid,
    },
    format,
    hooks::{Draft, Query, Toast, use_book_changes, use_draft, use_query, use_toasts},
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
        lists::stale,
    },
};

/// Where a customer is billed.
#[derive(Properties, PartialEq)]
pub struct BillingAddressPanelProps {
    /// Whose.
    pub customer: CustomerId,
    /// The name of the customer.
    pub name: AttrValue,
    /// Whether it can only be read: the customer is archived.
    pub is_fixed: bool,
}

/// Where a customer is billed, in the record.
#[component]
pub fn BillingAddressPanel(props: &BillingAddressPanelProps) -> Html {
    let address = use_query(GetBillingAddress {
        customer_id: props.customer,
    });
    let is_editing = use_state_eq(|| false);
    let set = |to: bool| {
        let is_editing = is_editing.setter();
        Callback::from(move |()| is_editing.set(to))
    };
    let content = match &address.state {
        Query::Loading => html! { <SkeletonRows label="Loading the billing address" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={address.reload.clone()} /> },
        Query::Ready(known) => html! {
            <>
                if let Some(error) = &address.reload_error { { stale(error, &address.reload) } }
                { shown(&known.address, &props.name) }
            </>
        },
    };
    html! {
        <section class="panel" aria-labelledby="billing-title">
            <header class="panel__head panel__head--ruled">
                <h3 class="panel__title" id="billing-title">{ "Billing address" }</h3>
                <span class="spacer"></span>
                if !props.is_fixed { <IconButton icon={Icon::Pencil} label="Edit billing address" on_press={set(true)} /> }
            </header>
            <div>{ content }</div>
            if *is_editing { <BillingAddressDialog customer={props.customer} name={props.name.clone()} on_close={set(false)} /> }
        </section>
    }
}

fn shown(address: &BillingAddress, name: &str) -> Html {
    if *address == BillingAddress::default() {
        return html! { <p class="addr muted">{ "None yet. Invoices then name the customer alone." }</p> };
    }
    let city: Vec<&str> = [address.postal_code.as_deref(), address.city.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let lines: Vec<String> = [
        Some(name.to_owned()),
        address.street.clone(),
        Some(city.join(" ")).filter(|city| !city.is_empty()),
        address.region.clone(),
        address.country.as_deref().map(format::country),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! {
        <>
            <address class="addr data">{ for lines.into_iter().map(|line| html! { <span class="amount wrap"><bdi>{ line }</bdi></span> }) }</address>
            if address.vat_id.is_some() || address.language.is_some() || address.tax_treatment.is_some() {
                <dl class="facts facts--sub ruled">
                    if let Some(vat_id) = &address.vat_id { <div><dt>{ "VAT number" }</dt><dd class="mono">{ vat_id }</dd></div> }
                    if let Some(treatment) = address.tax_treatment { <div><dt>{ "Tax" }</dt><dd>{ words::tax_treatment(treatment) }</dd></div> }
                    if let Some(language) = &address.language { <div><dt>{ "Language of documents" }</dt><dd>{ format::language(language) }</dd></div> }
                </dl>
            }
        </>
    }
}

/// Changes where a customer is billed.
#[derive(Properties, PartialEq)]
pub struct BillingAddressDialogProps {
    /// Whose.
    pub customer: CustomerId,
    /// The name of the customer.
    pub name: AttrValue,
    /// Saved, or not.
    pub on_close: Callback<()>,
}

/// Changes where a customer is billed: asks for the address and then for its changes.
#[component]
pub fn BillingAddressDialog(props: &BillingAddressDialogProps) -> Html {
    let address = use_query(GetBillingAddress {
        customer_id: props.customer,
    });
    let on_close = props.on_close.clone();
    match &address.state {
        Query::Ready(known) => html! {
            <Form key="form" known={known.clone()} name={props.name.clone()} on_reload={address.reload.clone()} {on_close} />
        },
        Query::Loading => html! {
            <Dialog key="loading" title="Billing address" {on_close}><SkeletonRows label="Loading the billing address" /></Dialog>
        },
        Query::Failed(error) => html! {
            <Dialog key="failed" title="Billing address" on_close={on_close.clone()}><FailedState error={error.clone()} on_retry={address.reload.clone()} on_close={Some(on_close)} /></Dialog>
        },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    known: Rc<BillingAddressOf>,
    name: AttrValue,
    on_reload: Callback<()>,
    on_close: Callback<()>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let update = use_merging::<UpdateBillingAddress>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    // As it was read, until the newest values are asked for: a save over newer ones has to be refused first.
    let base = use_state_eq(|| props.known.clone());
    let is_reloading = use_state_eq(|| false);
    let draft = use_draft(format!("billing address {}", props.known.customer_id), || {
        begin(&props.known.address)
    });
    {
        let (base, draft, is_reloading, update) = (base.clone(), draft.clone(), is_reloading.clone(), update.clone());
        use_effect_with((props.known.clone(), *is_reloading), move |(newest, wants)| {
            if *wants && newest.version != base.version {
                draft.rebase(begin(&newest.address));
                base.set(newest.clone());
                is_reloading.set(false);
                update.forget_error();
                // The button that was pressed is gone with the refusal.
                focus_first_field();
            }
        });
    }
    let request = changes(&base, &draft);
    let problems = problems(&request, &draft);
    let on_submit = {
        let (draft, update, on_close, problems) = (draft.clone(), update.clone(), props.on_close.clone(), problems.clone());
        let before = (*base).clone();
        Callback::from(move |()| {
            draft.submit();
            if !problems.is_empty() {
                return focus_first_invalid();
            }
            if !draft.is_changed() {
                return on_close.emit(());
            }
            let (draft, toasts, on_close, undoing) = (draft.clone(), toasts.clone(), on_close.clone(), undoing.clone());
            let before = before.clone();
            update.merge_with(request.clone(), move |answer, is_merged| match answer {
                Ok(saved) => {
                    draft.saved();
                    let (undoing, back) = (undoing.clone(), changes(&saved, &begin(&before.address)));
                    let toast = Toast::done("Billing address saved");
                    // What another person has saved meanwhile must not be taken back with it.
                    toasts.show(if is_merged {
                        toast
                    } else {
                        toast.undo(move |()| undoing.run(back.clone(), |_| {}))
                    });
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_reload = {
        let (is_reloading, on_reload) = (is_reloading.setter(), props.on_reload.clone());
        Callback::from(move |()| {
            is_reloading.set(true);
            on_reload.emit(());
        })
    };
    let text = |label: &'static str, field: &'static str, help: Option<&'static str>, autofocus: bool| {
        let help = draft.theirs(field).or(help.map(AttrValue::Static));
        html! { <TextField {label} name={field} {autofocus} {help} value={draft.get(field).to_owned()} error={draft.error(field, &problems)} on_input={draft.typed(field)} on_leave={draft.left(field)} /> }
    };
    let countries = use_memo((), |()| country_options());
    let treatments = use_memo((), |()| treatment_options());
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Save address" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={update.is_busy.then_some(AttrValue::Static("Saving…"))} />
        </>
    };
    if let Some(conflict) = update.dialog("customer", contested) {
        return conflict;
    }
    html! {
        <Dialog title={format!("Billing address of {}", props.name)} {foot} {on_submit} on_close={props.on_close.clone()}>
            { refusal(update.error.as_ref(), &on_reload) }
            { text("Street and number", "street", None, true) }
            <div class="field-grid">
                { text("Postal code", "postal_code", None, false) }
                { text("City", "city", None, false) }
            </div>
            <div class="field-grid">
                { text("Region", "region", Some("State or province, where it belongs to the address."), false) }
                <SelectField label="Country" name="country" placeholder="Not known" help={draft.theirs("country")} value={draft.get("country").to_owned()} options={(*countries).clone()} error={draft.error("country", &problems)} on_change={draft.typed("country")} />
            </div>
            <div class="field-grid">
                { text("VAT number", "vat_id", Some("With its country, as in DE123456789."), false) }
                { text("Language of documents", "language", Some("A code, as in de or en-GB."), false) }
            </div>
            <SelectField label="Tax treatment" name="tax_treatment" placeholder="As the billing settings say" help={draft.theirs("tax_treatment").or(Some(AttrValue::Static(treatment_help(treatment(&draft)))))} value={draft.get("tax_treatment").to_owned()} options={(*treatments).clone()} error={draft.error("tax_treatment", &problems)} on_change={draft.typed("tax_treatment")} />
        </Dialog>
    }
}

fn begin(address: &BillingAddress) -> Draft {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Draft::new([
        ("street", text(&address.street)),
        ("postal_code", text(&address.postal_code)),
        ("city", text(&address.city)),
        ("region", text(&address.region)),
        ("country", text(&address.country)),
        ("vat_id", text(&address.vat_id)),
        ("language", text(&address.language)),
        ("tax_treatment", address.tax_treatment.map_or("", TaxTreatment::as_str).to_owned()),
    ])
}

/// How the customer is to be taxed.
fn treatment(draft: &Draft) -> Option<TaxTreatment> {
    TaxTreatment::parse(draft.get("tax_treatment"))
}

/// What that means.
fn treatment_help(treatment: Option<TaxTreatment>) -> &'static str {
    match treatment {
        None => "Category and rate of the billing settings, on everything that is billed.",
        Some(TaxTreatment::ReverseCharge) => {
            "For businesses abroad: the invoice has no tax and says that the buyer accounts for it. Needs country and VAT number."
        }
        Some(TaxTreatment::IntraCommunity) => {
            "For goods to businesses in the EU: the invoice has no tax and says why. Needs country and VAT number."
        }
        Some(TaxTreatment::Zero) => "Taxed at 0%.",
        Some(TaxTreatment::Exempt | TaxTreatment::Export | TaxTreatment::OutsideScope) => "The invoice has no tax and says why.",
    }
}

/// Every broken rule: those of what is sent, and of what the address would be with it.
fn problems(request: &UpdateBillingAddress, draft: &Draft) -> Vec<contract::FieldError> {
    let mut problems = request.validate().err().unwrap_or_default();
    let address = BillingAddress {
        country: draft.text("country"),
        vat_id: draft.text("vat_id"),
        tax_treatment: treatment(draft),
        ..BillingAddress::default()
    };
    let missing = contract::rules::check(|found| address.check_treatment(found)).err();
    problems.extend(missing.unwrap_or_default());
    problems
}

/// A value that two people have changed, in words.
fn contested(field: &str, value: &Value) -> String {
    let treatment = value.as_str().filter(|_| field == "tax_treatment").and_then(TaxTreatment::parse);
    match treatment {
        Some(treatment) => words::tax_treatment(treatment).to_owned(),
        None if field == "tax_treatment" => "As the billing settings say".to_owned(),
        None => conflict::value(value),
    }
}

/// What differs from the address as it was read.
fn changes(known: &BillingAddressOf, draft: &Draft) -> UpdateBillingAddress {
    let change = |before: &Option<String>, field: &str| {
        let after = draft.text(field);
        (*before != after).then_some(after)
    };
    let before = &known.address;
    UpdateBillingAddress {
        customer_id: known.customer_id,
        version: known.version,
        street: change(&before.street, "street"),
        postal_code: change(&before.postal_code, "postal_code"),
        city: change(&before.city, "city"),
        region: change(&before.region, "region"),
        country: change(&before.country, "country"),
        vat_id: change(&before.vat_id, "vat_id"),
        language: change(&before.language, "language"),
        tax_treatment: (before.tax_treatment != treatment(draft)).then(|| treatment(draft)),
    }
}

/// Every tax treatment by its name.
fn treatment_options() -> Rc<[SelectOption]> {
    let named = TaxTreatment::ALL.iter();
    named
        .map(|treatment| SelectOption::new(treatment.as_str(), words::tax_treatment(*treatment)))
        .collect()
}

/// Every country by its name.
pub fn country_options() -> Rc<[SelectOption]> {
    let mut named: Vec<(String, &str)> = countries().map(|code| (format::country(code), code)).collect();
    named.sort();
    named.into_iter().map(|(name, code)| SelectOption::new(code, name)).collect()
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(error) => conflict::refusal(error, on_reload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BillingAddressOf {
        BillingAddressOf {
            customer_id: CustomerId(uuid::Uuid::nil()),
            address: BillingAddress {
                city: Some("Hamburg".to_owned()),
                country: Some("DE".to_owned()),
                ..BillingAddress::default()
            },
            version: 3,
        }
    }

    #[test]
    fn only_what_differs_is_sent_and_an_empty_field_clears() {
        let untouched = changes(&known(), &begin(&known().address));
        assert_eq!((untouched.city, untouched.street, untouched.country), (None, None, None));
        let draft = Draft::new([
            ("city", " ".to_owned()),
            ("street", "Lindenallee 14".to_owned()),
            ("country", "DE".to_owned()),
        ]);
        let typed = changes(&known(), &draft);
        assert_eq!(typed.city, Some(None));
        assert_eq!(typed.street, Some(Some("Lindenallee 14".to_owned())));
        assert_eq!(typed.country, None);
    }

    #[test]
    fn reverse_charge_asks_for_country_and_number_of_what_the_address_would_be() {
        let reversed = |country: &str, vat_id: &str| {
            let draft = Draft::new([
                ("country", country.to_owned()),
                ("vat_id", vat_id.to_owned()),
                ("tax_treatment", "AE".to_owned()),
            ]);
            let request = changes(&known(), &draft);
            assert_eq!(request.tax_treatment, Some(Some(TaxTreatment::ReverseCharge)));
            let problems = problems(&request, &draft);
            problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        };
        assert_eq!(reversed("", ""), ["country", "vat_id"]);
        assert_eq!(reversed("DE", ""), ["vat_id"]);
        assert_eq!(reversed("DE", "DE123456789"), [""; 0]);
        let untouched = begin(&known().address);
        assert_eq!(changes(&known(), &untouched).tax_treatment, None);
        let taken_back = BillingAddressOf {
            address: BillingAddress {
                tax_treatment: Some(TaxTreatment::Exempt),
                ..known().address
            },
            ..known()
        };
        assert_eq!(changes(&taken_back, &untouched).tax_treatment, Some(None));
    }

    #[test]
    fn what_two_have_chosen_is_told_by_its_name() {
        assert_eq!(contested("tax_treatment", &Value::from("AE")), "Reverse charge");
        assert_eq!(contested("tax_treatment", &Value::Null), "As the billing settings say");
        assert_eq!(contested("city", &Value::from("AE")), "AE");
        assert_eq!(contested("city", &Value::Null), "Nothing");
    }

    #[test]
    fn a_number_that_is_none_is_said_at_its_field() {
        let draft = Draft::new([("vat_id", "123".to_owned()), ("postal_code", "x".repeat(21))]);
        let problems = changes(&known(), &draft).validate().err().unwrap_or_default();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["postal_code", "vat_id"]);
    }
}
