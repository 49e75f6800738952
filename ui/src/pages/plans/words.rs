//! Plans in words.

use contract::{Currency, Money, plan::Plan};

use crate::format;

/// What a license of the plan allows, in words.
pub fn quotas(plan: &Plan) -> String {
    limits(plan.max_activations, plan.max_users, plan.max_domains)
}

/// What limits allow, in words.
pub fn limits(activations: Option<u32>, users: Option<u32>, domains: Option<u32>) -> String {
    let limits: Vec<String> = [(activations, "activation"), (users, "user"), (domains, "domain")]
        .into_iter()
        .filter_map(|(limit, noun)| {
            let limit = limit?;
            Some(format!(
                "{} {noun}{}",
                format::count(limit.into()),
                if limit == 1 { "" } else { "s" }
            ))
        })
        .collect();
    if limits.is_empty() {
        "No limits".to_owned()
    } else {
        limits.join(", ")
    }
}

/// How much less a year costs than twelve months, in words.
pub fn saving(monthly: Option<i64>, yearly: Option<i64>, currency: Currency) -> Option<String> {
    let saved = Money::new(difference(monthly?, yearly?)?, currency);
    Some(format!("A year costs {} less than twelve months.", format::money(saved)))
}

/// Twelve months less a year, if that is something.
fn difference(monthly: i64, yearly: i64) -> Option<i64> {
    monthly.checked_mul(12)?.checked_sub(yearly).filter(|saved| *saved > 0)
}

/// How long a trial runs, in words.
pub fn trial(days: u32) -> String {
    if days == 0 {
        "None".to_owned()
    } else {
        contract::words::count(days.into(), "day")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_compared_with_twelve_months() {
        assert_eq!(difference(3_480, 34_800), Some(6_960));
        assert_eq!(difference(1_000, 12_000), None);
        assert_eq!(difference(i64::MAX, 0), None);
    }
}
