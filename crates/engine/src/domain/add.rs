//! `add_domain`.

use contract::domain::{AddDomain, Domain, ascii_name};
use sea_orm::EntityTrait;

use super::{check_name, entry, fields, read, searched};
use crate::{billing, call::Run, change, customer, entity::domain, error::Result, scope::Scope};

impl Run for AddDomain {
    async fn run(self, scope: &Scope) -> Result<Domain> {
        let customer = customer::find_to_serve(scope, self.customer_id).await?;
        let name = ascii_name(&self.name).ok_or_else(|| contract::Error::field("name", contract::Problem::MalformedDomain))?;
        check_name(scope, &name).await?;
        let registrar = billing::tidy(self.registrar);
        let row = domain::Model {
            id: scope.new_id()?,
            customer_id: customer.id,
            search_key: searched(&name, registrar.as_deref()),
            name,
            registrar,
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
        let changed = change::difference(None, &fields(&row));
        scope.log(entry(&row, changed));
        read(scope, row.id).await
    }
}
