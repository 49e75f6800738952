//! An invoice that is not there yet.

use std::rc::Rc;

use contract::{
    Currency, CustomerId, InvoiceId, Money, TaxTreatment, Timestamp,
    billing::{BillingSettings, GetBillingSettings},
    customer::{Customer, GetCustomer},
    invoice::{Invoice, InvoiceDetails, InvoiceStatus},
    party::{BillingAddress, GetBillingAddress, Party},
};
use yew::prelude::*;

use super::{editor::Editor, failed, form::Tax, waiting};
use crate::{
    components::SkeletonRows,
    hooks::{Query, use_formats, use_query},
};

/// An invoice that is not there yet.
#[derive(Properties, PartialEq)]
pub struct NewInvoiceProps {
    /// Who buys.
    pub customer: CustomerId,
    /// The draft was saved, and whether it is to become final at once.
    pub on_created: Callback<(InvoiceId, bool)>,
    /// That the draft was saved was taken back.
    pub on_undone: Callback<InvoiceId>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// An invoice that is not there yet: asks for what stands on it already.
#[component]
pub fn NewInvoice(props: &NewInvoiceProps) -> Html {
    let currency = use_formats().currency;
    let customer = use_query(GetCustomer { id: props.customer });
    let address = use_query(GetBillingAddress {
        customer_id: props.customer,
    });
    let settings = use_query(GetBillingSettings {});
    let failure = [
        failure(&customer.state, &customer.reload),
        failure(&address.state, &address.reload),
        failure(&settings.state, &settings.reload),
    ];
    if let Some((error, reload)) = failure.into_iter().flatten().next() {
        return waiting(&props.on_close, &failed(&error, &reload, &props.on_close));
    }
    let (Some(customer), Some(address), Some(settings)) = (customer.state.ready(), address.state.ready(), settings.state.ready()) else {
        let bones = html! { <div class="panel"><SkeletonRows label="Loading the invoice" rows={6} /></div> };
        return waiting(&props.on_close, &bones);
    };
    let details = blank(customer, &address.address, settings, currency);
    let tax = Tax::of(settings, address.address.tax_treatment);
    html! {
        <Editor
            details={Rc::new(details)}
            {tax}
            payment_days={settings.payment_days}
            on_created={props.on_created.clone()}
            on_undone={props.on_undone.clone()}
            on_close={props.on_close.clone()}
        />
    }
}

fn failure<T>(state: &Query<T>, reload: &Callback<()>) -> Option<(contract::Error, Callback<()>)> {
    match state {
        Query::Failed(error) => Some((error.clone(), reload.clone())),
        _ => None,
    }
}

/// An invoice with nothing on it but who sells and who buys. Its version is 0: it was never saved.
fn blank(customer: &Customer, address: &BillingAddress, settings: &BillingSettings, currency: Currency) -> InvoiceDetails {
    let nothing = Money::new(0, currency);
    InvoiceDetails {
        invoice: Invoice {
            id: InvoiceId(uuid::Uuid::nil()),
            customer_id: customer.id,
            customer_name: customer.full_name.clone(),
            subscription_id: None,
            number: None,
            status: InvoiceStatus::Draft,
            issued_on: None,
            due_on: None,
            promised_until: None,
            net: nothing,
            tax: nothing,
            total: nothing,
            paid: nothing,
            credited: nothing,
            payable: nothing,
            is_overdue: false,
            created_at: Timestamp(0),
            version: 0,
        },
        lines: Vec::new(),
        taxes: Vec::new(),
        rounding: nothing,
        prices_include_tax: settings.prices_include_tax,
        reverse_charge: address.tax_treatment == Some(TaxTreatment::ReverseCharge),
        note: None,
        seller: settings.seller.clone(),
        buyer: buyer(customer, address),
        tax_treatment: address.tax_treatment,
        payments: Vec::new(),
        credit_notes: Vec::new(),
    }
}

/// Who buys, as the engine writes it: the company, where there is one, and the person there.
fn buyer(customer: &Customer, address: &BillingAddress) -> Party {
    let company = customer.company_name.clone();
    Party {
        contact: company.is_some().then(|| customer.full_name.clone()),
        name: company.unwrap_or_else(|| customer.full_name.clone()),
        street: address.street.clone(),
        postal_code: address.postal_code.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        country: address.country.clone(),
        vat_id: address.vat_id.clone(),
        tax_number: None,
        email: Some(customer.email.clone()),
    }
}
