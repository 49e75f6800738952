//! What is done about unpaid invoices, step by step: of the book, and of a plan.

pub mod schedule;

use std::rc::Rc;

use contract::{FieldError, billing::ReminderAct, words};
use yew::prelude::*;

use self::schedule::{act_field, days_field, has_room, steps, when, with_step, without_step};
use crate::{
    components::{Button, Icon, IconButton, SelectField, SelectOption, TextField, TextKind},
    hooks::DraftHandle,
};

/// The steps of a schedule, in a form.
#[derive(Properties, PartialEq)]
pub struct ScheduleProps {
    /// What is typed.
    pub draft: DraftHandle,
    /// What is wrong with it.
    pub problems: Vec<FieldError>,
}

/// The steps of a schedule, in a form.
#[component]
pub fn Schedule(props: &ScheduleProps) -> Html {
    let draft = &props.draft;
    let on_add = {
        let draft = draft.clone();
        Callback::from(move |()| draft.change(with_step))
    };
    let is_full = !has_room(draft);
    html! {
        <>
            if draft.is_cut("reminders") { <p class="field__help" role="status">{ "The steps were changed meanwhile. What you had typed in them is not kept." }</p> }
            if steps(draft) == 0 { <p class="muted">{ "Nothing is done by itself." }</p> }
            <div class="stack">{ for (0..steps(draft)).map(|at| row(at, props)) }</div>
            <div class="btn-row"><Button label="Add step" icon={Some(Icon::Plus)} unavailable={is_full.then_some(AttrValue::Static("20 steps are the most."))} on_press={on_add} /></div>
        </>
    }
}

fn row(at: usize, props: &ScheduleProps) -> Html {
    let draft = &props.draft;
    let (days, act) = (days_field(at), act_field(at));
    let acts: Vec<SelectOption> = ReminderAct::ALL
        .iter()
        .map(|act| SelectOption::new(act.as_str(), words::reminder_act(*act)))
        .collect();
    let help = draft
        .get(days)
        .trim()
        .replace('−', "-")
        .parse()
        .ok()
        .map(|days| AttrValue::from(when(days)));
    let on_remove = {
        let draft = draft.clone();
        Callback::from(move |()| draft.change(move |typed| without_step(typed, at)))
    };
    html! {
        <div key={at.to_string()} class="reminder-edit" role="group" aria-label={format!("Step {}", at + 1)}>
            <TextField label={format!("Step {}, days", at + 1)} is_label_hidden={true} name={days} kind={TextKind::Number} suffix="days" {help} value={draft.get(days).to_owned()} error={draft.error(days, &props.problems)} on_input={draft.typed(days)} on_leave={draft.left(days)} />
            <SelectField label={format!("Step {}, what is done", at + 1)} is_label_hidden={true} name={act} value={draft.get(act).to_owned()} options={Rc::from(acts)} on_change={draft.typed(act)} />
            <IconButton icon={Icon::Trash} label={format!("Remove step {}", at + 1)} on_press={on_remove} />
        </div>
    }
}
