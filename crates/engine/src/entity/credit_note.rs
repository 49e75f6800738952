//! A credit note. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub invoice_id: Uuid,
    pub customer_id: Uuid,
    pub series: String,
    pub series_number: i64,
    pub number: String,
    pub issued_on: Date,
    pub reason: String,
    pub settled_until: Option<Date>,
    pub currency: String,
    pub net: i64,
    pub tax: i64,
    pub rounding: i64,
    pub total: i64,
    pub seller: String,
    pub buyer: String,
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
