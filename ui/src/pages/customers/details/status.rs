//! States of records as badges, and other words of theirs.

use contract::{
    BillingCycle, Money,
    customer::Customer,
    domain::DomainStatus,
    invoice::{Invoice, InvoiceStatus},
    license::{License, LicenseStatus},
    payment::{PaymentMethod, PaymentStatus},
    subscription::{Subscription, SubscriptionStatus},
};
use yew::prelude::*;

use crate::{
    components::{Badge, Dot, Tone},
    format,
};

/// A word with what it means and whether it is in force.
type Shown = (&'static str, Tone, Dot);

fn badge((label, tone, dot): Shown) -> Html {
    html! { <Badge {label} {tone} {dot} /> }
}

/// Of a customer.
pub fn of_customer(customer: &Customer) -> Html {
    badge(match (customer.archived_at, customer.is_active) {
        (Some(_), _) => ("Archived", Tone::Neutral, Dot::Ring),
        (None, true) => ("Active", Tone::Positive, Dot::Filled),
        (None, false) => ("Inactive", Tone::Neutral, Dot::Ring),
    })
}

/// Of a license.
pub fn of_license(license: &License) -> Html {
    badge(match license.status {
        LicenseStatus::Active => ("Active", Tone::Positive, Dot::Filled),
        LicenseStatus::Expiring => ("Expires soon", Tone::Warning, Dot::Filled),
        LicenseStatus::Expired => ("Expired", Tone::Danger, Dot::Ring),
        LicenseStatus::Suspended => ("Suspended", Tone::Warning, Dot::Ring),
        LicenseStatus::Canceled => ("Canceled", Tone::Neutral, Dot::Ring),
    })
}

/// Of a subscription.
pub fn of_subscription(subscription: &Subscription) -> Html {
    if subscription.cancel_at_period_end && subscription.status != SubscriptionStatus::Canceled {
        return badge(("Ends with its period", Tone::Warning, Dot::Filled));
    }
    badge(match subscription.status {
        SubscriptionStatus::Trialing => ("Trial", Tone::Info, Dot::Filled),
        SubscriptionStatus::Active => ("Active", Tone::Positive, Dot::Filled),
        SubscriptionStatus::PastDue => ("Past due", Tone::Danger, Dot::Filled),
        SubscriptionStatus::Unpaid => ("Unpaid", Tone::Danger, Dot::Ring),
        SubscriptionStatus::Paused => ("Paused", Tone::Neutral, Dot::Ring),
        SubscriptionStatus::Canceled => ("Canceled", Tone::Neutral, Dot::Ring),
    })
}

/// Of an invoice, `overdue` days after it was due.
pub fn of_invoice(invoice: &Invoice, overdue: i64) -> Html {
    let label = match invoice.status {
        InvoiceStatus::Open if invoice.is_overdue => format!("Overdue {}", contract::words::count(overdue.unsigned_abs(), "day")),
        InvoiceStatus::Open if invoice.paid.amount > 0 => "Partly paid".to_owned(),
        InvoiceStatus::Open => "Open".to_owned(),
        InvoiceStatus::Draft => "Draft".to_owned(),
        InvoiceStatus::Paid => "Paid".to_owned(),
        InvoiceStatus::Void => "Void".to_owned(),
        InvoiceStatus::Uncollectible => "Uncollectible".to_owned(),
    };
    let (tone, dot) = match invoice.status {
        InvoiceStatus::Open if invoice.is_overdue => (Tone::Danger, Dot::Filled),
        InvoiceStatus::Open if invoice.paid.amount > 0 => (Tone::Warning, Dot::Filled),
        InvoiceStatus::Open => (Tone::Info, Dot::Filled),
        InvoiceStatus::Paid => (Tone::Positive, Dot::Filled),
        InvoiceStatus::Draft | InvoiceStatus::Void | InvoiceStatus::Uncollectible => (Tone::Neutral, Dot::Ring),
    };
    html! { <Badge {label} {tone} {dot} /> }
}

/// Of a payment.
pub fn of_payment(status: PaymentStatus) -> Html {
    badge(match status {
        PaymentStatus::Succeeded => ("Received", Tone::Positive, Dot::Filled),
        PaymentStatus::Pending => ("Pending", Tone::Info, Dot::Ring),
        PaymentStatus::Failed => ("Failed", Tone::Danger, Dot::Ring),
    })
}

/// Of a domain that ends in so many days.
pub fn of_domain(status: DomainStatus, days: Option<i64>) -> Html {
    let label = match (status, days) {
        (DomainStatus::Registered, _) => "Registered".to_owned(),
        (DomainStatus::Expiring, Some(0)) => "Expires today".to_owned(),
        (DomainStatus::Expiring, Some(days)) => format!("Expires in {}", contract::words::count(days.unsigned_abs(), "day")),
        (DomainStatus::Expiring, None) => "Expires soon".to_owned(),
        (DomainStatus::Expired, _) => "Expired".to_owned(),
        (DomainStatus::Redemption, _) => "In redemption".to_owned(),
        (DomainStatus::PendingDelete, _) => "Pending delete".to_owned(),
        (DomainStatus::Available, _) => "Given up".to_owned(),
    };
    let (tone, dot) = match status {
        DomainStatus::Registered => (Tone::Positive, Dot::Filled),
        DomainStatus::Expiring => (Tone::Warning, Dot::Filled),
        DomainStatus::Expired | DomainStatus::Redemption | DomainStatus::PendingDelete => (Tone::Danger, Dot::Ring),
        DomainStatus::Available => (Tone::Neutral, Dot::Ring),
    };
    html! { <Badge {label} {tone} {dot} /> }
}

/// How was paid.
pub fn method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::BankTransfer => "Bank transfer",
        PaymentMethod::Card => "Card",
        PaymentMethod::DirectDebit => "Direct debit",
        PaymentMethod::Cash => "Cash",
        PaymentMethod::PaymentService => "Payment service",
        PaymentMethod::Other => "Other",
    }
}

/// `month`, `year`.
pub fn cycle_noun(cycle: BillingCycle) -> &'static str {
    match cycle {
        BillingCycle::Monthly => "month",
        BillingCycle::Yearly => "year",
    }
}

/// `€29.00 / month`.
pub fn price(price: Money, cycle: BillingCycle) -> String {
    format!("{} / {}", format::money(price), cycle_noun(cycle))
}
