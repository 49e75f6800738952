//! A subscription. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub plan_id: Uuid,
    pub status: String,
    pub billing_cycle: String,
    pub price: i64,
    pub currency: String,
    pub quantity: i64,
    pub starts_on: Date,
    pub anchor: Date,
    pub trial_end: Option<Date>,
    pub billed_until: Date,
    pub terms_since: Date,
    pub cancel_at_period_end: bool,
    pub ends_on: Option<Date>,
    pub canceled_at: Option<i64>,
    pub status_before_cancel: Option<String>,
    pub paused_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
