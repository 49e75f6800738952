//! Something that is due.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::{
    Currency, Money,
    catch_up::{DueCount, DueKind},
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::{
    entity::{catch_up_item, invoice, subscription},
    error::{Result, unknown_word},
    figure,
    scope::Scope,
    subscription::{bill, period},
};

/// Where something stands in the order in which all that is due is done, by [`Due::place`].
pub type Place = (NaiveDate, bool, NaiveDate, DueKind, Uuid, Uuid);

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub kind: DueKind,
    /// The subscription of a renewal, else the invoice.
    pub subject: Uuid,
    /// The subscription that is billed.
    pub subscription: Option<Uuid>,
    pub customer: Uuid,
    /// The day by the schedule: with what it is, of which record, and how often that was reopened, the key by which it is done once.
    pub on: NaiveDate,
    /// How often the invoice had been reopened. When it is owed again after it was paid, what was done about it before counts no more.
    pub reopened: i64,
    /// The last day until which the payment of the invoice was promised.
    pub promised_until: Option<NaiveDate>,
    /// The day before which it is not done: what takes a service away comes after the day of the first reminder.
    pub not_before: Option<NaiveDate>,
    /// Of a reminder: the days of older ones that were never given. It stands for them, and they are done with it.
    pub stands_for: Vec<NaiveDate>,
    /// Of a renewal: whether it is billed. Nothing is made for nothing, however little a share of something comes to.
    pub is_billed: bool,
    /// Of a renewal without tax, else what is left to pay.
    pub amount: i64,
    pub currency: Currency,
    /// The plan or the number of the invoice.
    pub name: String,
}

impl Due {
    /// The first day on which it is done: that of the schedule or, where payment was promised until then or later, the day after,
    /// and not before the day that it has to wait for.
    pub fn begins_on(&self) -> NaiveDate {
        let after = self.promised_until.and_then(|day| day.succ_opt());
        [after, self.not_before].into_iter().flatten().fold(self.on, Ord::max)
    }

    /// The invoice, if it is about one.
    pub fn invoice(&self) -> Option<Uuid> {
        (self.kind != DueKind::Renewal).then_some(self.subject)
    }

    /// Its place in the order of days. What a promise has put off comes after what is billed on that day, as it would on its own,
    /// and in the order of its schedule.
    pub fn place(&self) -> Place {
        let is_step = self.kind != DueKind::Renewal;
        (self.begins_on(), is_step, self.on, self.kind, self.customer, self.subject)
    }

    /// The key by which it is done once.
    pub fn key(&self) -> (DueKind, Uuid, NaiveDate, i64) {
        (self.kind, self.subject, self.on, self.reopened)
    }

    /// What it comes to.
    pub fn amount(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
}

/// A currency as it is stored.
pub fn currency(word: &str) -> Result<Currency> {
    Currency::parse(word).ok_or_else(|| unknown_word("currency", word))
}

/// So many values of a list, in a statement.
pub fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Whether it is put off by now: another desk may have noted a promise after this was worked out. It is due again afterwards, so
/// it must not count as done.
pub async fn is_put_off(scope: &Scope, item: &Due) -> Result<bool> {
    let Some(id) = item.invoice() else { return Ok(false) };
    let found = invoice::Entity::find_by_id(id).one(scope).await?;
    let promised = found.and_then(|row| row.promised_until);
    Ok(promised.is_some_and(|last| last >= scope.today()))
}

/// Notes that something is being done, with what it stands for; false if it was done before.
pub async fn claim(scope: &Scope, run: Uuid, item: &Due) -> Result<bool> {
    if !claim_day(scope, run, item, item.on).await? {
        return Ok(false);
    }
    for on in &item.stands_for {
        claim_day(scope, run, item, *on).await?;
    }
    Ok(true)
}

async fn claim_day(scope: &Scope, run: Uuid, item: &Due, on: NaiveDate) -> Result<bool> {
    let key = (item.kind.as_str().to_owned(), item.subject, on, item.reopened);
    let known = catch_up_item::Entity::find_by_id(key).one(scope).await?;
    if known.is_some() {
        return Ok(false);
    }
    let row = catch_up_item::Model {
        kind: item.kind.as_str().to_owned(),
        subject_id: item.subject,
        due_on: on,
        run_id: run,
        customer_id: item.customer,
        done_at: scope.now.0,
        reopened: item.reopened,
    };
    catch_up_item::Entity::insert(catch_up_item::ActiveModel::from(row))
        .exec_without_returning(scope)
        .await?;
    Ok(true)
}

/// How much of each kind, and what it comes to.
#[derive(Default)]
pub struct Counts(BTreeMap<DueKind, (u64, BTreeMap<Currency, i64>)>);

impl Counts {
    pub fn add(&mut self, item: &Due) {
        let (count, amounts) = self.0.entry(item.kind).or_default();
        *count += 1;
        *amounts.entry(item.currency).or_default() += item.amount;
    }

    /// As an answer has them: the book's currency first.
    pub fn list(&self, scope: &Scope) -> Vec<DueCount> {
        let amounts_of = |amounts: &BTreeMap<Currency, i64>| {
            let amounts = amounts.iter().map(|(currency, amount)| (currency.code(), *amount));
            figure::in_order(&scope.book.currency, amounts)
        };
        let kinds = self.0.iter().map(|(kind, (count, amounts))| DueCount {
            kind: *kind,
            count: *count,
            amounts: amounts_of(amounts),
        });
        kinds.collect()
    }
}

/// The same of all of these.
pub fn count<'a>(scope: &Scope, items: impl Iterator<Item = &'a Due>) -> Vec<DueCount> {
    let mut counts = Counts::default();
    items.for_each(|item| counts.add(item));
    counts.list(scope)
}

/// The subscription of a renewal again, with its next period, if the item is due still.
pub async fn renewal(scope: &Scope, item: &Due) -> Result<Option<(subscription::Model, period::Period)>> {
    let Some(row) = subscription::Entity::find_by_id(item.subject).one(scope).await? else {
        return Ok(None);
    };
    let is_running = matches!(row.status.as_str(), "trialing" | "active" | "past_due");
    let next = bill::next_period(&row)?.filter(|next| is_running && row.billed_until.max(next.start) == item.on);
    Ok(next.map(|next| (row, next)))
}
