//! Licenses and subscriptions.

use chrono::{Days, NaiveDate};
use contract::BillingCycle;

use super::{
    calendar::{Calendar, MINUTE},
    outline::Outline,
    people::Person,
    plans::CLASSIC,
    random::{Random, Stream},
};
use crate::entity::{license, plan, recurring, subscription};

/// What a customer bought.
#[derive(Debug, Default)]
pub struct Sales {
    pub licenses: Vec<license::Model>,
    pub subscriptions: Vec<subscription::Model>,
    /// The plan and cycle of the first license: what is billed.
    pub billed: Option<(usize, BillingCycle)>,
    /// What recurs of the subscriptions.
    pub recurring: Vec<recurring::Model>,
}

/// Sells.
pub struct Seller<'a> {
    pub seed: u64,
    pub calendar: &'a Calendar,
    pub plans: &'a [plan::Model],
}

/// The price of a plan.
pub fn price(plan: &plan::Model, cycle: BillingCycle) -> Option<i64> {
    match cycle {
        BillingCycle::Monthly => plan.price_monthly,
        BillingCycle::Yearly => plan.price_yearly,
    }
}

impl Seller<'_> {
    /// What the customer of an outline bought.
    pub fn sell(&self, outline: &Outline, person: &Person) -> Sales {
        let mut random = Random::new(self.seed, Stream::Sales, outline.number);
        let mut sales = Sales::default();
        let mut starts = vec![(outline.joined_at + random.between(2, 50) * MINUTE).min(self.calendar.now)];
        for _ in 1..outline.licenses {
            starts.push(outline.joined_at + random.below(self.calendar.now - outline.joined_at));
        }
        starts.truncate(usize::try_from(outline.licenses).unwrap_or(0));
        starts.sort_unstable();
        for (at, start) in starts.into_iter().enumerate() {
            let chosen = self.choose(&mut random, person, start);
            let Some(plan) = self.plans.get(chosen) else { continue };
            let has_subscription = random.chance(if at == 0 { 52 } else { 25 });
            let wanted = if random.chance(if has_subscription { 45 } else { 15 }) {
                BillingCycle::Monthly
            } else {
                BillingCycle::Yearly
            };
            let other = if wanted == BillingCycle::Monthly {
                BillingCycle::Yearly
            } else {
                BillingCycle::Monthly
            };
            let Some((cycle, price)) = [wanted, other].into_iter().find_map(|cycle| Some((cycle, price(plan, cycle)?))) else {
                continue;
            };
            sales.billed = sales.billed.or(Some((chosen, cycle)));
            let mut row = license(&mut random, plan, person, cycle, price, start);
            let day = self.calendar.day_of(start);
            let time = start - self.calendar.start(day);
            if has_subscription {
                let (subscription, paid_until) = self.subscribe(&mut random, outline, &row, plan, cycle, day);
                // The license runs as long as what was paid for.
                let until = self.calendar.day(paid_until.max(self.period_end(cycle, day)));
                row.expires_at = Some(self.calendar.start(until) + time);
                row.subscription_id = Some(subscription.id);
                match subscription.ended_at {
                    Some(at) => self.cancel(&mut row, at, true),
                    None => self.settle(&mut random, &mut row),
                }
                sales.recurring.extend(self.recurs(&subscription, cycle));
                sales.subscriptions.push(subscription);
            } else {
                row.expires_at = Some(self.calendar.start(self.calendar.day(self.period_end(cycle, day))) + time);
                self.settle(&mut random, &mut row);
            }
            if !outline.is_active && row.status == "active" {
                let at = start + random.below(self.calendar.now - start);
                self.cancel(&mut row, at, false);
            }
            sales.licenses.push(row);
        }
        sales
    }

    fn choose(&self, random: &mut Random, person: &Person, start: i64) -> usize {
        match person.locale.currency {
            1 => 3,
            2 => 4,
            _ if self.calendar.day_of(start) < 700 && random.chance(30) => CLASSIC,
            _ => usize::try_from(random.weighted(&[(0, 38), (1, 46), (2, 16)])).unwrap_or(1),
        }
    }

    /// The first day after one cycle.
    fn period_end(&self, cycle: BillingCycle, day: i64) -> NaiveDate {
        let date = self.calendar.date(day);
        cycle.after(date, 1).unwrap_or(date)
    }

    /// A subscription, and the first day after the period in which it is or ended.
    fn subscribe(
        &self,
        random: &mut Random,
        outline: &Outline,
        of: &license::Model,
        plan: &plan::Model,
        cycle: BillingCycle,
        day: i64,
    ) -> (subscription::Model, NaiveDate) {
        let (first, today) = (self.calendar.date(day), self.calendar.date(self.calendar.today));
        let trial_end = (plan.trial_days > 0)
            .then(|| first.checked_add_days(Days::new(plan.trial_days.unsigned_abs())))
            .flatten();
        let anchor = trial_end.unwrap_or(first);
        let fate = random.below(100);
        let ended_at = (!outline.is_active || fate < 12).then(|| of.starts_at + random.below(self.calendar.now - of.starts_at));
        let seen = ended_at.map_or(today, |at| self.calendar.date(self.calendar.day_of(at)));
        let is_trial = trial_end.is_some_and(|end| seen < end);
        let end = match cycle.period_of(anchor, seen) {
            Some(period) => cycle.after(anchor, period + 1).unwrap_or(anchor),
            None => anchor,
        };
        let state = if is_trial { "trialing" } else { "active" };
        let cancel_at_period_end = ended_at.is_none() && fate < 20;
        let asked_at = of.starts_at + random.below(self.calendar.now - of.starts_at);
        let canceled_at = ended_at.or(cancel_at_period_end.then_some(asked_at));
        let due = [is_trial.then_some(anchor), cancel_at_period_end.then_some(end)];
        let row = subscription::Model {
            id: random.id(),
            customer_id: of.customer_id,
            plan_id: plan.id,
            status: if ended_at.is_some() { "canceled" } else { state }.to_owned(),
            billing_cycle: of.billing_cycle.clone(),
            price: of.price,
            currency: of.currency.clone(),
            quantity: 1,
            starts_on: first,
            anchor,
            trial_end,
            // What the demo bills is not tied to periods: as if all were billed that has begun.
            billed_until: if is_trial { anchor } else { end },
            terms_since: first,
            cancel_at_period_end,
            ends_on: cancel_at_period_end.then_some(end),
            canceled_at,
            status_before_cancel: ended_at.map(|_| state.to_owned()),
            paused_at: None,
            ended_at,
            due_at: due
                .into_iter()
                .flatten()
                .min()
                .filter(|_| ended_at.is_none())
                .map(|date| self.calendar.start(self.calendar.day(date))),
            created_at: of.starts_at,
            updated_at: canceled_at.unwrap_or(of.starts_at),
            version: if canceled_at.is_some() { 2 } else { 1 },
        };
        (row, end)
    }

    /// What recurs of a subscription and when, after the trial.
    fn recurs(&self, of: &subscription::Model, cycle: BillingCycle) -> Option<recurring::Model> {
        let ended = of.ended_at.map(|at| self.calendar.date(self.calendar.day_of(at)));
        let ends_on = ended.or(of.ends_on);
        ends_on.is_none_or(|end| end > of.anchor).then(|| recurring::Model {
            subscription_id: of.id,
            starts_on: of.anchor,
            ends_on,
            customer_id: of.customer_id,
            plan_id: of.plan_id,
            currency: of.currency.clone(),
            amount: of.price,
            months: cycle.months().into(),
        })
    }

    /// Brings a license to where it stands now.
    fn settle(&self, random: &mut Random, row: &mut license::Model) {
        let expires_at = row.expires_at.unwrap_or(i64::MAX);
        if expires_at <= self.calendar.now {
            row.status = "expired".to_owned();
            row.updated_at = expires_at;
            row.version = 2;
            return;
        }
        let fate = random.below(100);
        let at = row.starts_at + random.below(self.calendar.now - row.starts_at);
        if fate < 4 && row.subscription_id.is_none() {
            self.cancel(row, at, false);
        } else if fate < 6 {
            row.status = "suspended".to_owned();
            row.suspended_at = Some(at);
            row.updated_at = at;
            row.version = 2;
        } else {
            row.due_at = Some(expires_at);
            row.last_validated_at = Some(self.calendar.now - random.below(self.calendar.now - row.starts_at));
            let used = |random: &mut Random, most: Option<i64>| random.below(most.map_or(30, |most| most + 1));
            row.used_activations = used(random, row.max_activations);
            row.used_users = used(random, row.max_users);
            row.used_domains = used(random, row.max_domains);
        }
    }

    fn cancel(&self, row: &mut license::Model, at: i64, with_subscription: bool) {
        row.status = "canceled".to_owned();
        row.status_before_cancel = Some("active".to_owned());
        row.canceled_at = Some(at);
        row.canceled_subscription = with_subscription;
        row.due_at = None;
        row.updated_at = at;
        row.version = 2;
    }
}

fn license(random: &mut Random, plan: &plan::Model, person: &Person, cycle: BillingCycle, price: i64, start: i64) -> license::Model {
    license::Model {
        id: random.id(),
        customer_id: person.row.id,
        plan_id: plan.id,
        subscription_id: None,
        key: contract::license_key::from_random(&random.bytes()),
        status: "active".to_owned(),
        billing_cycle: cycle.as_str().to_owned(),
        price,
        currency: plan.currency.clone(),
        max_activations: plan.max_activations,
        max_users: plan.max_users,
        max_domains: plan.max_domains,
        used_activations: 0,
        used_users: 0,
        used_domains: 0,
        starts_at: start,
        expires_at: None,
        suspended_at: None,
        canceled_at: None,
        last_validated_at: None,
        status_before_cancel: None,
        canceled_subscription: false,
        due_at: None,
        created_at: start,
        updated_at: start,
        version: 1,
    }
}

impl Sales {
    /// A subscription whose invoice is overdue is past due.
    pub fn fall_behind(&mut self, money: &super::money::Money) {
        for subscription in self.subscriptions.iter_mut().filter(|subscription| subscription.status == "active") {
            if money
                .invoices
                .iter()
                .any(|invoice| invoice.is_overdue && invoice.subscription_id == Some(subscription.id))
            {
                subscription.status = "past_due".to_owned();
            }
        }
    }
}
