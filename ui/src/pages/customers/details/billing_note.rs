//! Whether an invoice that is about to be made becomes final, with a number, or waits as a draft.

use chrono::NaiveDate;
use contract::{
    CustomerId, TaxCategory, TaxTreatment,
    billing::{BillingSettings, GetBillingSettings},
    party::{BillingAddress, GetBillingAddress},
    subscription::{Subscription, SubscriptionStatus},
};
use yew::prelude::*;

use crate::{
    components::{Notice, Tone},
    hooks::{use_query, use_query_if},
};

/// Which invoices are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bills {
    /// One, now.
    Now,
    /// The first one later.
    Later,
    /// Those of the periods that have begun and are not billed, before something else is done.
    First,
}

/// Which invoices are made, and for whom.
#[derive(Properties, PartialEq)]
pub struct BillingNoteProps {
    /// Which.
    pub bills: Bills,
    /// Whose address has to be known; that is not looked at where nobody is given.
    #[prop_or_default]
    pub customer: Option<CustomerId>,
}

/// Whether an invoice that is about to be made becomes final. Nothing while that is not known.
#[component]
pub fn BillingNote(props: &BillingNoteProps) -> Html {
    let settings = use_query(GetBillingSettings {});
    let address = use_query_if(props.customer.map(|customer_id| GetBillingAddress { customer_id }));
    let address = address.state.ready().filter(|known| props.customer == Some(known.customer_id));
    // Without the customer it would be said of another one.
    let (Some(settings), true) = (settings.state.ready(), props.customer.is_none() || address.is_some()) else {
        return html! { <div hidden={true}></div> };
    };
    let address = address.map(|known| &known.address);
    let end = End::of(settings, address);
    let lacks_address = end == End::Final && address.is_some_and(has_no_address);
    html! {
        <div class="stack">
            <p class="field__help">{ words(props.bills, end) }</p>
            if lacks_address {
                <Notice title="The customer has no billing address" text="The law asks for it on an invoice, but for small amounts (Directive 2006/112/EC, articles 226 and 226b). It cannot be added once the invoice is final: enter it under Details first." tone={Tone::Warning} />
            }
        </div>
    }
}

/// Whether it is billed before a running subscription is paused or ends: what has begun and is not billed yet.
pub fn bills_first(subscription: &Subscription, today: NaiveDate) -> bool {
    let is_billed = matches!(subscription.status, SubscriptionStatus::Active | SubscriptionStatus::PastDue);
    is_billed && subscription.price.amount > 0 && subscription.billed_until <= today
}

/// What becomes of an invoice that is made by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Final,
    Draft,
    /// It was to be final, but the vendor's own details are not complete.
    Lacking,
    /// It was to be final, but the customer accounts for the tax and is not known well enough for that.
    LackingBuyer,
}

impl End {
    /// By what has to be known of the seller and of the buyer before an invoice becomes final. What is billed by itself is taxed
    /// as its customer is, or else as the settings say.
    fn of(settings: &BillingSettings, buyer: Option<&BillingAddress>) -> Self {
        if !settings.finalize_renewals {
            return Self::Draft;
        }
        let treatment = buyer.and_then(|buyer| buyer.tax_treatment);
        let category = treatment.map_or(settings.tax_category, TaxTreatment::category);
        let (is_taxed, is_reversed) = (category == TaxCategory::Standard, category.needs_buyer());
        let seller = &settings.seller;
        let has_number = seller.vat_id.is_some() || (!is_reversed && (!is_taxed || seller.tax_number.is_some()));
        if seller.name.is_empty() || seller.city.is_none() || seller.country.is_none() || !has_number {
            return Self::Lacking;
        }
        if is_reversed && buyer.is_some_and(|buyer| buyer.country.is_none() || buyer.vat_id.is_none()) {
            return Self::LackingBuyer;
        }
        Self::Final
    }
}

fn words(bills: Bills, end: End) -> String {
    let what = match bills {
        Bills::Now => "The invoice",
        Bills::Later => "Its invoices, when they are made,",
        Bills::First => "What has begun and is not billed yet is billed first. What is made for it",
    };
    let (becomes, waits, it) = if bills == Bills::Later {
        ("become final", "wait as drafts", "them")
    } else {
        ("becomes final", "waits as a draft", "it")
    };
    match end {
        End::Final => format!("{what} {becomes} at once, with a number; what is final can be credited, not changed."),
        End::Draft => format!("{what} {waits} until you finalize {it}."),
        End::Lacking => format!("{what} {waits}: your own details under Settings, Billing are not complete."),
        End::LackingBuyer => format!("{what} {waits}: the customer accounts for the tax, but country or VAT ID is missing under Details."),
    }
}

/// Whether nothing says where the customer is to be found.
fn has_no_address(address: &BillingAddress) -> bool {
    address.street.is_none() && address.city.is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn subscription(status: &str, billed_until: &str, price: i64) -> Subscription {
        let (id, at) = ("0193a7c0-1111-7222-8333-444455556601", "2026-11-22T09:00:00.000Z");
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "plan_id": id, "plan_name": "Studio", "status": status,
            "billing_cycle": "monthly", "price": {"amount": price, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-22",
            "anchor": "2026-11-22", "billed_until": billed_until, "current_period_start": "2026-11-22",
            "current_period_end": "2026-12-22", "trial_end": null, "cancel_at_period_end": false, "paused_at": null, "ended_at": null,
            "created_at": at, "updated_at": at, "version": 2
        }))
        .unwrap()
    }

    #[test]
    fn what_has_begun_and_is_not_billed_is_billed_first() {
        let today = "2026-12-22".parse().unwrap();
        for (status, billed_until, price, expected) in [
            ("active", "2026-12-22", 100, true),
            ("past_due", "2026-11-22", 100, true),
            ("active", "2026-12-23", 100, false),
            ("active", "2026-12-22", 0, false),
            ("trialing", "2026-12-22", 100, false),
            ("paused", "2026-12-22", 100, false),
        ] {
            let own = subscription(status, billed_until, price);
            assert_eq!(bills_first(&own, today), expected, "{status} {billed_until} {price}");
        }
    }

    /// Settings with which renewals become final, of a seller with these numbers in Berlin.
    fn settings(category: TaxCategory, vat_id: Option<&str>, tax_number: Option<&str>) -> BillingSettings {
        serde_json::from_value(json!({
            "seller": {
                "name": "Fern & Partner", "contact": null, "street": null, "postal_code": null, "city": "Berlin", "region": null,
                "country": "DE", "vat_id": vat_id, "tax_number": tax_number, "email": null
            },
            "phone": null, "website": null, "iban": null, "bic": null, "footer": null, "has_logo": false, "paper": "a4",
            "payment_days": 14, "invoice_format": "{YYYY}-{N:4}", "credit_note_format": "C-{YYYY}-{N:4}", "tax_category": category,
            "tax_rate": if category == TaxCategory::Standard { 190_000 } else { 0 }, "prices_include_tax": false, "rounding_step": 1,
            "invoice_next": {"number": 1, "is_open": true}, "credit_note_next": {"number": 1, "is_open": true},
            "finalize_renewals": true, "reminders": [], "version": 1
        }))
        .unwrap()
    }

    fn buyer(treatment: Option<TaxTreatment>, country: Option<&str>, vat_id: Option<&str>) -> BillingAddress {
        BillingAddress {
            country: country.map(str::to_owned),
            vat_id: vat_id.map(str::to_owned),
            tax_treatment: treatment,
            ..BillingAddress::default()
        }
    }

    #[test]
    fn a_seller_needs_a_number_where_tax_is_charged_and_a_vat_id_where_the_buyer_accounts_for_it() {
        let (vat_id, tax_number) = (Some("DE123456789"), Some("29/815/08150"));
        let known = |treatment: Option<TaxTreatment>| buyer(treatment, Some("FR"), Some("FR12345678901"));
        for (category, treatment, own, expected) in [
            (TaxCategory::Standard, None, (None, None), End::Lacking),
            (TaxCategory::Standard, None, (None, tax_number), End::Final),
            (TaxCategory::Standard, None, (vat_id, None), End::Final),
            (TaxCategory::Exempt, None, (None, None), End::Final),
            // As the customer is taxed, whatever the settings say.
            (TaxCategory::Standard, Some(TaxTreatment::Exempt), (None, None), End::Final),
            (
                TaxCategory::Standard,
                Some(TaxTreatment::ReverseCharge),
                (None, tax_number),
                End::Lacking,
            ),
            (TaxCategory::Standard, Some(TaxTreatment::ReverseCharge), (vat_id, None), End::Final),
            (
                TaxCategory::Standard,
                Some(TaxTreatment::IntraCommunity),
                (None, tax_number),
                End::Lacking,
            ),
            (TaxCategory::ReverseCharge, None, (None, tax_number), End::Lacking),
            (TaxCategory::ReverseCharge, None, (vat_id, None), End::Final),
            (TaxCategory::ReverseCharge, Some(TaxTreatment::Export), (None, None), End::Final),
        ] {
            let settings = settings(category, own.0, own.1);
            let found = End::of(&settings, Some(&known(treatment)));
            assert_eq!(found, expected, "{category:?} {treatment:?} {own:?}");
        }
    }

    #[test]
    fn a_seller_is_known_by_name_city_and_country() {
        let whole = settings(TaxCategory::Exempt, None, None);
        let without = |take: fn(&mut BillingSettings)| {
            let mut settings = whole.clone();
            take(&mut settings);
            End::of(&settings, None)
        };
        assert_eq!(without(|_| {}), End::Final);
        assert_eq!(without(|settings| settings.seller.name.clear()), End::Lacking);
        assert_eq!(without(|settings| settings.seller.city = None), End::Lacking);
        assert_eq!(without(|settings| settings.seller.country = None), End::Lacking);
        assert_eq!(without(|settings| settings.finalize_renewals = false), End::Draft);
    }

    #[test]
    fn a_buyer_is_known_by_country_and_vat_id_only_where_it_accounts_for_the_tax() {
        let number = Some("FR12345678901");
        for (treatment, country, vat_id, expected) in [
            (Some(TaxTreatment::ReverseCharge), None, number, End::LackingBuyer),
            (Some(TaxTreatment::ReverseCharge), Some("FR"), None, End::LackingBuyer),
            (Some(TaxTreatment::IntraCommunity), Some("FR"), None, End::LackingBuyer),
            (Some(TaxTreatment::ReverseCharge), Some("FR"), number, End::Final),
            (Some(TaxTreatment::Exempt), None, None, End::Final),
            (None, None, None, End::Final),
        ] {
            let settings = settings(TaxCategory::Standard, Some("DE123456789"), None);
            let found = End::of(&settings, Some(&buyer(treatment, country, vat_id)));
            assert_eq!(found, expected, "{treatment:?} {country:?} {vat_id:?}");
        }
        let reversed = settings(TaxCategory::ReverseCharge, Some("DE123456789"), None);
        assert_eq!(End::of(&reversed, Some(&buyer(None, Some("FR"), None))), End::LackingBuyer);
    }

    #[test]
    fn what_becomes_final_is_said_to_have_a_number() {
        assert_eq!(words(Bills::Now, End::Draft), "The invoice waits as a draft until you finalize it.");
        assert!(words(Bills::Later, End::Draft).ends_with("wait as drafts until you finalize them."));
        for bills in [Bills::Now, Bills::Later, Bills::First] {
            assert!(words(bills, End::Final).contains("with a number"));
            assert!(!words(bills, End::Lacking).contains("with a number"));
            assert!(words(bills, End::LackingBuyer).contains("country or VAT ID"));
        }
    }
}
