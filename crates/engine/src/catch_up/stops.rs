//! What is suspended or canceled on a day is not billed from then on, and neither of the two is done to it again.

use std::collections::HashMap;

use contract::catch_up::DueKind;
use uuid::Uuid;

use super::due::{Due, Place};

/// By subscription, where its first suspension and its first cancellation stand.
#[derive(Default)]
pub struct Stops(HashMap<Uuid, Stop>);

#[derive(Default)]
struct Stop {
    suspension: Option<Place>,
    cancellation: Option<Place>,
}

impl Stops {
    /// Takes one into account. All of a subscription have to be known before it is asked about.
    pub fn note(&mut self, item: &Due) {
        let Some(id) = item.subscription else { return };
        let known = match item.kind {
            DueKind::Suspension => &mut self.0.entry(id).or_default().suspension,
            DueKind::Cancellation => &mut self.0.entry(id).or_default().cancellation,
            DueKind::Renewal | DueKind::Reminder => return,
        };
        let place = item.place();
        if known.is_none_or(|known| place < known) {
            *known = Some(place);
        }
    }

    /// Whether it is still to be done when its turn comes.
    pub fn let_pass(&self, item: &Due) -> bool {
        let Some(stop) = item.subscription.and_then(|id| self.0.get(&id)) else {
            return true;
        };
        let place = item.place();
        let is_before = |stop: Option<Place>| stop.is_none_or(|stop| place < stop);
        match item.kind {
            DueKind::Renewal => is_before(stop.suspension) && is_before(stop.cancellation),
            DueKind::Reminder => true,
            DueKind::Suspension => stop.suspension == Some(place) && is_before(stop.cancellation),
            DueKind::Cancellation => stop.cancellation == Some(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{Days, NaiveDate};
    use contract::Currency;

    use super::*;

    /// A number below another, in no order.
    fn below(seed: &mut u64, most: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % most
    }

    fn day(seed: &mut u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap() + Days::new(below(seed, 5))
    }

    fn item(seed: &mut u64, number: u128) -> Due {
        let kind = DueKind::ALL[usize::try_from(below(seed, 4)).unwrap()];
        let on = day(seed);
        let is_put_off = kind != DueKind::Renewal && below(seed, 3) == 0;
        Due {
            kind,
            subject: Uuid::from_u128(number),
            subscription: Some(Uuid::from_u128(u128::from(below(seed, 3)))),
            customer: Uuid::nil(),
            on,
            reopened: 0,
            promised_until: is_put_off.then(|| day(seed)),
            not_before: None,
            stands_for: Vec::new(),
            is_billed: true,
            amount: 1,
            currency: Currency::EUR,
            name: String::new(),
        }
    }

    /// What is left where one goes through the days.
    fn in_turn(mut items: Vec<Due>) -> Vec<Due> {
        items.sort_by_key(Due::place);
        let (mut suspended, mut canceled) = (HashSet::new(), HashSet::new());
        items.retain(|item| {
            let Some(id) = item.subscription else { return true };
            match item.kind {
                DueKind::Renewal => !suspended.contains(&id) && !canceled.contains(&id),
                DueKind::Reminder => true,
                DueKind::Suspension => !canceled.contains(&id) && suspended.insert(id),
                DueKind::Cancellation => canceled.insert(id),
            }
        });
        items
    }

    #[test]
    fn what_passes_is_what_going_through_the_days_leaves() {
        let mut seed = 7;
        let mut left_out = 0;
        for _ in 0..2_000 {
            let items: Vec<Due> = (0..12).map(|number| item(&mut seed, number)).collect();
            let mut stops = Stops::default();
            items.iter().for_each(|item| stops.note(item));
            let mut passed: Vec<Due> = items.iter().filter(|item| stops.let_pass(item)).cloned().collect();
            passed.sort_by_key(Due::place);
            left_out += items.len() - passed.len();
            assert_eq!(passed, in_turn(items));
        }
        assert!(left_out > 2_000, "{left_out}");
    }
}
