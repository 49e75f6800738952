//! A license. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "license")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub plan_id: Uuid,
    pub subscription_id: Option<Uuid>,
    pub key: String,
    pub status: String,
    pub billing_cycle: String,
    pub price: i64,
    pub currency: String,
    pub max_activations: Option<i64>,
    pub max_users: Option<i64>,
    pub max_domains: Option<i64>,
    pub used_activations: i64,
    pub used_users: i64,
    pub used_domains: i64,
    pub starts_at: i64,
    pub expires_at: Option<i64>,
    pub suspended_at: Option<i64>,
    pub canceled_at: Option<i64>,
    pub last_validated_at: Option<i64>,
    pub status_before_cancel: Option<String>,
    pub canceled_subscription: bool,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
