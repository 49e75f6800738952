//! Everything that is due up to a day, part by part and in no order, so that nothing grows with the book.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    due::Due,
    renewals::Renewals,
    steps::{Along, Steps},
    stops::Stops,
};
use crate::{error::Result, scope::Scope};

/// See the module.
pub struct Walk {
    steps: Steps,
    along: Along,
    renewals: Renewals,
    stops: Stops,
}

impl Walk {
    /// Up to and including a day.
    pub async fn begin(scope: &Scope, until: NaiveDate) -> Result<Self> {
        let steps = Steps::new(scope, until).await?;
        // First, because it decides about what is met before it.
        let mut stops = Stops::default();
        let mut along = steps.begin(true);
        while let Some(items) = steps.page(scope, &mut along).await? {
            items.iter().for_each(|item| stops.note(item));
        }
        Ok(Self {
            along: steps.begin(false),
            steps,
            renewals: Renewals::new(scope, until).await?,
            stops,
        })
    }

    /// The next part; none at the end.
    pub async fn part(&mut self, scope: &Scope) -> Result<Option<Vec<Due>>> {
        let mut found = match self.steps.page(scope, &mut self.along).await? {
            Some(items) => items,
            None => {
                let Some(rows) = self.renewals.page(scope).await? else {
                    return Ok(None);
                };
                let mut items = Vec::new();
                for row in &rows {
                    items.append(&mut self.renewals.due(row)?);
                }
                items
            }
        };
        found.retain(|item| self.stops.let_pass(item));
        Ok(Some(found))
    }

    /// A day before which nothing of what is left falls due; none as long as that is not known.
    pub fn reached(&self) -> Option<NaiveDate> {
        self.renewals.reached()
    }
}

/// The same for some invoices and some subscriptions, with all that decides about them, in the order in which it is done.
pub async fn of(scope: &Scope, until: NaiveDate, invoices: &[Uuid], subscriptions: &[Uuid]) -> Result<Vec<Due>> {
    let mut found = Steps::new(scope, until).await?.of(scope, invoices, subscriptions).await?;
    let mut stops = Stops::default();
    found.iter().for_each(|item| stops.note(item));
    let renewals = Renewals::new(scope, until).await?;
    for row in renewals.these(scope, subscriptions).await? {
        found.append(&mut renewals.due(&row)?);
    }
    found.retain(|item| stops.let_pass(item));
    found.sort_unstable_by_key(Due::place);
    Ok(found)
}
