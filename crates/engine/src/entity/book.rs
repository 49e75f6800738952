//! The book itself: one row. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "book")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub format: i64,
    pub only_row: i64,
    pub name: String,
    pub currency: String,
    pub time_zone: String,
    pub is_test_clock: bool,
    pub is_sample: bool,
    pub secret: Vec<u8>,
    pub expiring_days: i64,
    pub idle_lock_minutes: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
