//! The settings of a book and the day on which its story begins: drawn like the steps of the story.

use proptest::{
    prelude::{Strategy, any},
    sample::select,
};
use serde_json::{Value, json};

use crate::support::{START, at};

/// Time zones with an instant that is near an edge of theirs: the end of a year that has begun elsewhere, and nights in which the
/// clock is put forward or back. All of them are later than the day on which books of tests are made, by more than what each history
/// begins with. The usual one is the first.
const PLACES: &[(&str, &str)] = &[
    ("Europe/Berlin", "2027-02-10T09:00:00Z"),
    ("Europe/Berlin", "2027-03-27T22:30:00Z"),
    ("Europe/Berlin", "2027-10-30T21:30:00Z"),
    ("Pacific/Kiritimati", "2027-12-31T09:30:00Z"),
    ("America/St_Johns", "2027-03-14T02:00:00Z"),
    ("America/St_Johns", "2028-02-29T03:00:00Z"),
];
/// Currencies with two digits, none, three and four, each with another in which some plans are priced.
const CURRENCIES: &[[&str; 2]] = &[["EUR", "USD"], ["JPY", "EUR"], ["KWD", "JPY"], ["CLF", "EUR"]];
/// Category and rate of tax of a line that says nothing else.
const TAXES: &[(&str, u32)] = &[("S", 190_000), ("S", 81_000), ("S", 55_000), ("Z", 0), ("O", 0)];
/// Formats of the numbers of invoices and of credit notes: by year, running, by month. Each ends with the number.
const FORMATS: &[[&str; 2]] = &[
    ["{YYYY}-{n:6}", "CN-{YYYY}-{n:6}"],
    ["INV-{n:5}", "CN-{n:5}"],
    ["{YY}/{MM}-{n}", "C{YY}/{MM}-{n}"],
];
/// With which numbers the series of invoices and of credit notes go on: from the first, and where another program has ended; one of
/// them soon has more digits than its format asks for.
const FIRSTS: &[[i64; 2]] = &[[1, 1], [501, 42], [99_998, 9]];
const STEPS: &[u32] = &[1, 5, 100];
const PAYMENT_DAYS: &[u32] = &[14, 0, 3, 30];
/// What is done about unpaid invoices, in days from the due day.
const SCHEDULES: &[&[(i32, &str)]] = &[
    &[
        (-7, "remind"),
        (0, "remind"),
        (3, "remind"),
        (7, "remind"),
        (14, "remind"),
        (21, "suspend"),
        (45, "cancel"),
    ],
    &[],
    &[(0, "remind"), (1, "suspend"), (2, "cancel")],
    &[(-3, "remind"), (5, "suspend"), (20, "cancel")],
    &[(1, "suspend"), (40, "cancel")],
    &[(2, "cancel")],
];

/// See the module.
#[derive(Clone, Debug)]
pub struct World {
    pub time_zone: &'static str,
    pub starts_at: &'static str,
    /// The book's currency, and that of some plans.
    pub currencies: [&'static str; 2],
    tax: (&'static str, u32),
    prices_include_tax: bool,
    pub rounding_step: u32,
    finalize_renewals: bool,
    formats: [&'static str; 2],
    /// The first numbers of both series in which the story begins.
    pub firsts: [i64; 2],
    payment_days: u32,
    schedule: &'static [(i32, &'static str)],
    /// The schedule of every other plan.
    own_schedule: &'static [(i32, &'static str)],
    /// Whether every other customer accounts for the tax.
    pub are_some_reversed: bool,
}

impl World {
    /// The settings of the book of which most tests tell.
    pub fn usual() -> Self {
        Self {
            time_zone: PLACES[0].0,
            starts_at: START,
            currencies: CURRENCIES[0],
            tax: TAXES[0],
            prices_include_tax: false,
            rounding_step: STEPS[0],
            finalize_renewals: true,
            formats: FORMATS[0],
            firsts: FIRSTS[0],
            payment_days: PAYMENT_DAYS[0],
            schedule: SCHEDULES[0],
            own_schedule: SCHEDULES[0],
            are_some_reversed: false,
        }
    }

    /// Any settings. What fails is shrunk towards the usual ones.
    pub fn any() -> impl Strategy<Value = Self> {
        let of_book = (select(PLACES), select(CURRENCIES), select(PAYMENT_DAYS));
        let of_numbers = (select(FORMATS), select(FIRSTS));
        let of_tax = (select(TAXES), any::<bool>(), select(STEPS), any::<bool>());
        let of_schedule = (any::<bool>(), select(SCHEDULES), select(SCHEDULES));
        (of_book, of_numbers, of_tax, of_schedule).prop_map(|(book, numbers, tax, schedule)| Self {
            time_zone: book.0.0,
            starts_at: book.0.1,
            currencies: book.1,
            payment_days: book.2,
            formats: numbers.0,
            firsts: numbers.1,
            tax: tax.0,
            prices_include_tax: tax.1,
            rounding_step: tax.2,
            are_some_reversed: tax.3,
            finalize_renewals: !schedule.0,
            schedule: schedule.1,
            own_schedule: schedule.2,
        })
    }

    /// The instant at which the story begins, in milliseconds.
    pub fn begins(&self) -> i64 {
        at(self.starts_at).0
    }

    /// The billing settings with which the story begins; those of a book that nobody has changed are their version 1.
    pub fn billing(&self) -> Value {
        json!({
            "version": 1,
            "seller": {"name": "Vendor", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"},
            "tax_category": self.tax.0, "tax_rate": self.tax.1, "prices_include_tax": self.prices_include_tax,
            "rounding_step": self.rounding_step, "finalize_renewals": self.finalize_renewals, "payment_days": self.payment_days,
            "invoice_format": self.formats[0], "credit_note_format": self.formats[1],
            "invoice_next": self.firsts[0], "credit_note_next": self.firsts[1], "reminders": steps(self.schedule),
        })
    }

    /// A plan, priced in minor units that suit no rate and no step.
    pub fn plan(&self, number: usize) -> Value {
        let yearly = if number % 3 == 2 { Value::Null } else { json!(9_900) };
        let currency = self.currencies[usize::from(number % 4 == 1)];
        let mut plan = json!({
            "code": format!("plan-{number}"), "name": format!("Plan {number}"), "currency": currency,
            "price_monthly": 1_000 + number, "price_yearly": yearly, "trial_days": if number % 3 == 1 { 14 } else { 0 },
        });
        if number.is_multiple_of(2) {
            plan["reminders"] = steps(self.own_schedule);
        }
        plan
    }
}

/// A change of one of the billing settings, chosen by two numbers; the version is added by who asks.
pub fn other_billing(which: usize, how: usize) -> Value {
    match which % 9 {
        0 => json!({"prices_include_tax": how.is_multiple_of(2)}),
        1 => {
            let (category, rate) = TAXES[how % TAXES.len()];
            json!({"tax_category": category, "tax_rate": rate})
        }
        2 => json!({"rounding_step": STEPS[how % STEPS.len()]}),
        3 => json!({"finalize_renewals": how.is_multiple_of(2)}),
        4 => json!({"reminders": other_schedule(how)}),
        5 => json!({"payment_days": PAYMENT_DAYS[how % PAYMENT_DAYS.len()]}),
        6 => {
            let [invoices, notes] = FORMATS[how % FORMATS.len()];
            json!({"invoice_format": invoices, "credit_note_format": notes})
        }
        7 => {
            let [invoices, notes] = FORMATS[how % FORMATS.len()];
            let [invoice, note] = FIRSTS[how / FORMATS.len() % FIRSTS.len()];
            json!({"invoice_format": invoices, "credit_note_format": notes, "invoice_next": invoice, "credit_note_next": note})
        }
        // Of one series alone, so that what the other has given does not refuse it.
        _ => {
            let (field, kind) = [("invoice_next", 0), ("credit_note_next", 1)][how % 2];
            json!({field: FIRSTS[how / 2 % FIRSTS.len()][kind]})
        }
    }
}

/// Whether a series of a kind, 0 for invoices and 1 for credit notes, can begin with a number: 1, or one that is drawn.
pub fn can_begin_with(kind: usize, first: i64) -> bool {
    first == 1 || FIRSTS.iter().any(|firsts| firsts[kind] == first)
}

/// A schedule, chosen by a number.
pub fn other_schedule(how: usize) -> Value {
    steps(SCHEDULES[how % SCHEDULES.len()])
}

fn steps(schedule: &[(i32, &str)]) -> Value {
    schedule.iter().map(|(days, act)| json!({"days": days, "act": act})).collect()
}
