//! Domains of customers.

use contract::{
    Conflict, Error, Problem,
    customer::{DeleteCustomer, RestoreCustomer},
    domain::{AddDomain, DomainStatus, ListDomains},
    stats::AttentionRequest,
};

use crate::support::*;

fn new_domain(customer_id: contract::CustomerId, name: &str) -> AddDomain {
    AddDomain {
        customer_id,
        name: name.to_owned(),
        registrar: None,
        registered_on: None,
        expires_on: None,
        auto_renew: false,
    }
}

on_both! {
    async fn an_international_name_is_kept_in_ascii_and_shown_as_it_is_written(book: TestBook) {
        let ann = book.customer("Ann").await;
        let new = AddDomain {
            registrar: Some(" Registrar ".to_owned()), registered_on: Some(day("2020-02-29")), expires_on: Some(day("2027-02-28")),
            auto_renew: true, ..new_domain(ann.id, "B\u{fc}cher.Example.")
        };
        let domain = book.ok(new).await;
        assert_eq!((domain.name.as_str(), domain.unicode_name.as_str()), ("xn--bcher-kva.example", "b\u{fc}cher.example"));
        assert_eq!((domain.registrar.as_deref(), domain.customer_name.as_str(), domain.auto_renew), (Some("Registrar"), "Ann", true));
        assert_eq!((domain.registered_on, domain.expires_on), (Some(day("2020-02-29")), Some(day("2027-02-28"))));
        assert_eq!(book.ok(ListDomains::default()).await.items, [domain]);
        assert_eq!(book.get(ann.id).await.total_domains, 1);
        book.verified().await;
    }

    async fn a_name_is_one_customers_however_it_is_written(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        book.ok(new_domain(ann.id, "b\u{fc}cher.example")).await;
        let taken: Error = Conflict::DomainTaken { id: ann.id, full_name: "Ann".to_owned() }.into();
        for same in ["B\u{dc}CHER.example", "xn--bcher-kva.EXAMPLE.", "bu\u{308}cher.example"] {
            assert_eq!(book.refused(new_domain(bea.id, same)).await, taken, "{same}");
            assert_eq!(book.refused(new_domain(ann.id, same)).await, taken, "{same}");
        }
        let refusal = book.refused(new_domain(ann.id, "-a.example")).await;
        assert_eq!(refusal, Error::field("name", Problem::MalformedDomain));
        let backwards = AddDomain {
            registered_on: Some(day("2026-01-02")), expires_on: Some(day("2026-01-01")), ..new_domain(ann.id, "a.example")
        };
        assert_eq!(book.refused(backwards).await, Error::field("expires_on", Problem::DateOutOfOrder));
    }

    async fn the_names_of_a_deleted_customer_are_free_and_come_back_if_they_still_are(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        for name in ["one.example", "two.example", "b\u{fc}cher.example"] {
            book.ok(new_domain(ann.id, name)).await;
        }
        book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        assert_eq!(book.ok(ListDomains::default()).await.total, 0);
        book.verified().await;
        for name in ["two.example", "b\u{fc}cher.example"] {
            book.ok(new_domain(bea.id, name)).await;
        }
        let back = book.ok(RestoreCustomer { id: ann.id, version: 2 }).await;
        assert_eq!(back.total_domains, 1);
        // Which did not come back is told where it happens, and nowhere else.
        assert_eq!(back.lost_domains, ["two.example", "b\u{fc}cher.example"]);
        assert_eq!(book.get(ann.id).await.lost_domains, [""; 0]);
        let names: Vec<String> = book.ok(ListDomains { customer_id: Some(ann.id), ..Default::default() }).await
            .items.into_iter().map(|domain| domain.name).collect();
        assert_eq!(names, ["one.example"]);
        // Gone and back once more, nothing else is lost.
        book.at("2026-11-23T09:00:00Z").await;
        book.ok(DeleteCustomer { id: ann.id, version: 3 }).await;
        assert_eq!(book.ok(RestoreCustomer { id: ann.id, version: 4 }).await.lost_domains, [""; 0]);
        book.verified().await;
    }

    async fn a_domain_expires_the_day_after_its_last_and_is_expiring_thirty_days_before(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.ok(AddDomain { expires_on: Some(day("2026-12-31")), ..new_domain(ann.id, "a.example") }).await;
        for (now, status, attention, lapsed) in [
            ("2026-12-01T22:59:59Z", DomainStatus::Registered, 0, 0),
            ("2026-12-01T23:00:00Z", DomainStatus::Expiring, 1, 0),
            ("2026-12-31T22:59:59Z", DomainStatus::Expiring, 1, 0),
            ("2026-12-31T23:00:00Z", DomainStatus::Expired, 0, 1),
            ("2027-02-14T12:00:00Z", DomainStatus::Expired, 0, 1),
            ("2027-02-15T12:00:00Z", DomainStatus::Redemption, 0, 1),
            ("2027-03-16T12:00:00Z", DomainStatus::Redemption, 0, 1),
            ("2027-03-17T12:00:00Z", DomainStatus::PendingDelete, 0, 0),
        ] {
            book.at(now).await;
            assert_eq!(book.ok(ListDomains::default()).await.items[0].status, status, "{now}");
            let found = book.ok(AttentionRequest {}).await;
            assert_eq!((found.expiring_domains, found.lapsed_domains), (attention, lapsed), "{now}");
        }
    }

    async fn what_can_still_be_had_back_is_counted_apart_and_what_is_lost_first_is_named(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        for (owner, name, last) in [
            (&ann, "grace.example", "2026-11-21"),
            (&bea, "b\u{fc}cher.example", "2026-09-10"),
            (&ann, "gone.example", "2026-09-01"),
            (&ann, "soon.example", "2026-11-22"),
        ] {
            book.ok(AddDomain { expires_on: Some(day(last)), ..new_domain(owner.id, name) }).await;
        }
        let found = book.ok(AttentionRequest {}).await;
        assert_eq!((found.lapsed_domains, found.expiring_domains), (2, 1));
        let lost = found.next_lost.unwrap();
        assert_eq!((lost.customer_id, lost.name.as_str(), lost.expires_on), (bea.id, "b\u{fc}cher.example", day("2026-09-10")));
        // A hidden customer needs no attention.
        book.ok(DeleteCustomer { id: bea.id, version: 1 }).await;
        let found = book.ok(AttentionRequest {}).await;
        assert_eq!((found.lapsed_domains, found.next_lost.unwrap().name.as_str()), (1, "grace.example"));
    }

    async fn a_domain_is_changed_removed_and_brought_back_unless_its_name_was_given_away(book: TestBook) {
        use contract::domain::{DeleteDomain, RestoreDomain, UpdateDomain};
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let own = book.ok(new_domain(ann.id, "a.example")).await;
        let change = UpdateDomain { id: own.id, version: 1, registrar: Some(Some(" Names Ltd ".to_owned())), registered_on: Some(Some(day("2026-01-01"))), expires_on: None, auto_renew: Some(true) };
        let changed = book.ok(change.clone()).await;
        assert_eq!((changed.registrar.as_deref(), changed.auto_renew, changed.version), (Some("Names Ltd"), true, 2));
        let backwards = UpdateDomain { version: 2, expires_on: Some(Some(day("2025-12-31"))), ..change };
        assert_eq!(book.refused(backwards).await, Error::field("expires_on", Problem::TooEarly { earliest: day("2026-01-01") }));
        book.ok(DeleteDomain { id: own.id, version: 2 }).await;
        assert_eq!(book.get(ann.id).await.total_domains, 0);
        let back = book.ok(RestoreDomain { id: own.id, version: 3 }).await;
        assert_eq!((back.registrar.as_deref(), back.version, book.get(ann.id).await.total_domains), (Some("Names Ltd"), 4, 1));
        book.ok(DeleteDomain { id: own.id, version: 4 }).await;
        book.ok(new_domain(bea.id, "a.example")).await;
        let taken = book.refused(RestoreDomain { id: own.id, version: 5 }).await;
        assert_eq!(taken, Conflict::DomainTaken { id: bea.id, full_name: "Bea".to_owned() }.into());
        book.verified().await;
    }

    async fn badge_and_dashboard_agree_also_when_the_clock_is_put_forward_meanwhile(book: TestBook) {
        let ann = book.customer("Ann").await;
        // Half past eleven at night in winter; thirty times 24 hours later it is half past midnight in summer.
        book.at("2027-03-10T22:30:00Z").await;
        book.ok(AddDomain { expires_on: Some(day("2027-04-09")), ..new_domain(ann.id, "a.example") }).await;
        assert_eq!(book.ok(ListDomains::default()).await.items[0].status, DomainStatus::Registered);
        assert_eq!(book.ok(AttentionRequest {}).await.expiring_domains, 0);
    }

    async fn domains_are_listed_by_the_state_that_each_shows(book: TestBook) {
        let ann = book.customer("Ann").await;
        for (number, last) in ["2026-01-01", "2026-09-04", "2026-09-07", "2026-10-07", "2026-10-08", "2026-11-21", "2026-11-22", "2026-12-21", "2026-12-22"].iter().enumerate() {
            book.ok(AddDomain { expires_on: Some(day(last)), ..new_domain(ann.id, &format!("d{number}.example")) }).await;
        }
        book.ok(new_domain(ann.id, "endless.example")).await;
        let all = book.ok(ListDomains::default()).await.items;
        let mut seen = 0;
        for status in DomainStatus::ALL {
            let own = book.ok(ListDomains { status: Some(*status), ..ListDomains::default() }).await;
            let want: Vec<_> = all.iter().filter(|row| row.status == *status).cloned().collect();
            assert!(!want.is_empty(), "{status:?}");
            assert_eq!((own.total, own.items), (u64::try_from(want.len()).unwrap(), want), "{status:?}");
            seen += own.total;
        }
        assert_eq!(seen, 10);
        let searched = ListDomains { status: Some(DomainStatus::Registered), search: Some("endless".to_owned()), ..ListDomains::default() };
        assert_eq!(book.ok(searched).await.total, 1);
        // A cursor belongs to its filter.
        let first = book.ok(ListDomains { status: Some(DomainStatus::Registered), limit: Some(1), ..ListDomains::default() }).await;
        let other = ListDomains { status: Some(DomainStatus::Expired), after: first.next, ..ListDomains::default() };
        assert_eq!(book.refused(other).await, Conflict::CursorMismatch.into());
    }
}
