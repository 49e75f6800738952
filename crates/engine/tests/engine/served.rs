//! What becomes of a license when its subscription changes, is not paid, is paused, ends and comes back.

use contract::{
    BillingCycle, CustomerId, Error, Noun, Problem,
    billing::{GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::RunCatchUp,
    change::{Change, ListChanges},
    credit_note::{CreditInvoice, CreditReason},
    customer::{DeleteCustomer, DeletionOutcome, RestoreCustomer},
    invoice::ListInvoices,
    license::{CancelLicense, License, LicenseStatus, ListLicenses, QuotaKind, RestoreLicense},
    payment::{ApplyCredit, RecordPayment},
    plan::CreatePlan,
    subscription::{
        ChangeSubscription, ListSubscriptions, PauseSubscription, RestoreSubscription, ResumeSubscription, Subscription, SubscriptionStatus,
    },
};
use serde_json::json;

use crate::support::*;

/// A vendor whose renewals become final, and who suspends so many days after an invoice was due.
async fn vendor(book: &TestBook, suspends_after: i32) {
    book.seller(0).await;
    let version = book.ok(GetBillingSettings {}).await.version;
    let suspension = ReminderStep {
        days: suspends_after,
        act: ReminderAct::Suspend,
    };
    book.ok(UpdateBillingSettings {
        finalize_renewals: Some(true),
        reminders: Some(vec![suspension]),
        ..UpdateBillingSettings::nothing(version)
    })
    .await;
}

/// A license of 10.00 a month or 100.00 a year that is sold now, with its subscription.
async fn sold(book: &TestBook, cycle: BillingCycle) -> License {
    vendor(book, 2).await;
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.ok(new_license(ann.id, plan.id, cycle, true)).await
}

/// The newest license of a customer, and the newest subscription.
async fn now(book: &TestBook, customer: CustomerId) -> (License, Subscription) {
    let licenses = ListLicenses {
        customer_id: Some(customer),
        ..ListLicenses::default()
    };
    let subscriptions = ListSubscriptions {
        customer_id: Some(customer),
        ..ListSubscriptions::default()
    };
    (
        book.ok(licenses).await.items.remove(0),
        book.ok(subscriptions).await.items.remove(0),
    )
}

async fn catch_up(book: &TestBook) {
    while book.ok(RunCatchUp {}).await.has_more {}
}

fn change(of: &License) -> ChangeSubscription {
    ChangeSubscription {
        id: of.subscription_id.unwrap(),
        version: None,
        plan_id: None,
        billing_cycle: None,
        quantity: None,
        on: None,
    }
}

/// What recurs and when.
async fn recurring(book: &TestBook) -> Vec<String> {
    let sql = "SELECT starts_on || ' ' || COALESCE(CAST(ends_on AS TEXT), 'open') FROM recurring ORDER BY starts_on";
    book.sql.texts(sql).await
}

on_both! {
    async fn a_license_lasts_as_long_as_a_longer_cycle_has_billed(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        assert_eq!(own.expires_at, Some(at("2026-12-22T09:00:00.000Z")));
        book.at("2026-12-16T12:00:00Z").await;
        book.ok(ChangeSubscription { billing_cycle: Some(BillingCycle::Yearly), ..change(&own) }).await;
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!(subscription.billed_until, day("2027-12-16"));
        assert_eq!((license.expires_at, license.status), (Some(at("2027-12-16T09:00:00.000Z")), LicenseStatus::Active));
        assert_eq!((license.billing_cycle, license.price, license.version), (BillingCycle::Yearly, eur(10_000), 2));
        book.verified().await;
        // When the month would have been over.
        book.at("2026-12-22T09:00:00Z").await;
        assert_eq!(now(&book, own.customer_id).await.0.status, LicenseStatus::Active);
        assert_eq!(book.get(own.customer_id).await.active_licenses, 1);
        book.verified().await;
    }

    async fn a_license_lasts_no_longer_than_a_shorter_cycle_has_billed(book: TestBook) {
        book.at("2027-01-01T09:00:00Z").await;
        let own = sold(&book, BillingCycle::Yearly).await;
        assert_eq!(own.expires_at, Some(at("2028-01-01T09:00:00.000Z")));
        book.pay(own.customer_id, 10_000, "2027-01-01").await;
        book.at("2027-02-01T09:00:00Z").await;
        book.ok(ChangeSubscription { billing_cycle: Some(BillingCycle::Monthly), ..change(&own) }).await;
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!(subscription.billed_until, day("2027-03-01"));
        assert_eq!((license.expires_at, license.status), (Some(at("2027-03-01T09:00:00.000Z")), LicenseStatus::Expiring));
        book.at("2027-03-01T09:00:00Z").await;
        assert_eq!(now(&book, own.customer_id).await.0.status, LicenseStatus::Expired);
        catch_up(&book).await;
        // In April ten o'clock in Berlin is eight in Greenwich.
        assert_eq!(now(&book, own.customer_id).await.0.expires_at, Some(at("2027-04-01T08:00:00.000Z")));
        book.verified().await;
    }

    async fn periods_that_began_since_a_change_that_lies_back_do_not_end_a_license(book: TestBook) {
        book.at("2027-01-01T09:00:00Z").await;
        let own = sold(&book, BillingCycle::Yearly).await;
        book.pay(own.customer_id, 10_000, "2027-01-01").await;
        book.at("2027-03-10T09:00:00Z").await;
        book.ok(ChangeSubscription { billing_cycle: Some(BillingCycle::Monthly), on: Some(day("2027-01-01")), ..change(&own) }).await;
        let expected = (Some(at("2027-04-01T08:00:00.000Z")), LicenseStatus::Expiring);
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!(((license.expires_at, license.status), subscription.billed_until), (expected, day("2027-02-01")));
        catch_up(&book).await;
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!(((license.expires_at, license.status), subscription.billed_until), (expected, day("2027-04-01")));
        book.verified().await;
    }

    async fn a_license_on_trial_lasts_a_cycle_whatever_its_length(book: TestBook) {
        let ann = book.customer("Ann").await;
        let plan = book.ok(CreatePlan { trial_days: 14, ..new_plan("basic") }).await;
        let own = book.ok(new_license(ann.id, plan.id, BillingCycle::Monthly, true)).await;
        for (cycle, end) in [(BillingCycle::Yearly, "2027-11-22T09:00:00.000Z"), (BillingCycle::Monthly, "2026-12-22T09:00:00.000Z")] {
            book.ok(ChangeSubscription { billing_cycle: Some(cycle), ..change(&own) }).await;
            let (license, subscription) = now(&book, ann.id).await;
            assert_eq!((license.expires_at, subscription.billed_until), (Some(at(end)), day("2026-12-06")));
        }
        book.verified().await;
    }

    async fn another_plan_gives_a_license_what_it_allows_and_takes_nothing_that_is_used(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        let small = book.ok(CreatePlan { max_activations: Some(1), max_users: Some(5), max_domains: None, price_monthly: Some(500), ..new_plan("small") }).await;
        book.sql.run("UPDATE license SET used_activations = 2").await;
        book.at("2026-11-25T09:00:00Z").await;
        book.ok(ChangeSubscription { plan_id: Some(small.id), ..change(&own) }).await;
        let (license, _) = now(&book, own.customer_id).await;
        assert_eq!((license.plan_id, license.plan_name.as_str(), license.price, license.expires_at), (small.id, "SMALL", eur(500), own.expires_at));
        let limits: Vec<_> = license.quotas.iter().map(|quota| (quota.kind, quota.used, quota.limit)).collect();
        assert_eq!(limits, [(QuotaKind::Activations, 2, Some(1)), (QuotaKind::Users, 0, Some(5)), (QuotaKind::Domains, 0, None)]);
        let log = book.ok(ListChanges { customer_id: Some(own.customer_id), ..ListChanges::default() }).await.items;
        let entry = log.iter().find(|entry| entry.noun == Noun::License && entry.operation == "change_subscription").unwrap();
        let plan = entry.fields.iter().find(|field| field.field == "plan").unwrap();
        assert_eq!((entry.version, &plan.before, &plan.after), (2, &Some(json!("BASIC")), &Some(json!("SMALL"))));
        // More of the same is nothing new for the license.
        book.ok(ChangeSubscription { quantity: Some(2), ..change(&own) }).await;
        assert_eq!(now(&book, own.customer_id).await.0.version, 2);
        book.verified().await;
    }

    async fn a_license_that_comes_back_after_everything_was_paid_is_in_force(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        // Due on the sixth, suspended on the eighth.
        book.at("2026-12-08T12:00:00Z").await;
        catch_up(&book).await;
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!((license.status, subscription.status), (LicenseStatus::Suspended, SubscriptionStatus::Unpaid));
        book.ok(CancelLicense { id: own.id, version: None, subscription_version: None }).await;
        book.pay(own.customer_id, 1_000, "2026-12-08").await;
        let back = book.ok(RestoreLicense { id: own.id, version: None }).await;
        assert_eq!((back.status, back.suspended_at), (LicenseStatus::Expiring, None));
        assert_eq!(now(&book, own.customer_id).await.1.status, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn a_license_that_comes_back_while_nothing_is_paid_is_suspended(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        book.ok(CancelLicense { id: own.id, version: None, subscription_version: None }).await;
        book.ok(RestoreSubscription { id: own.subscription_id.unwrap(), version: None }).await;
        book.at("2026-12-08T12:00:00Z").await;
        catch_up(&book).await;
        let back = book.ok(RestoreLicense { id: own.id, version: None }).await;
        assert_eq!((back.status, back.suspended_at), (LicenseStatus::Suspended, Some(at("2026-12-08T12:00:00.000Z"))));
        assert_eq!(now(&book, own.customer_id).await.1.status, SubscriptionStatus::Unpaid);
        book.verified().await;
        book.pay(own.customer_id, 1_000, "2026-12-08").await;
        let (license, subscription) = now(&book, own.customer_id).await;
        assert_eq!((license.status, license.suspended_at, subscription.status), (LicenseStatus::Expiring, None, SubscriptionStatus::Active));
        book.verified().await;
    }

    async fn that_a_subscription_goes_on_stands_with_the_credit_that_paid_for_it(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        book.at("2026-12-08T12:00:00Z").await;
        catch_up(&book).await;
        assert_eq!(now(&book, own.customer_id).await.1.status, SubscriptionStatus::Unpaid);
        let unused = RecordPayment { allocations: Some(Vec::new()), ..new_payment(own.customer_id, eur(1_000), None) };
        book.ok(unused).await;
        let invoice_id = book.ok(ListInvoices::default()).await.items[0].id;
        // Of the two entries of the operation the newer one tells it alone: the older one may be on another page.
        let newest = async || book.ok(ListChanges { customer_id: Some(own.customer_id), limit: Some(1), ..ListChanges::default() }).await.items.remove(0);
        let told = |change: &Change| change.fields.iter().find(|field| field.field == "subscription").map(|field| (field.before.clone(), field.after.clone()));
        for (amount, expected) in [(400, None), (600, Some((Some(json!("unpaid")), Some(json!("active")))))] {
            book.ok(ApplyCredit { invoice_id, amount: Some(eur(amount)), payment_id: None, version: None }).await;
            let by = newest().await;
            assert_eq!((by.operation.as_str(), by.noun, told(&by)), ("apply_credit", Noun::Invoice, expected));
        }
        assert_eq!(now(&book, own.customer_id).await.1.status, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn a_license_comes_back_for_as_long_as_was_billed_while_it_was_canceled(book: TestBook) {
        vendor(&book, 2).await;
        let plan = book.plan("basic").await;
        let mut own = Vec::new();
        for name in ["Ann", "Bob"] {
            let customer = book.customer(name).await;
            let license = book.license(&customer, &plan, true).await;
            book.pay(customer.id, 1_000, "2026-11-22").await;
            book.ok(CancelLicense { id: license.id, version: None, subscription_version: None }).await;
            book.ok(RestoreSubscription { id: license.subscription_id.unwrap(), version: None }).await;
            own.push(license);
        }
        // Its first month is over. The one comes back before the catch-up has billed the second, the other after it.
        book.at("2026-12-23T12:00:00Z").await;
        for license in own {
            let back = book.ok(RestoreLicense { id: license.id, version: None }).await;
            assert_eq!((back.status, back.expires_at), (LicenseStatus::Expiring, Some(at("2027-01-22T09:00:00.000Z"))));
            let (_, subscription) = now(&book, license.customer_id).await;
            assert_eq!((subscription.status, subscription.billed_until), (SubscriptionStatus::Active, day("2027-01-22")));
            catch_up(&book).await;
        }
        assert_eq!(book.ok(ListInvoices::default()).await.total, 4);
        book.verified().await;
    }

    async fn a_license_comes_back_with_the_terms_that_its_subscription_has_now(book: TestBook) {
        book.at("2027-01-01T09:00:00Z").await;
        let own = sold(&book, BillingCycle::Yearly).await;
        book.pay(own.customer_id, 10_000, "2027-01-01").await;
        book.at("2027-01-20T09:00:00Z").await;
        book.ok(CancelLicense { id: own.id, version: None, subscription_version: None }).await;
        let subscription = own.subscription_id.unwrap();
        book.ok(RestoreSubscription { id: subscription, version: None }).await;
        // Eleven months of the year are given back.
        book.at("2027-02-01T09:00:00Z").await;
        book.ok(ChangeSubscription { billing_cycle: Some(BillingCycle::Monthly), ..change(&own) }).await;
        let back = book.ok(RestoreLicense { id: own.id, version: None }).await;
        assert_eq!((back.billing_cycle, back.price, back.status), (BillingCycle::Monthly, eur(1_000), LicenseStatus::Expiring));
        assert_eq!(back.expires_at, Some(at("2027-03-01T09:00:00.000Z")), "and not to the end of the year");
        book.verified().await;
    }

    async fn a_license_comes_back_alone_once_the_period_of_its_subscription_is_over(book: TestBook) {
        let ann = book.customer("Ann").await;
        let plan = book.ok(CreatePlan { trial_days: 14, ..new_plan("basic") }).await;
        let own = book.ok(new_license(ann.id, plan.id, BillingCycle::Monthly, true)).await;
        book.at("2026-11-23T09:00:00Z").await;
        book.ok(CancelLicense { id: own.id, version: None, subscription_version: None }).await;
        // The trial ended on the sixth.
        book.at("2026-12-10T09:00:00Z").await;
        let back = book.ok(RestoreLicense { id: own.id, version: None }).await;
        assert_eq!((back.status, back.expires_at), (LicenseStatus::Expiring, own.expires_at));
        catch_up(&book).await;
        assert_eq!(now(&book, ann.id).await.1.status, SubscriptionStatus::Canceled);
        assert_eq!(book.ok(ListInvoices::default()).await.total, 0);
        book.verified().await;
    }

    async fn what_was_suspended_with_an_archived_customer_is_billed_from_its_return_on(book: TestBook) {
        book.at("2027-01-01T09:00:00Z").await;
        vendor(&book, 21).await;
        let ann = book.customer("Ann").await;
        let plan = book.ok(CreatePlan { price_monthly: Some(10_000), ..new_plan("basic") }).await;
        book.license(&ann, &plan, true).await;
        // Due on 15 January; February is billed before it is suspended.
        for day in ["2027-02-01", "2027-02-05"] {
            book.at(&format!("{day}T09:00:00Z")).await;
            catch_up(&book).await;
        }
        let (license, subscription) = now(&book, ann.id).await;
        assert_eq!((license.status, subscription.status, subscription.billed_until), (LicenseStatus::Suspended, SubscriptionStatus::Unpaid, day("2027-03-01")));
        book.at("2027-02-06T09:00:00Z").await;
        let archived = book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        assert_eq!(archived.outcome, DeletionOutcome::Archived);
        let of_ann = || ListInvoices { customer_id: Some(ann.id), ..ListInvoices::default() };
        for invoice in book.ok(of_ann()).await.items {
            let reason = CreditReason::OrderCancellation;
            book.ok(CreditInvoice { id: invoice.id, version: invoice.version, lines: None, reason, issued_on: None }).await;
        }
        assert_eq!(now(&book, ann.id).await.1.status, SubscriptionStatus::Unpaid);
        book.at("2027-10-10T09:00:00Z").await;
        book.ok(RestoreCustomer { id: ann.id, version: archived.version }).await;
        let check = || async {
            let (license, subscription) = now(&book, ann.id).await;
            assert_eq!((subscription.status, subscription.billed_until), (SubscriptionStatus::Active, day("2027-11-01")));
            assert_eq!((license.status, license.expires_at), (LicenseStatus::Expiring, Some(at("2027-11-01T09:00:00.000Z"))));
            let invoices = book.ok(of_ann()).await;
            // 22 of 31 days.
            assert_eq!((invoices.total, invoices.items[0].net), (3, eur(7_097)));
        };
        check().await;
        catch_up(&book).await;
        check().await;
        assert_eq!(recurring(&book).await, ["2027-01-01 2027-02-01", "2027-02-01 2027-02-05", "2027-10-10 open"]);
        book.verified().await;
    }

    async fn who_pays_late_is_billed_from_the_day_of_the_payment_on(book: TestBook) {
        book.at("2027-01-01T09:00:00Z").await;
        vendor(&book, 21).await;
        let ann = book.customer("Ann").await;
        let plan = book.ok(CreatePlan { price_monthly: Some(10_000), ..new_plan("basic") }).await;
        let own = book.license(&ann, &plan, true).await;
        book.at("2027-02-05T09:00:00Z").await;
        catch_up(&book).await;
        book.at("2027-06-10T09:00:00Z").await;
        catch_up(&book).await;
        book.pay(ann.id, 20_000, "2027-06-10").await;
        let (license, subscription) = now(&book, ann.id).await;
        assert_eq!((subscription.status, subscription.billed_until), (SubscriptionStatus::Active, day("2027-07-01")));
        assert_eq!(license.expires_at, Some(at("2027-07-01T08:00:00.000Z")));
        let invoices = book.ok(ListInvoices::default()).await;
        // 21 of 30 days.
        assert_eq!((invoices.total, invoices.items[0].net), (3, eur(7_000)));
        // What was not served must not be billed by a change that reaches behind it either.
        let back = ChangeSubscription { quantity: Some(2), on: Some(day("2027-06-09")), ..change(&own) };
        assert_eq!(book.refused(back).await, Error::field("on", Problem::TooEarly { earliest: day("2027-06-10") }));
        book.verified().await;
    }

    async fn a_change_does_not_reach_behind_a_pause(book: TestBook) {
        let own = sold(&book, BillingCycle::Monthly).await;
        let id = own.subscription_id.unwrap();
        book.at("2026-12-01T09:00:00Z").await;
        book.ok(PauseSubscription { id, version: None }).await;
        book.at("2026-12-10T09:00:00Z").await;
        book.ok(ResumeSubscription { id, version: None }).await;
        let on = |text: &str| ChangeSubscription { quantity: Some(2), on: Some(day(text)), ..change(&own) };
        for early in ["2026-11-25", "2026-12-09"] {
            assert_eq!(book.refused(on(early)).await, Error::field("on", Problem::TooEarly { earliest: day("2026-12-10") }));
        }
        book.ok(on("2026-12-10")).await;
        assert_eq!(recurring(&book).await, ["2026-11-22 2026-12-01", "2026-12-10 open"]);
        book.verified().await;
    }
}
