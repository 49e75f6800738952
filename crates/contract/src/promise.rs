//! A promise to pay an invoice: until it is over, nothing is done about the invoice.

use chrono::{Months, NaiveDate};

use crate::{FieldError, InvoiceId, Problem, Validate, logo::given, rules, wire};

/// How many months ahead payment can be promised.
const AHEAD: u32 = 12;

wire! {
    /// Notes until when the payment of an open invoice is promised, or that it is not any more. Until the end of that day no step
    /// of the reminders is due; those whose day has come meanwhile are done afterwards, each once and in their order.
    pub struct SetPaymentPromise {
        /// Which.
        pub id: InvoiceId,
        /// The version that was read.
        pub version: u32,
        /// The last day of the promise, from today to a year ahead; null takes the promise away.
        #[serde(deserialize_with = "given")]
        pub promised_until: Option<NaiveDate>,
    }
}

impl SetPaymentPromise {
    /// Checks the day against today.
    ///
    /// # Errors
    /// The first or the last day that can be promised, if it lies outside of them.
    pub fn check(&self, today: NaiveDate) -> Result<(), Vec<FieldError>> {
        let latest = today.checked_add_months(Months::new(AHEAD)).unwrap_or(today);
        rules::check(|found| match self.promised_until {
            Some(day) if day < today => found.push("promised_until", Problem::TooEarly { earliest: today }),
            Some(day) if day > latest => found.push("promised_until", Problem::TooLate { latest }),
            _ => {}
        })
    }
}

impl Validate for SetPaymentPromise {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.date("promised_until", self.promised_until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payment_is_promised_from_today_to_a_year_ahead() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let today = day("2028-02-29").unwrap_or_default();
        for (promised, is_one) in [
            (None, true),
            (day("2028-02-28"), false),
            (day("2028-02-29"), true),
            (day("2029-02-28"), true),
            (day("2029-03-01"), false),
        ] {
            let request = SetPaymentPromise {
                id: InvoiceId(uuid::Uuid::nil()),
                version: 2,
                promised_until: promised,
            };
            assert_eq!(request.check(today).is_ok(), is_one, "{promised:?}");
        }
    }

    #[test]
    fn a_promise_is_not_taken_away_by_leaving_it_out() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let read = |json: &str| serde_json::from_str::<SetPaymentPromise>(json);
        assert!(read(&format!(r#"{{"id":"{id}","version":2}}"#)).is_err());
        let cleared = read(&format!(r#"{{"id":"{id}","version":2,"promised_until":null}}"#));
        assert!(cleared.is_ok_and(|request| request.promised_until.is_none()));
    }
}
