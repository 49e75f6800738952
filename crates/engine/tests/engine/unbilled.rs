//! A subscription that was over and comes back: what it bills is billed once, also where the invoice is gone meanwhile.

use contract::{
    BillingCycle, CustomerId,
    billing::{GetBillingSettings, UpdateBillingSettings},
    catch_up::RunCatchUp,
    credit_note::{CreditInvoice, CreditReason},
    invoice::{DeleteInvoice, GetInvoice, Invoice, InvoiceStatus, ListInvoices, VoidInvoice},
    license::{CancelLicense, RestoreLicense},
    subscription::{
        CancelAt, CancelSubscription, ChangeSubscription, ListSubscriptions, RestoreSubscription, Subscription, SubscriptionStatus,
    },
};

use crate::support::*;

async fn own(book: &TestBook, customer: CustomerId) -> Subscription {
    let asked = ListSubscriptions {
        customer_id: Some(customer),
        ..ListSubscriptions::default()
    };
    book.ok(asked).await.items.remove(0)
}

/// Newest first.
async fn invoices(book: &TestBook, customer: CustomerId) -> Vec<Invoice> {
    let asked = ListInvoices {
        customer_id: Some(customer),
        ..ListInvoices::default()
    };
    book.ok(asked).await.items
}

/// The first day and the first day after it of each period that is billed by an invoice that counts, in order.
async fn billed(book: &TestBook, customer: CustomerId) -> Vec<String> {
    let mut found = Vec::new();
    for invoice in invoices(book, customer).await {
        let is_credited = invoice.credited.amount > 0 && invoice.credited == invoice.total;
        if invoice.status == InvoiceStatus::Void || is_credited {
            continue;
        }
        for line in book.ok(GetInvoice { id: invoice.id }).await.lines {
            found.push(format!("{} {}", line.period_start.unwrap(), line.period_end.unwrap()));
        }
    }
    found.sort_unstable();
    found
}

async fn delete(book: &TestBook, draft: &Invoice) {
    book.ok(DeleteInvoice {
        id: draft.id,
        version: draft.version,
    })
    .await;
}

async fn catch_up(book: &TestBook) {
    while book.ok(RunCatchUp {}).await.has_more {}
}

fn cancel(subscription: &Subscription) -> CancelSubscription {
    CancelSubscription {
        id: subscription.id,
        version: None,
        at: CancelAt::Now,
    }
}

fn restore(canceled: &Subscription) -> RestoreSubscription {
    RestoreSubscription {
        id: canceled.id,
        version: Some(canceled.version),
    }
}

on_both! {
    async fn a_sale_that_comes_back_after_its_draft_was_deleted_is_billed_anew_and_never_twice(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        let undo = CancelLicense { id: license.id, version: None, subscription_version: None };
        let canceled = book.ok(undo.clone()).await;
        delete(&book, &invoices(&book, ann.id).await[0]).await;
        let over = own(&book, ann.id).await;
        assert_eq!((over.status, over.billed_until), (SubscriptionStatus::Canceled, day("2026-11-22")));
        book.verified().await;
        book.at("2026-11-25T09:00:00Z").await;
        let back = book.ok(RestoreLicense { id: license.id, version: Some(canceled.version) }).await;
        assert_eq!((back.status, back.expires_at), (license.status, license.expires_at));
        let again = own(&book, ann.id).await;
        assert_eq!((again.status, again.billed_until), (SubscriptionStatus::Active, day("2026-12-22")));
        let made = invoices(&book, ann.id).await;
        assert_eq!((made.len(), made[0].status, made[0].net), (1, InvoiceStatus::Draft, license.price));
        // All of it, as the license runs for all of it.
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22"]);
        catch_up(&book).await;
        let canceled = book.ok(undo).await;
        book.ok(RestoreLicense { id: license.id, version: Some(canceled.version) }).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22"]);
        book.at("2026-12-22T09:00:00Z").await;
        catch_up(&book).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22", "2026-12-22 2027-01-22"]);
        book.verified().await;
    }

    async fn what_is_void_or_credited_in_full_while_it_is_over_is_billed_anew_by_a_draft(book: TestBook) {
        book.seller(0).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { finalize_renewals: Some(true), ..UpdateBillingSettings::nothing(version) }).await;
        let plan = book.plan("basic").await;
        for (name, is_void) in [("Ann", true), ("Bea", false)] {
            let customer = book.customer(name).await;
            let license = book.license(&customer, &plan, true).await;
            let canceled = book.ok(cancel(&own(&book, customer.id).await)).await;
            let open = invoices(&book, customer.id).await.remove(0);
            assert_eq!(open.status, InvoiceStatus::Open);
            if is_void {
                book.ok(VoidInvoice { id: open.id, version: open.version }).await;
            } else {
                book.ok(CreditInvoice { id: open.id, version: open.version, lines: None, reason: CreditReason::OrderCancellation, issued_on: None }).await;
            }
            assert!(billed(&book, customer.id).await.is_empty());
            assert_eq!(own(&book, customer.id).await.billed_until, day("2026-11-22"));
            // By the version that was read: nobody has changed it.
            let back = book.ok(restore(&canceled)).await;
            assert_eq!((back.status, back.billed_until), (SubscriptionStatus::Active, day("2026-12-22")));
            let made = invoices(&book, customer.id).await;
            let draft = made.iter().find(|invoice| invoice.id != open.id).unwrap();
            // Nobody was told that it would have a number.
            assert_eq!((made.len(), draft.status, draft.net), (2, InvoiceStatus::Draft, license.price));
            assert_eq!(billed(&book, customer.id).await, ["2026-11-22 2026-12-22"]);
        }
        let told = "SELECT COUNT(*) FROM change c JOIN change_value v ON v.change_id = c.id
                    WHERE c.operation IN ('void_invoice', 'credit_invoice') AND v.field = 'billed_until'";
        assert_eq!(book.sql.number(told).await, 2, "the log says what is billed no longer");
        book.verified().await;
    }

    async fn what_is_billed_anew_after_a_change_has_the_terms_of_its_days(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        book.at("2026-12-02T09:00:00Z").await;
        let id = own(&book, ann.id).await.id;
        book.ok(ChangeSubscription { id, version: None, plan_id: None, billing_cycle: None, quantity: Some(3), on: None }).await;
        let canceled = book.ok(cancel(&own(&book, ann.id).await)).await;
        let made = invoices(&book, ann.id).await;
        assert_eq!(made.len(), 2);
        // The newest first: what the change came to, and then the period.
        for draft in &made {
            delete(&book, draft).await;
        }
        assert_eq!(own(&book, ann.id).await.billed_until, day("2026-11-22"));
        book.ok(restore(&canceled)).await;
        let made = invoices(&book, ann.id).await;
        assert_eq!(made.len(), 1);
        let lines = book.ok(GetInvoice { id: made[0].id }).await.lines;
        let found: Vec<_> = lines.iter().map(|line| (line.period_start.unwrap(), line.period_end.unwrap(), line.net)).collect();
        let (start, change, end) = (day("2026-11-22"), day("2026-12-02"), day("2026-12-22"));
        assert_eq!(found, [(start, change, 333), (change, end, 2_000)]);
        book.verified().await;
    }

    async fn what_an_invoice_from_before_a_change_of_the_cycle_bills_is_not_billed_again(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        book.at("2026-12-02T09:00:00Z").await;
        let id = own(&book, ann.id).await.id;
        book.ok(ChangeSubscription { id, version: None, plan_id: None, billing_cycle: Some(BillingCycle::Yearly), quantity: None, on: None }).await;
        let canceled = book.ok(cancel(&own(&book, ann.id).await)).await;
        assert_eq!(canceled.billed_until, day("2027-12-02"));
        let newest = invoices(&book, ann.id).await.remove(0);
        delete(&book, &newest).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22"]);
        assert_eq!(own(&book, ann.id).await.billed_until, day("2026-12-22"), "the month that is billed stays so");
        book.ok(restore(&canceled)).await;
        catch_up(&book).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22"], "nothing of it has begun that is not billed");
        book.at("2026-12-22T09:00:00Z").await;
        catch_up(&book).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22", "2026-12-22 2027-12-02"]);
        book.verified().await;
    }

    async fn what_is_deleted_of_a_subscription_that_runs_is_not_billed_again(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        delete(&book, &invoices(&book, ann.id).await[0]).await;
        let running = own(&book, ann.id).await;
        assert_eq!(running.billed_until, day("2026-12-22"));
        let canceled = book.ok(cancel(&running)).await;
        book.ok(restore(&canceled)).await;
        catch_up(&book).await;
        assert!(invoices(&book, ann.id).await.is_empty());
        book.verified().await;
    }

    async fn what_was_not_wanted_while_it_ran_is_not_billed_with_what_is_gone_before_it(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        book.at("2026-12-22T09:00:00Z").await;
        catch_up(&book).await;
        // The second period is not wanted; the first is taken away once the subscription is over.
        delete(&book, &invoices(&book, ann.id).await[0]).await;
        let canceled = book.ok(cancel(&own(&book, ann.id).await)).await;
        delete(&book, &invoices(&book, ann.id).await[0]).await;
        assert_eq!(own(&book, ann.id).await.billed_until, day("2027-01-22"));
        book.ok(restore(&canceled)).await;
        catch_up(&book).await;
        assert!(invoices(&book, ann.id).await.is_empty());
        book.verified().await;
    }

    async fn what_is_billed_no_longer_is_billed_by_the_catch_up_where_the_clock_was_set_back(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        book.at("2026-12-22T09:00:00Z").await;
        catch_up(&book).await;
        book.at("2026-12-24T09:00:00Z").await;
        let canceled = book.ok(cancel(&own(&book, ann.id).await)).await;
        delete(&book, &invoices(&book, ann.id).await[0]).await;
        // The period has not begun by this clock: nothing is to be billed yet.
        book.at("2026-12-20T09:00:00Z").await;
        let back = book.ok(restore(&canceled)).await;
        assert_eq!((back.status, back.billed_until), (SubscriptionStatus::Active, day("2026-12-22")));
        assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22"]);
        book.at("2026-12-23T09:00:00Z").await;
        for _ in 0..2 {
            catch_up(&book).await;
            assert_eq!(billed(&book, ann.id).await, ["2026-11-22 2026-12-22", "2026-12-22 2027-01-22"]);
        }
        book.verified().await;
    }

    async fn only_what_no_other_invoice_bills_is_billed_anew(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        book.at("2026-12-22T09:00:00Z").await;
        catch_up(&book).await;
        let canceled = book.ok(cancel(&own(&book, ann.id).await)).await;
        let made = invoices(&book, ann.id).await;
        assert_eq!(made.len(), 2);
        // The later period is billed still, and what lies before it cannot be told to be open.
        delete(&book, &made[1]).await;
        assert_eq!(own(&book, ann.id).await.billed_until, day("2027-01-22"));
        delete(&book, &made[0]).await;
        assert_eq!(own(&book, ann.id).await.billed_until, day("2026-12-22"));
        book.at("2026-12-24T09:00:00Z").await;
        book.ok(restore(&canceled)).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-12-22 2027-01-22"]);
        catch_up(&book).await;
        assert_eq!(billed(&book, ann.id).await, ["2026-12-22 2027-01-22"]);
        book.verified().await;
    }
}
