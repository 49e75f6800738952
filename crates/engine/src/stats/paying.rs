//! `list_recurring_customers`: who is counted as a customer on a day.

use std::{cmp::Reverse, collections::BTreeMap};

use contract::{
    Money,
    money::share_out,
    recurring::{ListRecurringCustomers, RecurringCustomer, RecurringCustomerPage},
};
use uuid::Uuid;

use super::{
    net::Net,
    recurring::{Span, TWELFTHS, rounded},
};
use crate::{
    call::Run,
    customer::names,
    error::{Error, Result},
    license,
    page::{Part, list_mark},
    scope::Scope,
};

/// What recurs of a customer.
#[derive(Clone, Copy, Debug, Default)]
struct Recurs {
    /// A month, in twelfths of a minor unit.
    monthly: i64,
    subscriptions: u64,
}

impl Run for ListRecurringCustomers {
    async fn run(self, scope: &Scope) -> Result<RecurringCustomerPage> {
        let on = self.on.unwrap_or_else(|| scope.today());
        let sql = format!(
            "SELECT t.customer_id, t.plan_id, t.starts_on, t.ends_on, t.amount, t.months FROM recurring t
             WHERE t.currency = ? AND t.amount > 0 AND t.starts_on <= ? AND (t.ends_on IS NULL OR t.ends_on > ?) AND {}",
            license::LIVE
        );
        let net = Net::load(scope).await?;
        let mut by_customer: BTreeMap<Uuid, Recurs> = BTreeMap::new();
        for row in scope.rows(&sql, vec![self.currency.code().into(), on.into(), on.into()]).await? {
            let span = Span::read(&row, &net)?;
            let own = by_customer.entry(span.customer).or_default();
            own.monthly += span.monthly;
            own.subscriptions += 1;
        }
        let mut found: Vec<(Uuid, Recurs)> = by_customer.into_iter().collect();
        found.sort_by_key(|(customer, own)| (Reverse(own.monthly), *customer));
        let exact: Vec<i128> = found.iter().map(|(_, own)| i128::from(own.monthly)).collect();
        let mrr = rounded(found.iter().map(|(_, own)| own.monthly).sum());
        let parts =
            share_out(mrr, &exact, TWELFTHS.into()).ok_or_else(|| Error::Fault("customers do not sum to what recurs".to_owned()))?;
        let own: Vec<((Uuid, Recurs), i64)> = found.into_iter().zip(parts).collect();
        let mark = list_mark(&("recurring customers", self.currency, on))?;
        let page = Part::read(&mark, own.len(), self.limit, self.after.as_deref())?;
        let shown = page.of(&own);
        let names = names(scope, shown.iter().map(|((customer, _), _)| *customer)).await?;
        let item = |((customer, recurs), part): &((Uuid, Recurs), i64)| RecurringCustomer {
            customer_id: (*customer).into(),
            customer_name: names.get(customer).cloned().unwrap_or_default(),
            subscriptions: recurs.subscriptions,
            mrr: Money::new(*part, self.currency),
        };
        Ok(RecurringCustomerPage {
            items: shown.iter().map(item).collect(),
            next: page.next,
            previous: None,
            total: u64::try_from(own.len())?,
            total_is_exact: true,
            mrr: Money::new(mrr, self.currency),
        })
    }
}
