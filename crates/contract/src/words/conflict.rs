//! What stands in the way of an operation, in words.

use super::{Words, labels, words};
use crate::Conflict;

/// What stands in the way, and what to do.
pub fn conflict_words(conflict: &Conflict) -> Words {
    match conflict {
        Conflict::EmailTaken { full_name, .. } => words(
            format!("{full_name} already uses this address"),
            "Open that record or enter another address.",
        ),
        Conflict::CodeTaken { code } => words(format!("Another plan has the code {code}"), "Enter another code."),
        Conflict::DomainTaken { full_name, .. } => words(
            format!("{full_name} already has this domain"),
            "Open that record or enter another name.",
        ),
        Conflict::ActiveLicenses { count: n } => words(
            format!(
                "{} active",
                if *n == 1 {
                    "1 license is".to_owned()
                } else {
                    format!("{n} licenses are")
                }
            ),
            "Cancel them first, or set the customer inactive instead.",
        ),
        Conflict::ActiveSubscriptions { count: n } => words(
            format!(
                "{} active",
                if *n == 1 {
                    "1 subscription is".to_owned()
                } else {
                    format!("{n} subscriptions are")
                }
            ),
            "Cancel them first, or set the customer inactive instead.",
        ),
        Conflict::ChangedMeanwhile { by, fields, .. } => words(
            format!("{} changed this meanwhile", by.as_deref().unwrap_or("Someone")),
            if fields.is_empty() {
                "Reload to see the newest values, then save again.".to_owned()
            } else {
                format!("Changed: {}. Reload to see the newest values, then save again.", labels(fields))
            },
        ),
        Conflict::Maintenance => words(
            "The book is being updated, moved or restored",
            "Nothing can be changed or tried out in it meanwhile. Try again in a moment; if it was moved or restored here, open it again.",
        ),
        Conflict::WorkRuns => words("Another backup, restore or move is running", "Wait for its end, or cancel it."),
        Conflict::NoBackups => words(
            "This book has no place for backups",
            "A book on a server is backed up into a folder of this computer; choose one.",
        ),
        Conflict::AlreadyCanceled { .. } => words("This is canceled already", "Nothing was changed."),
        Conflict::NothingToRestore => words("There is nothing to bring back", "The record is in force."),
        Conflict::PeriodOver => words("Its period is over", "Add a new one instead."),
        Conflict::PlanNotSold { name } => words(
            format!("{name} is not on sale"),
            "Choose another plan, or put it on sale again under Plans.",
        ),
        Conflict::CycleNotOffered { name } => words(
            format!("{name} has no price for this cycle"),
            "Choose the other cycle, or set a price under Plans.",
        ),
        Conflict::Administrator => words(
            "This account is an administrator",
            "Nothing is sold to administrators. Create a customer for the sale.",
        ),
        Conflict::NumberTaken { number } => words(
            format!("Another document has the number {number}, which comes next"),
            "Two formats of numbers have come to the same text. Change the format in Settings, Billing.",
        ),
        Conflict::DocumentFinal { number } => words(
            format!("{number} is final"),
            "A final document is never changed or removed. Void it, or credit it.",
        ),
        Conflict::InvoiceState { status } => words(
            format!("The invoice is {}", status.as_str()),
            match status {
                crate::invoice::InvoiceStatus::Draft => "Finalize it first.",
                crate::invoice::InvoiceStatus::Void => "A void invoice stays void. Issue a new one instead.",
                _ => "Reload to see how it stands.",
            },
        ),
        Conflict::InvoiceSettled => words(
            "Something was paid or credited of this invoice already",
            "Take off what was paid, and it can be voided. If something was credited, credit what is left instead.",
        ),
        Conflict::SellerIncomplete { fields } => words(
            "Your own details are not complete",
            format!(
                "An invoice must hold them. Missing: {}. Enter them in Settings, Billing.",
                labels(fields)
            ),
        ),
        Conflict::BuyerIncomplete { name, fields } => words(
            format!("The billing address of {name} is not complete"),
            format!("This invoice must hold it. Missing: {}. Enter it at the customer.", labels(fields)),
        ),
        Conflict::NothingToCredit => words("The invoice is credited in full already", "Nothing was changed."),
        Conflict::NoCredit => words(
            "The customer has no credit in this currency",
            "Record a payment first; what no invoice takes of it becomes credit.",
        ),
        Conflict::NotAllocated => words(
            "The payment pays nothing of this invoice",
            "Nothing was changed. Reload to see what pays it.",
        ),
        Conflict::PaymentState { status } => words(
            format!("The payment is {}", status.as_str()),
            "Only of a payment that succeeded can something be refunded or used.",
        ),
        Conflict::SubscriptionState { status } => words(
            format!("The subscription is {}", status.as_str().replace('_', " ")),
            "Reload to see how it stands, then choose what can be done with it.",
        ),
        Conflict::CustomerInactive => words(
            "The customer is inactive",
            "Nothing was added. Set the customer active first, then try again.",
        ),
        Conflict::DiskFull => words(
            "The disk is full",
            "Nothing was saved, and nothing is lost that was saved before. Free some space, then try again.",
        ),
        Conflict::TooManyConnections => words(
            "The server takes no more connections",
            "Nothing was changed. Close the app on desks where nobody works, or wait a little, and try again. If that does not help, ask who runs the server to allow more.",
        ),
        Conflict::Damaged { reference } => words(
            "The book is damaged",
            format!(
                "A part of it cannot be read; nothing was changed. Check it with clientelectl verify, and go back to the newest backup that passes: in Settings, Database, or a file with clientelectl restore. The log has the details under {reference}."
            ),
        ),
        Conflict::NothingToChange => words("Nothing would change", "Choose another plan, cycle or quantity."),
        Conflict::NotFirstRun => words("This book has an administrator already", "Sign in instead."),
        Conflict::Unfinished => words(
            "This book was not finished",
            "It was being filled with sample data when that was cut off, and parts of it are missing. Throw it away: remove its file, or its schema on the server. Then begin with a new one.",
        ),
        Conflict::CurrencyFixed => words(
            "Currency and time zone are fixed",
            "The book holds money already; changing them would falsify it.",
        ),
        Conflict::KeyReused => words("This key was used for another request", "Use a new key."),
        Conflict::CursorMismatch => words("This cursor belongs to another list", "Start again from the first page."),
    }
}
