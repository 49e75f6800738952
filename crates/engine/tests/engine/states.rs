//! What each state of a record allows: every state against every action, what it becomes and what it is refused with.

use contract::{
    BillingCycle, Conflict, Error, Noun,
    billing::{ReminderAct, ReminderStep},
    catch_up::RunCatchUp,
    change::ListChanges,
    credit_note::{CreditInvoice, CreditReason},
    invoice::{DeleteInvoice, Invoice, InvoiceStatus, SetInvoiceUncollectible, VoidInvoice},
    payment::{ApplyCredit, ListPayments, NewAllocation, RecordPayment, ReleaseAllocation},
    plan::{Plan, UpdatePlan},
    promise::SetPaymentPromise,
    subscription::{
        CancelAt, CancelSubscription, ChangeSubscription, CreateSubscription, ListSubscriptions, PauseSubscription,
        PreviewSubscriptionChange, RestoreSubscription, ResumeSubscription, Subscription, SubscriptionStatus,
    },
};

use crate::{
    invoices::update,
    rules::{begin, plan, vendor},
    support::*,
};

const ACTIONS: [&str; 7] = ["preview", "change", "pause", "resume", "cancel now", "cancel at the end", "restore"];

/// What a subscription becomes, or why not.
type Becomes = Result<SubscriptionStatus, &'static str>;

/// The states of Stripe's subscriptions (<https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses>), less
/// those of automatic collection; what may follow on what is that of domain.md 2.10: active and past due to and fro, then unpaid
/// or canceled; paused to active; canceled is the end, but for Undo while its period runs.
fn subscriptions() -> [(SubscriptionStatus, [Becomes; 7]); 6] {
    use SubscriptionStatus::{Active, Canceled, PastDue, Paused, Trialing, Unpaid};
    let state = Err("conflict/subscription_state");
    let over = Err("conflict/already_canceled");
    let nothing = Err("conflict/nothing_to_restore");
    // As in ACTIONS: preview, change, pause, resume, cancel now, cancel at the end, restore.
    [
        (
            Trialing,
            [Ok(Trialing), Ok(Trialing), state, state, Ok(Canceled), Ok(Trialing), nothing],
        ),
        (
            Active,
            [Ok(Active), Ok(Active), Ok(Paused), state, Ok(Canceled), Ok(Active), nothing],
        ),
        (
            PastDue,
            [Ok(PastDue), Ok(PastDue), Ok(Paused), state, Ok(Canceled), Ok(PastDue), nothing],
        ),
        (Unpaid, [state, state, state, state, Ok(Canceled), Ok(Unpaid), nothing]),
        (Paused, [state, state, state, Ok(Active), Ok(Canceled), Ok(Paused), nothing]),
        (Canceled, [state, state, state, state, over, over, Ok(Active)]),
    ]
}

async fn act(book: &TestBook, action: &str, own: &Subscription) -> Result<SubscriptionStatus, Error> {
    let id = own.id;
    match action {
        "preview" => {
            let asked = PreviewSubscriptionChange {
                id,
                plan_id: None,
                billing_cycle: None,
                quantity: Some(2),
                on: None,
            };
            book.call(asked).await.map(|_| own.status)
        }
        "change" => {
            let change = ChangeSubscription {
                id,
                version: None,
                plan_id: None,
                billing_cycle: None,
                quantity: Some(2),
                on: None,
            };
            book.call(change).await.map(|done| done.subscription.status)
        }
        "pause" => book.call(PauseSubscription { id, version: None }).await.map(|done| done.status),
        "resume" => book.call(ResumeSubscription { id, version: None }).await.map(|done| done.status),
        "restore" => book.call(RestoreSubscription { id, version: None }).await.map(|done| done.status),
        "cancel now" => cancel(book, own, CancelAt::Now).await,
        "cancel at the end" => cancel(book, own, CancelAt::PeriodEnd).await,
        other => panic!("{other}"),
    }
}

async fn cancel(book: &TestBook, own: &Subscription, at: CancelAt) -> Result<SubscriptionStatus, Error> {
    let cancel = CancelSubscription {
        id: own.id,
        version: None,
        at,
    };
    book.call(cancel).await.map(|done| done.status)
}

/// A customer with a subscription for each action.
async fn subscribed(book: &TestBook, name: &str, plan: &Plan, trial_days: u32) -> Vec<Subscription> {
    let customer = book.customer(name).await;
    let mut own = Vec::new();
    for _ in ACTIONS {
        let new = CreateSubscription {
            trial_days: Some(trial_days),
            ..new_subscription(customer.id, plan.id, BillingCycle::Monthly)
        };
        own.push(book.ok(new).await);
    }
    own
}

const DEEDS: [&str; 11] = [
    "edit",
    "delete",
    "finalize",
    "void",
    "give up",
    "expect",
    "promise",
    "credit",
    "use credit",
    "pay",
    "take off",
];

/// What an invoice becomes (nothing if it is deleted), or why not.
type Turns = Result<Option<InvoiceStatus>, &'static str>;

/// The states of Stripe's invoices (<https://docs.stripe.com/invoicing/overview#invoice-statuses>): a draft becomes open or is
/// deleted; open becomes paid, void or uncollectible; uncollectible becomes paid or void, or is expected again; void is the end,
/// and so is paid, unless what pays it is taken off. What is final is credited, not edited.
fn invoices() -> [(InvoiceStatus, [Turns; 11]); 5] {
    use InvoiceStatus::{Draft, Open, Paid, Uncollectible, Void};
    let state = Err("conflict/invoice_state");
    let is_final = Err("conflict/document_final");
    let settled = Err("conflict/invoice_settled");
    let free = Err("conflict/not_allocated");
    let to = |status| Ok(Some(status));
    // As in DEEDS: edit, delete, finalize, void, give up, expect, promise, credit, use credit, pay, take off.
    [
        (
            Draft,
            [
                to(Draft),
                Ok(None),
                to(Open),
                state,
                state,
                state,
                state,
                state,
                state,
                state,
                state,
            ],
        ),
        (
            Open,
            [
                is_final,
                is_final,
                is_final,
                to(Void),
                to(Uncollectible),
                state,
                to(Open),
                to(Paid),
                to(Paid),
                to(Paid),
                free,
            ],
        ),
        (
            Paid,
            [
                is_final,
                is_final,
                is_final,
                settled,
                state,
                state,
                state,
                to(Paid),
                state,
                state,
                to(Open),
            ],
        ),
        (
            Void,
            [is_final, is_final, is_final, state, state, state, state, state, state, state, state],
        ),
        (
            Uncollectible,
            [
                is_final,
                is_final,
                is_final,
                to(Void),
                state,
                to(Open),
                state,
                to(Paid),
                to(Paid),
                to(Paid),
                free,
            ],
        ),
    ]
}

async fn deal(book: &TestBook, deed: &str, own: &Invoice) -> Result<Option<InvoiceStatus>, Error> {
    let (id, version) = (own.id, own.version);
    match deed {
        "edit" => {
            book.call(update(id, version)).await?;
        }
        "delete" => {
            book.call(DeleteInvoice { id, version }).await?;
            return Ok(None);
        }
        "finalize" => {
            book.call(finalize(own)).await?;
        }
        "void" => {
            book.call(VoidInvoice { id, version }).await?;
        }
        "give up" | "expect" => {
            let uncollectible = deed == "give up";
            book.call(SetInvoiceUncollectible {
                id,
                version,
                uncollectible,
            })
            .await?;
        }
        "promise" => {
            let promised_until = Some(day("2026-12-24"));
            book.call(SetPaymentPromise {
                id,
                version,
                promised_until,
            })
            .await?;
        }
        "credit" => {
            let credit = CreditInvoice {
                id,
                version,
                lines: None,
                reason: CreditReason::BillingError,
                issued_on: None,
            };
            book.call(credit).await?;
        }
        "use credit" => {
            let used = ApplyCredit {
                invoice_id: id,
                amount: Some(eur(1_000)),
                payment_id: None,
                version: None,
            };
            book.call(used).await?;
        }
        "pay" => {
            let part = NewAllocation {
                invoice_id: id,
                amount: eur(1_000),
            };
            let payment = RecordPayment {
                allocations: Some(vec![part]),
                ..new_payment(own.customer_id, eur(1_000), None)
            };
            book.call(payment).await?;
        }
        "take off" => {
            let list = ListPayments {
                customer_id: Some(own.customer_id),
                ..ListPayments::default()
            };
            let payments = book.ok(list).await.items;
            // What pays it, or what could.
            let pays = payments.iter().find(|row| row.allocations.iter().any(|part| part.invoice_id == id));
            let off = ReleaseAllocation {
                payment_id: pays.unwrap_or(&payments[0]).id,
                invoice_id: id,
                amount: None,
                version: Some(version),
            };
            book.call(off).await?;
        }
        other => panic!("{other}"),
    }
    Ok(Some(book.invoice_now(id).await.status))
}

/// A customer with an invoice of 10.00 for each deed, all in this state, and with credit for one.
async fn invoiced(book: &TestBook, status: InvoiceStatus) -> Vec<Invoice> {
    let customer = book.customer(status.as_str()).await;
    let mut own = Vec::new();
    for _ in DEEDS {
        let draft = book.ok(new_invoice(customer.id, vec![new_line("Work", 1_000)])).await;
        own.push(if status == InvoiceStatus::Draft {
            draft
        } else {
            book.ok(finalize(&draft)).await
        });
    }
    if status == InvoiceStatus::Paid {
        book.pay(customer.id, 11_000, "2026-11-22").await;
    }
    for invoice in &mut own {
        let (id, version) = (invoice.id, invoice.version);
        *invoice = match status {
            InvoiceStatus::Void => book.ok(VoidInvoice { id, version }).await,
            InvoiceStatus::Uncollectible => {
                let uncollectible = true;
                book.ok(SetInvoiceUncollectible {
                    id,
                    version,
                    uncollectible,
                })
                .await
            }
            InvoiceStatus::Draft | InvoiceStatus::Open | InvoiceStatus::Paid => book.invoice_now(id).await,
        };
    }
    let credit = RecordPayment {
        allocations: Some(Vec::new()),
        ..new_payment(customer.id, eur(1_000), None)
    };
    book.ok(credit).await;
    own
}

on_both! {
    async fn every_state_of_a_subscription_allows_what_its_row_says_and_nothing_else(book: TestBook) {
        vendor(&book).await;
        let (patient, strict) = (plan(&book, "patient", 1_000, 10_000).await, plan(&book, "strict", 1_000, 10_000).await);
        let steps = vec![ReminderStep { days: 1, act: ReminderAct::Suspend }];
        book.ok(UpdatePlan { reminders: Some(Some(steps)), ..UpdatePlan::nothing(strict.id, strict.version) }).await;
        let mut all = Vec::new();
        for (status, becomes) in subscriptions() {
            let plan = if status == SubscriptionStatus::Unpaid { &strict } else { &patient };
            let trial_days = if status == SubscriptionStatus::Trialing { 30 } else { 0 };
            let own = subscribed(&book, status.as_str(), plan, trial_days).await;
            if matches!(status, SubscriptionStatus::Active | SubscriptionStatus::Paused | SubscriptionStatus::Canceled) {
                book.pay(own[0].customer_id, 7_000, "2026-11-22").await;
            }
            all.push((status, becomes, own));
        }
        // Two days after what was billed was due.
        book.at("2026-12-08T12:00:00Z").await;
        while book.ok(RunCatchUp {}).await.has_more {}
        for (status, becomes, own) in all {
            for own in &own {
                match status {
                    SubscriptionStatus::Paused => { act(&book, "pause", own).await.unwrap(); }
                    SubscriptionStatus::Canceled => { act(&book, "cancel now", own).await.unwrap(); }
                    _ => {}
                }
            }
            let list = ListSubscriptions { customer_id: Some(own[0].customer_id), ..ListSubscriptions::default() };
            let now = book.ok(list).await.items;
            assert_eq!(now.len(), ACTIONS.len());
            for ((own, action), expected) in now.iter().zip(ACTIONS).zip(becomes) {
                assert_eq!(own.status, status, "before {action}");
                let answer = act(&book, action, own).await;
                if let Err(Error::Conflict { conflict: Conflict::SubscriptionState { status: said } }) = &answer {
                    assert_eq!(*said, status, "{action} says in which state it is");
                }
                let answer = answer.map_err(|error| label(&error));
                assert_eq!(answer, expected.map_err(str::to_owned), "{action}, {}", status.as_str());
            }
        }
        book.verified().await;
    }

    async fn every_state_of_an_invoice_allows_what_its_row_says_and_nothing_else(book: TestBook) {
        book.seller(0).await;
        for (status, turns) in invoices() {
            let own = invoiced(&book, status).await;
            for ((own, deed), expected) in own.iter().zip(DEEDS).zip(turns) {
                assert_eq!(own.status, status, "before {deed}");
                let answer = deal(&book, deed, own).await;
                if let Err(Error::Conflict { conflict: Conflict::InvoiceState { status: said } }) = &answer {
                    assert_eq!(*said, status, "{deed} says in which state it is");
                }
                let answer = answer.map_err(|error| label(&error));
                assert_eq!(answer, expected.map_err(str::to_owned), "{deed}, {}", status.as_str());
            }
        }
        book.verified().await;
    }

    async fn what_the_catch_up_canceled_comes_back_at_the_version_that_the_log_has(book: TestBook) {
        vendor(&book).await;
        let strict = plan(&book, "strict", 1_000, 10_000).await;
        let steps = vec![ReminderStep { days: 1, act: ReminderAct::Cancel }];
        book.ok(UpdatePlan { reminders: Some(Some(steps)), ..UpdatePlan::nothing(strict.id, strict.version) }).await;
        let own = begin(&book, "Owes", &strict, BillingCycle::Monthly, 1, 0).await;
        book.at("2026-12-08T12:00:00Z").await;
        while book.ok(RunCatchUp {}).await.has_more {}
        let changes = book.ok(ListChanges { customer_id: Some(own.customer_id), ..ListChanges::default() }).await.items;
        let canceled = changes.iter().find(|change| change.operation == "run_catch_up" && change.noun == Noun::Subscription).unwrap();
        let status = canceled.fields.iter().find(|field| field.field == "status").unwrap();
        assert_eq!(status.after, Some(serde_json::json!("canceled")));
        let back = book.ok(RestoreSubscription { id: own.id, version: Some(canceled.version) }).await;
        assert_eq!((back.status, back.ended_at), (SubscriptionStatus::PastDue, None), "it is still owed");
        book.verified().await;
    }
}
