//! Exchange rates: stated by somebody for a day, never guessed.

use contract::{
    Conflict, Currency, Error, Problem, Quantity,
    exchange::{ExchangeRatesRequest, SetExchangeRate},
};

use crate::support::*;

fn set(currency: &str, version: u32, rate: Option<&str>, on: Option<&str>) -> SetExchangeRate {
    SetExchangeRate {
        currency: Currency::parse(currency).unwrap(),
        version,
        rate: rate.map(|rate| Quantity::parse(rate).unwrap()),
        on: on.map(day),
    }
}

on_both! {
    async fn a_rate_is_stated_for_a_day_changed_and_taken_away(book: TestBook) {
        assert_eq!(book.ok(ExchangeRatesRequest {}).await.rates, []);
        let shown = |rates: &contract::exchange::ExchangeRates| -> Vec<(String, String, String, u32)> {
            assert_eq!(rates.base, Currency::EUR);
            let rates = rates.rates.iter();
            rates.map(|own| (own.currency.to_string(), own.rate.to_string(), own.on.to_string(), own.version)).collect()
        };
        let row = |currency: &str, rate: &str, on: &str, version| (currency.to_owned(), rate.to_owned(), on.to_owned(), version);
        book.ok(set("USD", 0, Some("0.923456789"), Some("2026-11-20"))).await;
        let both = book.ok(set("JPY", 0, Some("0.0061"), None)).await;
        assert_eq!(shown(&both), [row("JPY", "0.0061", "2026-11-22", 1), row("USD", "0.923456789", "2026-11-20", 1)]);
        let changed = book.ok(set("USD", 1, Some("0.93"), None)).await;
        assert_eq!(shown(&changed)[1], row("USD", "0.93", "2026-11-22", 2));
        let same = book.ok(set("USD", 2, Some("0.93"), None)).await;
        assert_eq!(same, changed, "nothing to change, and nothing is logged");
        let gone = book.ok(set("JPY", 1, None, None)).await;
        assert_eq!(shown(&gone).len(), 1);
        assert_eq!(shown(&book.ok(set("JPY", 0, Some("0.0062"), None)).await)[0].3, 1, "begun anew");
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM change WHERE operation = 'set_exchange_rate'").await, 5);
        book.verified().await;
    }

    async fn a_rate_that_was_changed_meanwhile_or_lies_ahead_is_refused(book: TestBook) {
        book.ok(set("USD", 0, Some("0.92"), None)).await;
        for stale in [set("USD", 0, Some("0.9"), None), set("USD", 2, None, None), set("JPY", 1, Some("1"), None)] {
            let refused = book.refused(stale).await;
            assert!(matches!(&refused, Error::Conflict { conflict: Conflict::ChangedMeanwhile { .. } }), "{refused:?}");
        }
        let ahead = book.refused(set("USD", 1, Some("0.9"), Some("2026-11-23"))).await;
        assert_eq!(ahead, Error::field("on", Problem::TooLate { latest: day("2026-11-22") }));
        assert!(matches!(book.refused(set("EUR", 0, Some("1"), None)).await, Error::Invalid { .. }));
        assert_eq!(book.ok(ExchangeRatesRequest {}).await.rates.len(), 1);
    }
}
