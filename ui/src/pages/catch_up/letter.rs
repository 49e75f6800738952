//! The letter of a reminder, in plain text for a mail program.

use contract::catch_up::CatchUpReminder;

/// What a letter says, written as people of the computer's locale write it.
pub struct Facts {
    /// The day that stands on the invoice.
    pub issued_on: String,
    /// When it was or is to be paid.
    pub due_on: String,
    /// Whether that is over.
    pub is_late: bool,
    /// What is left to pay.
    pub open: String,
}

/// The letter: the subject in the first line.
pub fn letter(of: &CatchUpReminder, facts: &Facts, seller: &str) -> String {
    let (issued_on, due_on, open) = (&facts.issued_on, &facts.due_on, &facts.open);
    let verb = if facts.is_late { "was" } else { "is" };
    let (number, name) = (&of.number, &of.customer_name);
    let subject = match of.level {
        ..=1 => "Reminder".to_owned(),
        level => format!("{} reminder", ordinal(level)),
    };
    format!(
        "{subject}: invoice {number}\n\nDear {name},\n\n\
         Invoice {number} of {issued_on} {verb} due on {due_on}. {open} of it is open.\n\n\
         Please pay that amount and give the number of the invoice. If you have paid by now, no answer is needed.\n\n\
         Kind regards\n{seller}"
    )
}

/// `1st`, `2nd`, `3rd`, `11th`, `21st`.
pub fn ordinal(number: u32) -> String {
    let is_teen = (11..=13).contains(&(number % 100));
    let ending = match number % 10 {
        1 if !is_teen => "st",
        2 if !is_teen => "nd",
        3 if !is_teen => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use contract::{Currency, Money};
    use uuid::Uuid;

    use super::*;

    fn reminder(level: u32) -> CatchUpReminder {
        CatchUpReminder {
            invoice_id: Uuid::nil().into(),
            number: "2026-000012".to_owned(),
            issued_on: NaiveDate::default(),
            due_on: NaiveDate::default(),
            open: Money::new(11_900, Currency::EUR),
            level,
            customer_id: Uuid::nil().into(),
            customer_name: "Lena Hoffmann".to_owned(),
            email: "lena@example.com".to_owned(),
        }
    }

    fn facts(is_late: bool) -> Facts {
        Facts {
            issued_on: "Nov 22, 2026".to_owned(),
            due_on: "Dec 6, 2026".to_owned(),
            is_late,
            open: "€119.00".to_owned(),
        }
    }

    #[test]
    fn a_letter_says_which_invoice_how_much_and_since_when() {
        assert_eq!(
            letter(&reminder(2), &facts(true), "Example Works"),
            "2nd reminder: invoice 2026-000012\n\nDear Lena Hoffmann,\n\n\
             Invoice 2026-000012 of Nov 22, 2026 was due on Dec 6, 2026. €119.00 of it is open.\n\n\
             Please pay that amount and give the number of the invoice. If you have paid by now, no answer is needed.\n\n\
             Kind regards\nExample Works"
        );
        let early = letter(&reminder(1), &facts(false), "Example Works");
        assert!(early.starts_with("Reminder: invoice 2026-000012\n"), "{early}");
        assert!(early.contains(" is due on Dec 6, 2026."), "{early}");
    }

    #[test]
    fn numbers_of_reminders_are_said_as_people_do() {
        let said = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
    }
}
