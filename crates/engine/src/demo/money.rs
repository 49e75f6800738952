//! Invoices, and what came in for them.

use contract::{BillingCycle, Currency, catch_up::DueKind, money::divide};
use uuid::Uuid;

use super::{
    calendar::{Calendar, HOUR},
    outline::{Numbered, Numbers, Outline},
    people::Person,
    plans::minor_units,
    random::{Random, Stream},
    sales::{Sales, price},
};
use crate::{
    billing,
    entity::{allocation, catch_up_item, invoice, invoice_line, payment, plan, refund, write_off},
};

/// Days after the due day on which the vendor of a sample book sends reminders.
pub const REMINDERS: &[i64] = &[-7, 0, 3, 7, 14];

/// What a customer owes and paid.
#[derive(Debug, Default)]
pub struct Money {
    pub invoices: Vec<invoice::Model>,
    pub lines: Vec<invoice_line::Model>,
    pub payments: Vec<payment::Model>,
    pub allocations: Vec<allocation::Model>,
    pub refunds: Vec<refund::Model>,
    pub write_offs: Vec<write_off::Model>,
    pub reminders: Vec<catch_up_item::Model>,
}

/// Bills, and receives.
pub struct Clerk<'a> {
    pub seed: u64,
    pub calendar: &'a Calendar,
    pub plans: &'a [plan::Model],
    pub seller: &'a str,
    /// The run that sent all reminders so far.
    pub run: Uuid,
    pub numbers: Numbers,
}

/// What is billed to a customer, the same each time.
struct Terms<'a> {
    plan: &'a plan::Model,
    cycle: BillingCycle,
    price: i64,
    currency: Currency,
    /// Category of EN 16931 (BT-151) and rate in millionths.
    tax: (&'static str, i64),
    method: &'static str,
    is_slow: bool,
}

impl<'a> Clerk<'a> {
    /// The money of a customer.
    pub fn keep(&mut self, outline: &Outline, person: &Person, sales: &Sales) -> Money {
        let mut random = Random::new(self.seed, Stream::Money, outline.number);
        let mut money = Money::default();
        let Some(terms) = self.terms(&mut random, person, sales) else {
            return money;
        };
        let subscription = sales.subscriptions.first().map(|subscription| subscription.id);
        for (at, day) in outline.invoices.iter().enumerate() {
            let until = outline.invoices.get(at + 1).copied().unwrap_or(self.calendar.today);
            if let Some(numbered) = self.numbers.next(self.calendar, *day) {
                self.bill(&mut random, person, &terms, subscription, (*day, until), Some(numbered), &mut money);
            }
        }
        if outline.is_active && random.chance(3) && outline.joined < self.calendar.today {
            let day = self.calendar.today - 1;
            self.bill(
                &mut random,
                person,
                &terms,
                subscription,
                (day, self.calendar.today),
                None,
                &mut money,
            );
        }
        money
    }

    fn terms(&self, random: &mut Random, person: &Person, sales: &Sales) -> Option<Terms<'a>> {
        let plans: &'a [plan::Model] = self.plans;
        let (plan, cycle) = sales.billed.and_then(|(plan, cycle)| Some((plans.get(plan)?, cycle)))?;
        let at_home = person.locale.country == "DE" || (person.locale.is_eu && person.row.company_name.is_none());
        let tax = if at_home {
            ("S", 190_000)
        } else if person.locale.is_eu {
            ("AE", 0)
        } else {
            ("O", 0)
        };
        let methods = ["bank_transfer", "card", "direct_debit", "payment_service", "bank_transfer", "card"];
        Some(Terms {
            plan,
            cycle,
            price: price(plan, cycle)?,
            currency: Currency::parse(&plan.currency)?,
            tax,
            method: random.pick(&methods, "card"),
            is_slow: random.chance(12),
        })
    }

    /// Issues an invoice, or drafts one without a number.
    #[allow(clippy::too_many_arguments, reason = "one invoice, from all that stands on it")]
    fn bill(
        &self,
        random: &mut Random,
        person: &Person,
        terms: &Terms<'_>,
        subscription: Option<Uuid>,
        (day, until): (i64, i64),
        numbered: Option<Numbered>,
        money: &mut Money,
    ) {
        let at = numbered
            .as_ref()
            .map_or(self.calendar.start(day) + 10 * HOUR, |numbered| numbered.issued_at);
        let id = random.id();
        let net = self.lines(random, terms, (id, day, until), money);
        let tax = divide(net * terms.tax.1, 1_000_000).unwrap_or(0);
        let installments = random.weighted(&[(1, 24), (2, 14), (3, 18), (4, 16), (6, 18), (8, 10)]);
        let every = if installments == 1 {
            random.between(14, 30)
        } else {
            random.between(12, 30)
        };
        let due = day + installments * every;
        let number = numbered
            .as_ref()
            .map(|numbered| format!("{}{:06}", numbered.series.trim_end_matches('#'), numbered.number));
        let final_at = numbered.as_ref().map(|_| at);
        let mut row = invoice::Model {
            id,
            customer_id: person.row.id,
            subscription_id: subscription,
            series: numbered.as_ref().map(|numbered| numbered.series.clone()),
            series_number: numbered.as_ref().map(|numbered| numbered.number),
            number,
            status: if numbered.is_some() { "open" } else { "draft" }.to_owned(),
            issued_on: final_at.map(|_| self.calendar.date(day)),
            due_on: final_at.map(|_| self.calendar.date(due)),
            currency: terms.currency.code().to_owned(),
            net,
            tax,
            total: net + tax,
            rounding: 0,
            paid: 0,
            credited: 0,
            is_overdue: false,
            due_at: None,
            prices_include_tax: false,
            reverse_charge: terms.tax.0 == "AE",
            note: None,
            seller: final_at.map(|_| self.seller.to_owned()),
            buyer: final_at.and_then(|_| serde_json::to_string(&billing::buyer(&person.row)).ok()),
            finalized_at: final_at,
            voided_at: None,
            uncollectible_at: None,
            promised_until: None,
            reopened: 0,
            created_at: at,
            updated_at: at,
            version: if final_at.is_some() { 2 } else { 1 },
        };
        if final_at.is_some() {
            self.receive(random, terms, &mut row, (day, installments, every), money);
            self.stand(random, &mut row, (day, due), money);
            self.remind(&row, due, money);
        }
        money.invoices.push(row);
    }

    /// The lines of an invoice; answers with their sum.
    fn lines(&self, random: &mut Random, terms: &Terms<'_>, (invoice, day, until): (Uuid, i64, i64), money: &mut Money) -> i64 {
        let cycles = match terms.cycle {
            BillingCycle::Monthly => ((until - day) / 30).clamp(1, 12),
            BillingCycle::Yearly => 1,
        };
        let first = self.calendar.date(day);
        let end = terms.cycle.after(first, u32::try_from(cycles).unwrap_or(1)).unwrap_or(first);
        let word = match terms.cycle {
            BillingCycle::Monthly => "monthly",
            BillingCycle::Yearly => "yearly",
        };
        let mut lines = vec![(format!("{}, {word}", terms.plan.name), cycles, terms.price, Some((first, end)))];
        if random.chance(20) {
            let extras = [
                ("Onboarding, per hour", 90),
                ("Training, per day", 640),
                ("Data import", 240),
                ("Priority support", 120),
            ];
            let (text, price) = extras.get(random.index(extras.len())).copied().unwrap_or(("Data import", 240));
            lines.push((text.to_owned(), random.between(1, 3), minor_units(terms.currency, price), None));
        }
        let mut sum = 0;
        for (position, (text, quantity, unit_price, period)) in (1..).zip(lines) {
            sum += quantity * unit_price;
            money.lines.push(invoice_line::Model {
                invoice_id: invoice,
                position,
                text,
                quantity_nano: quantity * 1_000_000_000,
                unit_price,
                net: quantity * unit_price,
                tax_category: terms.tax.0.to_owned(),
                tax_rate_micro: terms.tax.1,
                period_start: period.map(|(start, _)| start),
                period_end: period.map(|(_, end)| end),
            });
        }
        sum
    }

    /// What came in for an invoice, in so many parts.
    fn receive(
        &self,
        random: &mut Random,
        terms: &Terms<'_>,
        row: &mut invoice::Model,
        (day, installments, every): (i64, i64, i64),
        money: &mut Money,
    ) {
        if random.chance(2) {
            return;
        }
        let stops_after = if random.chance(if terms.is_slow { 18 } else { 3 }) {
            random.below(installments)
        } else {
            installments
        };
        for part in 1..=stops_after {
            let mut amount = row.total / installments;
            if part == installments {
                amount = row.total - row.paid;
            }
            let late = if terms.is_slow && part == installments {
                random.between(3, 45)
            } else {
                -random.below(every.min(11))
            };
            let on = day + part * every + late;
            let at = self.calendar.start(on) + 8 * HOUR + random.below(9 * HOUR);
            if amount <= 0 || at > self.calendar.now {
                return;
            }
            let mut taken = self.payment(random, terms, row, (on, at), amount);
            if random.chance(1) {
                // The first try did not go through.
                taken.status = "failed".to_owned();
                money.payments.push(taken);
                taken = self.payment(random, terms, row, (on, at), amount);
            } else if on + 2 >= self.calendar.today && terms.method == "bank_transfer" && random.chance(30) {
                taken.status = "pending".to_owned();
                money.payments.push(taken);
                return;
            }
            money.allocations.push(allocation::Model {
                id: random.id(),
                payment_id: taken.id,
                invoice_id: row.id,
                amount,
                created_at: at,
            });
            row.paid += amount;
            row.updated_at = row.updated_at.max(at);
            row.version += 1;
            money.payments.push(taken);
            self.odd_payment(random, terms, row, (on, at), amount, money);
        }
    }

    /// Now and then someone pays twice and gets it back, or pays ahead.
    fn odd_payment(
        &self,
        random: &mut Random,
        terms: &Terms<'_>,
        row: &invoice::Model,
        (on, at): (i64, i64),
        amount: i64,
        money: &mut Money,
    ) {
        let fate = random.below(1_000);
        let again = at + random.between(1, 40) * super::calendar::MINUTE;
        if fate >= 25 || again > self.calendar.now {
            return;
        }
        let mut extra = self.payment(random, terms, row, (on, again), amount);
        let back_on = on + random.between(1, 9);
        let back_at = self.calendar.start(back_on) + random.between(9, 16) * HOUR;
        if fate < 18 && back_at <= self.calendar.now {
            extra.refunded = if random.chance(80) { amount } else { (amount + 1) / 2 };
            extra.updated_at = back_at;
            extra.version = 2;
            money.refunds.push(refund::Model {
                id: random.id(),
                payment_id: extra.id,
                customer_id: extra.customer_id,
                amount: extra.refunded,
                currency: extra.currency.clone(),
                reason: Some("Paid twice".to_owned()),
                search_key: None,
                refunded_on: self.calendar.date(back_on),
                created_at: back_at,
            });
        }
        money.payments.push(extra);
    }

    fn payment(&self, random: &mut Random, terms: &Terms<'_>, row: &invoice::Model, (on, at): (i64, i64), amount: i64) -> payment::Model {
        let code = random.below(1_000_000_000);
        let reference = match terms.method {
            "bank_transfer" => row.number.clone(),
            "card" => Some(format!("card-{code:09}")),
            "direct_debit" => Some(format!("mandate-{code:09}")),
            _ => Some(format!("txn-{code:09}")),
        };
        payment::Model {
            id: random.id(),
            customer_id: row.customer_id,
            amount,
            currency: row.currency.clone(),
            method: terms.method.to_owned(),
            reference,
            search_key: None,
            received_on: self.calendar.date(on),
            status: "succeeded".to_owned(),
            refunded: 0,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    /// The reminders of an open invoice that have been sent.
    fn remind(&self, row: &invoice::Model, due: i64, money: &mut Money) {
        for on in REMINDERS.iter().map(|days| due + days) {
            let is_sent = row.status == "open" && on < self.calendar.today && Some(self.calendar.date(on)) >= row.issued_on;
            if is_sent {
                money.reminders.push(catch_up_item::Model {
                    kind: DueKind::Reminder.as_str().to_owned(),
                    subject_id: row.id,
                    due_on: self.calendar.date(on),
                    run_id: self.run,
                    customer_id: row.customer_id,
                    done_at: self.calendar.start(on) + 9 * HOUR,
                    reopened: row.reopened,
                });
            }
        }
    }

    /// Brings an invoice to where it stands now.
    fn stand(&self, random: &mut Random, row: &mut invoice::Model, (day, due): (i64, i64), money: &mut Money) {
        if row.paid >= row.total {
            row.status = "paid".to_owned();
            return;
        }
        let voided_at = self.calendar.start(day + 3) + 11 * HOUR;
        if row.paid == 0 && voided_at <= self.calendar.now && random.chance(20) {
            row.status = "void".to_owned();
            row.voided_at = Some(voided_at);
            row.updated_at = voided_at;
            row.version += 1;
        } else if due + 300 < self.calendar.today {
            row.status = "uncollectible".to_owned();
            row.updated_at = self.calendar.start(due + 300) + 11 * HOUR;
            row.uncollectible_at = Some(row.updated_at);
            row.version += 1;
            money.write_offs.push(write_off::Model {
                invoice_id: row.id,
                position: 1,
                amount: row.total - row.paid,
                written_on: self.calendar.date(due + 300),
                created_at: row.updated_at,
            });
        } else {
            let falls_due = self.calendar.start(due + 1);
            row.is_overdue = falls_due <= self.calendar.now;
            row.due_at = (!row.is_overdue).then_some(falls_due);
            if row.is_overdue {
                row.updated_at = row.updated_at.max(falls_due);
                row.version += 1;
            }
        }
    }
}
