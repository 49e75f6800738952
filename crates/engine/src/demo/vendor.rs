//! How the vendor of a sample book bills.

use contract::{
    TaxCategory,
    billing::{ReminderAct, ReminderStep},
    party::Party,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use uuid::Uuid;

use super::{
    load, money,
    random::{Random, Stream},
};
use crate::{app::App, billing, entity::catch_up_run, error::Result, scope::Scope};

/// What stands on every invoice, and the run that sent the reminders of all the years.
pub struct Vendor {
    pub seller: String,
    pub run: Uuid,
}

/// Sets up how the vendor bills.
pub async fn set_up(app: &App, scope: &Scope, seed: u64, now: i64) -> Result<Vendor> {
    let text = |text: &str| Some(text.to_owned());
    let seller = Party {
        name: scope.book.name.clone(),
        street: text("Lindenstraße 12"),
        postal_code: text("10969"),
        city: text("Berlin"),
        country: text("DE"),
        vat_id: text("DE123456789"),
        email: text("billing@example.com"),
        ..Party::default()
    };
    let seller = serde_json::to_string(&seller)?;
    let mut reminders = Vec::new();
    for days in money::REMINDERS {
        reminders.push(ReminderStep {
            days: i32::try_from(*days)?,
            act: ReminderAct::Remind,
        });
    }
    let mut row = billing::load(scope).await?;
    // The book itself was made a moment ago by the computer's clock.
    row.updated_at = now;
    row.seller.clone_from(&seller);
    row.iban = text("DE89 3704 0044 0532 0130 00");
    row.tax_category = TaxCategory::Standard.as_str().to_owned();
    row.tax_rate_micro = 190_000;
    row.reminders = serde_json::to_string(&reminders)?;
    let run = Random::new(seed, Stream::Passwords, 1).id();
    let sent = catch_up_run::Model {
        id: run,
        at: now,
        actor_id: None,
        counts: "[]".to_owned(),
        has_more: false,
    };
    let transaction = app.0.db.begin().await?;
    row.into_active_model().reset_all().update(&transaction).await?;
    load::insert::<catch_up_run::ActiveModel>(&transaction, vec![sent]).await?;
    transaction.commit().await?;
    Ok(Vendor { seller, run })
}
