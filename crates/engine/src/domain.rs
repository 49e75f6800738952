//! `list_domains` and `add_domain`.

use chrono::{Days, NaiveDate};
use contract::{
    Conflict, Noun, Timestamp,
    domain::{AddDomain, Domain, DomainPage, DomainSort, DomainStatus, ListDomains, ascii_name, unicode_name},
};
use sea_orm::{EntityTrait, FromQueryResult, QueryResult};
use serde_json::json;

use crate::{
    call::Run,
    change::{self, Entry},
    customer, db,
    entity::domain,
    error::{Result, not_found},
    license,
    page::{Kind, Listing, SortKey, Wanted},
    scope::Scope,
};

const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM domain t JOIN customer c ON c.id = t.customer_id";

/// The first day that does not count as soon.
pub fn soon(scope: &Scope) -> Result<NaiveDate> {
    let days = Days::new(u64::try_from(scope.book.expiring_days)?);
    Ok(scope.today().checked_add_days(days).unwrap_or(NaiveDate::MAX))
}

fn view(scope: &Scope, row: domain::Model, customer_name: String) -> Result<Domain> {
    let today = scope.today();
    let soon = soon(scope)?;
    let status = match row.expires_on {
        Some(last) if last < today => DomainStatus::Expired,
        Some(last) if last < soon => DomainStatus::Expiring,
        _ => DomainStatus::Registered,
    };
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

/// What a list is sorted by.
fn sort_key(sort: DomainSort) -> SortKey {
    match sort {
        DomainSort::CreatedAt => SortKey::new("t.created_at", Kind::Created),
        DomainSort::Name => SortKey::new("t.name", Kind::Text),
        DomainSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text),
        DomainSort::Registrar => SortKey::optional("LOWER(t.registrar)", Kind::Text),
        DomainSort::ExpiresOn => SortKey::optional("t.expires_on", Kind::Day),
    }
}

impl Run for ListDomains {
    async fn run(self, scope: &Scope) -> Result<DomainPage> {
        let conditions = vec![("t.deleted_at IS NULL", Vec::new()), license::of(self.customer_id)];
        let page = Listing {
            name: "domains",
            select: SELECT,
            table: "domain",
            conditions,
            searched: &["t.name", "LOWER(t.registrar)"],
            search: self.search.as_deref(),
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

impl Run for AddDomain {
    async fn run(self, scope: &Scope) -> Result<Domain> {
        let customer = customer::find_to_serve(scope, self.customer_id).await?;
        let name = ascii_name(&self.name).ok_or_else(|| contract::Error::field("name", contract::Problem::MalformedDomain))?;
        db::serialize(scope, &format!("domain {name}")).await?;
        let sql =
            "SELECT o.id, o.full_name FROM domain d JOIN customer o ON o.id = d.customer_id WHERE d.name = ? AND d.deleted_at IS NULL";
        if let Some(owner) = scope.row(sql, vec![name.clone().into()]).await? {
            let id: uuid::Uuid = owner.try_get("", "id")?;
            return Err(Conflict::DomainTaken {
                id: id.into(),
                full_name: owner.try_get("", "full_name")?,
            }
            .into());
        }
        let row = domain::Model {
            id: scope.new_id()?,
            customer_id: customer.id,
            name,
            registrar: self.registrar.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            registered_on: self.registered_on,
            expires_on: self.expires_on,
            auto_renew: self.auto_renew,
            created_at: scope.now.0,
            updated_at: scope.now.0,
            version: 1,
            deleted_at: None,
        };
        domain::Entity::insert(domain::ActiveModel::from(row.clone()))
            .exec_without_returning(scope)
            .await?;
        let values = json!({
            "name": row.name, "registrar": row.registrar, "registered_on": row.registered_on, "expires_on": row.expires_on,
            "auto_renew": row.auto_renew,
        });
        let fields = values
            .as_object()
            .map(|values| change::difference(None, values))
            .unwrap_or_default();
        let subject = unicode_name(&row.name);
        scope.log(Entry {
            noun: Noun::Domain,
            id: row.id,
            subject,
            customer: Some(customer.id),
            version: 1,
            fields,
        });
        let row = scope
            .row(&format!("{SELECT} WHERE t.id = ?"), vec![row.id.into()])
            .await?
            .ok_or_else(|| not_found(Noun::Domain))?;
        view_row(scope, &row)
    }
}
