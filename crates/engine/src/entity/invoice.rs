//! An invoice. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub subscription_id: Option<Uuid>,
    pub series: Option<String>,
    pub series_number: Option<i64>,
    pub number: Option<String>,
    pub status: String,
    pub issued_on: Option<Date>,
    pub due_on: Option<Date>,
    pub currency: String,
    pub net: i64,
    pub tax: i64,
    pub total: i64,
    pub rounding: i64,
    pub paid: i64,
    pub credited: i64,
    pub is_overdue: bool,
    pub due_at: Option<i64>,
    pub prices_include_tax: bool,
    pub reverse_charge: bool,
    pub note: Option<String>,
    pub seller: Option<String>,
    pub buyer: Option<String>,
    pub finalized_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub uncollectible_at: Option<i64>,
    pub promised_until: Option<Date>,
    pub reopened: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
