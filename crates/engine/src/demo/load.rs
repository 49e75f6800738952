//! Writing many records at once, with the figures that are kept beside them.

use std::collections::BTreeMap;

use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable};

use super::{money::Money, sales::Sales};
use crate::{
    entity::{
        allocation, catch_up_item, customer, customer_money, customer_summary, domain, invoice, invoice_line, license, payment, recurring,
        refund, subscription, write_off,
    },
    error::Result,
    figure::{self, Key},
    summary::{self, Counts, Figures, money_of},
    zone,
};

/// Values of one statement: far under the limits of both databases, and the statement stays small enough to be kept
/// prepared.
const VALUES: usize = 6_000;

/// Inserts rows of one table.
pub async fn insert<A>(connection: &DatabaseTransaction, rows: Vec<<A::Entity as EntityTrait>::Model>) -> Result<()>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count();
    let at_once = (VALUES / columns.max(1)).max(1);
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let some: Vec<A> = rows.by_ref().take(at_once).collect();
        if some.is_empty() {
            return Ok(());
        }
        A::Entity::insert_many(some).exec_without_returning(connection).await?;
    }
}

/// Records that are written in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    customers: Vec<customer::Model>,
    domains: Vec<domain::Model>,
    sales: Sales,
    money: Money,
    summaries: Vec<customer_summary::Model>,
    amounts: Vec<customer_money::Model>,
}

impl Batch {
    /// Adds a customer with everything that belongs to it, and its share to the figures of the book.
    pub fn add(
        &mut self,
        row: customer::Model,
        domains: Vec<domain::Model>,
        sales: Sales,
        money: Money,
        (currency, zone): (&str, chrono_tz::Tz),
        book: &mut BTreeMap<Key, i64>,
    ) {
        let (counts, amounts) = count(&row, &domains, &sales, &money);
        let figures: Figures = summary::derive(&row, counts, amounts, currency, zone);
        figure::add(book, Some(&figures));
        self.summaries.push(figures.summary);
        self.amounts.extend(figures.money.into_values());
        self.customers.push(row);
        self.domains.extend(domains);
        self.sales.licenses.extend(sales.licenses);
        self.sales.recurring.extend(sales.recurring);
        self.sales.subscriptions.extend(sales.subscriptions);
        self.money.invoices.extend(money.invoices);
        self.money.lines.extend(money.lines);
        self.money.payments.extend(money.payments);
        self.money.allocations.extend(money.allocations);
        self.money.refunds.extend(money.refunds);
        self.money.write_offs.extend(money.write_offs);
        self.money.reminders.extend(money.reminders);
    }

    /// Writes what was added, what others point to first.
    pub async fn write(self, connection: &DatabaseTransaction) -> Result<()> {
        insert::<customer::ActiveModel>(connection, self.customers).await?;
        insert::<subscription::ActiveModel>(connection, self.sales.subscriptions).await?;
        insert::<recurring::ActiveModel>(connection, self.sales.recurring).await?;
        insert::<license::ActiveModel>(connection, self.sales.licenses).await?;
        insert::<domain::ActiveModel>(connection, self.domains).await?;
        // Before their invoices: none comes to one that is final.
        insert::<invoice_line::ActiveModel>(connection, self.money.lines).await?;
        insert::<invoice::ActiveModel>(connection, self.money.invoices).await?;
        insert::<payment::ActiveModel>(connection, self.money.payments).await?;
        insert::<allocation::ActiveModel>(connection, self.money.allocations).await?;
        insert::<refund::ActiveModel>(connection, self.money.refunds).await?;
        insert::<write_off::ActiveModel>(connection, self.money.write_offs).await?;
        insert::<catch_up_item::ActiveModel>(connection, self.money.reminders).await?;
        summary::store_new(connection, &self.summaries).await?;
        insert::<customer_money::ActiveModel>(connection, self.amounts).await
    }
}

/// Counts what was billed, of which nothing is credited.
fn bill(sales: &Sales, money: &Money, counts: &mut Counts) {
    for invoice in money.invoices.iter().filter(|invoice| invoice.status != "void") {
        let Some(issued_on) = invoice.issued_on else { continue };
        let lines = money.lines.iter().filter(|line| line.invoice_id == invoice.id);
        let first = lines.filter_map(|line| line.period_start).min().unwrap_or(issued_on);
        let terms = sales
            .recurring
            .iter()
            .filter(|terms| Some(terms.subscription_id) == invoice.subscription_id);
        let terms = terms.filter(|terms| terms.starts_on <= first).max_by_key(|terms| terms.starts_on);
        let plan = terms.map(|terms| terms.plan_id).or_else(|| {
            let mut subscriptions = sales.subscriptions.iter();
            let own = subscriptions.find(|subscription| Some(subscription.id) == invoice.subscription_id);
            own.map(|subscription| subscription.plan_id)
        });
        let own = counts.billed.entry((invoice.currency.clone(), issued_on, plan)).or_default();
        *own = (own.0 + invoice.net, own.1 + 1);
    }
}

/// Counts the records of a customer as `summary::compute` counts the stored ones.
fn count(
    row: &customer::Model,
    domains: &[domain::Model],
    sales: &Sales,
    money: &Money,
) -> (Counts, BTreeMap<String, customer_money::Model>) {
    let mut counts = Counts::default();
    for license in &sales.licenses {
        counts.total_licenses += 1;
        if license.status == "active" {
            counts.active_licenses += 1;
            *counts.plans.entry(license.plan_id).or_default() += 1;
        }
    }
    for subscription in &sales.subscriptions {
        counts.total_subscriptions += 1;
        counts.active_subscriptions += i64::from(matches!(subscription.status.as_str(), "trialing" | "active" | "past_due"));
    }
    for _ in domains {
        counts.total_domains += 1;
    }
    let mut amounts = BTreeMap::new();
    for invoice in money.invoices.iter().filter(|invoice| invoice.status != "draft") {
        counts.total_invoices += 1;
        let payable = invoice.total - invoice.paid - invoice.credited;
        if invoice.status == "open" && payable > 0 {
            counts.outstanding_invoices += 1;
            let own = money_of(&mut amounts, row.id, invoice.currency.clone());
            own.outstanding += payable;
            if invoice.is_overdue {
                own.overdue += payable;
                counts.overdue_invoices += 1;
            }
        }
    }
    bill(sales, money, &mut counts);
    for payment in money.payments.iter().filter(|payment| payment.status == "succeeded") {
        counts.last_payment_date = counts.last_payment_date.max(Some(payment.received_on));
        let own = money_of(&mut amounts, row.id, payment.currency.clone());
        own.payments += 1;
        own.paid += payment.amount;
        let month = zone::month_of(payment.received_on);
        counts.paid_in.insert((payment.currency.clone(), month));
        *counts.received.entry((payment.currency.clone(), payment.received_on)).or_default() += payment.amount;
    }
    for allocation in &money.allocations {
        let payment = money.payments.iter().find(|payment| payment.id == allocation.payment_id);
        if let Some(payment) = payment.filter(|payment| payment.status == "succeeded") {
            *counts.allocated.entry(payment.currency.clone()).or_default() += allocation.amount;
        }
    }
    for refund in &money.refunds {
        money_of(&mut amounts, row.id, refund.currency.clone()).refunded += refund.amount;
        *counts.received.entry((refund.currency.clone(), refund.refunded_on)).or_default() -= refund.amount;
    }
    (counts, amounts)
}
