//! `list_catch_up_runs`.

use contract::{
    Timestamp,
    catch_up::{CatchUpRun, CatchUpRunPage, ListCatchUpRuns},
};
use sea_orm::{FromQueryResult, QueryResult};

use crate::{
    call::Run,
    entity::catch_up_run,
    error::Result,
    page::{Cursor, list_mark},
    scope::Scope,
};

const SELECT: &str = "SELECT r.*, a.full_name AS actor FROM catch_up_run r LEFT JOIN customer a ON a.id = r.actor_id";

/// The wire form of a run.
pub fn view(row: &catch_up_run::Model, actor: Option<String>) -> Result<CatchUpRun> {
    Ok(CatchUpRun {
        id: row.id.into(),
        at: Timestamp(row.at),
        actor,
        counts: serde_json::from_str(&row.counts)?,
        has_more: row.has_more,
    })
}

fn view_row(row: &QueryResult) -> Result<CatchUpRun> {
    view(&catch_up_run::Model::from_query_result(row, "")?, row.try_get("", "actor")?)
}

/// The newest run.
pub async fn newest(scope: &Scope) -> Result<Option<CatchUpRun>> {
    let sql = format!("{SELECT} ORDER BY r.at DESC, r.id DESC LIMIT 1");
    scope.row(&sql, Vec::new()).await?.as_ref().map(view_row).transpose()
}

impl Run for ListCatchUpRuns {
    async fn run(self, scope: &Scope) -> Result<CatchUpRunPage> {
        let limit = i64::from(self.limit.unwrap_or(contract::page::DEFAULT_LIMIT));
        let mark = list_mark(&"catch_up_runs")?;
        let total = scope.number("SELECT COUNT(*) FROM catch_up_run", Vec::new()).await?;
        let (mut condition, mut values) = ("TRUE", Vec::new());
        if let Some(after) = &self.after {
            let cursor = Cursor::decode("after", after, &mark)?;
            condition = "(r.at < ? OR (r.at = ? AND r.id < ?))";
            values = vec![cursor.created_at.into(), cursor.created_at.into(), cursor.id.into()];
        }
        values.push((limit + 1).into());
        let sql = format!("{SELECT} WHERE {condition} ORDER BY r.at DESC, r.id DESC LIMIT ?");
        let rows = scope.rows(&sql, values).await?;
        let mut items: Vec<CatchUpRun> = rows.iter().map(view_row).collect::<Result<_>>()?;
        let has_more = items.len() > usize::try_from(limit)?;
        items.truncate(usize::try_from(limit)?);
        let next = match items.last().filter(|_| has_more) {
            Some(last) => Some(Cursor::new(&mark, serde_json::Value::Null, last.at.0, last.id.0).encode()?),
            None => None,
        };
        Ok(CatchUpRunPage {
            items,
            next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
        })
    }
}
