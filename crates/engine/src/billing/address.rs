//! `get_billing_address` and `update_billing_address`.

use contract::{
    Noun, TaxTreatment,
    party::{BillingAddress, BillingAddressOf, GetBillingAddress, Party, UpdateBillingAddress},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Map, Value, json};

use super::settings::tidy;
use crate::{
    call::Run,
    change::{self, Entry},
    customer::{self, check_version},
    entity::customer as customers,
    error::{Result, not_found, unknown_word},
    scope::Scope,
};

fn view(row: &customers::Model) -> Result<BillingAddressOf> {
    Ok(BillingAddressOf {
        customer_id: row.id.into(),
        address: BillingAddress {
            street: row.street.clone(),
            postal_code: row.postal_code.clone(),
            city: row.city.clone(),
            region: row.region.clone(),
            country: row.country.clone(),
            vat_id: row.vat_id.clone(),
            language: row.language.clone(),
            tax_treatment: treatment(row)?,
        },
        version: u32::try_from(row.version)?,
    })
}

/// How everything that is billed to a customer is taxed, where it is not as the billing settings say.
pub fn treatment(row: &customers::Model) -> Result<Option<TaxTreatment>> {
    let stored = row.tax_treatment.as_deref();
    let known = |stored| TaxTreatment::parse(stored).ok_or_else(|| unknown_word("customer.tax_treatment", stored));
    stored.map(known).transpose()
}

/// A customer as the buyer on an invoice: the company, with the person as contact, or the person.
pub fn buyer(row: &customers::Model) -> Party {
    let (name, contact) = match &row.company_name {
        Some(company) => (company.clone(), Some(row.full_name.clone())),
        None => (row.full_name.clone(), None),
    };
    Party {
        name,
        contact,
        street: row.street.clone(),
        postal_code: row.postal_code.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        country: row.country.clone(),
        vat_id: row.vat_id.clone(),
        tax_number: None,
        email: Some(row.email.clone()),
    }
}

fn fields(row: &customers::Model) -> Map<String, Value> {
    [
        ("street", &row.street),
        ("postal_code", &row.postal_code),
        ("city", &row.city),
        ("region", &row.region),
        ("country", &row.country),
        ("vat_id", &row.vat_id),
        ("language", &row.language),
        ("tax_treatment", &row.tax_treatment),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .collect()
}

impl Run for GetBillingAddress {
    async fn run(self, scope: &Scope) -> Result<BillingAddressOf> {
        view(&customer::find(scope, self.customer_id).await?)
    }
}

impl Run for UpdateBillingAddress {
    async fn run(self, scope: &Scope) -> Result<BillingAddressOf> {
        scope.touch(self.customer_id.0).await?;
        let before = customer::find(scope, self.customer_id).await?;
        if before.archived_at.is_some() {
            return Err(not_found(Noun::Customer));
        }
        check_version(scope, before.id, before.version, self.version).await?;
        let mut row = before.clone();
        for (new, column) in [
            (self.street, &mut row.street),
            (self.postal_code, &mut row.postal_code),
            (self.city, &mut row.city),
            (self.region, &mut row.region),
            (self.country, &mut row.country),
            (self.vat_id, &mut row.vat_id),
            (self.language, &mut row.language),
        ] {
            if let Some(new) = new {
                *column = tidy(new);
            }
        }
        if let Some(treatment) = self.tax_treatment {
            row.tax_treatment = treatment.map(|treatment| treatment.as_str().to_owned());
        }
        // What is sent alone may be right, and wrong with what is there.
        let address = view(&row)?.address;
        contract::rules::check(|found| address.check_treatment(found)).map_err(|fields| contract::Error::Invalid { fields })?;
        let changed = change::difference(Some(&fields(&before)), &fields(&row));
        if changed.is_empty() {
            return view(&row);
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(Entry {
            noun: Noun::Customer,
            id: row.id,
            subject: row.full_name.clone(),
            customer: Some(row.id),
            version: row.version,
            fields: changed,
        });
        view(&row)
    }
}
