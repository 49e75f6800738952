//! What is typed for a plan, as a request or as the rules it breaks.

use contract::{
    Currency, FieldError, Problem, Validate,
    billing::DEFAULT_REMINDERS,
    plan::{CreatePlan, Plan, UpdatePlan},
};

use crate::{
    format,
    hooks::{Draft, switch},
    pages::reminders::schedule,
};

/// The switch of a schedule of the plan's own.
pub const OWN_REMINDERS: &str = "own_reminders";

/// A draft for a new plan, or with the values of one that is there.
#[must_use]
pub fn begin(plan: Option<&Plan>, currency: Currency) -> Draft {
    let Some(plan) = plan else {
        return Draft::new([("currency", currency.code().to_owned()), ("trial_days", "0".to_owned())]);
    };
    let price = |amount: Option<i64>| amount.map(|amount| format::typed_money(amount, plan.currency)).unwrap_or_default();
    let limit = |limit: Option<u32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let own = plan.reminders.as_deref();
    let values = [
        ("code", plan.code.clone()),
        ("name", plan.name.clone()),
        ("description", plan.description.clone().unwrap_or_default()),
        ("currency", plan.currency.code().to_owned()),
        ("price_monthly", price(plan.price_monthly)),
        ("price_yearly", price(plan.price_yearly)),
        ("trial_days", plan.trial_days.to_string()),
        ("max_activations", limit(plan.max_activations)),
        ("max_users", limit(plan.max_users)),
        ("max_domains", limit(plan.max_domains)),
        ("is_active", switch(plan.is_active)),
        (OWN_REMINDERS, switch(own.is_some())),
    ];
    Draft::new(values.into_iter().chain(schedule::begin(own.unwrap_or_default())))
}

/// What changes when a plan gets a schedule of its own, or follows that of the book again: it begins with the usual one.
#[must_use]
pub fn scheduled(draft: &Draft, is_own: bool) -> Vec<(&'static str, String)> {
    let mut values = vec![(OWN_REMINDERS, switch(is_own))];
    if is_own && schedule::steps(draft) == 0 {
        values.extend(schedule::values(DEFAULT_REMINDERS));
    }
    values
}

/// What is typed, whole.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft) -> Result<CreatePlan, Vec<FieldError>> {
    let mut unread = Vec::new();
    let currency = Currency::parse(draft.get("currency"));
    if currency.is_none() {
        unread.push(FieldError {
            field: "currency".to_owned(),
            problem: Problem::UnknownCurrency,
        });
    }
    let currency = currency.unwrap_or(Currency::EUR);
    let mut refuse = |field: &str, problem: Problem| {
        unread.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let mut price = |field: &'static str| {
        let typed = draft.text(field)?;
        format::read_money(&typed, currency).map_err(|problem| refuse(field, problem)).ok()
    };
    let (price_monthly, price_yearly) = (price("price_monthly"), price("price_yearly"));
    let reminders = draft.is_on(OWN_REMINDERS).then(|| {
        let (steps, broken) = schedule::read(draft);
        for broken in broken {
            refuse(&broken.field, broken.problem);
        }
        steps
    });
    let mut number = |field: &'static str| {
        let typed = draft.text(field)?;
        let number = typed.parse::<u32>().ok();
        if number.is_none() {
            let detail = "Enter a whole number".to_owned();
            refuse(field, Problem::WrongShape { detail });
        }
        number
    };
    let request = CreatePlan {
        code: draft.text("code").unwrap_or_default(),
        name: draft.text("name").unwrap_or_default(),
        description: draft.text("description"),
        currency,
        price_monthly,
        price_yearly,
        trial_days: number("trial_days").unwrap_or(0),
        max_activations: number("max_activations"),
        max_users: number("max_users"),
        max_domains: number("max_domains"),
        reminders,
    };
    // The code follows the name: of two that are empty, the name is the one to fill in.
    let is_nameless = request.name.is_empty() && request.code.is_empty();
    for broken in request.validate().err().unwrap_or_default() {
        let is_said = (is_nameless && broken.field == "code") || unread.iter().any(|known| known.field == broken.field);
        if !is_said {
            let is_price = ["price_monthly", "price_yearly"].contains(&broken.field.as_str());
            unread.push(if is_price { format::in_amounts(broken, currency) } else { broken });
        }
    }
    if unread.is_empty() { Ok(request) } else { Err(unread) }
}

/// What differs from the plan as it is.
#[must_use]
pub fn changes(plan: &Plan, typed: &CreatePlan, is_active: bool) -> UpdatePlan {
    fn differs<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
        (before != after).then(|| after.clone())
    }
    UpdatePlan {
        code: differs(&plan.code, &typed.code),
        name: differs(&plan.name, &typed.name),
        description: differs(&plan.description, &typed.description),
        price_monthly: differs(&plan.price_monthly, &typed.price_monthly),
        price_yearly: differs(&plan.price_yearly, &typed.price_yearly),
        trial_days: differs(&plan.trial_days, &typed.trial_days),
        max_activations: differs(&plan.max_activations, &typed.max_activations),
        max_users: differs(&plan.max_users, &typed.max_users),
        max_domains: differs(&plan.max_domains, &typed.max_domains),
        reminders: differs(&plan.reminders, &typed.reminders),
        is_active: differs(&plan.is_active, &is_active),
        ..UpdatePlan::nothing(plan.id, plan.version)
    }
}

/// What takes a change back.
#[must_use]
pub fn back(before: &Plan, after: &Plan) -> UpdatePlan {
    let earlier = CreatePlan {
        code: before.code.clone(),
        name: before.name.clone(),
        description: before.description.clone(),
        currency: before.currency,
        price_monthly: before.price_monthly,
        price_yearly: before.price_yearly,
        trial_days: before.trial_days,
        max_activations: before.max_activations,
        max_users: before.max_users,
        max_domains: before.max_domains,
        reminders: before.reminders.clone(),
    };
    changes(after, &earlier, before.is_active)
}

/// A code made of a name: `Agency add-on` becomes `agency-add-on`.
#[must_use]
pub fn code_of(name: &str) -> String {
    let mut code = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            code.push(letter);
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    code.truncate(40);
    code.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn plan() -> Plan {
        serde_json::from_value(json!({
            "id": "0193a7c0-1111-7222-8333-444455556601", "code": "studio", "name": "Studio", "description": null, "currency": "EUR",
            "price_monthly": 3480, "price_yearly": 34800, "trial_days": 14, "max_activations": 5, "max_users": null, "max_domains": 10,
            "is_active": true, "active_licenses": 2, "created_at": "2026-11-22T09:00:00.000Z", "updated_at": "2026-11-22T09:00:00.000Z", "version": 3
        }))
        .unwrap()
    }

    fn draft(values: &[(&'static str, &str)]) -> Draft {
        Draft::new(values.iter().map(|(field, text)| (*field, (*text).to_owned())))
    }

    fn fields(draft: &Draft) -> Vec<String> {
        read(draft).err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_plan_that_is_only_opened_is_not_changed() {
        let typed = read(&begin(Some(&plan()), Currency::EUR)).unwrap();
        assert_eq!(changes(&plan(), &typed, true), UpdatePlan::nothing(plan().id, 3));
        let changed = changes(
            &plan(),
            &CreatePlan {
                price_yearly: None,
                ..typed
            },
            false,
        );
        assert_eq!(
            (changed.price_yearly, changed.price_monthly, changed.is_active),
            (Some(None), None, Some(false))
        );
    }

    #[test]
    fn a_change_is_taken_back_to_the_last_field() {
        let after = Plan {
            price_yearly: None,
            max_users: Some(3),
            is_active: false,
            version: 4,
            ..plan()
        };
        let undone = back(&plan(), &after);
        assert_eq!(
            (undone.version, undone.price_yearly, undone.max_users),
            (4, Some(Some(34_800)), Some(None))
        );
        assert_eq!((undone.is_active, undone.name, undone.reminders), (Some(true), None, None));
    }

    #[test]
    fn a_schedule_of_its_own_begins_with_the_usual_one_and_can_be_given_up() {
        use yew::Reducible;
        let put = |draft: Draft, values| (*std::rc::Rc::new(draft).reduce(crate::hooks::DraftStep::Put(values))).clone();
        let draft = begin(Some(&plan()), Currency::EUR);
        let values = scheduled(&draft, true);
        let draft = put(draft, values);
        let typed = read(&draft).unwrap();
        assert_eq!(typed.reminders.as_deref(), Some(DEFAULT_REMINDERS));
        assert_eq!(changes(&plan(), &typed, true).reminders, Some(typed.reminders.clone()));
        let backwards = put(draft.clone(), vec![(schedule::days_field(1), "-8".to_owned())]);
        assert_eq!(fields(&backwards), ["reminders[1].days"]);
        let own = Plan {
            reminders: typed.reminders,
            ..plan()
        };
        let draft = begin(Some(&own), Currency::EUR);
        assert_eq!(changes(&own, &read(&draft).unwrap(), true), UpdatePlan::nothing(own.id, 3));
        let values = scheduled(&draft, false);
        let given_up = read(&put(draft, values)).unwrap();
        assert_eq!(changes(&own, &given_up, true).reminders, Some(None));
    }

    #[test]
    fn typed_prices_are_minor_units_and_an_empty_one_is_not_offered() {
        let typed = read(&draft(&[
            ("code", "pro"),
            ("name", "Pro"),
            ("currency", "EUR"),
            ("price_monthly", "1.234,50"),
        ]))
        .unwrap();
        assert_eq!(
            (typed.price_monthly, typed.price_yearly, typed.trial_days),
            (Some(123_450), None, 0)
        );
        let yen = read(&draft(&[
            ("code", "pro"),
            ("name", "Pro"),
            ("currency", "JPY"),
            ("price_yearly", "1,200"),
        ]))
        .unwrap();
        assert_eq!(yen.price_yearly, Some(1_200));
    }

    #[test]
    fn what_cannot_be_read_is_said_at_its_field() {
        let valid = [("code", "pro"), ("name", "Pro"), ("currency", "EUR"), ("price_monthly", "9")];
        for (field, text) in [
            ("price_yearly", "a lot"),
            ("price_yearly", "1.999"),
            ("trial_days", "two"),
            ("max_users", "-1"),
            ("max_users", "0"),
            ("trial_days", "366"),
            ("code", "Pro!"),
        ] {
            let values: Vec<(&'static str, &str)> = valid
                .iter()
                .filter(|(known, _)| *known != field)
                .copied()
                .chain([(field, text)])
                .collect();
            let want = if text == "1.999" { Vec::new() } else { vec![field.to_owned()] };
            assert_eq!(fields(&draft(&values)), want, "{field} {text}");
        }
        assert_eq!(
            fields(&draft(&[("code", "pro"), ("name", "Pro"), ("currency", "EUR")])),
            ["price_monthly"]
        );
    }

    #[test]
    fn a_code_is_made_of_the_name() {
        for (name, want) in [
            ("Agency add-on", "agency-add-on"),
            ("  Größe 2 ", "gr-e-2"),
            ("Pro!", "pro"),
            ("日本", ""),
        ] {
            assert_eq!(code_of(name), want);
        }
    }
}
