//! What was billed by plan, and the figures of who is paid once.

use contract::{
    BillingCycle, Currency, CustomerId, PlanId,
    catch_up::RunCatchUp,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    recurring::{BilledByPlanRequest, ListBilled, RecurringFiguresRequest},
    subscription::{ChangeSubscription, PauseSubscription, Subscription},
};
use serde_json::json;

use crate::support::*;

async fn start(book: &TestBook, customer_id: CustomerId, plan_id: PlanId) -> Subscription {
    book.ok(new_subscription(customer_id, plan_id, BillingCycle::Monthly)).await
}

/// Makes the one draft of a customer final.
async fn finalize_draft(book: &TestBook, customer: CustomerId) -> Invoice {
    let drafts = ListInvoices {
        customer_id: Some(customer),
        status: Some(InvoiceStatus::Draft),
        ..ListInvoices::default()
    };
    let drafts = book.ok(drafts).await.items;
    assert_eq!(drafts.len(), 1);
    book.ok(finalize(&drafts[0])).await
}

on_both! {
    async fn what_was_billed_belongs_to_the_plan_of_its_days_and_credit_notes_take_it_off(book: TestBook) {
        book.seller(190_000).await;
        let (basic, team) = (book.plan("basic").await, book.plan("team").await);
        let (ann, bea, cid) = (book.customer("Ann").await, book.customer("Bea").await, book.customer("Cid").await);
        let anns = start(&book, ann.id, basic.id).await;
        finalize_draft(&book, ann.id).await;
        book.pay(ann.id, 1_190, "2026-11-22").await;
        let of_bea = start(&book, bea.id, basic.id).await;
        let beas = finalize_draft(&book, bea.id).await;
        book.json("credit_invoice", json!({"id": beas.id, "version": beas.version, "reason": "other"})).await.unwrap();
        book.final_invoice(bea.id, 5_000).await;
        // Neither a draft nor a void invoice was billed.
        start(&book, cid.id, team.id).await;
        let void = book.final_invoice(cid.id, 700).await;
        book.json("void_invoice", json!({"id": void.id, "version": void.version})).await.unwrap();
        // The plan changes at the same price; what was billed before stays with the plan of its days.
        book.at("2026-12-01T09:00:00Z").await;
        let change = ChangeSubscription {
            id: anns.id, version: None, plan_id: Some(team.id), billing_cycle: None, quantity: None, on: None,
        };
        book.ok(change).await;
        book.at("2026-12-22T09:00:00Z").await;
        book.ok(RunCatchUp {}).await;
        finalize_draft(&book, ann.id).await;

        let found = book.ok(BilledByPlanRequest { currency: Currency::EUR, months: 2 }).await;
        assert_eq!((found.from, found.until, found.total, found.documents), (day("2026-11-01"), day("2026-12-22"), eur(7_000), 5));
        let plans: Vec<_> = found.plans.iter().map(|plan| (plan.plan_name.as_deref(), plan.billed, plan.documents)).collect();
        assert_eq!(plans, [(None, eur(5_000), 1), (Some("BASIC"), eur(1_000), 3), (Some("TEAM"), eur(1_000), 1)]);
        let december = book.ok(BilledByPlanRequest { currency: Currency::EUR, months: 1 }).await;
        assert_eq!((december.total, december.documents), (eur(1_000), 1));
        let list = ListBilled {
            currency: Currency::EUR, from: found.from, until: found.until, plan_id: None, without_plan: true, limit: None, after: None,
        };
        let once = book.ok(list.clone()).await;
        assert_eq!((once.sum, once.items.len(), once.items[0].plan_name.as_deref()), (eur(5_000), 1, None));
        let of_basic = book.ok(ListBilled { plan_id: Some(basic.id), without_plan: false, ..list.clone() }).await;
        let mut nets: Vec<i64> = of_basic.items.iter().map(|row| row.net.amount).collect();
        nets.sort_unstable();
        assert_eq!((of_basic.sum, nets), (eur(1_000), vec![-1_000, 1_000, 1_000]));
        // Page by page it is the same, the newest first.
        let all = ListBilled { without_plan: false, ..list };
        for limit in [1, 2] {
            for (plan_id, without_plan) in [(None, false), (None, true), (Some(basic.id), false)] {
                let own = ListBilled { plan_id, without_plan, ..all.clone() };
                let whole = book.ok(own.clone()).await;
                let (mut paged, mut after) = (Vec::new(), None);
                loop {
                    let page = book.ok(ListBilled { limit: Some(limit), after, ..own.clone() }).await;
                    assert_eq!((page.total, page.sum), (whole.total, whole.sum));
                    paged.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(paged, whole.items);
                assert_eq!(whole.total, u64::try_from(paged.len()).unwrap());
                assert!(paged.is_sorted_by(|one, next| one.issued_on >= next.issued_on));
            }
        }
        let whole = book.ok(all.clone()).await;
        assert_eq!((whole.total, whole.sum), (5, eur(7_000)));
        let mut of: Vec<_> = whole.items.iter().map(|row| (row.plan_name.as_deref(), row.net.amount)).collect();
        of.sort_unstable();
        let basic = Some("BASIC");
        assert_eq!(of, [(None, 5_000), (basic, -1_000), (basic, 1_000), (basic, 1_000), (Some("TEAM"), 1_000)]);
        // Of no other day, and of nobody who is archived.
        let december = book.ok(ListBilled { from: day("2026-12-01"), ..all.clone() }).await;
        assert_eq!((december.total, december.sum, december.items.len()), (1, eur(1_000), 1));
        let before = book.ok(ListBilled { until: day("2026-11-21"), ..all.clone() }).await;
        assert_eq!((before.total, before.sum, before.items.len()), (0, eur(0), 0));
        book.ok(PauseSubscription { id: of_bea.id, version: None }).await;
        book.verified().await;
        let version = book.get(bea.id).await.version;
        book.ok(contract::customer::DeleteCustomer { id: bea.id, version }).await;
        let left = book.ok(BilledByPlanRequest { currency: Currency::EUR, months: 2 }).await;
        assert_eq!((left.total, left.documents), (eur(2_000), 2));
        let listed = book.ok(all).await;
        assert_eq!((listed.total, listed.sum, listed.items.len()), (2, eur(2_000), 2));
        book.verified().await;
    }

    async fn who_is_paid_once_has_figures_though_nothing_recurs(book: TestBook) {
        let ann = book.customer("Ann").await;
        let figures = || async { book.ok(RecurringFiguresRequest { months: 1 }).await.currencies };
        assert!(figures().await.is_empty());
        book.pay(ann.id, 500, "2026-11-20").await;
        let found = figures().await;
        assert_eq!(found.len(), 1);
        let own = &found[0];
        assert_eq!((own.currency, own.mrr, own.payers, own.observed_value), (Currency::EUR, eur(0), 1, Some(eur(500))));
        assert_eq!((own.arpa, own.lifetime_value, own.plans.len(), own.months[0].logo_churn), (None, None, 0, None));
    }
}
