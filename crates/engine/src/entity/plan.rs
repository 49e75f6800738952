//! A plan. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub name_key: String,
    pub description: Option<String>,
    pub currency: String,
    pub price_monthly: Option<i64>,
    pub price_yearly: Option<i64>,
    pub trial_days: i64,
    pub max_activations: Option<i64>,
    pub max_users: Option<i64>,
    pub max_domains: Option<i64>,
    pub reminders: Option<String>,
    pub is_active: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
