//! What is typed for a draft, as lines, as a change, or as the rules it breaks.

use chrono::NaiveDate;
use contract::{
    Currency, CustomerId, FieldError, InvoiceId, Problem, Quantity, TaxCategory, TaxTreatment, Validate,
    billing::BillingSettings,
    invoice::{CreateInvoice, InvoiceDetails, InvoiceLine, MAX_LINES, NewLine, PreviewInvoice, UpdateInvoice},
    money::MAX_AMOUNT,
};

use crate::{
    format,
    hooks::{Draft, row_field, rows_mark, switch},
};

type Values = Vec<(&'static str, String)>;

/// The fields of a line.
const FIELDS: &[&str] = &[
    "text",
    "quantity",
    "unit_price",
    "tax_category",
    "tax_rate",
    PERIOD,
    "period_start",
    "period_end",
];
/// Whether a line bills a time: a switch of the form alone.
pub const PERIOD: &str = "period";
/// How many lines of the draft take something off: a change of a subscription made them, and nothing else can.
const TAKEN_OFF: &str = "taken_off";

/// The name of a field of a line.
#[must_use]
pub fn field(at: usize, name: &'static str) -> &'static str {
    row_field("lines", at, name)
}

/// How a new line is taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tax {
    /// The category.
    pub category: TaxCategory,
    /// The rate in millionths.
    pub rate: u32,
}

impl Tax {
    /// As the customer is taxed, else as the billing settings say. Reverse charge is said of all lines at once, by its switch; where
    /// that is off, nobody means it.
    #[must_use]
    pub fn of(settings: &BillingSettings, treatment: Option<TaxTreatment>) -> Self {
        match treatment {
            None | Some(TaxTreatment::ReverseCharge) => Self {
                category: settings.tax_category,
                rate: settings.tax_rate,
            },
            Some(treatment) => Self {
                category: treatment.category(),
                rate: 0,
            },
        }
    }
}

/// A draft for a new invoice with a first line, or with the values of one that is there.
#[must_use]
pub fn begin(known: &InvoiceDetails, tax: Tax) -> Draft {
    let is_new = known.invoice.version == 0;
    let mut values = vec![
        ("note", known.note.clone().unwrap_or_default()),
        ("prices_include_tax", switch(known.prices_include_tax)),
        ("reverse_charge", switch(known.reverse_charge)),
        ("lines", known.lines.len().max(usize::from(is_new)).to_string()),
        (TAKEN_OFF, known.lines.iter().filter(|line| line.quantity.0 < 0).count().to_string()),
    ];
    let mut rows = Values::new();
    for (at, line) in known.lines.iter().enumerate() {
        rows.extend(of_line(at, line, known.invoice.total.currency));
    }
    values.push(("lines[]", rows_mark(&rows)));
    values.extend(rows);
    if is_new && known.lines.is_empty() {
        values.extend(blank(0, tax));
    }
    Draft::new(values)
}

fn of_line(at: usize, line: &InvoiceLine, currency: Currency) -> Values {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let has_period = line.period_start.is_some() || line.period_end.is_some();
    vec![
        (field(at, "text"), line.text.clone()),
        (field(at, "quantity"), line.quantity.to_string()),
        (field(at, "unit_price"), format::typed_money(line.unit_price, currency)),
        (field(at, "tax_category"), line.tax_category.as_str().to_owned()),
        (field(at, "tax_rate"), format::typed_rate(line.tax_rate)),
        (field(at, PERIOD), switch(has_period)),
        (field(at, "period_start"), day(line.period_start)),
        // The last day, as people say it.
        (field(at, "period_end"), day(line.period_end.and_then(|end| end.pred_opt()))),
    ]
}

fn blank(at: usize, tax: Tax) -> Values {
    vec![
        (field(at, "text"), String::new()),
        (field(at, "quantity"), "1".to_owned()),
        (field(at, "unit_price"), String::new()),
        (field(at, "tax_category"), tax.category.as_str().to_owned()),
        (field(at, "tax_rate"), format::typed_rate(tax.rate)),
        (field(at, PERIOD), switch(false)),
        (field(at, "period_start"), String::new()),
        (field(at, "period_end"), String::new()),
    ]
}

/// What changes when a line is to bill a time, or no longer.
#[must_use]
pub fn with_period(at: usize, is_on: bool) -> Values {
    let mut values = vec![(field(at, PERIOD), switch(is_on))];
    if !is_on {
        values.extend(["period_start", "period_end"].map(|name| (field(at, name), String::new())));
    }
    values
}

/// How many lines are typed.
#[must_use]
pub fn count(draft: &Draft) -> usize {
    draft.get("lines").parse().unwrap_or(0)
}

/// Whether there is room for one more.
#[must_use]
pub fn has_room(draft: &Draft) -> bool {
    u32::try_from(count(draft)).is_ok_and(|count| count < MAX_LINES)
}

/// What changes when a line is added at the end, where there is room.
#[must_use]
pub fn added(draft: &Draft, tax: Tax) -> Values {
    if !has_room(draft) {
        return Values::new();
    }
    let at = count(draft);
    let mut values = blank(at, tax);
    values.push(("lines", (at + 1).to_string()));
    values
}

/// What changes when a line is taken out: those behind it move up. Nothing, where it is gone already.
#[must_use]
pub fn removed(draft: &Draft, at: usize) -> Values {
    let Some(last) = count(draft).checked_sub(1).filter(|last| at <= *last) else {
        return Values::new();
    };
    let mut values = vec![("lines", last.to_string())];
    for to in at..=last {
        for name in FIELDS {
            let text = if to < last { draft.get(field(to + 1, name)) } else { "" };
            values.push((field(to, name), text.to_owned()));
        }
    }
    values
}

/// What changes when the buyer accounts for the tax, or no longer does: lines that said so are taxed like new ones then.
#[must_use]
pub fn reversed(draft: &Draft, is_on: bool, tax: Tax) -> Values {
    let mut values = if is_on { Values::new() } else { taxed_again(draft, tax) };
    values.push(("reverse_charge", switch(is_on)));
    values
}

fn taxed_again(draft: &Draft, tax: Tax) -> Values {
    let is_reversed = |at: &usize| draft.get(field(*at, "tax_category")) == TaxCategory::ReverseCharge.as_str();
    (0..count(draft))
        .filter(is_reversed)
        .flat_map(|at| {
            [
                (field(at, "tax_category"), tax.category.as_str().to_owned()),
                (field(at, "tax_rate"), format::typed_rate(tax.rate)),
            ]
        })
        .collect()
}

/// What is typed, as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// The lines; with something in the place of what cannot be read.
    lines: Vec<NewLine>,
    note: Option<String>,
    prices_include_tax: bool,
    reverse_charge: bool,
    /// Every broken rule.
    pub problems: Vec<FieldError>,
}

/// Reads what is typed.
#[must_use]
pub fn read(draft: &Draft, currency: Currency) -> Typed {
    let mut problems = Vec::new();
    let reverse_charge = draft.is_on("reverse_charge");
    let mut taken_off = draft.get(TAKEN_OFF).parse().unwrap_or(0_usize);
    let lines = (0..count(draft))
        .map(|at| read_line(draft, at, currency, reverse_charge, &mut taken_off, &mut problems))
        .collect();
    let mut typed = Typed {
        lines,
        note: draft.text("note"),
        prices_include_tax: draft.is_on("prices_include_tax"),
        reverse_charge,
        problems,
    };
    for broken in typed.broken_rules(currency) {
        if !typed.problems.iter().any(|known| known.field == broken.field) {
            typed.problems.push(broken);
        }
    }
    typed
}

/// Reads a line; `taken_off` says how many more of them may take something off.
fn read_line(
    draft: &Draft,
    at: usize,
    currency: Currency,
    is_reversed: bool,
    taken_off: &mut usize,
    problems: &mut Vec<FieldError>,
) -> NewLine {
    let mut refuse = |name: &'static str, problem: Problem| {
        problems.push(FieldError {
            field: field(at, name).to_owned(),
            problem,
        });
    };
    let wrong = |detail: &str| Problem::WrongShape { detail: detail.to_owned() };
    let quantity = match draft.text(field(at, "quantity")) {
        None => Err(Problem::Required),
        Some(text) => match format::parse_quantity(&text) {
            None => Err(wrong("Enter a number like 2 or 1.5")),
            Some(quantity) if quantity.0 < 0 && *taken_off > 0 && quantity >= Quantity::MAX.negated() => {
                *taken_off -= 1;
                Ok(quantity)
            }
            Some(quantity) if quantity.0 < 0 => Err(wrong("Enter more than 0; what is owed back is a credit note")),
            Some(quantity) if quantity.0 == 0 => Err(wrong("Enter more than 0")),
            Some(quantity) if quantity > Quantity::MAX => Err(wrong("Enter at most 1000000")),
            Some(quantity) => Ok(quantity),
        },
    };
    let price = match draft.text(field(at, "unit_price")) {
        None => Err(Problem::Required),
        Some(text) => match format::read_money(&text, currency) {
            Ok(price) if price < 0 => Err(wrong("Enter an amount of 0 or more; what is owed back is a credit note")),
            read => read,
        },
    };
    let category = TaxCategory::parse(draft.get(field(at, "tax_category"))).unwrap_or(TaxCategory::Standard);
    let rate = if category == TaxCategory::Standard {
        format::parse_rate(draft.get(field(at, "tax_rate")))
            .filter(|rate| (1..=contract::tax::RATE_UNIT).contains(rate))
            .ok_or_else(|| wrong("Enter a rate above 0 up to 100, like 19 or 7.7"))
    } else {
        Ok(0)
    };
    let mut day = |name: &'static str| match draft.text(field(at, name)).filter(|_| draft.is_on(field(at, PERIOD))) {
        None => None,
        Some(text) => {
            let day = format::parse_date(&text);
            if day.is_none() {
                refuse(name, wrong("Enter a date like 2026-11-22"));
            }
            day
        }
    };
    let (period_start, last_day) = (day("period_start"), day("period_end"));
    let typed_quantity = draft.text(field(at, "quantity")).and_then(|text| format::parse_quantity(&text));
    let line = NewLine {
        text: draft.text(field(at, "text")).unwrap_or_default(),
        quantity: *quantity.as_ref().unwrap_or(&typed_quantity.unwrap_or(Quantity::ONE)),
        unit_price: *price.as_ref().unwrap_or(&0),
        tax_category: (!is_reversed).then_some(category),
        tax_rate: (!is_reversed).then_some(*rate.as_ref().unwrap_or(&1)),
        period_start,
        period_end: last_day.and_then(|last| last.succ_opt()),
    };
    if quantity.is_ok() && price.is_ok() && line.quantity.times(line.unit_price).is_none() {
        let most = format::typed_money(MAX_AMOUNT, currency);
        refuse("unit_price", wrong(&format!("The line comes to more than {most}")));
    }
    for (name, problem) in [("quantity", quantity.err()), ("unit_price", price.err())] {
        if let Some(problem) = problem {
            refuse(name, problem);
        }
    }
    if let Some(problem) = rate.err().filter(|_| !is_reversed) {
        refuse("tax_rate", problem);
    }
    line
}

impl Typed {
    /// The rules that the draft breaks as the app sees them: those of a change, which may keep lines that take something off.
    fn broken_rules(&self, currency: Currency) -> Vec<FieldError> {
        let preview = PreviewInvoice {
            customer_id: None,
            currency: Some(currency),
            lines: self.lines.clone(),
            prices_include_tax: Some(self.prices_include_tax),
            reverse_charge: self.reverse_charge,
        };
        let mut broken = preview.validate().err().unwrap_or_default();
        let without_lines = CreateInvoice {
            lines: Vec::new(),
            ..self.creation(CustomerId(uuid::Uuid::nil()), currency)
        };
        broken.extend(without_lines.validate().err().unwrap_or_default());
        broken
    }

    /// As a new draft.
    #[must_use]
    pub fn creation(&self, customer_id: CustomerId, currency: Currency) -> CreateInvoice {
        CreateInvoice {
            customer_id,
            currency: Some(currency),
            lines: self.lines.clone(),
            note: self.note.clone(),
            prices_include_tax: Some(self.prices_include_tax),
            reverse_charge: self.reverse_charge,
        }
    }

    /// What differs from the draft as it was read.
    #[must_use]
    pub fn changes(&self, known: &InvoiceDetails, before: &Self) -> UpdateInvoice {
        // What makes the sums stands or falls together: lines of one person under the tax of another come to what neither saw.
        let is_other_sum = !self.is_same_sum(before);
        UpdateInvoice {
            id: known.invoice.id,
            version: known.invoice.version,
            lines: is_other_sum.then(|| self.lines.clone()),
            note: (before.note != self.note).then(|| self.note.clone()),
            prices_include_tax: is_other_sum.then_some(self.prices_include_tax),
            reverse_charge: is_other_sum.then_some(self.reverse_charge),
        }
    }

    /// What brings a draft back to this, whatever it is now.
    #[must_use]
    pub fn again(&self, id: InvoiceId, version: u32) -> UpdateInvoice {
        UpdateInvoice {
            id,
            version,
            lines: Some(self.lines.clone()),
            note: Some(self.note.clone()),
            prices_include_tax: Some(self.prices_include_tax),
            reverse_charge: Some(self.reverse_charge),
        }
    }

    /// The broken rules of what was changed: lines that are as they were need not be looked at again.
    #[must_use]
    pub fn problems_since(&self, before: &Self) -> Vec<FieldError> {
        let are_lines_old = self.lines == before.lines && self.reverse_charge == before.reverse_charge;
        self.problems
            .iter()
            .filter(|problem| !(are_lines_old && before.problems.contains(problem)))
            .cloned()
            .collect()
    }

    /// Whether both come to the same, whatever that is.
    #[must_use]
    pub fn is_same_sum(&self, other: &Self) -> bool {
        self.lines == other.lines && self.prices_include_tax == other.prices_include_tax && self.reverse_charge == other.reverse_charge
    }

    /// Whether a line can be read in all its fields.
    #[must_use]
    pub fn is_readable(&self, at: usize) -> bool {
        let prefix = format!("lines[{at}].");
        // A line without a text comes to something already.
        !self
            .problems
            .iter()
            .any(|problem| problem.field.starts_with(&prefix) && problem.field != field(at, "text"))
    }

    /// The question what the readable lines come to. Which typed line its lines are is in [`Typed::places`].
    #[must_use]
    pub fn preview(&self, currency: Currency) -> PreviewInvoice {
        let line = |at: &usize| self.lines.get(*at).cloned();
        PreviewInvoice {
            // Each line says how it is taxed.
            customer_id: None,
            currency: Some(currency),
            lines: self
                .places()
                .iter()
                .filter_map(line)
                .map(|line| NewLine {
                    // What is typed there makes no difference.
                    text: "-".to_owned(),
                    ..line
                })
                .collect(),
            prices_include_tax: Some(self.prices_include_tax),
            reverse_charge: self.reverse_charge,
        }
    }

    /// How many lines are typed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// Which of the typed lines can be read.
    #[must_use]
    pub fn places(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|at| self.is_readable(*at)).collect()
    }
}

#[cfg(test)]
mod tests;
