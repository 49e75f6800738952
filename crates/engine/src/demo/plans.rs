//! What the vendor of the sample book sells.

use contract::Currency;

use super::{
    calendar::Calendar,
    random::{Random, Stream},
};
use crate::entity::plan;

/// The plan that is no longer sold; the last one.
pub const CLASSIC: usize = 5;

struct Offer {
    code: &'static str,
    name: &'static str,
    description: &'static str,
    /// 0 for the book's currency, 1 and 2 for the others.
    currency: usize,
    monthly: Option<i64>,
    yearly: Option<i64>,
    trial_days: i64,
    activations: Option<i64>,
    users: Option<i64>,
    domains: Option<i64>,
}

const OFFERS: &[Offer] = &[
    Offer {
        code: "starter",
        name: "Starter",
        description: "For one person and one site.",
        currency: 0,
        monthly: Some(9),
        yearly: Some(90),
        trial_days: 14,
        activations: Some(2),
        users: Some(1),
        domains: Some(1),
    },
    Offer {
        code: "team",
        name: "Team",
        description: "For up to ten people, with shared projects.",
        currency: 0,
        monthly: Some(29),
        yearly: Some(290),
        trial_days: 0,
        activations: Some(20),
        users: Some(10),
        domains: Some(3),
    },
    Offer {
        code: "business",
        name: "Business",
        description: "For whole companies, paid by the year.",
        currency: 0,
        monthly: None,
        yearly: Some(1_190),
        trial_days: 30,
        activations: Some(200),
        users: Some(100),
        domains: None,
    },
    Offer {
        code: "team-international",
        name: "Team International",
        description: "Team, billed abroad.",
        currency: 1,
        monthly: Some(32),
        yearly: Some(320),
        trial_days: 0,
        activations: Some(20),
        users: Some(10),
        domains: Some(3),
    },
    Offer {
        code: "team-islands",
        name: "Team Islands",
        description: "Team, billed by the month.",
        currency: 2,
        monthly: Some(27),
        yearly: None,
        trial_days: 0,
        activations: Some(20),
        users: Some(10),
        domains: Some(3),
    },
    Offer {
        code: "classic",
        name: "Classic",
        description: "The first edition, no longer sold.",
        currency: 0,
        monthly: None,
        yearly: Some(149),
        trial_days: 0,
        activations: Some(5),
        users: None,
        domains: Some(1),
    },
];

/// The book's currency and two others.
pub fn currencies(own: Currency) -> [Currency; 3] {
    let mut others = ["USD", "GBP", "EUR"]
        .into_iter()
        .filter_map(Currency::parse)
        .filter(|other| *other != own);
    [own, others.next().unwrap_or(own), others.next().unwrap_or(own)]
}

/// Minor units of a price; where a currency has none, its unit is worth about a cent.
pub fn minor_units(currency: Currency, price: i64) -> i64 {
    price * 10_i64.pow(currency.digits().max(2))
}

/// The plans.
pub fn plans(seed: u64, calendar: &Calendar, currencies: &[Currency; 3]) -> Vec<plan::Model> {
    OFFERS
        .iter()
        .enumerate()
        .map(|(at, offer)| {
            let mut random = Random::new(seed, Stream::Plans, u32::try_from(at).unwrap_or(0));
            let currency = currencies.get(offer.currency).copied().unwrap_or(Currency::EUR);
            let created_at = calendar.start(0) + 8 * super::calendar::HOUR + i64::try_from(at).unwrap_or(0) * super::calendar::MINUTE;
            // Classic was taken off sale two years after the start.
            let is_active = at != CLASSIC;
            let updated_at = if is_active { created_at } else { calendar.start(730) };
            plan::Model {
                id: random.id(),
                code: offer.code.to_owned(),
                name: offer.name.to_owned(),
                name_key: contract::text::fold(offer.name),
                description: Some(offer.description.to_owned()),
                currency: currency.code().to_owned(),
                price_monthly: offer.monthly.map(|price| minor_units(currency, price)),
                price_yearly: offer.yearly.map(|price| minor_units(currency, price)),
                trial_days: offer.trial_days,
                max_activations: offer.activations,
                max_users: offer.users,
                max_domains: offer.domains,
                reminders: None,
                is_active,
                created_at,
                updated_at,
                version: if is_active { 1 } else { 2 },
            }
        })
        .collect()
}
