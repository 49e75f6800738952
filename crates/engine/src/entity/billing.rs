//! How the vendor bills. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub only_row: i64,
    pub seller: String,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub iban: Option<String>,
    pub bic: Option<String>,
    pub footer: Option<String>,
    pub logo: Option<Vec<u8>>,
    pub logo_type: Option<String>,
    pub paper: String,
    pub payment_days: i64,
    pub invoice_format: String,
    pub credit_note_format: String,
    pub tax_category: String,
    pub tax_rate_micro: i64,
    pub prices_include_tax: bool,
    pub rounding_step: i64,
    pub finalize_renewals: bool,
    pub reminders: String,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
