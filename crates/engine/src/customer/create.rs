//! `create_customer`.

use contract::customer::{CreateCustomer, Customer};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{check_email, entry, fields, search_text, view::view_new};
use crate::{
    call::Run,
    change,
    entity::customer,
    error::{Error, Result},
    password,
    scope::Scope,
    session,
};

/// An account to be made.
pub struct NewAccount {
    pub email: String,
    pub full_name: String,
    pub company_name: Option<String>,
    pub is_active: bool,
    pub is_admin: bool,
    pub password_hash: String,
    pub last_sign_in_at: Option<i64>,
}

/// Makes an account.
pub async fn insert(scope: &Scope, new: NewAccount) -> Result<customer::Model> {
    let full_name = new.full_name.trim().to_owned();
    let company_name = new.company_name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let email_key = check_email(scope, &new.email, None).await?;
    let row = customer::Model {
        id: scope.new_id()?,
        search_text: search_text(&full_name, &new.email, company_name.as_deref()),
        full_name_key: contract::text::fold(&full_name),
        company_name_key: company_name.as_deref().map(contract::text::fold),
        email: new.email,
        email_key,
        full_name,
        company_name,
        password_hash: new.password_hash,
        is_active: new.is_active,
        is_admin: new.is_admin,
        last_sign_in_at: new.last_sign_in_at,
        language: None,
        street: None,
        city: None,
        postal_code: None,
        region: None,
        country: None,
        vat_id: None,
        tax_treatment: None,
        created_at: scope.now.0,
        updated_at: scope.now.0,
        version: 1,
        archived_at: None,
        deleted_at: None,
    };
    scope.hold_new(row.id);
    customer::Entity::insert(customer::ActiveModel::from(row.clone()))
        .exec_without_returning(scope)
        .await?;
    let mut fields = change::difference(None, &fields(&row));
    fields.push(("password".to_owned(), None, Some(json!("set"))));
    scope.log(entry(&row, fields));
    Ok(row)
}

impl Run for CreateCustomer {
    fn new_password(&self) -> Option<(&str, bool)> {
        Some((&self.password.0, self.is_admin))
    }

    async fn run(self, scope: &Scope) -> Result<Customer> {
        if self.is_admin {
            session::require_confirmation(scope).await?;
        }
        password::check(&self.password.0, self.is_admin, &[self.full_name.clone(), self.email.clone()])?;
        let account = NewAccount {
            email: self.email,
            full_name: self.full_name,
            company_name: self.company_name,
            is_active: self.is_active,
            is_admin: self.is_admin,
            password_hash: scope
                .password_hash
                .clone()
                .ok_or_else(|| Error::Fault("the password was not hashed".to_owned()))?,
            last_sign_in_at: None,
        };
        let row = insert(scope, account).await?;
        view_new(scope, row)
    }
}
