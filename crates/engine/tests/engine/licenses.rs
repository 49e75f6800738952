//! Licenses: sold, canceled, brought back.

use contract::{
    BillingCycle, Conflict, Error, Noun,
    customer::DeleteCustomer,
    license::{CancelLicense, LicenseStatus, ListLicenses, QuotaKind, RestoreLicense},
    plan::CreatePlan,
    subscription::{CancelAt, CancelSubscription, ListSubscriptions, RestoreSubscription, Subscription, SubscriptionStatus},
};

use crate::support::*;

fn cancel(id: contract::LicenseId) -> CancelLicense {
    CancelLicense {
        id,
        version: None,
        subscription_version: None,
    }
}

fn restore(id: contract::LicenseId) -> RestoreLicense {
    RestoreLicense { id, version: None }
}

on_both! {
    async fn a_license_that_comes_back_leaves_a_subscription_that_was_canceled_for_itself(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        book.ok(cancel(license.id)).await;
        let subscription = license.subscription_id.unwrap();
        book.ok(RestoreSubscription { id: subscription, version: None }).await;
        book.at("2026-11-23T09:00:00Z").await;
        book.ok(CancelSubscription { id: subscription, version: None, at: CancelAt::Now }).await;
        book.ok(restore(license.id)).await;
        let found = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!(found.status, SubscriptionStatus::Canceled);
        book.verified().await;
    }

    async fn a_license_ends_by_the_calendar(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        for (start, cycle, end) in [
            ("2027-01-31T12:00:00.000Z", BillingCycle::Monthly, "2027-02-28T12:00:00.000Z"),
            ("2028-01-31T12:00:00.000Z", BillingCycle::Monthly, "2028-02-29T12:00:00.000Z"),
            ("2028-02-29T12:00:00.000Z", BillingCycle::Yearly, "2029-02-28T12:00:00.000Z"),
            // Ten o'clock in Berlin stays ten o'clock, in summer and winter.
            ("2029-03-15T09:00:00.000Z", BillingCycle::Monthly, "2029-04-15T08:00:00.000Z"),
            // The day of Berlin counts: it is the 31st there already.
            ("2030-01-30T23:30:00.000Z", BillingCycle::Monthly, "2030-02-27T23:30:00.000Z"),
        ] {
            book.at(start).await;
            let license = book.ok(new_license(ann.id, plan.id, cycle, false)).await;
            assert_eq!((license.starts_at, license.expires_at), (at(start), Some(at(end))), "{start}");
        }
        book.verified().await;
    }

    async fn a_license_takes_price_and_quotas_of_its_plan_and_a_key_of_its_own(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, false)).await;
        assert_eq!((license.price, license.billing_cycle), (eur(10_000), BillingCycle::Yearly));
        assert_eq!((license.customer_name.as_str(), license.plan_name.as_str(), license.version), ("Ann", "BASIC", 1));
        assert_eq!((license.status, license.subscription_id), (LicenseStatus::Active, None));
        let limits: Vec<_> = license.quotas.iter().map(|quota| (quota.kind, quota.used, quota.limit)).collect();
        assert_eq!(limits, [(QuotaKind::Activations, 0, Some(3)), (QuotaKind::Users, 0, None), (QuotaKind::Domains, 0, Some(1))]);
        assert_eq!(contract::license_key::parse(&license.key), Some(license.key.clone()));
        let other = book.license(&ann, &plan, false).await;
        assert_ne!(other.key, license.key);
        let customer = book.get(ann.id).await;
        assert_eq!((customer.total_licenses, customer.active_licenses, customer.total_subscriptions), (2, 2, 0));
        assert_eq!(customer.version, 1, "a sale does not break an open form");
        book.verified().await;
    }

    async fn a_license_with_a_subscription_starts_one_today(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        let subscription = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!(Some(subscription.id), license.subscription_id);
        assert_eq!((subscription.status, subscription.price, subscription.quantity), (SubscriptionStatus::Active, eur(1_000), 1));
        assert_eq!((subscription.anchor, subscription.current_period_start), (day("2026-11-22"), day("2026-11-22")));
        assert_eq!((subscription.current_period_end, subscription.trial_end), (day("2026-12-22"), None));
    }

    async fn a_trial_comes_before_the_first_period_and_ends_by_itself(book: TestBook) {
        let ann = book.customer("Ann").await;
        let plan = book.ok(CreatePlan { trial_days: 14, ..new_plan("basic") }).await;
        book.license(&ann, &plan, true).await;
        let subscription = || async { book.ok(ListSubscriptions::default()).await.items.remove(0) };
        let trial = subscription().await;
        assert_eq!((trial.status, trial.trial_end, trial.anchor), (SubscriptionStatus::Trialing, Some(day("2026-12-06")), day("2026-12-06")));
        assert_eq!(book.get(ann.id).await.active_subscriptions, 1);
        // The 6th begins in Berlin an hour before it does in Greenwich.
        book.at("2026-12-05T22:59:59.999Z").await;
        assert_eq!(subscription().await.status, SubscriptionStatus::Trialing);
        book.at("2026-12-05T23:00:00.000Z").await;
        let paid = subscription().await;
        assert_eq!((paid.status, paid.version), (SubscriptionStatus::Active, 2));
        let last = book.ok(contract::change::ListChanges::default()).await.items.remove(0);
        assert_eq!((last.noun, last.subject.as_str(), last.actor), (Noun::Subscription, "BASIC", None));
        book.verified().await;
    }

    async fn canceling_a_license_cancels_the_subscription_that_it_alone_uses(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        book.at("2026-11-23T09:00:00Z").await;
        let canceled = book.ok(cancel(license.id)).await;
        assert_eq!((canceled.status, canceled.canceled_at, canceled.version), (LicenseStatus::Canceled, Some(at("2026-11-23T09:00:00Z")), 2));
        let subscription = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!((subscription.status, subscription.ended_at), (SubscriptionStatus::Canceled, canceled.canceled_at));
        let customer = book.get(ann.id).await;
        assert_eq!((customer.active_licenses, customer.active_subscriptions), (0, 0));
        assert_eq!((customer.total_licenses, customer.total_subscriptions), (1, 1));
        assert_eq!(book.refused(cancel(license.id)).await, Conflict::AlreadyCanceled { at: at("2026-11-23T09:00:00Z") }.into());
        book.verified().await;
        let back = book.ok(restore(license.id)).await;
        assert_eq!((back.status, back.canceled_at, back.version), (LicenseStatus::Expiring, None, 3));
        assert_eq!(book.ok(ListSubscriptions::default()).await.items[0].status, SubscriptionStatus::Active);
        assert_eq!(book.refused(restore(license.id)).await, Conflict::NothingToRestore.into());
        book.verified().await;
    }

    async fn a_sale_that_is_undone_is_undone_whole_or_not_at_all_and_comes_back_whole(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        let own = || async { book.ok(ListSubscriptions::default()).await.items.remove(0) };
        let sold = own().await;
        let undo = |subscription_version| CancelLicense { id: license.id, version: Some(license.version), subscription_version };
        // The subscription was changed since, which the license does not tell.
        book.ok(CancelSubscription { id: sold.id, version: None, at: CancelAt::PeriodEnd }).await;
        let read = book.ok(RestoreSubscription { id: sold.id, version: None }).await.version;
        let refusal = book.refused(undo(Some(sold.version))).await;
        assert!(matches!(refusal, Error::Conflict { conflict: Conflict::ChangedMeanwhile { version, .. } } if version == read), "{refusal:?}");
        let kept = book.ok(ListLicenses::default()).await.items.remove(0);
        assert_eq!((kept, own().await.status), (license.clone(), SubscriptionStatus::Active));
        let canceled = book.ok(undo(Some(read))).await;
        assert_eq!((canceled.status, own().await.status), (LicenseStatus::Canceled, SubscriptionStatus::Canceled));
        book.at("2026-11-23T09:00:00Z").await;
        let back = book.ok(RestoreLicense { id: license.id, version: Some(canceled.version) }).await;
        assert_eq!((back.status, back.expires_at), (license.status, license.expires_at));
        assert_eq!(back.subscription_id, Some(sold.id));
        let again = own().await;
        assert_eq!(Subscription { version: sold.version, updated_at: sold.updated_at, ..again }, sold);
        book.verified().await;
    }

    async fn a_subscription_that_another_license_uses_goes_on(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let (one, two) = (book.license(&ann, &plan, true).await, book.license(&ann, &plan, false).await);
        let (shared, second) = (book.sql.id(one.subscription_id.unwrap().0), book.sql.id(two.id.0));
        book.sql.run(&format!("UPDATE license SET subscription_id = {shared} WHERE id = {second}")).await;
        let status = || async { book.ok(ListSubscriptions::default()).await.items[0].status };
        book.ok(cancel(one.id)).await;
        assert_eq!(status().await, SubscriptionStatus::Active);
        book.ok(cancel(two.id)).await;
        assert_eq!(status().await, SubscriptionStatus::Canceled);
        // Bringing the first back does not bring back what it had not canceled.
        book.ok(restore(one.id)).await;
        assert_eq!(status().await, SubscriptionStatus::Canceled);
        book.ok(restore(two.id)).await;
        assert_eq!(status().await, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn a_subscription_canceled_before_its_license_stays_canceled(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        let id = license.subscription_id.unwrap();
        book.ok(CancelSubscription { id, version: None, at: CancelAt::Now }).await;
        book.ok(cancel(license.id)).await;
        book.ok(restore(license.id)).await;
        assert_eq!(book.ok(ListSubscriptions::default()).await.items[0].status, SubscriptionStatus::Canceled);
        book.verified().await;
    }

    async fn what_was_to_end_with_its_period_still_does_after_cancel_and_restore(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, true)).await;
        let id = license.subscription_id.unwrap();
        book.ok(CancelSubscription { id, version: None, at: CancelAt::PeriodEnd }).await;
        book.ok(cancel(license.id)).await;
        book.ok(restore(license.id)).await;
        let subscription = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!((subscription.status, subscription.cancel_at_period_end), (SubscriptionStatus::Active, true));
        book.at("2027-11-22T09:00:00Z").await;
        assert_eq!(book.ok(ListSubscriptions::default()).await.items[0].status, SubscriptionStatus::Canceled);
        book.verified().await;
    }

    async fn a_license_expires_by_itself_and_does_not_come_back(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let (license, other) = (book.license(&ann, &plan, false).await, book.license(&ann, &plan, false).await);
        let status = || async { book.get(ann.id).await.licenses.iter().find(|own| own.id == license.id).unwrap().status };
        assert_eq!(license.status, LicenseStatus::Expiring, "a month from now is within 30 days: November has 30");
        book.ok(cancel(other.id)).await;
        book.at("2026-12-22T08:59:59.999Z").await;
        assert_eq!(status().await, LicenseStatus::Expiring);
        book.at("2026-12-22T09:00:00.000Z").await;
        assert_eq!(status().await, LicenseStatus::Expired);
        assert_eq!(book.get(ann.id).await.active_licenses, 0);
        book.verified().await;
        assert_eq!(book.refused(restore(other.id)).await, Conflict::PeriodOver.into());
        book.ok(cancel(license.id)).await;
        assert_eq!(book.refused(restore(license.id)).await, Conflict::PeriodOver.into());
    }

    async fn the_list_of_licenses_filters_by_the_shown_status(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let expired = book.license(&ann, &plan, false).await;
        book.at("2026-12-21T09:00:00Z").await;
        let expiring = book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, false)).await;
        book.at("2027-11-25T09:00:00Z").await;
        let active = book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, false)).await;
        let canceled = book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, false)).await;
        book.ok(cancel(canceled.id)).await;
        for (status, id) in [
            (LicenseStatus::Active, Some(active.id)),
            (LicenseStatus::Expiring, Some(expiring.id)),
            (LicenseStatus::Expired, Some(expired.id)),
            (LicenseStatus::Suspended, None),
            (LicenseStatus::Canceled, Some(canceled.id)),
        ] {
            for customer_id in [None, Some(ann.id)] {
                let page = book.ok(ListLicenses { status: Some(status), customer_id, ..Default::default() }).await;
                assert_eq!(page.items.iter().map(|license| license.id).collect::<Vec<_>>(), Vec::from_iter(id), "{status:?}");
                assert_eq!(page.total, u64::from(id.is_some()));
                assert!(page.items.iter().all(|license| license.status == status));
            }
        }
    }

    async fn the_licenses_of_a_hidden_customer_are_hidden(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        book.ok(cancel(license.id)).await;
        book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        assert_eq!(book.ok(ListLicenses::default()).await.total, 0);
        assert_eq!(book.ok(ListSubscriptions::default()).await.total, 0);
        assert_eq!(book.refused(restore(license.id)).await, Error::NotFound { noun: Noun::License });
        let sale = new_license(ann.id, plan.id, BillingCycle::Monthly, false);
        assert_eq!(book.refused(sale).await, Error::NotFound { noun: Noun::Customer });
        book.verified().await;
    }

    async fn a_license_is_changed_at_its_current_version(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, false).await;
        book.ok(CancelLicense { id: license.id, version: Some(1), subscription_version: None }).await;
        let refusal = book.refused(RestoreLicense { id: license.id, version: Some(1) }).await;
        assert!(matches!(refusal, Error::Conflict { conflict: Conflict::ChangedMeanwhile { version: 2, .. } }), "{refusal:?}");
        book.ok(RestoreLicense { id: license.id, version: Some(2) }).await;
        let refusal = book.refused(CancelLicense { id: license.id, version: Some(2), subscription_version: None }).await;
        assert!(matches!(refusal, Error::Conflict { conflict: Conflict::ChangedMeanwhile { version: 3, .. } }), "{refusal:?}");
    }
}
