//! How the vendor bills: what stands on every invoice, the tax, the numbers, the reminders.

use crate::{
    FieldError, Problem, TaxCategory, Validate,
    customer::present,
    email, names,
    number::{self, NumberFormat},
    party::{Party, country_rule, vat_id_rule},
    rules,
    rules::{Found, always_valid},
    wire,
};

names! {
    /// The size of a page.
    pub enum Paper {
        /// 210 × 297 mm.
        A4 = "a4",
        /// 8.5 × 11 in.
        Letter = "letter",
    }
}

names! {
    /// What is done about an invoice that is not paid.
    pub enum ReminderAct {
        /// The customer is reminded.
        Remind = "remind",
        /// The licenses of the subscription are suspended.
        Suspend = "suspend",
        /// The subscription is canceled.
        Cancel = "cancel",
    }
}

wire! {
    /// A step towards the payment of an invoice.
    #[derive(Copy, Eq)]
    pub struct ReminderStep {
        /// Days after the due day; less than nothing before it.
        pub days: i32,
        /// What is done.
        pub act: ReminderAct,
    }

    /// What comes next in a series of numbers.
    #[derive(Copy, Eq)]
    pub struct NextNumber {
        /// The number.
        pub number: u64,
        /// Whether it can be set, because this book has given none of the series yet.
        pub is_open: bool,
    }

    /// How the vendor bills.
    pub struct BillingSettings {
        /// Who sells.
        pub seller: Party,
        /// Telephone.
        pub phone: Option<String>,
        /// Website.
        pub website: Option<String>,
        /// Account to pay to (IBAN).
        pub iban: Option<String>,
        /// Its bank (BIC).
        pub bic: Option<String>,
        /// A text at the foot of every document.
        pub footer: Option<String>,
        /// Whether there is a logo.
        pub has_logo: bool,
        /// The size of a page.
        pub paper: Paper,
        /// Days to pay an invoice.
        pub payment_days: u32,
        /// What numbers of invoices look like: `{YYYY}-{n:6}`.
        pub invoice_format: String,
        /// What numbers of credit notes look like.
        pub credit_note_format: String,
        /// What comes next in the series of invoices that are issued today.
        pub invoice_next: NextNumber,
        /// What comes next in that of credit notes.
        pub credit_note_next: NextNumber,
        /// Category of tax of a new line.
        pub tax_category: TaxCategory,
        /// Rate of tax of a new line, in millionths.
        pub tax_rate: u32,
        /// Whether unit prices include tax.
        pub prices_include_tax: bool,
        /// The smallest amount that is paid, in minor units.
        pub rounding_step: u32,
        /// Whether invoices of renewals are finalized at once; otherwise they are drafts.
        pub finalize_renewals: bool,
        /// What is done about unpaid invoices, by day; a plan can have its own.
        pub reminders: Vec<ReminderStep>,
        /// Number of changes so far.
        pub version: u32,
    }

    /// Asks how the vendor bills.
    #[derive(Default)]
    pub struct GetBillingSettings {}

    /// Changes how the vendor bills; what is absent stays, null clears.
    pub struct UpdateBillingSettings {
        /// The version that was read.
        pub version: u32,
        /// Who sells, as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub seller: Option<Party>,
        /// Telephone.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub phone: Option<Option<String>>,
        /// Website.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub website: Option<Option<String>>,
        /// Account to pay to (IBAN).
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub iban: Option<Option<String>>,
        /// Its bank (BIC).
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub bic: Option<Option<String>>,
        /// A text at the foot of every document.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub footer: Option<Option<String>>,
        /// The size of a page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub paper: Option<Paper>,
        /// Days to pay an invoice, 0 to 365.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub payment_days: Option<u32>,
        /// What numbers of invoices look like. Where that makes another series, of which none was given, it begins at 1 unless its
        /// next number is said, too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub invoice_format: Option<String>,
        /// What numbers of credit notes look like; not as those of invoices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub credit_note_format: Option<String>,
        /// With which number the series of invoices of today goes on, 1 to 999,999,999,999: where another program has given those
        /// before. Refused once this book has given one. The series of other years begin at 1, those of earlier ones, too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub invoice_next: Option<u64>,
        /// The same for credit notes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub credit_note_next: Option<u64>,
        /// Category of tax of a new line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tax_category: Option<TaxCategory>,
        /// Rate of tax of a new line, in millionths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tax_rate: Option<u32>,
        /// Whether unit prices include tax.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prices_include_tax: Option<bool>,
        /// The smallest amount that is paid, in minor units, 1 to 1000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rounding_step: Option<u32>,
        /// Whether invoices of renewals are finalized at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub finalize_renewals: Option<bool>,
        /// What is done about unpaid invoices, by day, at most 20 steps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reminders: Option<Vec<ReminderStep>>,
    }
}

/// The most steps of a schedule.
pub const MAX_STEPS: u32 = 20;

/// The schedule of a new book, and of a plan that gets one of its own: reminders around the due day, then the licenses are
/// suspended, then the subscription is canceled.
pub const DEFAULT_REMINDERS: &[ReminderStep] = {
    const fn step(days: i32, act: ReminderAct) -> ReminderStep {
        ReminderStep { days, act }
    }
    &[
        step(-7, ReminderAct::Remind),
        step(0, ReminderAct::Remind),
        step(3, ReminderAct::Remind),
        step(7, ReminderAct::Remind),
        step(14, ReminderAct::Remind),
        step(21, ReminderAct::Suspend),
        step(45, ReminderAct::Cancel),
    ]
};

/// Checks a schedule: each day once, in order, from 60 days before to two years after the due day.
pub fn reminders_rule(found: &mut Found, field: &str, steps: &[ReminderStep]) {
    found.range(field, i64::try_from(steps.len()).unwrap_or(i64::MAX), 0, i64::from(MAX_STEPS));
    for (at, step) in steps.iter().enumerate() {
        let days = format!("{field}[{at}].days");
        found.range(&days, step.days.into(), -60, 730);
        if at
            .checked_sub(1)
            .and_then(|before| steps.get(before))
            .is_some_and(|before| before.days >= step.days)
        {
            found.push(&days, Problem::DateOutOfOrder);
        }
    }
}

/// Checks an account number: the remainder by 97 of its rearranged digits is 1 (ISO 13616, ISO 7064).
fn iban_rule(found: &mut Found, field: &str, iban: Option<&str>) {
    let Some(iban) = iban.filter(|iban| !iban.is_empty()) else { return };
    let compact: String = iban.chars().filter(|c| *c != ' ').collect();
    let is_iban = (15..=34).contains(&compact.len()) && compact.is_ascii() && {
        let (head, tail) = compact.split_at(4);
        let remainder = tail.chars().chain(head.chars()).try_fold(0_u32, |rest, c| {
            let digit = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
            Some((rest * if digit < 10 { 10 } else { 100 } + digit) % 97)
        });
        remainder == Some(1)
    };
    if !is_iban {
        found.push(field, Problem::MalformedIban);
    }
}

fn format_rule(found: &mut Found, field: &str, format: Option<&str>) {
    if let Some(Err(problem)) = format.map(NumberFormat::parse) {
        found.push(field, problem);
    }
}

impl Validate for UpdateBillingSettings {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        fn text(value: &Option<Option<String>>) -> Option<&str> {
            value.as_ref().and_then(|value| value.as_deref())
        }
        rules::check(|found| {
            if let Some(seller) = &self.seller {
                found.optional_text("seller.name", Some(&seller.name), rules::MAX_NAME);
                for (field, value, max) in [
                    ("seller.contact", &seller.contact, rules::MAX_NAME),
                    ("seller.street", &seller.street, rules::MAX_NAME),
                    ("seller.postal_code", &seller.postal_code, 20),
                    ("seller.city", &seller.city, rules::MAX_NAME),
                    ("seller.region", &seller.region, rules::MAX_NAME),
                    ("seller.tax_number", &seller.tax_number, 40),
                ] {
                    found.optional_text(field, value.as_deref(), max);
                }
                country_rule(found, "seller.country", seller.country.as_deref());
                vat_id_rule(found, "seller.vat_id", seller.vat_id.as_deref());
                if let Some(Err(problem)) = seller.email.as_deref().filter(|email| !email.is_empty()).map(email::check) {
                    found.push("seller.email", problem);
                }
            }
            found.optional_text("phone", text(&self.phone), 40);
            found.optional_text("website", text(&self.website), rules::MAX_NAME);
            iban_rule(found, "iban", text(&self.iban));
            found.optional_text("bic", text(&self.bic), 11);
            found.optional_text("footer", text(&self.footer), 500);
            found.optional_range("payment_days", self.payment_days.map(i64::from), 0, 365);
            format_rule(found, "invoice_format", self.invoice_format.as_deref());
            format_rule(found, "credit_note_format", self.credit_note_format.as_deref());
            for (field, next) in [("invoice_next", self.invoice_next), ("credit_note_next", self.credit_note_next)] {
                let next = next.map(|next| i64::try_from(next).unwrap_or(i64::MAX));
                found.optional_range(field, next, 1, number::MAX_FIRST);
            }
            if let (Some(category), Some(rate)) = (self.tax_category, self.tax_rate) {
                category.check_rate("tax_rate", rate, found);
            }
            found.optional_range("rounding_step", self.rounding_step.map(i64::from), 1, 1_000);
            if let Some(reminders) = &self.reminders {
                reminders_rule(found, "reminders", reminders);
            }
        })
    }
}

impl UpdateBillingSettings {
    /// A change that leaves everything as it is.
    #[must_use]
    pub fn nothing(version: u32) -> Self {
        Self {
            version,
            seller: None,
            phone: None,
            website: None,
            iban: None,
            bic: None,
            footer: None,
            paper: None,
            payment_days: None,
            invoice_format: None,
            credit_note_format: None,
            invoice_next: None,
            credit_note_next: None,
            tax_category: None,
            tax_rate: None,
            prices_include_tax: None,
            rounding_step: None,
            finalize_renewals: None,
            reminders: None,
        }
    }
}

always_valid!(GetBillingSettings);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_account_is_found() {
        // The examples of the registry of ISO 13616.
        for (iban, is_one) in [
            ("DE89 3704 0044 0532 0130 00", true),
            ("GB29NWBK60161331926819", true),
            ("MT84MALT011000012345MTLCAST001S", true),
            ("DE89 3704 0044 0532 0130 01", false),
            ("DE98 3704 0044 0532 0130 00", false),
            ("DE89", false),
            ("DEä9370400440532013000", false),
        ] {
            assert_eq!(rules::check(|found| iban_rule(found, "iban", Some(iban))).is_ok(), is_one, "{iban}");
        }
    }

    #[test]
    fn a_schedule_goes_forward() {
        let steps = |days: &[i32]| -> Vec<ReminderStep> {
            days.iter()
                .map(|days| ReminderStep {
                    days: *days,
                    act: ReminderAct::Remind,
                })
                .collect()
        };
        let is_one = |days: &[i32]| rules::check(|found| reminders_rule(found, "reminders", &steps(days))).is_ok();
        assert!(is_one(&[]) && is_one(&[-7, 0, 3, 7, 14]));
        assert!(!is_one(&[0, 0]) && !is_one(&[3, 1]) && !is_one(&[-61]) && !is_one(&[731]));
        assert!(!is_one(&(0..21).collect::<Vec<_>>()));
    }
}
