//! Invoices that become final by themselves, and what the law asks for of the buyer.

use contract::{
    billing::{GetBillingSettings, UpdateBillingSettings},
    catch_up::{PlanCatchUp, RunCatchUp},
    party::UpdateBillingAddress,
};

use crate::support::*;

async fn finalizes(book: &TestBook, is_on: bool) {
    let version = book.ok(GetBillingSettings {}).await.version;
    book.ok(UpdateBillingSettings {
        finalize_renewals: Some(is_on),
        ..UpdateBillingSettings::nothing(version)
    })
    .await;
}

on_both! {
    async fn a_plan_says_how_many_invoices_will_be_final_without_an_address(book: TestBook) {
        book.seller(0).await;
        let (ann, bea, plan) = (book.customer("Ann").await, book.customer("Bea").await, book.plan("basic").await);
        for customer in [&ann, &ann, &bea] {
            book.license(customer, &plan, true).await;
        }
        // What is sold is drafted, so that nothing is overdue later.
        finalizes(&book, true).await;
        let lacking = || async {
            let plan = book.ok(PlanCatchUp { until: None }).await;
            (plan.become_final, plan.lack_address)
        };
        assert_eq!(lacking().await, (0, 0));
        book.at("2026-12-22T09:00:00Z").await;
        assert_eq!(lacking().await, (3, 3));
        // A street alone is enough to be found by.
        book.ok(UpdateBillingAddress { street: Some(Some("1 Main Street".to_owned())), ..UpdateBillingAddress::nothing(bea.id, 1) }).await;
        assert_eq!(lacking().await, (3, 2));
        book.ok(UpdateBillingAddress { city: Some(Some("Rome".to_owned())), ..UpdateBillingAddress::nothing(ann.id, 1) }).await;
        assert_eq!(lacking().await, (3, 0));
        book.ok(UpdateBillingAddress { city: Some(None), ..UpdateBillingAddress::nothing(ann.id, 2) }).await;
        assert_eq!(lacking().await, (3, 2));
        // Drafts can wait for it.
        finalizes(&book, false).await;
        assert_eq!(lacking().await, (0, 0));
        finalizes(&book, true).await;
        while book.ok(RunCatchUp {}).await.has_more {}
        assert_eq!(lacking().await, (0, 0));
        book.verified().await;
    }
}
