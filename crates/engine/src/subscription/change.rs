//! `change_subscription` and `preview_subscription_change`.

use contract::{
    InvoiceId, Noun,
    credit_note::CreditReason,
    invoice::NewLine,
    subscription::{ChangeSubscription, ChangedSubscription, PreviewSubscriptionChange, SubscriptionChangePreview},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{
    bill, entry, find_with_owner, period,
    proration::{Change, work_out},
    read, store_from,
};
use crate::{
    billing,
    call::Run,
    credit_note::{self, Part},
    customer::check_version,
    entity::{customer, invoice, subscription},
    error::{Result, not_found},
    invoice as invoices,
    invoice::lines::{self, Terms},
    plan,
    scope::Scope,
    sweep,
};

impl Run for PreviewSubscriptionChange {
    async fn run(self, scope: &Scope) -> Result<SubscriptionChangePreview> {
        let row = subscription::Entity::find_by_id(self.id.0)
            .one(scope)
            .await?
            .ok_or_else(|| not_found(Noun::Subscription))?;
        Ok(work_out(scope, &row, &self).await?.preview)
    }
}

/// What a change left behind.
#[derive(Default)]
struct Settled {
    invoice: Option<invoice::Model>,
    credit_notes: Vec<Uuid>,
}

impl Run for ChangeSubscription {
    async fn run(self, scope: &Scope) -> Result<ChangedSubscription> {
        let (mut row, owner) = find_with_owner(scope, self.id).await?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        let asked = PreviewSubscriptionChange {
            id: self.id,
            plan_id: self.plan_id,
            billing_cycle: self.billing_cycle,
            quantity: self.quantity,
            on: self.on,
        };
        let change = work_out(scope, &row, &asked).await?;
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
        // After it is stored: what is credited may pay the last overdue invoice, and the subscription follows that.
        let settled = settle(scope, &row, &owner, &change).await?;

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
}

/// Bills what a change comes to. Something to give back is put on the draft that bills the period, where it is one still, and
/// otherwise credited of the final invoices that billed it, the newest first.
async fn settle(scope: &Scope, row: &subscription::Model, owner: &customer::Model, change: &Change) -> Result<Settled> {
    let total = change.preview.total.amount;
    if change.lines.is_empty() || total == 0 {
        return Ok(Settled::default());
    }
    if total > 0 {
        let made = bill::invoice(scope, owner, Some(row.id.into()), super::currency(row)?, &change.lines).await?;
        return Ok(Settled {
            invoice: made,
            ..Settled::default()
        });
    }
    let mut billed = invoice::Entity::find()
        .filter(invoice::Column::SubscriptionId.eq(row.id))
        .filter(invoice::Column::Status.ne("void"))
        .order_by_desc(invoice::Column::CreatedAt)
        .order_by_desc(invoice::Column::Id)
        .all(scope)
        .await?;
    if let Some(draft) = billed.iter_mut().find(|row| row.status == "draft") {
        append(scope, draft, &change.lines).await?;
        return Ok(Settled {
            invoice: Some(draft.clone()),
            ..Settled::default()
        });
    }
    let mut settled = Settled::default();
    let mut left = -change.preview.net.amount;
    for mut final_one in billed {
        let parts = creditable(scope, &final_one, change, &mut left).await?;
        if parts.is_empty() {
            continue;
        }
        let note = credit_note::credit(scope, &mut final_one, Some(&parts), CreditReason::OrderChange, None).await?;
        settled.credit_notes.push(note.id);
    }
    Ok(settled)
}

/// Puts lines on a draft.
async fn append(scope: &Scope, draft: &mut invoice::Model, more: &[NewLine]) -> Result<()> {
    let mut new = lines::again(lines::load(scope, draft.id.into()).await?);
    new.extend(more.iter().cloned());
    let settings = billing::load(scope).await?;
    let terms = Terms::new(
        scope,
        &settings,
        &draft.currency,
        Some(draft.prices_include_tax),
        draft.reverse_charge,
    )?;
    let (new, found) = lines::compute(&terms, &new)?;
    lines::put(draft, &found);
    lines::store(scope, draft.id, &new).await?;
    invoices::store(scope, draft).await
}

/// The parts of an invoice for the period of a change that can still be credited, up to what is left to give back.
async fn creditable(scope: &Scope, row: &invoice::Model, change: &Change, left: &mut i64) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for (line, most) in credit_note::creditable(scope, row.id).await? {
        let is_of_period =
            line.period_start.is_some_and(|start| start < change.of.end) && line.period_end.is_some_and(|end| end > change.on);
        let net = most.min(*left);
        if is_of_period && net > 0 {
            *left -= net;
            parts.push(Part {
                position: line.position,
                net,
            });
        }
    }
    Ok(parts)
}
