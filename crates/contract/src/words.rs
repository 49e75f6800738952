//! What a refusal says to a person: what happened, why, and what to do.

mod conflict;
mod nouns;
mod safety;

use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::{
    Error, FieldError, Forbidden, Outcome, Problem, TaxCategory, TaxTreatment,
    billing::{Paper, ReminderAct},
    credit_note::CreditReason,
    email::EmailFault,
    logo::ImageFault,
    payment::StatementKind,
};

use conflict::conflict_words;
pub use nouns::noun_word;
pub use safety::{backup_reason, no_room, tls_problem, work_problem};

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened, as a short sentence without a stop.
    pub title: String,
    /// Why, and what to do.
    pub advice: String,
}

fn words(title: impl Into<String>, advice: impl Into<String>) -> Words {
    Words {
        title: title.into(),
        advice: advice.into(),
    }
}

/// `1 license`, `3 licenses`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// A waiting time: `8 seconds`, `15 minutes`.
#[must_use]
pub fn duration(seconds: u32) -> String {
    if seconds < 60 {
        count(seconds.into(), "second")
    } else {
        count(seconds.div_ceil(60).into(), "minute")
    }
}

/// A refusal in words.
#[must_use]
pub fn error(error: &Error) -> Words {
    match error {
        Error::Invalid { fields } => match fields.as_slice() {
            [only] => words("One field needs attention", labelled(only)),
            several => words(
                format!("{} fields need attention", several.len()),
                several.iter().map(labelled).collect::<Vec<_>>().join(" "),
            ),
        },
        Error::SignedOut => words("You are signed out", "Sign in to go on. What you typed is still here."),
        Error::Locked => words("The app is locked", "Unlock it with your password to go on."),
        Error::WrongPassword { retry_after: 0 } => words("Email and password do not match", "Check both, and whether Caps Lock is on."),
        Error::WrongPassword { retry_after } => words(
            "Email and password do not match",
            format!("The next try is possible in {}.", duration(*retry_after)),
        ),
        Error::Throttled { retry_after } => words(
            "Too many wrong tries",
            format!("The next try is possible in {}.", duration(*retry_after)),
        ),
        Error::Forbidden { reason } => forbidden(*reason),
        Error::ConfirmationNeeded => words("Your password is needed again", "Give it to go on; it counts for five minutes."),
        Error::NotFound { noun } => words(
            format!("This {} is not here any more", noun_word(*noun)),
            "Someone may have deleted it meanwhile. The list shows what is there.",
        ),
        Error::Conflict { conflict } => conflict_words(conflict),
        Error::Unavailable {
            outcome: Outcome::NotDone, ..
        } => words("The database did not answer", "Nothing was changed. Try again."),
        Error::Unavailable {
            outcome: Outcome::Unknown, ..
        } => words(
            "The database did not answer in time",
            "Whether the change was saved is not known yet. Try again: it is made at most once.",
        ),
        Error::Swapped => words(
            "This is not the server, or not the book, that was opened",
            "Nothing was read or changed there. Ask who runs the server; what you typed is still here.",
        ),
        Error::Internal { reference } => words(
            "This did not work because of a fault in the app",
            format!("Nothing was changed. The log has the details under {reference}."),
        ),
    }
}

fn forbidden(reason: Forbidden) -> Words {
    match reason {
        Forbidden::NotAdministrator => words(
            "This account is not an administrator",
            "Only administrators sign in here. An administrator can change that.",
        ),
        Forbidden::Inactive => words("This account is not active", "Another administrator can set it active again."),
        Forbidden::OwnAccount => words(
            "This is your own account",
            "You cannot delete, deactivate or demote it. Another administrator can.",
        ),
        Forbidden::LastAdministrator => words(
            "This is the last active administrator",
            "Make another one first, or nobody could sign in.",
        ),
        Forbidden::TestClock => words(
            "This book keeps its own time",
            "A time can be set only in a book made with --test-clock.",
        ),
    }
}

/// How the one who reads writes a day; `2026-11-22` until it is said.
static DAY: OnceLock<fn(NaiveDate) -> String> = OnceLock::new();

/// Says how the one who reads writes a day. The first word counts.
pub fn write_days(format: fn(NaiveDate) -> String) {
    // Said twice, it is said by the same page.
    let _ = DAY.set(format);
}

fn day(day: NaiveDate) -> String {
    DAY.get().map_or_else(|| day.to_string(), |format| format(day))
}

/// What is wrong with one field, and what would be right.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Required => "Enter a value.".to_owned(),
        Problem::TooShort { min, actual } => format!("{}. Use at least {min}.", count((*actual).into(), "character")),
        Problem::TooLong { max, actual } => format!("{}. Use at most {max}.", count((*actual).into(), "character")),
        Problem::TooManyWords { max, actual } => format!("{}. Use at most {max}.", count((*actual).into(), "word")),
        Problem::ControlCharacter { code, position } => {
            format!("Character {position} is a control character ({code}). Remove it; the text has to be one line.")
        }
        Problem::InvisibleCharacter { code, position } => {
            format!("Character {position} cannot be seen ({code}). Remove it, or type the text again.")
        }
        Problem::MalformedEmail { fault } => email_fault(*fault).to_owned(),
        Problem::MalformedDomain => "This is not a domain name. Enter one like example.com.".to_owned(),
        Problem::MalformedCode => "Use small letters, digits and dashes, as in pro-yearly.".to_owned(),
        Problem::Guessable => "This is easy to guess. Use a longer one, or four unrelated words.".to_owned(),
        Problem::OutOfRange { min, max } => format!("Enter a number from {min} to {max}."),
        Problem::DateOutOfOrder => "This date is out of order. Check it against the others and today.".to_owned(),
        Problem::UnknownCurrency => "This is not a currency code. Enter one like EUR.".to_owned(),
        Problem::WrongCurrency { expected } => format!("The currency has to be {expected}."),
        Problem::UnknownTimeZone => "This is not a time zone. Enter one like Europe/Berlin.".to_owned(),
        Problem::UnknownCountry => "This is not a country code. Enter one like DE.".to_owned(),
        Problem::MalformedVatId => "This is not a VAT number. Enter it with its country, as in DE123456789.".to_owned(),
        Problem::MalformedIban => "This is not an IBAN. Check every character.".to_owned(),
        Problem::Image { fault } => image_fault(*fault).to_owned(),
        Problem::TooEarly { earliest } => format!("The earliest day is {}.", day(*earliest)),
        Problem::TooLate { latest } => format!("The latest day is {}.", day(*latest)),
        Problem::Exclusive { other } => format!("Give either this or {}.", label(other)),
        Problem::OneNeeded { other } => format!("Give this or {}.", label(other)),
        Problem::NumbersGiven { next } => {
            format!("Numbers of this series were given already: {next} comes next. Enter {next}, or another format for another series.")
        }
        Problem::MalformedCursor => "This is not a cursor. Use the next of a page, unchanged.".to_owned(),
        Problem::UnknownField => "There is no such field.".to_owned(),
        Problem::WrongShape { detail } => format!("{detail}."),
    }
}

/// The same below the field itself: what is missing there is called by its name.
#[must_use]
pub fn at_field(error: &FieldError) -> String {
    match &error.problem {
        Problem::OneNeeded { .. } if error.field == "price_monthly" => "Enter a monthly or a yearly price.".to_owned(),
        Problem::Required => missing(&error.field).map_or_else(|| problem(&error.problem), str::to_owned),
        other => problem(other),
    }
}

/// What is to be entered in a field, a row's or a part's by its last word: `lines[2].quantity`.
fn missing(field: &str) -> Option<&'static str> {
    let said = match field.rsplit('.').next()? {
        "accepted_host" => "Enter the name of the server.",
        "amount" => "Enter an amount.",
        "certificate" => "Choose the file of the certificate.",
        "code" => "Enter a code.",
        "country" => "Choose a country.",
        "credit_note_format" | "invoice_format" => "Enter a format.",
        "database" => "Enter the name of the database.",
        "email" => "Enter an email address.",
        "book_name" | "full_name" | "name" => "Enter a name.",
        "host" => "Enter a host.",
        "key" => "Choose the file of its key.",
        "password" => "Enter a password.",
        "quantity" => "Enter a quantity.",
        "rate" => "Enter a rate.",
        "schema" => "Enter the name of the schema.",
        "text" => "Enter a description.",
        "unit_price" => "Enter a price.",
        "user" => "Enter the name of the user.",
        "vat_id" => "Enter a VAT number.",
        _ => return None,
    };
    Some(said)
}

/// Fields as a person calls them, in a row.
fn labels(fields: &[String]) -> String {
    fields.iter().map(|field| label(field)).collect::<Vec<_>>().join(", ")
}

fn image_fault(fault: ImageFault) -> &'static str {
    match fault {
        ImageFault::Encoding => "This is not base64. Give the bytes of the image in base64.",
        ImageFault::Kind => "This is neither PNG nor JPEG. Save the image as one of them.",
        ImageFault::Bytes => "The image is larger than 512 KB. Save it smaller; 1000 pixels are plenty.",
        ImageFault::Pixels => "The image has more than 4096 pixels a side. Save it smaller; 1000 are plenty.",
        ImageFault::Damaged => "The image is damaged. Save it again from where it was made.",
        ImageFault::Colors => "The image has colors for a press (CMYK). Save it with those of a screen (RGB).",
    }
}

fn email_fault(fault: EmailFault) -> &'static str {
    match fault {
        EmailFault::NoAt => "The @ is missing. Enter an address like name@example.com.",
        EmailFault::SeveralAts => "There is more than one @.",
        EmailFault::NoLocalPart => "The part before the @ is missing.",
        EmailFault::LongLocalPart => "The part before the @ is longer than 64 bytes.",
        EmailFault::MisplacedDot => "There is a dot too many before the @.",
        EmailFault::ForbiddenCharacter => "There is a character that an address cannot have, such as a space, quote or bracket.",
        EmailFault::NoDomain => "The part after the @ is missing.",
        EmailFault::MalformedDomain => "The part after the @ is not a domain name.",
        EmailFault::NoTopLevel => "The part after the @ has no ending like .com.",
    }
}

fn labelled(error: &FieldError) -> String {
    if error.field.is_empty() {
        problem(&error.problem)
    } else {
        format!("{}: {}", label(&error.field), problem(&error.problem))
    }
}

/// What a person calls a field.
#[must_use]
pub fn label(field: &str) -> String {
    // A field of a row: `lines[2].text` is `Line 3, text`.
    if let Some((list, rest)) = field.split_once('[')
        && let Some((at, field)) = rest.split_once("].")
        && let Ok(at) = at.parse::<u32>()
    {
        let one = label(list.trim_end_matches('s'));
        return format!("{one} {}, {}", at.saturating_add(1), label(field).to_lowercase());
    }
    match field {
        "full_name" => "Full name",
        "company_name" => "Company",
        "is_active" => "Active",
        "is_admin" => "Administrator",
        "book_name" => "Name of the book",
        "price_monthly" => "Monthly price",
        "price_yearly" => "Yearly price",
        "plan_id" => "Plan",
        "customer_id" => "Customer",
        "payment_id" => "Payment",
        "released" => "Taken off",
        "vat_id" | "seller.vat_id" => "VAT number",
        "seller.name" => "Name",
        "seller.contact" => "Contact",
        "seller.street" => "Street",
        "seller.postal_code" => "Postal code",
        "seller.city" => "City",
        "seller.region" => "Region",
        "seller.country" => "Country",
        "seller.tax_number" => "Tax number",
        "seller.email" => "Email",
        "net" => "Net",
        "payment_days" => "Days to pay",
        "invoice_format" => "Numbers of invoices",
        "credit_note_format" => "Numbers of credit notes",
        "invoice_next" => "Next invoice number",
        "credit_note_next" => "Next credit note number",
        "rounding_step" => "Smallest amount that is paid",
        "finalize_renewals" => "Finalize renewals at once",
        "image" => "Logo",
        "iban" => "IBAN",
        "bic" => "BIC",
        "amount.amount" => "Amount",
        "amount.currency" => "Currency",
        other => {
            let text = other.replace('_', " ");
            let mut letters = text.chars();
            return letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
    }
    .to_owned()
}

/// What a person calls a category of tax.
#[must_use]
pub fn tax_category(category: TaxCategory) -> &'static str {
    match category {
        TaxCategory::Standard => "Standard rate",
        TaxCategory::Zero => "Zero rate",
        TaxCategory::Exempt => "Exempt",
        TaxCategory::ReverseCharge => "Reverse charge",
        TaxCategory::IntraCommunity => "Within the EU",
        TaxCategory::Export => "Export",
        TaxCategory::OutsideScope => "No tax",
    }
}

/// What a person calls how a customer is taxed.
#[must_use]
pub fn tax_treatment(treatment: TaxTreatment) -> &'static str {
    match treatment {
        TaxTreatment::Zero => "Zero rate",
        TaxTreatment::Exempt => "Exempt from tax",
        TaxTreatment::ReverseCharge => "Reverse charge",
        TaxTreatment::IntraCommunity => "Supplied within the EU",
        TaxTreatment::Export => "Exported out of the EU",
        TaxTreatment::OutsideScope => "Outside the scope of tax",
    }
}

/// What a person calls a size of paper.
#[must_use]
pub fn paper(paper: Paper) -> &'static str {
    match paper {
        Paper::A4 => "A4 (210 × 297 mm)",
        Paper::Letter => "Letter (8.5 × 11 in)",
    }
}

/// What a person calls the reason of a credit note.
#[must_use]
pub fn credit_reason(reason: CreditReason) -> &'static str {
    match reason {
        CreditReason::Duplicate => "Billed twice",
        CreditReason::ProductUnsatisfactory => "Not as ordered",
        CreditReason::OrderChange => "Order changed",
        CreditReason::OrderCancellation => "Order canceled",
        CreditReason::BillingError => "Billed wrongly",
        CreditReason::Other => "Another reason",
    }
}

/// What a person calls what a line of a statement is about.
#[must_use]
pub fn statement_kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Invoice => "Invoice",
        StatementKind::Void => "Void",
        StatementKind::Uncollectible => "Given up",
        StatementKind::Reinstated => "No longer given up",
        StatementKind::CreditNote => "Credit note",
        StatementKind::Payment => "Payment",
        StatementKind::Refund => "Refund",
    }
}

/// What a person calls what is done about an unpaid invoice.
#[must_use]
pub fn reminder_act(act: ReminderAct) -> &'static str {
    match act {
        ReminderAct::Remind => "Remind the customer",
        ReminderAct::Suspend => "Suspend the licenses",
        ReminderAct::Cancel => "Cancel the subscription",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_row_is_named_with_its_number() {
        assert_eq!(label("lines[2].unit_price"), "Line 3, unit price");
        assert_eq!(label("reminders[0].days"), "Reminder 1, days");
        assert_eq!(label("seller.vat_id"), "VAT number");
        assert_eq!(label("company_name"), "Company");
    }

    #[test]
    fn what_is_missing_is_called_by_its_name_at_its_field() {
        let said = |field: &str, problem: Problem| {
            at_field(&FieldError {
                field: field.to_owned(),
                problem,
            })
        };
        assert_eq!(said("email", Problem::Required), "Enter an email address.");
        assert_eq!(said("lines[2].text", Problem::Required), "Enter a description.");
        assert_eq!(said("amount.amount", Problem::Required), "Enter an amount.");
        assert_eq!(said("something", Problem::Required), "Enter a value.");
        assert_eq!(said("email", Problem::Guessable), problem(&Problem::Guessable));
        let no_price = Problem::OneNeeded {
            other: "price_yearly".to_owned(),
        };
        assert_eq!(said("price_monthly", no_price), "Enter a monthly or a yearly price.");
    }
}
