//! A customer or an administrator. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub email_key: String,
    pub full_name: String,
    pub full_name_key: String,
    pub company_name: Option<String>,
    pub company_name_key: Option<String>,
    pub search_text: String,
    pub password_hash: String,
    pub is_active: bool,
    pub is_admin: bool,
    pub last_sign_in_at: Option<i64>,
    pub language: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub postal_code: Option<String>,
    pub region: Option<String>,
    pub country: Option<String>,
    pub vat_id: Option<String>,
    pub tax_treatment: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
    pub archived_at: Option<i64>,
    pub deleted_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
