//! `exchange_rates` and `set_exchange_rate`.

use contract::{
    Conflict, Currency, Noun, Problem, Quantity, Timestamp,
    exchange::{ExchangeRate, ExchangeRates, ExchangeRatesRequest, SetExchangeRate},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};

use crate::{
    call::Run,
    change::{self, Entry},
    customer::check_version,
    db,
    entity::exchange_rate,
    error::{Result, unknown_word},
    scope::Scope,
};

fn view(row: &exchange_rate::Model) -> Result<ExchangeRate> {
    Ok(ExchangeRate {
        currency: Currency::parse(&row.currency).ok_or_else(|| unknown_word("exchange_rate.currency", &row.currency))?,
        rate: Quantity(row.rate_nano),
        on: row.stated_on,
        version: u32::try_from(row.version)?,
    })
}

/// The fields that the change log shows; empty where there is no rate.
fn fields(row: Option<&exchange_rate::Model>) -> Map<String, Value> {
    let fields = [
        ("rate", json!(row.map(|row| Quantity(row.rate_nano)))),
        ("on", json!(row.map(|row| row.stated_on))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The rates into the currency that the book has now.
async fn rates(scope: &Scope) -> Result<ExchangeRates> {
    let rows = exchange_rate::Entity::find()
        .filter(exchange_rate::Column::Base.eq(&scope.book.currency))
        .order_by_asc(exchange_rate::Column::Currency)
        .all(scope)
        .await?;
    Ok(ExchangeRates {
        base: scope.currency()?,
        rates: rows.iter().map(view).collect::<Result<_>>()?,
    })
}

impl Run for ExchangeRatesRequest {
    async fn run(self, scope: &Scope) -> Result<ExchangeRates> {
        rates(scope).await
    }
}

/// The row as it is to be; none where the rate is taken away.
fn stated(scope: &Scope, asked: &SetExchangeRate, before: Option<&exchange_rate::Model>) -> Result<Option<exchange_rate::Model>> {
    let today = scope.today();
    let on = asked.on.unwrap_or(today);
    if on > today {
        return Err(contract::Error::field("on", Problem::TooLate { latest: today }).into());
    }
    let Some(rate) = asked.rate else { return Ok(None) };
    Ok(Some(exchange_rate::Model {
        id: before.map_or_else(|| scope.new_id(), |before| Ok(before.id))?,
        base: scope.book.currency.clone(),
        currency: asked.currency.code().to_owned(),
        rate_nano: rate.0,
        stated_on: on,
        updated_at: scope.now.0,
        version: before.map_or(1, |before| before.version + 1),
    }))
}

impl Run for SetExchangeRate {
    async fn run(self, scope: &Scope) -> Result<ExchangeRates> {
        if self.currency == scope.currency()? {
            let problem = Problem::Exclusive { other: "base".to_owned() };
            return Err(contract::Error::field("currency", problem).into());
        }
        db::serialize(scope, "exchange rates").await?;
        let before = exchange_rate::Entity::find()
            .filter(exchange_rate::Column::Base.eq(&scope.book.currency))
            .filter(exchange_rate::Column::Currency.eq(self.currency.code()))
            .one(scope)
            .await?;
        match &before {
            Some(before) => check_version(scope, before.id, before.version, self.version).await?,
            None if self.version == 0 => {}
            None => {
                return Err(Conflict::ChangedMeanwhile {
                    version: 0,
                    at: Timestamp(scope.now.0),
                    by: None,
                    fields: vec!["rate".to_owned()],
                    differences: Vec::new(),
                }
                .into());
            }
        }
        let after = stated(scope, &self, before.as_ref())?;
        let changed = change::difference(Some(&fields(before.as_ref())), &fields(after.as_ref()));
        let Some(known) = after.as_ref().or(before.as_ref()).filter(|_| !changed.is_empty()) else {
            return rates(scope).await;
        };
        let version = before.as_ref().map_or(1, |before| before.version + 1);
        scope.log(Entry {
            noun: Noun::Settings,
            id: known.id,
            subject: format!("Exchange rate of {}", self.currency),
            customer: None,
            version,
            fields: changed,
        });
        match (before, after) {
            (Some(_), Some(after)) => {
                after.into_active_model().reset_all().update(scope).await?;
            }
            (None, Some(after)) => {
                exchange_rate::Entity::insert(exchange_rate::ActiveModel::from(after))
                    .exec_without_returning(scope)
                    .await?;
            }
            (Some(before), None) => {
                before.delete(scope).await?;
            }
            (None, None) => {}
        }
        rates(scope).await
    }
}
