//! What is due is done once: after weeks, by two at once, whatever the clock does.

use contract::{
    BillingCycle, Error,
    billing::{DEFAULT_REMINDERS, GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::{DueKind, ListCatchUpReminders, ListCatchUpRuns, PlanCatchUp, RehearseCatchUp, RunCatchUp},
    customer::{DeleteCustomer, RestoreCustomer},
    invoice::{InvoiceStatus, ListInvoices, SetInvoiceUncollectible},
    license::{LicenseStatus, ListLicenses},
    plan::{CreatePlan, UpdatePlan},
    session::SignIn,
    subscription::{
        CancelAt, CancelSubscription, CreateSubscription, ListSubscriptions, PauseSubscription, RestoreSubscription, ResumeSubscription,
        SubscriptionStatus,
    },
};

use crate::support::*;

/// Customers, each with a monthly license and subscription.
pub async fn sold(book: &TestBook, customers: usize) -> contract::plan::Plan {
    book.seller(0).await;
    let version = book.ok(GetBillingSettings {}).await.version;
    book.ok(UpdateBillingSettings {
        finalize_renewals: Some(true),
        reminders: Some(Vec::new()),
        ..UpdateBillingSettings::nothing(version)
    })
    .await;
    let plan = book.plan("basic").await;
    for number in 0..customers {
        let customer = book.customer(&format!("Customer {number}")).await;
        book.ok(new_license(customer.id, plan.id, BillingCycle::Monthly, true)).await;
    }
    plan
}

/// Customers, each with a monthly subscription that costs nothing, so that many periods are done in no time.
async fn free(book: &TestBook, customers: usize) -> contract::plan::Plan {
    let plan = sold(book, 0).await;
    for number in 0..customers {
        let customer = book.customer(&format!("Customer {number}")).await;
        let new = new_subscription(customer.id, plan.id, BillingCycle::Monthly);
        book.ok(CreateSubscription { price: Some(0), ..new }).await;
    }
    plan
}

async fn planned(book: &TestBook) -> Vec<(DueKind, u64)> {
    let plan = book.ok(PlanCatchUp { until: None }).await;
    plan.counts.iter().map(|count| (count.kind, count.count)).collect()
}

pub async fn run_all(book: &TestBook) -> Vec<(DueKind, u64)> {
    let mut done: std::collections::BTreeMap<DueKind, u64> = Default::default();
    loop {
        let run = book.ok(RunCatchUp {}).await;
        for count in &run.counts {
            *done.entry(count.kind).or_default() += count.count;
        }
        if !run.has_more {
            return done.into_iter().collect();
        }
    }
}

on_both! {
    async fn what_is_planned_is_done_and_then_nothing_is_due(book: TestBook) {
        sold(&book, 3).await;
        assert_eq!(planned(&book).await, []);
        book.at("2027-01-23T09:00:00Z").await;
        // Two periods each.
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 6)]);
        assert_eq!(run_all(&book).await, [(DueKind::Renewal, 6)]);
        assert_eq!(planned(&book).await, []);
        assert_eq!(book.ok(ListInvoices::default()).await.total, 9);
        let license = book.ok(ListLicenses { limit: Some(1), ..ListLicenses::default() }).await.items.remove(0);
        assert_eq!(license.expires_at, Some(at("2027-02-22T09:00:00.000Z")));
        assert_eq!(book.ok(ListCatchUpRuns::default()).await.total, 1);
        book.verified().await;
    }

    async fn what_is_due_at_once_of_what_a_run_bills_is_done_by_the_runs_after_it(book: TestBook) {
        sold(&book, 2).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let steps = vec![ReminderStep { days: 0, act: ReminderAct::Remind }];
        let at_once = UpdateBillingSettings { payment_days: Some(0), reminders: Some(steps), ..UpdateBillingSettings::nothing(version) };
        book.ok(at_once).await;
        book.at("2027-01-23T09:00:00Z").await;
        // Of the sale, and then of each of two periods.
        assert_eq!(run_all(&book).await, [(DueKind::Renewal, 4), (DueKind::Reminder, 2 + 4)]);
        assert_eq!(planned(&book).await, []);
        assert_eq!(book.ok(ListCatchUpRuns::default()).await.total, 2);
        book.verified().await;
    }

    async fn runs_go_on_where_the_one_before_has_stopped_and_see_what_came_in_between(book: TestBook) {
        let plan = free(&book, 3).await;
        // Fourteen years of months each.
        book.at("2040-11-22T09:00:00Z").await;
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 504)]);
        let run = || async {
            let run = book.ok(RunCatchUp {}).await;
            (run.counts.iter().map(|count| (count.kind, count.count)).collect::<Vec<_>>(), run.has_more)
        };
        assert_eq!(run().await, (vec![(DueKind::Renewal, 200)], true));
        assert_eq!(run().await, (vec![(DueKind::Renewal, 200)], true));
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 104)]);
        // Of what is sold now the second month is due already.
        let late = book.customer("Late").await;
        let new = new_subscription(late.id, plan.id, BillingCycle::Monthly);
        book.ok(CreateSubscription { starts_on: Some(day("2040-10-01")), price: Some(0), ..new }).await;
        assert_eq!(run().await, (vec![(DueKind::Renewal, 105)], false));
        assert_eq!(planned(&book).await, []);
        assert_eq!(run().await, (vec![], false));
        book.verified().await;
    }

    async fn a_run_that_another_desk_has_left_is_gone_on_with_here(book: TestBook) {
        free(&book, 3).await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let now = "2034-11-22T09:00:00Z";
        book.at(now).await;
        other.set_now(at(now)).await.unwrap();
        // 288 periods. What the first desk keeps for its next run is done by the other one.
        assert!(book.ok(RunCatchUp {}).await.has_more);
        assert!(!other.call(RunCatchUp {}, None).await.unwrap().has_more);
        let last = book.ok(RunCatchUp {}).await;
        assert_eq!((last.counts, last.has_more), (vec![], false));
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM catch_up_item").await, 288, "each once");
        other.close().await;
        book.verified().await;
    }

    async fn two_at_once_and_a_clock_set_back_do_nothing_twice(book: TestBook) {
        sold(&book, 4).await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let now = "2026-12-23T09:00:00Z";
        book.at(now).await;
        other.set_now(at(now)).await.unwrap();
        let (one, two) = tokio::join!(book.call(RunCatchUp {}), other.call(RunCatchUp {}, None));
        let renewals: u64 = [one.unwrap(), two.unwrap()].iter().flat_map(|run| run.counts.clone()).filter(|count| count.kind == DueKind::Renewal).map(|count| count.count).sum();
        assert_eq!(renewals, 4);
        assert_eq!(book.ok(ListInvoices::default()).await.total, 8);
        book.at("2026-11-30T09:00:00Z").await;
        run_all(&book).await;
        book.at(now).await;
        assert!(run_all(&book).await.iter().all(|(kind, _)| *kind != DueKind::Renewal));
        assert_eq!(book.ok(ListInvoices::default()).await.total, 8);
        other.close().await;
        book.verified().await;
    }

    async fn a_run_that_is_cut_off_leaves_nothing_and_the_next_does_it_all(book: TestBook) {
        sold(&book, 3).await;
        book.at("2026-12-23T09:00:00Z").await;
        book.ok(ListLicenses::default()).await;
        // The table of the items refuses the third.
        book.sql.fail_insert("catch_up_item", 3).await;
        let before = book.sql.everything().await;
        assert!(matches!(book.refused(RunCatchUp {}).await, Error::Internal { .. }));
        assert_eq!(book.sql.everything().await, before);
        book.sql.heal("catch_up_item").await;
        assert_eq!(run_all(&book).await[0], (DueKind::Renewal, 3));
        book.verified().await;
    }

    async fn an_unpaid_invoice_is_reminded_then_suspends_then_cancels_and_payment_undoes_it(book: TestBook) {
        let plan = sold(&book, 2).await;
        let step = |days, act| ReminderStep { days, act };
        let steps = vec![step(0, ReminderAct::Remind), step(2, ReminderAct::Suspend), step(20, ReminderAct::Cancel)];
        book.ok(UpdatePlan { reminders: Some(Some(steps)), ..UpdatePlan::nothing(plan.id, 1) }).await;
        // Due on 6 December.
        book.at("2026-12-06T12:00:00Z").await;
        assert_eq!(run_all(&book).await, [(DueKind::Reminder, 2)]);
        assert_eq!(run_all(&book).await, []);
        book.at("2026-12-07T12:00:00Z").await;
        let states = |page: contract::subscription::SubscriptionPage| page.items.into_iter().map(|row| row.status).collect::<Vec<_>>();
        assert_eq!(states(book.ok(ListSubscriptions::default()).await), [SubscriptionStatus::PastDue; 2]);
        book.at("2026-12-08T12:00:00Z").await;
        assert_eq!(run_all(&book).await, [(DueKind::Suspension, 2)]);
        assert_eq!(states(book.ok(ListSubscriptions::default()).await), [SubscriptionStatus::Unpaid; 2]);
        let licenses = book.ok(ListLicenses::default()).await.items;
        assert!(licenses.iter().all(|license| license.status == LicenseStatus::Suspended));
        book.verified().await;
        // One pays: everything is as before.
        book.pay(licenses[0].customer_id, 1_000, "2026-12-08").await;
        let found = book.ok(ListSubscriptions { customer_id: Some(licenses[0].customer_id), ..ListSubscriptions::default() }).await;
        assert_eq!(states(found), [SubscriptionStatus::Active]);
        let found = book.ok(ListLicenses { customer_id: Some(licenses[0].customer_id), ..ListLicenses::default() }).await;
        assert_eq!(found.items[0].status, LicenseStatus::Expiring);
        book.at("2027-02-26T12:00:00Z").await;
        let due = planned(&book).await;
        assert!(due.contains(&(DueKind::Cancellation, 1)), "{due:?}");
        let done = run_all(&book).await;
        assert_eq!(done, due, "as planned, also where one thing stops another");
        let found = book.ok(ListSubscriptions { customer_id: Some(licenses[1].customer_id), ..ListSubscriptions::default() }).await;
        assert_eq!(states(found), [SubscriptionStatus::Canceled]);
        book.verified().await;
    }

    async fn what_is_given_up_or_paused_is_neither_revived_nor_pursued(book: TestBook) {
        let plan = sold(&book, 2).await;
        let step = |days, act| ReminderStep { days, act };
        let steps = vec![step(2, ReminderAct::Suspend), step(20, ReminderAct::Cancel)];
        book.ok(UpdatePlan { reminders: Some(Some(steps)), ..UpdatePlan::nothing(plan.id, 1) }).await;
        let [one, other] = book.ok(ListSubscriptions::default()).await.items.try_into().unwrap();
        book.at("2026-12-07T12:00:00Z").await;
        book.ok(PauseSubscription { id: other.id, version: None }).await;
        book.at("2026-12-08T12:00:00Z").await;
        assert_eq!(planned(&book).await, [(DueKind::Suspension, 1)], "what is paused is left alone");
        assert_eq!(run_all(&book).await, [(DueKind::Suspension, 1)]);
        // A debt that is given up is not paid: nothing goes on, and nothing is billed.
        let invoice = book.ok(ListInvoices { subscription_id: Some(one.id), ..ListInvoices::default() }).await.items.remove(0);
        book.ok(SetInvoiceUncollectible { id: invoice.id, version: invoice.version, uncollectible: true }).await;
        let states = || async {
            let items = book.ok(ListSubscriptions::default()).await.items;
            [one.id, other.id].map(|id| items.iter().find(|row| row.id == id).unwrap().status)
        };
        assert_eq!(states().await, [SubscriptionStatus::Unpaid, SubscriptionStatus::Paused]);
        assert_eq!(book.ok(ListLicenses { customer_id: Some(one.customer_id), ..ListLicenses::default() }).await.items[0].status, LicenseStatus::Suspended);
        // What goes on with an overdue invoice is past due, and pursued from then on.
        book.ok(ResumeSubscription { id: other.id, version: None }).await;
        assert_eq!(states().await[1], SubscriptionStatus::PastDue);
        assert_eq!(planned(&book).await, [(DueKind::Suspension, 1)]);
        // Paid after all, it is served again.
        let invoice = book.invoice_now(invoice.id).await;
        book.ok(SetInvoiceUncollectible { id: invoice.id, version: invoice.version, uncollectible: false }).await;
        book.pay(one.customer_id, 1_000, "2026-12-08").await;
        assert_eq!(states().await[0], SubscriptionStatus::Active);
        // Suspended again, canceled, and paid while it was: brought back it is served.
        book.at("2026-12-23T12:00:00Z").await;
        run_all(&book).await;
        book.at("2027-01-10T12:00:00Z").await;
        run_all(&book).await;
        assert_eq!(states().await[0], SubscriptionStatus::Unpaid);
        book.ok(CancelSubscription { id: one.id, version: None, at: CancelAt::Now }).await;
        for owed in book.ok(ListInvoices { subscription_id: Some(one.id), status: Some(InvoiceStatus::Open), ..ListInvoices::default() }).await.items {
            book.pay(one.customer_id, owed.total.amount, "2027-01-10").await;
        }
        book.ok(RestoreSubscription { id: one.id, version: None }).await;
        assert_eq!(states().await[0], SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn nobody_is_reminded_of_what_is_paused_until_it_goes_on(book: TestBook) {
        sold(&book, 3).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let steps = [-7, 0, 3].map(|days| ReminderStep { days, act: ReminderAct::Remind });
        book.ok(UpdateBillingSettings { reminders: Some(steps.to_vec()), ..UpdateBillingSettings::nothing(version) }).await;
        let [one, paused, over] = book.ok(ListSubscriptions::default()).await.items.try_into().unwrap();
        book.ok(PauseSubscription { id: paused.id, version: None }).await;
        book.ok(CancelSubscription { id: over.id, version: None, at: CancelAt::Now }).await;
        let reminded = || async {
            let items = book.ok(PlanCatchUp { until: None }).await.items;
            let mut found: Vec<_> = items.into_iter().map(|item| (item.kind, item.customer_id, item.on)).collect();
            found.sort_by_key(|(_, customer, _)| *customer);
            found
        };
        // Due on 6 December. It is owed also where the subscription is over.
        book.at("2026-12-09T12:00:00Z").await;
        let mut expected = [one.customer_id, over.customer_id].map(|customer| (DueKind::Reminder, customer, day("2026-12-09")));
        expected.sort_by_key(|(_, customer, _)| *customer);
        assert_eq!(reminded().await, expected);
        let rehearsed = book.ok(RehearseCatchUp { until: Some(day("2026-12-09")) }).await;
        assert_eq!(rehearsed.items.len(), 2, "{rehearsed:?}");
        assert_eq!(run_all(&book).await, [(DueKind::Reminder, 2)]);
        assert_eq!(run_all(&book).await, []);
        // What goes on is reminded of once: the newest stands for the older.
        book.ok(ResumeSubscription { id: paused.id, version: None }).await;
        assert_eq!(reminded().await, [(DueKind::Reminder, paused.customer_id, day("2026-12-09"))]);
        assert_eq!(run_all(&book).await, [(DueKind::Reminder, 1)]);
        assert_eq!(run_all(&book).await, []);
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM catch_up_item WHERE kind = 'reminder'").await, 9, "each is done once");
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM change_value WHERE field = 'reminded_on'").await, 3);
        book.verified().await;
    }

    async fn many_of_a_kind_hide_none_of_another(book: TestBook) {
        sold(&book, 3).await;
        // From 22 December 2026 on these are 67 periods each.
        book.at("2032-06-22T09:00:00Z").await;
        let steps = vec![ReminderStep { days: 2, act: ReminderAct::Suspend }];
        let strict = book.ok(CreatePlan { reminders: Some(steps), ..new_plan("strict") }).await;
        let late = book.customer("Late").await;
        book.ok(new_license(late.id, strict.id, BillingCycle::Monthly, true)).await;
        // Due on 6 July.
        let until = Some(day("2032-07-08"));
        let plan = book.ok(PlanCatchUp { until }).await;
        let rehearsal = book.ok(RehearseCatchUp { until }).await;
        for (counts, items) in [(plan.counts, plan.items), (rehearsal.counts, rehearsal.items)] {
            let counts: Vec<(DueKind, u64)> = counts.iter().map(|count| (count.kind, count.count)).collect();
            assert_eq!(counts, [(DueKind::Renewal, 201), (DueKind::Suspension, 1)]);
            let named = |kind: DueKind| items.iter().filter(|item| item.kind == kind).count();
            assert_eq!((named(DueKind::Renewal), named(DueKind::Suspension)), (200, 1));
            assert_eq!(items.last().unwrap().customer_id, late.id);
        }
    }

    async fn what_cannot_be_billed_keeps_nobody_else_from_it_and_is_billed_later(book: TestBook) {
        let plan = sold(&book, 2).await;
        let dear = book.customer("Dear").await;
        book.ok(CreateSubscription {
            price: Some(9_000_000_000_000_000),
            ..new_subscription(dear.id, plan.id, BillingCycle::Monthly)
        }).await;
        // With the tax of later it is more than an invoice can hold.
        book.seller(190_000).await;
        book.at("2027-02-23T09:00:00Z").await;
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 9)]);
        assert_eq!(run_all(&book).await, [(DueKind::Renewal, 6)]);
        assert_eq!(run_all(&book).await, []);
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 3)]);
        book.verified().await;
        book.seller(0).await;
        assert_eq!(run_all(&book).await, [(DueKind::Renewal, 3)]);
        assert_eq!(book.ok(ListInvoices { customer_id: Some(dear.id), ..ListInvoices::default() }).await.total, 4);
        book.verified().await;
    }

    async fn after_an_absence_the_newest_reminder_stands_for_the_older_and_nothing_is_taken_away_on_its_day(book: TestBook) {
        sold(&book, 2).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { reminders: Some(DEFAULT_REMINDERS.to_vec()), ..UpdateBillingSettings::nothing(version) }).await;
        let states = || async { book.ok(ListSubscriptions::default()).await.items.into_iter().map(|row| row.status).collect::<Vec<_>>() };
        // Due on 6 December: five reminders and the suspension lie back.
        book.at("2026-12-28T12:00:00Z").await;
        assert_eq!(planned(&book).await, [(DueKind::Renewal, 2), (DueKind::Reminder, 2)]);
        let named = book.ok(PlanCatchUp { until: None }).await.items;
        assert!(named.iter().filter(|item| item.kind == DueKind::Reminder).all(|item| item.on == day("2026-12-20")), "{named:?}");
        assert_eq!(run_all(&book).await, [(DueKind::Renewal, 2), (DueKind::Reminder, 2)]);
        assert_eq!((run_all(&book).await, states().await), (vec![], vec![SubscriptionStatus::PastDue; 2]));
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM catch_up_item WHERE kind = 'reminder'").await, 10, "each is done once");
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM change_value WHERE field = 'reminded_on'").await, 2);
        book.at("2026-12-29T12:00:00Z").await;
        assert_eq!(run_all(&book).await, [(DueKind::Suspension, 2)]);
        assert_eq!(states().await, [SubscriptionStatus::Unpaid; 2]);
        book.verified().await;
    }

    async fn the_reminders_of_a_run_are_those_that_it_noted_with_what_is_open_by_now(book: TestBook) {
        sold(&book, 0).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let steps = [-7, 0, 3, 7].map(|days| ReminderStep { days, act: ReminderAct::Remind });
        book.ok(UpdateBillingSettings { reminders: Some(steps.to_vec()), ..UpdateBillingSettings::nothing(version) }).await;
        let ann = book.customer("Ann").await;
        let invoice = book.final_invoice(ann.id, 1_000).await;
        // Of the first two the newer is noted, and so of the last two.
        book.at("2026-12-06T12:00:00Z").await;
        let first = book.ok(RunCatchUp {}).await;
        book.at("2026-12-15T12:00:00Z").await;
        let second = book.ok(RunCatchUp {}).await;
        book.pay(ann.id, 400, "2026-12-15").await;
        let of = |run_id| book.ok(ListCatchUpReminders { run_id });
        for (run, level) in [(&first, 1), (&second, 2)] {
            let mut found = of(run.id).await;
            assert_eq!((found.items.len(), found.seller.as_str()), (1, "Vendor Ltd"));
            let item = found.items.remove(0);
            assert_eq!((item.level, item.invoice_id, Some(item.number), item.open), (level, invoice.id, invoice.number.clone(), eur(600)));
            assert_eq!((Some(item.issued_on), Some(item.due_on)), (invoice.issued_on, invoice.due_on));
            assert_eq!((item.customer_id, item.customer_name.as_str(), &item.email), (ann.id, "Ann", &ann.email));
        }
        assert_eq!(of(contract::CatchUpRunId(uuid::Uuid::nil())).await.items, []);
        book.pay(ann.id, 600, "2026-12-15").await;
        assert_eq!(of(first.id).await.items[0].open, eur(0));
        book.ok(DeleteCustomer { id: ann.id, version: book.get(ann.id).await.version }).await;
        assert_eq!(of(first.id).await.items, [], "nobody writes to who is archived");
    }

    async fn a_reminder_of_a_schedule_that_was_edited_has_the_next_number(book: TestBook) {
        sold(&book, 0).await;
        let ann = book.customer("Ann").await;
        book.final_invoice(ann.id, 1_000).await;
        let mut runs = Vec::new();
        // The day of the second step lies before that of the reminder which was given.
        for (days, now) in [(7, "2026-12-15T12:00:00Z"), (3, "2026-12-16T12:00:00Z")] {
            let version = book.ok(GetBillingSettings {}).await.version;
            let steps = vec![ReminderStep { days, act: ReminderAct::Remind }];
            book.ok(UpdateBillingSettings { reminders: Some(steps), ..UpdateBillingSettings::nothing(version) }).await;
            book.at(now).await;
            runs.push(book.ok(RunCatchUp {}).await.id);
        }
        let mut levels = Vec::new();
        for run_id in runs {
            levels.extend(book.ok(ListCatchUpReminders { run_id }).await.items.iter().map(|item| item.level));
        }
        assert_eq!(levels, [1, 2]);
    }

    async fn a_plan_says_how_many_invoices_become_final_at_once(book: TestBook) {
        sold(&book, 3).await;
        book.at("2027-01-23T09:00:00Z").await;
        assert_eq!(book.ok(PlanCatchUp { until: None }).await.become_final, 6);
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { finalize_renewals: Some(false), ..UpdateBillingSettings::nothing(version) }).await;
        assert_eq!(book.ok(PlanCatchUp { until: None }).await.become_final, 0);
    }

    async fn who_is_archived_is_not_reminded(book: TestBook) {
        sold(&book, 0).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let steps = vec![ReminderStep { days: 0, act: ReminderAct::Remind }];
        book.ok(UpdateBillingSettings { reminders: Some(steps), ..UpdateBillingSettings::nothing(version) }).await;
        let ann = book.customer("Ann").await;
        book.final_invoice(ann.id, 1_000).await;
        let archived = book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        book.at("2026-12-07T09:00:00Z").await;
        assert_eq!(planned(&book).await, []);
        assert_eq!(run_all(&book).await, []);
        book.ok(RestoreCustomer { id: ann.id, version: archived.version }).await;
        assert_eq!(planned(&book).await, [(DueKind::Reminder, 1)]);
        assert_eq!(run_all(&book).await, [(DueKind::Reminder, 1)]);
        book.verified().await;
    }
}
