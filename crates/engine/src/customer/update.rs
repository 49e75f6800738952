//! `update_customer`.

use contract::{
    Conflict, Noun, Problem,
    customer::{Customer, UpdateCustomer},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{check_administrator_stays, check_email, check_version, entry, fields, find, search_text, view};
use crate::{
    call::Run,
    change,
    error::{Result, not_found},
    password,
    scope::Scope,
    session,
};

impl Run for UpdateCustomer {
    fn new_password(&self) -> Option<(&str, bool)> {
        // Hashed at an administrator's cost also when the account is one already: more than needed is no fault.
        self.new_password()
            .map(|password| (password.0.as_str(), self.is_admin != Some(false)))
    }

    async fn run(self, scope: &Scope) -> Result<Customer> {
        scope.touch(self.id.0).await?;
        let before = find(scope, self.id).await?;
        if before.archived_at.is_some() {
            return Err(not_found(Noun::Customer));
        }
        check_version(scope, before.id, before.version, self.version).await?;
        let new_password = UpdateCustomer::new_password(&self).cloned();
        let mut row = before.clone();
        if let Some(email) = self.email {
            row.email_key = check_email(scope, &email, Some(row.id)).await?;
            row.email = email;
        }
        if let Some(name) = self.full_name {
            row.full_name = name.trim().to_owned();
        }
        if let Some(company) = self.company_name {
            row.company_name = company.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        }
        row.is_active = self.is_active.unwrap_or(row.is_active);
        row.is_admin = self.is_admin.unwrap_or(row.is_admin);

        if row.is_admin && !before.is_admin {
            session::require_confirmation(scope).await?;
            if new_password.is_none() {
                return Err(contract::Error::field("password", Problem::Required).into());
            }
            // What an administrator has would stand in the lists and be missing in the figures.
            let sql = "SELECT (SELECT COUNT(*) FROM license WHERE customer_id = ?)
                            + (SELECT COUNT(*) FROM subscription WHERE customer_id = ?)
                            + (SELECT COUNT(*) FROM invoice WHERE customer_id = ?)
                            + (SELECT COUNT(*) FROM payment WHERE customer_id = ?)
                            + (SELECT COUNT(*) FROM domain WHERE customer_id = ? AND deleted_at IS NULL)";
            if scope.number(sql, vec![row.id.into(); 5]).await? > 0 {
                return Err(Conflict::Administrator.into());
            }
        }
        if (before.is_admin && !row.is_admin) || (before.is_active && !row.is_active) {
            check_administrator_stays(scope, &before).await?;
        }
        if let Some(password) = &new_password {
            // The request alone does not tell whether the account is an administrator's.
            contract::rules::check(|found| found.password("password", &password.0, row.is_admin))
                .map_err(|fields| contract::Error::Invalid { fields })?;
            password::check(&password.0, row.is_admin, &[row.full_name.clone(), row.email.clone()])?;
            if let Some(hash) = &scope.password_hash {
                row.password_hash.clone_from(hash);
            }
        }

        // Whoever sets the password or the address of an administrator can sign in as one.
        if before.is_admin && (new_password.is_some() || row.email != before.email) {
            session::require_confirmation(scope).await?;
        }

        let mut changed = change::difference(Some(&fields(&before)), &fields(&row));
        if new_password.is_some() {
            changed.push(("password".to_owned(), Some(json!("set")), Some(json!("changed"))));
        }
        if changed.is_empty() {
            return view(scope, row).await;
        }
        row.full_name_key = contract::text::fold(&row.full_name);
        row.company_name_key = row.company_name.as_deref().map(contract::text::fold);
        row.search_text = search_text(&row.full_name, &row.email, row.company_name.as_deref());
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(entry(&row, changed));
        view(scope, row).await
    }
}
