//! `receivables`.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use contract::{
    Currency, Money,
    recurring::{ReceivableAge, Receivables, ReceivablesOfCurrency, ReceivablesRequest},
};

use super::spans;
use crate::{
    call::Run,
    db,
    error::{Result, unknown_word},
    scope::Scope,
};

/// First and last day past the due day of each age; the first age is not due yet.
const AGES: &[(Option<u32>, Option<u32>)] = &[
    (None, None),
    (Some(1), Some(30)),
    (Some(31), Some(60)),
    (Some(61), Some(90)),
    (Some(91), None),
];

/// The due days of an age: the first and the last.
fn due_days(today: NaiveDate, (from, to): (Option<u32>, Option<u32>)) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let back = |days: u32| today.checked_sub_days(Days::new(days.into()));
    match from {
        None => (Some(today), None),
        Some(from) => (to.and_then(back), back(from)),
    }
}

impl Run for ReceivablesRequest {
    async fn run(self, scope: &Scope) -> Result<Receivables> {
        let today = scope.today();
        let sql = format!(
            "SELECT t.currency, t.due_on, COUNT(*) AS number, {} AS amount FROM invoice t
             WHERE t.status = 'open' AND t.total - t.paid - t.credited > 0 AND {} GROUP BY t.currency, t.due_on",
            db::sum(scope, "t.total - t.paid - t.credited"),
            spans::counts(scope)
        );
        let mut owed: BTreeMap<String, Vec<(NaiveDate, i64, i64)>> = BTreeMap::new();
        for row in scope.rows(&sql, Vec::new()).await? {
            let day = (row.try_get("", "due_on")?, row.try_get("", "number")?, row.try_get("", "amount")?);
            owed.entry(row.try_get("", "currency")?).or_default().push(day);
        }
        let mut currencies = Vec::with_capacity(owed.len());
        for (code, days) in owed {
            let currency = Currency::parse(&code).ok_or_else(|| unknown_word("invoice.currency", &code))?;
            let mut ages = Vec::with_capacity(AGES.len());
            for age in AGES {
                let (due_from, due_until) = due_days(today, *age);
                let own = days
                    .iter()
                    .filter(|(day, ..)| due_from.is_none_or(|from| *day >= from) && due_until.is_none_or(|until| *day <= until));
                let (invoices, amount) = own.fold((0, 0), |(invoices, sum), (_, number, amount)| (invoices + number, sum + amount));
                ages.push(ReceivableAge {
                    from_days: age.0,
                    to_days: age.1,
                    invoices: u64::try_from(invoices)?,
                    amount: Money::new(amount, currency),
                    due_from,
                    due_until,
                });
            }
            let total = days.iter().map(|(.., amount)| amount).sum();
            currencies.push(ReceivablesOfCurrency {
                total: Money::new(total, currency),
                ages,
            });
        }
        currencies.sort_by_key(|own| (own.total.currency.code() != scope.book.currency, own.total.currency));
        Ok(Receivables { on: today, currencies })
    }
}
