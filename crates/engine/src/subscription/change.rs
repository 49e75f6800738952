//! `change_subscription` and `preview_subscription_change`.

use contract::{
    InvoiceId, Quantity, TaxCategory,
    credit_note::CreditReason,
    invoice::{InvoiceLine, NewLine},
    money::scale,
    subscription::{ChangeSubscription, ChangedSubscription, PreviewSubscriptionChange, SubscriptionChangePreview},
    tax::RATE_UNIT,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{
    bill, entry, find_with_owner, licenses, period,
    proration::{Change, work_out},
    read, store_from,
};
use crate::{
    billing,
    call::Run,
    credit_note::{self, Part},
    customer::check_version,
    entity::{credit_note as notes, customer, invoice, subscription},
    error::Result,
    invoice as invoices,
    invoice::lines::{self, Terms},
    plan,
    scope::Scope,
    sweep,
};

impl Run for PreviewSubscriptionChange {
    /// Made like the change itself and taken back: so the two are the same to the minor unit, whatever the tax, the rounding and
    /// what is left of earlier invoices make of it.
    async fn run(self, scope: &Scope) -> Result<SubscriptionChangePreview> {
        let copy = Scope::write(scope.inner(), scope.actor.clone(), "preview_subscription_change").await?;
        let made = make(&copy, self, None).await;
        copy.rollback().await;
        Ok(made?.settled)
    }
}

impl Run for ChangeSubscription {
    async fn run(self, scope: &Scope) -> Result<ChangedSubscription> {
        let asked = PreviewSubscriptionChange {
            id: self.id,
            plan_id: self.plan_id,
            billing_cycle: self.billing_cycle,
            quantity: self.quantity,
            on: self.on,
        };
        make(scope, asked, self.version).await
    }
}

async fn make(scope: &Scope, asked: PreviewSubscriptionChange, version: Option<u32>) -> Result<ChangedSubscription> {
    let (mut row, owner) = find_with_owner(scope, asked.id).await?;
    if let Some(version) = version {
        check_version(scope, row.id, row.version, version).await?;
    }
    bill::up_to_date(scope, &mut row, &owner).await?;
    let mut change = work_out(scope, &row, &owner, &asked).await?;
    let before = row.clone();
    let old_plan = plan::find(scope, row.plan_id.into()).await?;
    row.plan_id = change.plan.id;
    row.billing_cycle = change.cycle.as_str().to_owned();
    row.price = change.price;
    row.quantity = change.quantity.into();
    row.anchor = change.anchor;
    row.billed_until = change.billed_until;
    row.terms_since = change.on;
    if row.cancel_at_period_end {
        row.ends_on = Some(period::on(&row, change.on)?.end);
    }
    row.due_at = sweep::due_at(scope, &row).map(|at| at.0);
    store_from(scope, &mut row, change.on).await?;
    licenses::follow(scope, &row, &change.plan).await?;
    // After it is stored: what is credited may pay the last overdue invoice, and the subscription follows that.
    let settled = settle(scope, &row, &owner, &change).await?;
    change.preview.net.amount = settled.net;
    change.preview.tax.amount = settled.tax;
    change.preview.total.amount = settled.total;

    let money = |price: i64| json!({"amount": price, "currency": row.currency});
    let mut fields = vec![("changed_on".to_owned(), None, Some(json!(change.on)))];
    for (name, old, new) in [
        ("plan", json!(old_plan.name), json!(change.plan.name)),
        ("billing_cycle", json!(before.billing_cycle), json!(row.billing_cycle)),
        ("price", money(before.price), money(row.price)),
        ("quantity", json!(before.quantity), json!(row.quantity)),
    ] {
        if old != new {
            fields.push((name.to_owned(), Some(old), Some(new)));
        }
    }
    if let Some(made) = &settled.invoice {
        fields.push(("invoice".to_owned(), None, Some(json!(made.number.as_deref().unwrap_or("draft")))));
    }
    if !settled.credit_notes.is_empty() {
        fields.push(("credited".to_owned(), None, Some(json!(change.preview.total))));
    }
    let view = read(scope, row.id).await?;
    scope.log(entry(&view, fields));
    Ok(ChangedSubscription {
        subscription: view,
        settled: change.preview,
        invoice_id: settled.invoice.map(|made| InvoiceId(made.id)),
        credit_note_ids: settled.credit_notes.into_iter().map(Into::into).collect(),
    })
}

/// What a change left behind, and what that comes to.
#[derive(Default)]
struct Settled {
    invoice: Option<invoice::Model>,
    credit_notes: Vec<Uuid>,
    net: i64,
    tax: i64,
    total: i64,
}

impl Settled {
    /// An invoice that was made or got more lines, and what it came to before.
    fn invoiced(&mut self, now: invoice::Model, (net, tax, total): (i64, i64, i64)) {
        self.net += now.net - net;
        self.tax += now.tax - tax;
        self.total += now.total - total;
        self.invoice = Some(now);
    }

    fn credited(&mut self, note: &notes::Model) {
        self.net -= note.net;
        self.tax -= note.tax;
        self.total -= note.total;
        self.credit_notes.push(note.id);
    }
}

/// Bills what a change comes to. Something to give back is taken off what billed the period, the newest first: of a draft by a
/// line more, of a final invoice by a credit note, and of none more than it comes to. More that is taxed otherwise than what was
/// billed is billed by itself, and what was billed goes back whole: one invoice with both could come to more tax than money.
async fn settle(scope: &Scope, row: &subscription::Model, owner: &customer::Model, change: &Change) -> Result<Settled> {
    let net = change.preview.net.amount;
    let mut settled = Settled::default();
    let all = &change.preview.lines;
    let is_apart = net > 0
        && all
            .iter()
            .any(|line| all.first().is_some_and(|first| tax_of(first) != tax_of(line)));
    if change.lines.is_empty() || net == 0 {
        return Ok(settled);
    }
    if net > 0 && !is_apart {
        if let Some(made) = bill::invoice(scope, owner, Some(row.id.into()), super::currency(row)?, &change.lines).await? {
            settled.invoiced(made, (0, 0, 0));
        }
        return Ok(settled);
    }
    let billed = invoice::Entity::find()
        .filter(invoice::Column::SubscriptionId.eq(row.id))
        .filter(invoice::Column::Status.ne("void"))
        .order_by_desc(invoice::Column::CreatedAt)
        .order_by_desc(invoice::Column::Id)
        .all(scope)
        .await?;
    let mut left = if is_apart {
        all.iter().map(|line| -line.net.min(0)).sum()
    } else {
        -net
    };
    for mut document in billed {
        if document.status != "draft" {
            let parts = creditable(scope, &document, change, &mut left).await?;
            if !parts.is_empty() {
                let time = change.on..change.settled_until();
                let note = credit_note::credit(scope, &mut document, Some(&parts), Some(time), CreditReason::OrderChange, None).await?;
                settled.credited(&note);
            }
            continue;
        }
        let own = lines::load(scope, document.id.into()).await?;
        let most = document.net.min(left);
        let billed = own.iter().find(|line| line.net > 0 && is_of_period(line, change));
        let Some(billed) = billed.filter(|_| most > 0) else {
            continue;
        };
        let more = if !is_apart && most == -net && all.iter().all(|line| tax_of(line) == tax_of(billed)) {
            change.lines.clone()
        } else {
            // With the tax of what it takes off, and with it in the price where the draft has it there.
            let rate = if document.prices_include_tax { billed.tax_rate } else { 0 };
            let price = scale(most, (RATE_UNIT + rate).into(), RATE_UNIT.into()).unwrap_or(most);
            let what = format!("Change to {}", change.plan.name);
            vec![NewLine {
                tax_category: Some(billed.tax_category),
                tax_rate: Some(billed.tax_rate),
                ..bill::line(&what, Quantity::whole(1).negated(), price, change.on, change.settled_until())
            }]
        };
        let before = (document.net, document.tax, document.total);
        append(scope, owner, &mut document, own, &more).await?;
        left -= before.0 - document.net;
        settled.invoiced(document, before);
    }
    if is_apart {
        let anew: Vec<NewLine> = change.lines.iter().filter(|line| line.quantity.0 > 0).cloned().collect();
        if !anew.is_empty()
            && let Some(made) = bill::invoice(scope, owner, Some(row.id.into()), super::currency(row)?, &anew).await?
        {
            settled.invoiced(made, (0, 0, 0));
        }
    }
    Ok(settled)
}

fn tax_of(line: &InvoiceLine) -> (TaxCategory, u32) {
    (line.tax_category, line.tax_rate)
}

/// Puts lines on a draft behind those that it has.
async fn append(scope: &Scope, owner: &customer::Model, draft: &mut invoice::Model, own: Vec<InvoiceLine>, more: &[NewLine]) -> Result<()> {
    let mut new = lines::again(own);
    new.extend(more.iter().cloned());
    let settings = billing::load(scope).await?;
    let terms = Terms::new(
        scope,
        &settings,
        &draft.currency,
        Some(draft.prices_include_tax),
        draft.reverse_charge,
        billing::treatment(owner)?,
    )?;
    let (new, found) = lines::compute(&terms, &new)?;
    lines::put(draft, &found);
    lines::store(scope, draft.id, &new).await?;
    invoices::store(scope, draft).await
}

/// Whether a line bills a time that a change gives back.
fn is_of_period(line: &InvoiceLine, change: &Change) -> bool {
    line.period_start.is_some_and(|start| start < change.of.end) && line.period_end.is_some_and(|end| end > change.on)
}

/// The parts of an invoice for the period of a change that can still be credited, up to what is left to give back.
async fn creditable(scope: &Scope, row: &invoice::Model, change: &Change, left: &mut i64) -> Result<Vec<Part>> {
    if row.credited >= row.total {
        return Ok(Vec::new());
    }
    let lines = credit_note::creditable(scope, row.id).await?;
    // Lines that take off make the invoice smaller than the sum of the others.
    let mut of_all: i64 = lines.iter().map(|(_, most)| most).sum();
    let mut parts = Vec::new();
    for (line, most) in lines {
        let net = most.min(*left).min(of_all);
        if is_of_period(&line, change) && net > 0 {
            *left -= net;
            of_all -= net;
            parts.push(Part {
                position: line.position,
                net,
            });
        }
    }
    Ok(parts)
}
