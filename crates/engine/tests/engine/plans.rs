//! Plans: what is sold.

use contract::{
    BillingCycle, Conflict, Error, Noun, PlanId, Problem,
    plan::{CreatePlan, ListPlans, UpdatePlan},
};

use crate::support::*;

on_both! {
    async fn a_plan_is_answered_as_made(book: TestBook) {
        let new = CreatePlan { name: " Pro ".to_owned(), description: Some("  ".to_owned()), trial_days: 14, ..new_plan("pro-yearly") };
        let plan = book.ok(new).await;
        assert_eq!((plan.code.as_str(), plan.name.as_str(), plan.description.as_deref()), ("pro-yearly", "Pro", None));
        assert_eq!((plan.price_monthly, plan.price_yearly, plan.trial_days), (Some(1_000), Some(10_000), 14));
        assert_eq!((plan.max_activations, plan.max_users, plan.max_domains), (Some(3), None, Some(1)));
        assert!(plan.is_active && plan.version == 1 && plan.active_licenses == 0);
        assert_eq!(book.ok(ListPlans::default()).await.items, [plan]);
    }

    async fn a_code_belongs_to_one_plan(book: TestBook) {
        let (basic, pro) = (book.plan("basic").await, book.plan("pro").await);
        let taken: Error = Conflict::CodeTaken { code: "basic".to_owned() }.into();
        assert_eq!(book.refused(new_plan("basic")).await, taken);
        let change = UpdatePlan { code: Some("basic".to_owned()), ..UpdatePlan::nothing(pro.id, 1) };
        assert_eq!(book.refused(change).await, taken);
        book.ok(UpdatePlan { code: Some("basic".to_owned()), ..UpdatePlan::nothing(basic.id, 1) }).await;
        let (one, two) = tokio::join!(book.call(new_plan("new")), book.call(new_plan("new")));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    }

    async fn a_plan_keeps_at_least_one_price(book: TestBook) {
        let plan = book.plan("basic").await;
        let needed = Error::field("price_monthly", Problem::OneNeeded { other: "price_yearly".to_owned() });
        let none = CreatePlan { price_monthly: None, price_yearly: None, ..new_plan("none") };
        assert_eq!(book.refused(none).await, needed);
        let yearly = book.ok(UpdatePlan { price_monthly: Some(None), ..UpdatePlan::nothing(plan.id, 1) }).await;
        assert_eq!((yearly.price_monthly, yearly.price_yearly, yearly.version), (None, Some(10_000), 2));
        let none = UpdatePlan { price_yearly: Some(None), ..UpdatePlan::nothing(plan.id, 2) };
        assert_eq!(book.refused(none).await, needed);
        let both = UpdatePlan { price_monthly: Some(Some(0)), price_yearly: Some(None), ..UpdatePlan::nothing(plan.id, 2) };
        assert_eq!(book.ok(both).await.price_monthly, Some(0));
    }

    async fn a_change_of_a_plan_takes_its_current_version(book: TestBook) {
        let plan = book.plan("basic").await;
        let rename = |version| UpdatePlan { name: Some("Basic".to_owned()), ..UpdatePlan::nothing(plan.id, version) };
        book.ok(rename(1)).await;
        let refusal = book.refused(rename(1)).await;
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { version: 2, fields, by, .. } } = refusal else { panic!("{refusal:?}") };
        assert_eq!((fields, by.as_deref()), (vec!["name".to_owned()], Some("Olga Owner")));
        // What is as it should be needs no change.
        assert_eq!(book.ok(rename(2)).await.version, 2);
        let nobody = UpdatePlan::nothing(PlanId(plan.id.0.to_string().replace('0', "1").parse().unwrap()), 1);
        assert_eq!(book.refused(nobody).await, Error::NotFound { noun: Noun::Plan });
    }

    async fn a_new_price_leaves_what_was_sold_as_it_is(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let sold = book.license(&ann, &plan, true).await;
        book.ok(UpdatePlan { price_monthly: Some(Some(2_000)), ..UpdatePlan::nothing(plan.id, 1) }).await;
        assert_eq!(book.get(ann.id).await.licenses, std::slice::from_ref(&sold));
        assert_eq!(book.license(&ann, &plan, false).await.price, eur(2_000));
        let plans = book.ok(ListPlans::default()).await;
        assert_eq!((plans.items[0].active_licenses, plans.total), (2, 1));
        book.ok(contract::license::CancelLicense { id: sold.id, version: None, subscription_version: None }).await;
        assert_eq!(book.ok(ListPlans::default()).await.items[0].active_licenses, 1);
    }

    async fn what_is_not_on_sale_or_has_no_price_is_not_sold(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.ok(UpdatePlan { price_yearly: Some(None), ..UpdatePlan::nothing(plan.id, 1) }).await;
        let sale = |cycle| new_license(ann.id, plan.id, cycle, true);
        let refusal = book.refused(sale(BillingCycle::Yearly)).await;
        assert_eq!(refusal, Conflict::CycleNotOffered { name: "BASIC".to_owned() }.into());
        book.ok(UpdatePlan { is_active: Some(false), ..UpdatePlan::nothing(plan.id, 2) }).await;
        let refusal = book.refused(sale(BillingCycle::Monthly)).await;
        assert_eq!(refusal, Conflict::PlanNotSold { name: "BASIC".to_owned() }.into());
        assert_eq!(book.get(ann.id).await.total_subscriptions, 0);
        book.ok(UpdatePlan { is_active: Some(true), ..UpdatePlan::nothing(plan.id, 3) }).await;
        book.ok(sale(BillingCycle::Monthly)).await;
    }

    async fn plans_on_sale_come_first_and_page_by_name(book: TestBook) {
        for code in ["d", "b", "a", "c"] {
            book.plan(code).await;
        }
        let plans = book.ok(ListPlans::default()).await.items;
        book.ok(UpdatePlan { is_active: Some(false), ..UpdatePlan::nothing(plans[0].id, 1) }).await;
        let codes = |plans: &[contract::plan::Plan]| plans.iter().map(|plan| plan.code.clone()).collect::<Vec<_>>();
        let all = book.ok(ListPlans::default()).await;
        assert_eq!(codes(&all.items), ["b", "c", "d", "a"]);
        let first = book.ok(ListPlans { limit: Some(3), ..Default::default() }).await;
        assert_eq!(first.total, 4);
        let second = book.ok(ListPlans { limit: Some(3), after: first.next.clone(), ..Default::default() }).await;
        assert_eq!((codes(&first.items), codes(&second.items), second.next), (codes(&all.items[..3]), codes(&all.items[3..]), None));
        let sold = book.ok(ListPlans { is_active: Some(true), ..Default::default() }).await;
        assert_eq!((codes(&sold.items), sold.total), (codes(&all.items[..3]), 3));
        let mismatch = ListPlans { is_active: Some(true), after: first.next, ..Default::default() };
        assert_eq!(book.refused(mismatch).await, Conflict::CursorMismatch.into());
    }
}
