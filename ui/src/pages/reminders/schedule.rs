//! Steps towards the payment of an invoice, as they are typed.

use contract::{
    FieldError, Problem,
    billing::{MAX_STEPS, ReminderAct, ReminderStep},
    words,
};
use serde_json::Value;

use crate::{
    hooks::{Draft, row_field, rows_mark},
    pages::conflict,
};

type Values = Vec<(&'static str, String)>;

/// The fields of a schedule, for a draft that begins with them.
#[must_use]
pub fn begin(steps: &[ReminderStep]) -> Values {
    let mut values = values(steps);
    values.push(("reminders[]", rows_mark(&values)));
    values
}

/// The fields of a schedule.
#[must_use]
pub fn values(steps: &[ReminderStep]) -> Values {
    let mut values = vec![("reminders", steps.len().to_string())];
    for (at, step) in steps.iter().enumerate() {
        values.push((days_field(at), step.days.to_string()));
        values.push((act_field(at), step.act.as_str().to_owned()));
    }
    values
}

/// The steps that can be read, and what is wrong with the others.
#[must_use]
pub fn read(draft: &Draft) -> (Vec<ReminderStep>, Vec<FieldError>) {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for at in 0..steps(draft) {
        match draft.get(days_field(at)).trim().replace('−', "-").parse::<i32>() {
            Ok(days) => read.push(ReminderStep {
                days,
                act: ReminderAct::parse(draft.get(act_field(at))).unwrap_or(ReminderAct::Remind),
            }),
            Err(_) => problems.push(FieldError {
                field: days_field(at).to_owned(),
                problem: Problem::WrongShape {
                    detail: "Enter a whole number of days; before the due day with a minus".to_owned(),
                },
            }),
        }
    }
    (read, problems)
}

/// The field of the day of a step.
#[must_use]
pub fn days_field(at: usize) -> &'static str {
    row_field("reminders", at, "days")
}

/// The field of what is done in a step.
#[must_use]
pub fn act_field(at: usize) -> &'static str {
    row_field("reminders", at, "act")
}

/// How many steps are typed.
#[must_use]
pub fn steps(draft: &Draft) -> usize {
    draft.get("reminders").parse().unwrap_or(0)
}

/// Whether there is room for one more.
#[must_use]
pub fn has_room(draft: &Draft) -> bool {
    u32::try_from(steps(draft)).is_ok_and(|steps| steps < MAX_STEPS)
}

/// What changes when a step is added, a week after the last, where there is room.
#[must_use]
pub fn with_step(draft: &Draft) -> Values {
    if !has_room(draft) {
        return Values::new();
    }
    let at = steps(draft);
    let last = at
        .checked_sub(1)
        .and_then(|last| draft.get(days_field(last)).trim().parse::<i32>().ok());
    let days = last.map_or(0, |last| last.saturating_add(7));
    vec![
        (days_field(at), days.to_string()),
        (act_field(at), ReminderAct::Remind.as_str().to_owned()),
        ("reminders", (at + 1).to_string()),
    ]
}

/// What changes when a step is taken out: those behind it move up. Nothing, where it is gone already.
#[must_use]
pub fn without_step(draft: &Draft, at: usize) -> Values {
    let Some(last) = steps(draft).checked_sub(1).filter(|last| at <= *last) else {
        return Values::new();
    };
    let mut values = vec![("reminders", last.to_string())];
    for to in at..=last {
        let (days, act) = if to < last {
            (draft.get(days_field(to + 1)), draft.get(act_field(to + 1)))
        } else {
            ("", "")
        };
        values.push((days_field(to), days.to_owned()));
        values.push((act_field(to), act.to_owned()));
    }
    values
}

/// `7 days before it is due`, `on the day it is due`, `21 days after`.
#[must_use]
pub fn when(days: i32) -> String {
    match days {
        0 => "on the day it is due".to_owned(),
        1.. => format!("{} after it is due", words::count(days.unsigned_abs().into(), "day")),
        _ => format!("{} before it is due", words::count(days.unsigned_abs().into(), "day")),
    }
}

/// All steps of a schedule on the wire, in words: `Remind 7 days before it is due; suspend 21 days after it is due`.
#[must_use]
pub fn of_value(value: &Value) -> String {
    let Ok(steps) = serde_json::from_value::<Vec<ReminderStep>>(value.clone()) else {
        return conflict::value(value);
    };
    let steps: Vec<String> = steps
        .iter()
        .map(|step| format!("{} {}", words::reminder_act(step.act), when(step.days)))
        .collect();
    if steps.is_empty() { "Nothing".to_owned() } else { steps.join("; ") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use contract::billing::DEFAULT_REMINDERS;

    use super::*;

    fn put(draft: Draft, values: Values) -> Draft {
        use yew::Reducible;
        (*std::rc::Rc::new(draft).reduce(crate::hooks::DraftStep::Put(values))).clone()
    }

    #[test]
    fn steps_are_added_a_week_later_and_move_up_when_one_goes() {
        let draft = Draft::new(values(DEFAULT_REMINDERS));
        assert_eq!(read(&draft), (DEFAULT_REMINDERS.to_vec(), Vec::new()));
        assert_eq!(with_step(&draft)[0], (days_field(7), "52".to_owned()));
        let gone = without_step(&draft, 0);
        let days: Vec<i32> = read(&put(draft, gone)).0.iter().map(|step| step.days).collect();
        assert_eq!(days, [0, 3, 7, 14, 21, 45]);
        let one = Draft::new(values(&DEFAULT_REMINDERS[..1]));
        assert_eq!(
            without_step(&one, 1),
            Values::new(),
            "a step that is gone already takes no other with it"
        );
        let full = put(one, vec![("reminders", MAX_STEPS.to_string())]);
        assert_eq!((has_room(&full), with_step(&full)), (false, Values::new()));
    }

    #[test]
    fn a_day_that_is_no_number_is_said_at_its_step() {
        let draft = put(Draft::new(values(DEFAULT_REMINDERS)), vec![(days_field(1), "soon".to_owned())]);
        let (steps, problems) = read(&draft);
        assert_eq!((steps.len(), problems.len()), (6, 1));
        assert_eq!(problems[0].field, "reminders[1].days");
    }

    #[test]
    fn a_step_says_when_it_is() {
        assert_eq!(
            (when(-7).as_str(), when(0).as_str(), when(1).as_str()),
            ("7 days before it is due", "on the day it is due", "1 day after it is due")
        );
    }
}
