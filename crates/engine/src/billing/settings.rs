//! `get_billing_settings` and `update_billing_settings`.

use contract::{
    Conflict, Noun, Problem, TaxCategory,
    billing::{BillingSettings, DEFAULT_REMINDERS, GetBillingSettings, NextNumber, Paper, UpdateBillingSettings},
    invoice::DocumentKind,
    party::Party,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use serde_json::{Map, Value, json};

use super::number;
use crate::{
    call::Run,
    change::{self, Entry},
    customer::check_version,
    entity::billing,
    error::{Error, Result, unknown_word},
    scope::Scope,
};

/// What the change log calls them by: there is one row, without an identifier of its own.
pub const SUBJECT: uuid::Uuid = uuid::Uuid::nil();

/// Settings of a new book: the name of the book as the seller, no tax, a number a year.
pub async fn make(connection: &impl ConnectionTrait, seller: &str, now: i64) -> std::result::Result<(), DbErr> {
    let json = |error: serde_json::Error| DbErr::Json(error.to_string());
    let seller = Party {
        name: seller.to_owned(),
        ..Party::default()
    };
    let row = billing::Model {
        only_row: 1,
        seller: serde_json::to_string(&seller).map_err(json)?,
        phone: None,
        website: None,
        iban: None,
        bic: None,
        footer: None,
        logo: None,
        logo_type: None,
        paper: Paper::A4.as_str().to_owned(),
        payment_days: 14,
        invoice_format: "{YYYY}-{n:6}".to_owned(),
        credit_note_format: "CN-{YYYY}-{n:6}".to_owned(),
        tax_category: TaxCategory::OutsideScope.as_str().to_owned(),
        tax_rate_micro: 0,
        prices_include_tax: false,
        rounding_step: 1,
        finalize_renewals: false,
        reminders: serde_json::to_string(DEFAULT_REMINDERS).map_err(json)?,
        updated_at: now,
        version: 1,
    };
    billing::Entity::insert(billing::ActiveModel::from(row))
        .exec_without_returning(connection)
        .await
        .map(|_| ())
}

/// The settings as they are stored.
pub async fn load(scope: &Scope) -> Result<billing::Model> {
    billing::Entity::find_by_id(1)
        .one(scope)
        .await?
        .ok_or_else(|| Error::Fault("the book has lost its billing settings".to_owned()))
}

/// Who sells.
pub fn seller(row: &billing::Model) -> Result<Party> {
    Ok(serde_json::from_str(&row.seller)?)
}

/// The settings in wire form.
pub async fn view(scope: &Scope, row: &billing::Model) -> Result<BillingSettings> {
    Ok(BillingSettings {
        invoice_next: number::upcoming(scope, DocumentKind::Invoice, &row.invoice_format).await?,
        credit_note_next: number::upcoming(scope, DocumentKind::CreditNote, &row.credit_note_format).await?,
        ..stored(row)?
    })
}

/// What stands for a counter that is not asked.
const UNASKED: NextNumber = NextNumber { number: 1, is_open: false };

/// The same without what the counters of numbers say, for who does not need that.
pub fn stored(row: &billing::Model) -> Result<BillingSettings> {
    Ok(BillingSettings {
        seller: seller(row)?,
        phone: row.phone.clone(),
        website: row.website.clone(),
        iban: row.iban.clone(),
        bic: row.bic.clone(),
        footer: row.footer.clone(),
        has_logo: row.logo.is_some(),
        paper: Paper::parse(&row.paper).ok_or_else(|| unknown_word("billing.paper", &row.paper))?,
        payment_days: u32::try_from(row.payment_days)?,
        invoice_format: row.invoice_format.clone(),
        credit_note_format: row.credit_note_format.clone(),
        invoice_next: UNASKED,
        credit_note_next: UNASKED,
        tax_category: TaxCategory::parse(&row.tax_category).ok_or_else(|| unknown_word("billing.tax_category", &row.tax_category))?,
        tax_rate: u32::try_from(row.tax_rate_micro)?,
        prices_include_tax: row.prices_include_tax,
        rounding_step: u32::try_from(row.rounding_step)?,
        finalize_renewals: row.finalize_renewals,
        reminders: serde_json::from_str(&row.reminders)?,
        version: u32::try_from(row.version)?,
    })
}

/// The settings as fields of the change log. Counters go on by themselves, so they stand there only where they were set.
fn fields(view: &BillingSettings) -> Result<Map<String, Value>> {
    match json!(view) {
        Value::Object(mut fields) => {
            for other in ["version", "invoice_next", "credit_note_next"] {
                fields.remove(other);
            }
            Ok(fields)
        }
        _ => Err(Error::Fault("settings are an object".to_owned())),
    }
}

impl Run for GetBillingSettings {
    async fn run(self, scope: &Scope) -> Result<BillingSettings> {
        view(scope, &load(scope).await?).await
    }
}

/// A text without white space around it; none if nothing is left.
pub fn tidy(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A party whose texts are tidied.
fn tidied(party: Party) -> Party {
    Party {
        name: party.name.trim().to_owned(),
        contact: tidy(party.contact),
        street: tidy(party.street),
        postal_code: tidy(party.postal_code),
        city: tidy(party.city),
        region: tidy(party.region),
        country: tidy(party.country),
        vat_id: tidy(party.vat_id),
        tax_number: tidy(party.tax_number),
        email: tidy(party.email),
    }
}

impl Run for UpdateBillingSettings {
    async fn run(self, scope: &Scope) -> Result<BillingSettings> {
        crate::db::serialize(scope, "billing settings").await?;
        let before = load(scope).await?;
        check_version(scope, SUBJECT, before.version, self.version).await?;
        let mut row = before.clone();
        if let Some(seller) = self.seller {
            row.seller = serde_json::to_string(&tidied(seller))?;
        }
        for (new, column) in [
            (self.phone, &mut row.phone),
            (self.website, &mut row.website),
            (self.iban, &mut row.iban),
            (self.bic, &mut row.bic),
            (self.footer, &mut row.footer),
        ] {
            if let Some(new) = new {
                *column = tidy(new);
            }
        }
        if let Some(paper) = self.paper {
            row.paper = paper.as_str().to_owned();
        }
        row.payment_days = self.payment_days.map_or(row.payment_days, Into::into);
        row.invoice_format = self.invoice_format.unwrap_or(row.invoice_format);
        row.credit_note_format = self.credit_note_format.unwrap_or(row.credit_note_format);
        if let Some(category) = self.tax_category {
            row.tax_category = category.as_str().to_owned();
        }
        row.tax_rate_micro = self.tax_rate.map_or(row.tax_rate_micro, Into::into);
        row.prices_include_tax = self.prices_include_tax.unwrap_or(row.prices_include_tax);
        row.rounding_step = self.rounding_step.map_or(row.rounding_step, Into::into);
        row.finalize_renewals = self.finalize_renewals.unwrap_or(row.finalize_renewals);
        if let Some(reminders) = self.reminders {
            row.reminders = serde_json::to_string(&reminders)?;
        }
        let after = stored(&row)?;
        // Each alone may be right and the pair wrong.
        contract::rules::check(|found| {
            after.tax_category.check_rate("tax_rate", after.tax_rate, found);
            if after.invoice_format == after.credit_note_format {
                found.push(
                    "credit_note_format",
                    Problem::Exclusive {
                        other: "invoice_format".to_owned(),
                    },
                );
            }
        })
        .map_err(|fields| contract::Error::Invalid { fields })?;
        let mut changed = change::difference(Some(&fields(&stored(&before)?)?), &fields(&after)?);
        // In the order in which what a change of a subscription gives back and bills anew takes numbers. A change that bills renewals
        // first takes that of an invoice before: where each waits for what the other holds, one of them is made again.
        for (kind, [of_format, of_next], old, new, next) in [
            (
                DocumentKind::CreditNote,
                ["credit_note_format", "credit_note_next"],
                &before.credit_note_format,
                &row.credit_note_format,
                self.credit_note_next,
            ),
            (
                DocumentKind::Invoice,
                ["invoice_format", "invoice_next"],
                &before.invoice_format,
                &row.invoice_format,
                self.invoice_next,
            ),
        ] {
            let due = match next {
                Some(next) => number::begin(scope, kind, new, (of_next, next)).await?,
                None if number::differ(scope, old, new)? => number::begin_anew(scope, kind, new).await?,
                None => None,
            };
            if due.is_some() {
                changed.push((of_next.to_owned(), Some(json!(due)), Some(json!(next.unwrap_or(1)))));
            }
            if (due.is_some() || new != old)
                && let Some(given) = number::given(scope, kind, new).await?
            {
                let field = if due.is_some() && next.is_some() { of_next } else { of_format };
                let detail = format!("The next number would be {given}, which another document has already");
                return Err(contract::Error::field(field, Problem::WrongShape { detail }).into());
            }
        }
        if changed.is_empty() {
            return view(scope, &row).await;
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(Entry {
            noun: Noun::Settings,
            id: SUBJECT,
            subject: "Billing".to_owned(),
            customer: None,
            version: row.version,
            fields: changed,
        });
        view(scope, &row).await
    }
}

/// Refuses a seller or a buyer of whom something is missing that an invoice must hold.
pub fn check_complete(party: &Party, needed: &[(&str, bool)], is_seller: bool) -> Result<()> {
    let missing: Vec<String> = needed
        .iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(field, _)| (*field).to_owned())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let conflict = if is_seller {
        Conflict::SellerIncomplete { fields: missing }
    } else {
        Conflict::BuyerIncomplete {
            name: party.name.clone(),
            fields: missing,
        }
    };
    Err(conflict.into())
}
