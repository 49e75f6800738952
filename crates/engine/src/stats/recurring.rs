//! `recurring_figures`.
//!
//! Amounts are exact: twelfths of a minor unit, because a yearly price counts one twelfth a month. They are rounded when all
//! have been summed, and parts of a rounded sum are given out so that they sum to it.

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use contract::{
    Currency, Money,
    money::{divide, scale, share_out},
    recurring::{MovementKind, RecurringFigures, RecurringFiguresRequest, RecurringMonth, RecurringOfCurrency, RecurringOfPlan},
};
use uuid::Uuid;

use super::{
    kept,
    spans::{Parts, Spans, covers},
};
use crate::{
    call::Run,
    db,
    error::{Error, Result, unknown_word},
    figure,
    page::list_mark,
    scope::Scope,
    zone,
};

/// Twelfths in a minor unit.
pub const TWELFTHS: i64 = 12;
/// Millionths in a whole.
const MILLION: i64 = 1_000_000;

pub fn rounded(twelfths: i64) -> i64 {
    divide(twelfths, TWELFTHS).unwrap_or(0)
}

/// The months up to today, each with its last day that counts.
fn months(today: NaiveDate, count: u32) -> Vec<(NaiveDate, NaiveDate)> {
    let running = zone::month_of(today);
    (0..count)
        .rev()
        .filter_map(|back| {
            let month = running.checked_sub_months(Months::new(back))?;
            let last = month.checked_add_months(Months::new(1))?.pred_opt()?;
            Some((month, last.min(today)))
        })
        .collect()
}

/// What recurred of one customer at both ends of a month, in twelfths.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub before: i64,
    pub after: i64,
    /// Whether something recurred by then, or earlier.
    pub had_before: bool,
}

impl Change {
    /// What it is called; nothing where nothing changed.
    pub fn kind(self) -> Option<MovementKind> {
        match (self.before > 0, self.after > 0) {
            (false, true) if self.had_before => Some(MovementKind::Reactivation),
            (false, true) => Some(MovementKind::New),
            (true, false) => Some(MovementKind::Churn),
            _ if self.after > self.before => Some(MovementKind::Expansion),
            _ if self.after < self.before => Some(MovementKind::Contraction),
            _ => None,
        }
    }
}

/// What changed in a month, in twelfths, and how many customers.
#[derive(Clone, Debug, Default)]
pub struct Movement {
    start: i64,
    end: i64,
    new: i64,
    reactivation: i64,
    expansion: i64,
    contraction: i64,
    churn: i64,
    at_start: u64,
    at_end: u64,
    came: u64,
    came_back: u64,
    lost: u64,
}

impl Movement {
    /// Adds what did not change.
    pub fn stay(&mut self, twelfths: i64) {
        self.start += twelfths;
        self.end += twelfths;
    }

    pub fn add(&mut self, change: Change) {
        let Change { before, after, .. } = change;
        self.start += before;
        self.end += after;
        self.at_start += u64::from(before > 0);
        self.at_end += u64::from(after > 0);
        match change.kind() {
            Some(MovementKind::New) => {
                self.new += after;
                self.came += 1;
            }
            Some(MovementKind::Reactivation) => {
                self.reactivation += after;
                self.came_back += 1;
            }
            Some(MovementKind::Churn) => {
                self.churn += before;
                self.lost += 1;
            }
            Some(MovementKind::Expansion) => self.expansion += after - before,
            Some(MovementKind::Contraction) => self.contraction += before - after,
            None => {}
        }
    }

    pub fn view(&self, (month, until): (NaiveDate, NaiveDate), currency: Currency) -> Result<RecurringMonth> {
        let (start, end) = (rounded(self.start), rounded(self.end));
        let exact = [self.new, self.reactivation, self.expansion, -self.contraction, -self.churn].map(i128::from);
        let parts = share_out(end - start, &exact, TWELFTHS.into())
            .ok_or_else(|| Error::Fault("movements do not sum to what changed".to_owned()))?;
        let part = |at: usize| parts.get(at).copied().unwrap_or(0);
        let money = |amount| Money::new(amount, currency);
        let ratio = |part: i64, whole: i64| if whole > 0 { scale(MILLION, part, whole) } else { None };
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(RecurringMonth {
            month,
            until,
            start: money(start),
            new: money(part(0)),
            reactivation: money(part(1)),
            expansion: money(part(2)),
            contraction: money(-part(3)),
            churn: money(-part(4)),
            end: money(end),
            customers_at_start: self.at_start,
            customers_new: self.came,
            customers_reactivated: self.came_back,
            customers_lost: self.lost,
            customers_at_end: self.at_end,
            logo_churn: ratio(count(self.lost), count(self.at_start)),
            logo_churn_with_new: ratio(count(self.lost), count(self.at_start + self.came + self.came_back)),
            gross_churn: ratio(self.churn + self.contraction, self.start),
            net_churn: ratio(self.churn + self.contraction - self.expansion, self.start),
        })
    }
}

/// Everything of one currency.
struct Gathered {
    /// The days at whose ends something is asked, as text, which sorts as they do.
    days: Vec<String>,
    /// What recurs of a customer at each.
    on: Vec<i64>,
    movements: Vec<Movement>,
    /// By the digits of the plan.
    plans: BTreeMap<String, (i64, u64)>,
    now: i64,
    subscriptions: u64,
}

impl Gathered {
    fn new(months: &[(NaiveDate, NaiveDate)]) -> Self {
        let before = months.first().and_then(|(month, _)| month.pred_opt());
        let days = before.into_iter().chain(months.iter().map(|(_, until)| *until));
        let days: Vec<String> = days.map(|day| day.to_string()).collect();
        Self {
            on: vec![0; days.len()],
            days,
            movements: vec![Movement::default(); months.len()],
            plans: BTreeMap::new(),
            now: 0,
            subscriptions: 0,
        }
    }

    /// Adds all that recurred of one customer: of each time its first day, the day after its last, if it has one, and a month in
    /// twelfths, with the plan where it recurs today.
    fn add(&mut self, spans: &str) -> Result<()> {
        let broken = |span: &str| Error::Fault(format!("{span} is no time in which something recurred"));
        self.on.fill(0);
        let mut first = self.days.len();
        for span in spans.split(',') {
            let mut fields = span.split(' ');
            let (Some(starts_on), Some(ends_on), Some(monthly)) = (fields.next(), fields.next(), fields.next()) else {
                return Err(broken(span));
            };
            let monthly: i64 = monthly.parse().map_err(|_| broken(span))?;
            let from = self.days.partition_point(|day| day.as_str() < starts_on);
            let until = if ends_on.is_empty() {
                self.days.len()
            } else {
                self.days.partition_point(|day| day.as_str() < ends_on)
            };
            for on in self.on.get_mut(from..until).unwrap_or_default() {
                *on += monthly;
            }
            if monthly > 0 {
                first = first.min(from);
            }
            if let Some(plan) = fields.next() {
                self.now += monthly;
                self.subscriptions += 1;
                match self.plans.get_mut(plan) {
                    Some(own) => *own = (own.0 + monthly, own.1 + 1),
                    None => {
                        self.plans.insert(plan.to_owned(), (monthly, 1));
                    }
                }
            }
        }
        for (at, (movement, pair)) in self.movements.iter_mut().zip(self.on.windows(2)).enumerate() {
            let [before, after] = *pair else { continue };
            movement.add(Change {
                before,
                after,
                had_before: first <= at,
            });
        }
        Ok(())
    }

    /// What recurs today by plan, and how many subscriptions.
    fn by_plan(&self) -> Result<BTreeMap<Uuid, (i64, u64)>> {
        let id = |plan: &str| Uuid::parse_str(plan).map_err(|_| Error::Fault(format!("{plan} is no plan")));
        self.plans.iter().map(|(plan, own)| Ok((id(plan)?, *own))).collect()
    }

    /// Customers of whom something recurs today, which is the end of the last month.
    fn customers(&self) -> u64 {
        self.movements.last().map_or(0, |movement| movement.at_end)
    }
}

/// All that recurred, one customer after the other, as one text: the rows are millions, and one by one they would take longer to
/// fetch than to add.
async fn gather(scope: &Scope, months: &[(NaiveDate, NaiveDate)]) -> Result<BTreeMap<String, Gathered>> {
    let Spans { counts, monthly } = Spans::of_part(scope).await?;
    let sql = format!(
        "SELECT string_agg(c.spans, ';') AS customers FROM (
           SELECT t.currency || string_agg({} || ' ' || COALESCE({}, '') || ' ' || CAST({monthly} AS TEXT)
             || CASE WHEN t.amount > 0 AND {} THEN ' ' || {} ELSE '' END, ',') AS spans
           FROM recurring t WHERE {counts} GROUP BY t.customer_id, t.currency) AS c",
        db::day(scope, "t.starts_on"),
        db::day(scope, "t.ends_on"),
        covers(scope.today()),
        db::id_digits(scope, "t.plan_id"),
    );
    let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut parts = Parts::default();
    while let Some(rows) = parts.rows(scope, &sql).await? {
        for row in rows {
            let customers: Option<String> = row.try_get("", "customers")?;
            // A currency has three letters.
            let customers = customers.iter().flat_map(|all| all.split(';'));
            for (currency, spans) in customers.filter_map(|own| own.split_at_checked(3)) {
                match gathered.get_mut(currency) {
                    Some(own) => own.add(spans)?,
                    None => gathered
                        .entry(currency.to_owned())
                        .or_insert_with(|| Gathered::new(months))
                        .add(spans)?,
                }
            }
        }
    }
    Ok(gathered)
}

impl Run for RecurringFiguresRequest {
    async fn run(self, scope: &Scope) -> Result<RecurringFigures> {
        let mark = list_mark(&("recurring figures", self.months))?;
        let found = kept::or(scope, &mark, |_| 1, figures(scope, self.months)).await?;
        Ok(RecurringFigures::clone(&found))
    }
}

async fn figures(scope: &Scope, count: u32) -> Result<RecurringFigures> {
    let today = scope.today();
    let months = months(today, count);
    let mut by_currency = gather(scope, &months).await?;
    let figures = figure::read(scope, &[figure::REVENUE, figure::PAYING]).await?;
    // Who is paid once has figures, too: what customers were worth so far, and who came back.
    for ((_, code), _) in figures.iter().filter(|(_, amount)| **amount != 0) {
        by_currency.entry(code.clone()).or_insert_with(|| Gathered::new(&months));
    }
    let mut currencies = Vec::with_capacity(by_currency.len());
    for (code, gathered) in by_currency {
        let currency = Currency::parse(&code).ok_or_else(|| unknown_word("recurring.currency", &code))?;
        let revenue = figure::of(&figures, figure::REVENUE, &code);
        let payers = figure::of(&figures, figure::PAYING, &code);
        currencies.push(view(scope, gathered, &months, currency, (revenue, payers)).await?);
    }
    currencies.sort_by_key(|own| (own.currency.code() != scope.book.currency, own.currency));
    Ok(RecurringFigures { on: today, currencies })
}

async fn view(
    scope: &Scope,
    gathered: Gathered,
    months: &[(NaiveDate, NaiveDate)],
    currency: Currency,
    (paid, payers): (i64, i64),
) -> Result<RecurringOfCurrency> {
    let money = |amount| Money::new(amount, currency);
    let mut shown = Vec::with_capacity(months.len());
    for (movement, month) in gathered.movements.iter().zip(months) {
        shown.push(movement.view(*month, currency)?);
    }
    let mrr = rounded(gathered.now);
    let customers = i64::try_from(gathered.customers())?;
    let arpa = divide(gathered.now, customers.saturating_mul(TWELFTHS));
    // The running month is not over: its churn would be too small.
    let full: Vec<i64> = shown
        .iter()
        .filter(|month| month.until.succ_opt().is_some_and(|next| next.day() == 1))
        .filter_map(|month| month.logo_churn)
        .collect();
    let churned: i64 = full.iter().sum();
    let count = i64::try_from(full.len())?;
    let lifetime_value = arpa
        .filter(|_| churned > 0)
        .and_then(|arpa| scale(arpa, MILLION.saturating_mul(count), churned));
    let of_plans = gathered.by_plan()?;
    let by_plan: BTreeMap<Uuid, i64> = of_plans.iter().map(|(plan, (twelfths, _))| (*plan, *twelfths)).collect();
    let parts = shared(mrr, &by_plan)?;
    let mut plans = Vec::with_capacity(parts.len());
    for ((plan, (_, subscriptions)), part) in of_plans.iter().zip(parts.into_values()) {
        plans.push(RecurringOfPlan {
            plan_id: (*plan).into(),
            plan_name: crate::plan::find(scope, (*plan).into()).await?.name,
            mrr: money(part),
            subscriptions: *subscriptions,
        });
    }
    plans.sort_by(|a, b| (b.mrr.amount, &a.plan_name).cmp(&(a.mrr.amount, &b.plan_name)));
    Ok(RecurringOfCurrency {
        currency,
        mrr: money(mrr),
        arr: money(gathered.now),
        subscriptions: gathered.subscriptions,
        customers: gathered.customers(),
        arpa: arpa.map(money),
        lifetime_value: lifetime_value.map(money),
        paid: money(paid),
        payers: payers.try_into()?,
        observed_value: divide(paid, payers).map(money),
        months: shown,
        plans,
    })
}

/// What each plan is of the whole; the parts sum to it.
pub fn shared(whole: i64, by_plan: &BTreeMap<Uuid, i64>) -> Result<BTreeMap<Uuid, i64>> {
    let exact: Vec<i128> = by_plan.values().map(|twelfths| i128::from(*twelfths)).collect();
    let parts = share_out(whole, &exact, TWELFTHS.into());
    let parts = parts.ok_or_else(|| Error::Fault("plans do not sum to what recurs".to_owned()))?;
    Ok(by_plan.keys().copied().zip(parts).collect())
}
