//! Domains: listed, added, changed, removed.

mod add;
mod update;

use chrono::{Days, NaiveDate};
use contract::{
    Conflict, Noun, Timestamp,
    domain::{Domain, DomainPage, DomainSort, DomainStatus, ListDomains, unicode_name},
};
use sea_orm::{FromQueryResult, QueryResult, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    call::Run,
    change::Entry,
    db,
    entity::domain,
    error::{Result, not_found},
    page::{Kind, Listing, SortKey, Wanted, search_key},
    scope::Scope,
};

const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM domain t JOIN customer c ON c.id = t.customer_id";

/// The first day that does not count as soon.
pub fn soon(scope: &Scope) -> Result<NaiveDate> {
    let days = Days::new(u64::try_from(scope.book.expiring_days)?);
    Ok(scope.today().checked_add_days(days).unwrap_or(NaiveDate::MAX))
}

/// The last days, the first of them and the last, of the domains whose time is over and that can still be had back.
pub fn lapsed(scope: &Scope) -> Option<(NaiveDate, NaiveDate)> {
    let days = |status: DomainStatus| status.last_days(scope.today(), scope.book.expiring_days);
    days(DomainStatus::Redemption).0.zip(days(DomainStatus::Expired).1)
}

fn view(scope: &Scope, row: domain::Model, customer_name: String) -> Result<Domain> {
    let status = DomainStatus::of(row.expires_on, scope.today(), scope.book.expiring_days);
    Ok(Domain {
        id: row.id.into(),
        customer_id: row.customer_id.into(),
        customer_name,
        unicode_name: unicode_name(&row.name),
        name: row.name,
        registrar: row.registrar,
        registered_on: row.registered_on,
        expires_on: row.expires_on,
        auto_renew: row.auto_renew,
        status,
        created_at: Timestamp(row.created_at),
        version: u32::try_from(row.version)?,
    })
}

fn view_row(scope: &Scope, row: &QueryResult) -> Result<Domain> {
    view(scope, domain::Model::from_query_result(row, "")?, row.try_get("", "customer_name")?)
}

/// The condition of a state, by the day on which a domain ends. None where the calendar does not reach.
fn in_state(scope: &Scope, status: DomainStatus) -> Option<(&'static str, Vec<Value>)> {
    let (from, until) = status.last_days(scope.today(), scope.book.expiring_days);
    Some(match (from, until) {
        (Some(from), None) => ("(t.expires_on IS NULL OR t.expires_on >= ?)", vec![from.into()]),
        (Some(from), Some(until)) => ("t.expires_on >= ? AND t.expires_on <= ?", vec![from.into(), until.into()]),
        (None, Some(until)) => ("t.expires_on <= ?", vec![until.into()]),
        (None, None) => return None,
    })
}

/// What a list is sorted by.
fn sort_key(sort: DomainSort) -> SortKey {
    match sort {
        DomainSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "domain_by_created"),
        DomainSort::Name => SortKey::new("t.name", Kind::Text).unique().along("t", "domain_name"),
        DomainSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        DomainSort::Registrar => SortKey::optional("LOWER(t.registrar)", Kind::Text).along("t", "domain_by_registrar"),
        DomainSort::ExpiresOn => SortKey::optional("t.expires_on", Kind::Day).along("t", "domain_by_expiry"),
    }
}

impl Run for ListDomains {
    async fn run(self, scope: &Scope) -> Result<DomainPage> {
        let conditions = self.status.and_then(|status| in_state(scope, status)).into_iter().collect();
        let page = Listing {
            name: "domains",
            select: SELECT,
            table: "domain",
            customer: self.customer_id,
            always: "t.deleted_at IS NULL",
            conditions,
            filter: format!("{:?}", self.status),
            searched: &["t.name", "COALESCE(t.search_key, LOWER(t.registrar))"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(DomainSort::CreatedAt)),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        let found = page.fetch(scope).await?;
        let items = found.rows.iter().map(|row| view_row(scope, row)).collect::<Result<_>>()?;
        Ok(DomainPage {
            items,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }
}

/// What a search looks into beside the name in ASCII: the name as people read it, and the registrar.
pub fn searched(name: &str, registrar: Option<&str>) -> Option<String> {
    let (unicode, registrar) = (unicode_name(name), registrar.unwrap_or_default());
    if unicode == name {
        search_key(registrar)
    } else {
        Some(contract::text::fold(&format!("{unicode}\n{registrar}")))
    }
}

/// Refuses a name that another live record has. The unique index has the last word; this has the better one.
async fn check_name(scope: &Scope, name: &str) -> Result<()> {
    db::serialize(scope, &format!("domain {name}")).await?;
    let sql = "SELECT o.id, o.full_name FROM domain d JOIN customer o ON o.id = d.customer_id WHERE d.name = ? AND d.deleted_at IS NULL";
    match scope.row(sql, vec![name.into()]).await? {
        None => Ok(()),
        Some(owner) => Err(Conflict::DomainTaken {
            id: owner.try_get::<Uuid>("", "id")?.into(),
            full_name: owner.try_get("", "full_name")?,
        }
        .into()),
    }
}

/// The wire form of a domain, read anew.
async fn read(scope: &Scope, id: Uuid) -> Result<Domain> {
    let row = scope
        .row(&format!("{SELECT} WHERE t.id = ?"), vec![id.into()])
        .await?
        .ok_or_else(|| not_found(Noun::Domain))?;
    view_row(scope, &row)
}

/// The fields that the change log shows.
fn fields(row: &domain::Model) -> Map<String, Json> {
    [
        ("name", json!(row.name)),
        ("registrar", json!(row.registrar)),
        ("registered_on", json!(row.registered_on)),
        ("expires_on", json!(row.expires_on)),
        ("auto_renew", json!(row.auto_renew)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// The entry of the change log.
fn entry(row: &domain::Model, fields: Vec<(String, Option<Json>, Option<Json>)>) -> Entry {
    Entry {
        noun: Noun::Domain,
        id: row.id,
        subject: unicode_name(&row.name),
        customer: Some(row.customer_id),
        version: row.version,
        fields,
    }
}
