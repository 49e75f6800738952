//! The figures of the dashboard, on a small book that is computed by hand.

use contract::{
    Money,
    customer::{CreateCustomer, Customer, DeleteCustomer},
    license::CancelLicense,
    stats::{AttentionRequest, CustomerStats, CustomerStatsRequest, MonthlyFiguresRequest},
};

use crate::support::*;

async fn stats(book: &TestBook) -> CustomerStats {
    book.ok(CustomerStatsRequest {}).await
}

async fn at_time(book: &TestBook, time: &str, name: &str, is_active: bool) -> Customer {
    book.at(time).await;
    book.ok(CreateCustomer {
        is_active,
        ..new_customer(name)
    })
    .await
}

on_both! {
    async fn an_empty_book_has_no_figures(book: TestBook) {
        let empty = CustomerStats {
            total_customers: 0, active_customers: 0, inactive_customers: 0, customers_with_licenses: 0, customers_with_subscriptions: 0,
            new_customers_this_month: 0, new_customers_this_week: 0, total_revenue: vec![], average_customer_value: vec![],
            average_per_all_customers: vec![], active_licenses: 0, customers_with_outstanding: 0,
        };
        assert_eq!(stats(&book).await, empty);
        let attention = book.ok(AttentionRequest {}).await;
        assert_eq!((attention.expiring_licenses, attention.outstanding_invoices, attention.outstanding), (0, 0, vec![]));
        assert_eq!((attention.oldest_overdue, attention.next_domain, attention.expiring_days), (None, None, 30));
        assert_eq!(attention.recent_changes.len(), 1, "the first administrator");
    }

    async fn the_four_cards_count_customers_and_not_administrators(book: TestBook) {
        let plan = book.plan("basic").await;
        // October ends in Berlin at 23:00 in Greenwich; the week begins on Monday the 16th, at 23:00 the day before.
        let ann = at_time(&book, "2026-10-31T22:59:59.999Z", "Ann", true).await;
        let bea = at_time(&book, "2026-10-31T23:00:00.000Z", "Bea", true).await;
        let cid = at_time(&book, "2026-11-15T22:59:59.999Z", "Cid", false).await;
        let dov = at_time(&book, "2026-11-15T23:00:00.000Z", "Dov", true).await;
        let eve = at_time(&book, "2026-11-20T09:00:00.000Z", "Eve", true).await;
        book.administrator("Ina").await;
        book.license(&ann, &plan, true).await;
        book.license(&ann, &plan, false).await;
        let canceled = book.license(&bea, &plan, false).await;
        book.ok(CancelLicense { id: canceled.id, version: None, subscription_version: None }).await;
        book.pay(ann.id, 1_000, "2026-10-01").await;
        book.pay(ann.id, 500, "2026-11-01").await;
        book.pay(bea.id, 2, "2026-11-01").await;
        book.ok(new_payment(cid.id, usd(700), Some("2026-11-02"))).await;
        book.invoice(dov.id, NewInvoice { number: "1", total: eur(300), due_on: "2027-01-01" }).await;
        book.ok(DeleteCustomer { id: eve.id, version: 1 }).await;
        book.at(START).await;
        let found = stats(&book).await;
        assert_eq!(found, CustomerStats {
            total_customers: 4, active_customers: 3, inactive_customers: 1,
            customers_with_licenses: 2, customers_with_subscriptions: 1,
            new_customers_this_month: 3, new_customers_this_week: 1,
            total_revenue: vec![eur(1_502), usd(700)],
            // 1502 ÷ 2 who paid in euros; 1502 ÷ 4 = 375.5, half away from zero.
            average_customer_value: vec![eur(751), usd(700)],
            average_per_all_customers: vec![eur(376), usd(175)],
            active_licenses: 2, customers_with_outstanding: 1,
        });
        let list = contract::customer::ListCustomers { with_stats: true, limit: Some(1), ..Default::default() };
        assert_eq!(book.ok(list).await.stats, Some(found));
        book.verified().await;
    }

    async fn archived_customers_leave_the_figures_and_come_back(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.customer("Bea").await;
        book.pay(ann.id, 1_000, "2026-11-01").await;
        let before = (stats(&book).await, book.ok(MonthlyFiguresRequest { months: 1 }).await);
        book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        let without = stats(&book).await;
        assert_eq!((without.total_customers, without.total_revenue), (1, vec![]));
        book.ok(contract::customer::RestoreCustomer { id: ann.id, version: 2 }).await;
        assert_eq!((stats(&book).await, book.ok(MonthlyFiguresRequest { months: 1 }).await), before);
    }

    async fn months_are_those_of_the_books_zone_and_none_is_missing(book: TestBook) {
        at_time(&book, "2026-08-31T21:59:59.999Z", "Ann", true).await;
        let bea = at_time(&book, "2026-08-31T22:00:00.000Z", "Bea", true).await;
        at_time(&book, "2026-10-31T22:59:59.999Z", "Cid", true).await;
        at_time(&book, "2026-10-31T23:00:00.000Z", "Dov", true).await;
        book.at(START).await;
        book.pay(bea.id, 100, "2026-08-31").await;
        book.pay(bea.id, 20, "2026-10-01").await;
        book.pay(bea.id, 3, "2026-10-31").await;
        book.ok(new_payment(bea.id, usd(7), Some("2026-10-31"))).await;
        let of = |months: u32| { let book = &book; async move { book.ok(MonthlyFiguresRequest { months }).await } };
        let found = of(4).await;
        assert_eq!(found.at, at(START));
        let found: Vec<_> = found.months.into_iter().map(|month| (month.month, month.new_customers, month.revenue)).collect();
        let none = Vec::<Money>::new;
        assert_eq!(found, [
            (day("2026-08-01"), 1, vec![eur(100)]),
            (day("2026-09-01"), 1, none()),
            (day("2026-10-01"), 1, vec![eur(23), usd(7)]),
            (day("2026-11-01"), 1, none()),
        ]);
        assert_eq!(of(1).await.months.len(), 1);
        let long = of(60).await.months;
        assert_eq!((long.len(), long[0].month, long[0].new_customers), (60, day("2021-12-01"), 0));
    }

    async fn a_refund_counts_against_the_month_in_which_it_was_made(book: TestBook) {
        let ann = book.customer("Ann").await;
        let payment = book.pay(ann.id, 1_000, "2026-10-15").await;
        let (own, owner, id) = (book.sql.id(payment.id.0), book.sql.id(ann.id.0), book.sql.id(uuid::Uuid::now_v7()));
        book.sql.run(&format!(
            "INSERT INTO refund (id, payment_id, customer_id, amount, currency, refunded_on, created_at)
             VALUES ({id}, {own}, {owner}, 300, 'EUR', '2026-11-05', 0)"
        )).await;
        book.sql.run(&format!("UPDATE payment SET refunded = 300 WHERE id = {own}")).await;
        book.sql.run("UPDATE customer_money SET refunded = 300").await;
        book.sql.run(&format!("UPDATE customer_summary SET revenue = 700 WHERE customer_id = {owner}")).await;
        book.sql.run("UPDATE figure SET amount = 700 WHERE kind = 'revenue'").await;
        book.sql.run("INSERT INTO figure (kind, key, slot, amount) VALUES ('received', 'EUR 2026-11-05', 0, -300), ('cohort_paid', 'EUR 2026-10 2026-11', 0, -300)").await;
        book.verified().await;
        let months = book.ok(MonthlyFiguresRequest { months: 2 }).await.months;
        assert_eq!((&months[0].revenue, &months[1].revenue), (&vec![eur(1_000)], &vec![eur(-300)]));
        assert_eq!(book.get(ann.id).await.total_payments, [eur(700)]);
        assert_eq!(stats(&book).await.total_revenue, [eur(700)]);
        book.pay(ann.id, 5, "2026-11-20").await;
        book.verified().await;
    }

    async fn attention_names_what_is_due_and_only_that(book: TestBook) {
        let plan = book.plan("basic").await;
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let yearly = |customer: &Customer, renews| new_license(customer.id, plan.id, contract::BillingCycle::Yearly, renews);
        let kept = book.ok(yearly(&ann, true)).await;
        let ending = book.ok(yearly(&ann, true)).await;
        let alone = book.ok(yearly(&bea, false)).await;
        let id = ending.subscription_id.unwrap();
        book.ok(contract::subscription::CancelSubscription { id, version: None, at: contract::subscription::CancelAt::PeriodEnd }).await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2027-10-01" }).await;
        book.invoice(bea.id, NewInvoice { number: "2", total: usd(500), due_on: "2027-09-01" }).await;
        book.invoice(bea.id, NewInvoice { number: "3", total: eur(70), due_on: "2027-12-01" }).await;
        for (name, expires_on) in [("b.example", "2027-11-30"), ("a.example", "2027-11-23"), ("c.example", "2027-12-30")] {
            book.ok(contract::domain::AddDomain {
                customer_id: bea.id, name: name.to_owned(), registrar: None, registered_on: None, expires_on: Some(day(expires_on)), auto_renew: false,
            }).await;
        }
        // Thirty days before the licenses end, to the millisecond.
        book.at("2027-10-23T08:59:59.999Z").await;
        assert_eq!(book.ok(AttentionRequest {}).await.expiring_licenses, 0);
        book.at("2027-11-10T09:00:00.000Z").await;
        let found = book.ok(AttentionRequest {}).await;
        assert_eq!((found.expiring_licenses, found.expiring_without_subscription), (3, 2));
        let mut named: Vec<_> = found.next_expiring.iter().map(|license| license.id).collect();
        named.sort();
        let mut expected = vec![kept.id, ending.id, alone.id];
        expected.sort();
        assert_eq!(named, expected);
        assert_eq!((found.outstanding_invoices, found.outstanding), (3, vec![eur(370), usd(500)]));
        assert_eq!((found.overdue_invoices, found.overdue), (2, vec![eur(300), usd(500)]));
        let oldest = found.oldest_overdue.unwrap();
        assert_eq!((oldest.customer_id, oldest.customer_name.as_str(), oldest.days), (bea.id, "Bea", 70));
        let next = found.next_domain.unwrap();
        assert_eq!((found.expiring_domains, next.name.as_str(), next.expires_on), (2, "a.example", day("2027-11-23")));
        assert_eq!(found.recent_changes.len(), 10);
        assert!(found.recent_changes.iter().take(2).all(|change| change.operation == "fall_due" && change.actor.is_none()));
        // A hidden customer needs no attention.
        book.ok(CancelLicense { id: alone.id, version: None, subscription_version: None }).await;
        book.ok(DeleteCustomer { id: bea.id, version: 1 }).await;
        let found = book.ok(AttentionRequest {}).await;
        assert_eq!((found.expiring_licenses, found.outstanding_invoices, found.overdue), (2, 1, vec![eur(300)]));
        assert_eq!((found.oldest_overdue.unwrap().customer_id, found.expiring_domains), (ann.id, 0));
        book.verified().await;
    }
}
