//! The figures of one customer, and what the list is sorted and searched by. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_summary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    pub created_at: i64,
    pub place: i64,
    pub is_active: bool,
    pub full_name_key: String,
    pub email_key: String,
    pub company_name_key: Option<String>,
    pub search_text: String,
    pub total_licenses: i64,
    pub active_licenses: i64,
    pub total_subscriptions: i64,
    pub active_subscriptions: i64,
    pub total_domains: i64,
    pub total_invoices: i64,
    pub outstanding_invoices: i64,
    pub revenue: i64,
    pub outstanding: i64,
    pub last_payment_date: Option<Date>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
