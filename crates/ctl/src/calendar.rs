//! The days on which domains end, as a calendar file.

use contract::{
    Timestamp,
    domain::{DomainSort, ListDomains},
    ics,
    rules::MAX_PAGE,
};
use engine::App;

/// The calendar of every domain that ends.
pub async fn of_domains(app: &App, now: Timestamp) -> Result<String, contract::Error> {
    let mut ending = Vec::new();
    let mut after = None;
    loop {
        let request = ListDomains {
            sort: Some(DomainSort::ExpiresOn),
            descending: Some(false),
            limit: Some(MAX_PAGE),
            after,
            ..ListDomains::default()
        };
        let page = app.call(request, None).await?;
        ending.extend(page.items.into_iter().filter(|domain| domain.expires_on.is_some()));
        after = page.next;
        if after.is_none() {
            return Ok(ics::calendar(&ending, now));
        }
    }
}
