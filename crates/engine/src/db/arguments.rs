//! Values as the drivers of the two databases take them.

use sea_orm::{DbErr, Value};
use sqlx::{Arguments, postgres::PgArguments, sqlite::SqliteArguments};

/// Adds values of the kinds that are asked by: those of the columns, and the unsigned numbers of limits.
macro_rules! arguments {
    ($name:ident, $arguments:ty) => {
        pub(super) fn $name(values: Vec<Value>) -> Result<$arguments, DbErr> {
            let broken = |error: &dyn std::fmt::Display| DbErr::Type(error.to_string());
            let mut arguments = <$arguments>::default();
            for value in values {
                let added = match value {
                    Value::Bool(value) => arguments.add(value),
                    Value::Int(value) => arguments.add(value),
                    Value::BigInt(value) => arguments.add(value),
                    Value::Unsigned(value) => arguments.add(value.map(i64::from)),
                    Value::BigUnsigned(value) => arguments.add(value.map(i64::try_from).transpose().map_err(|error| broken(&error))?),
                    Value::String(value) => arguments.add(value),
                    Value::Bytes(value) => arguments.add(value),
                    Value::Uuid(value) => arguments.add(value),
                    Value::ChronoDate(value) => arguments.add(value),
                    other => return Err(DbErr::Type(format!("{other:?} cannot be asked by"))),
                };
                added.map_err(|error| broken(&error))?;
            }
            Ok(arguments)
        }
    };
}
arguments!(for_file, SqliteArguments);
arguments!(for_server, PgArguments);

#[cfg(test)]
mod tests {
    use sea_orm::{ColumnTrait as _, ColumnType, EntityName as _, Iterable as _};

    use super::*;
    use crate::entity;

    /// Nothing, as a value of a column of this kind; none, if no column is known to be so.
    fn nothing(kind: &ColumnType) -> Option<Value> {
        Some(match kind {
            ColumnType::Boolean => Value::Bool(None),
            ColumnType::Integer => Value::Int(None),
            ColumnType::BigInteger => Value::BigInt(None),
            ColumnType::String(_) | ColumnType::Text => Value::String(None),
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Value::Bytes(None),
            ColumnType::Uuid => Value::Uuid(None),
            ColumnType::Date => Value::ChronoDate(None),
            _ => return None,
        })
    }

    macro_rules! all_columns {
        ($($table:ident),*) => {
            [$(entity::$table::Column::iter()
                .map(|column| {
                    let name = format!("{}.{}", entity::$table::Entity.table_name(), sea_orm::IdenStatic::as_str(&column));
                    (name, column.def().get_column_type().clone())
                })
                .collect::<Vec<_>>()),*]
        };
    }

    #[test]
    fn every_column_can_be_asked_by() {
        let tables = all_columns![
            allocation,
            billing,
            book,
            catch_up_item,
            catch_up_run,
            chain_head,
            change,
            change_value,
            credit_note,
            credit_note_line,
            customer,
            customer_money,
            customer_summary,
            desk,
            domain,
            exchange_rate,
            figure,
            idempotency,
            invoice,
            invoice_line,
            invoice_series,
            license,
            payment,
            plan,
            recurring,
            refund,
            subscription,
            throttle,
            write_off
        ];
        let (mut files, mut columns) = (0, 0);
        for path in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/entity")).unwrap() {
            files += usize::from(path.unwrap().file_name() != "mod.rs");
        }
        assert_eq!(tables.len(), files, "a table is missing above");
        for (name, kind) in tables.into_iter().flatten() {
            let value = nothing(&kind).unwrap_or_else(|| panic!("{name}: {kind:?} cannot be asked by"));
            assert!(for_file(vec![value.clone()]).is_ok(), "{name}");
            assert!(for_server(vec![value]).is_ok(), "{name}");
            columns += 1;
        }
        assert!(columns > 200);
    }
}
