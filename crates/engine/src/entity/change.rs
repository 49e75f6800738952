//! An entry of the change log. What the columns mean stands at the table, in the migrations.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: i64,
    pub at: i64,
    pub actor_id: Option<Uuid>,
    pub operation: String,
    pub noun: String,
    pub subject_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub version: i64,
    pub batch: Option<Uuid>,
    pub undo_of: Option<Uuid>,
    pub commitment: Vec<u8>,
    pub hash: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
