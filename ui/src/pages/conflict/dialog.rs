//! The question whose value stays, field by field.

use std::{collections::BTreeMap, rc::Rc};

use contract::{Difference, Error, Timestamp, words};
use serde_json::Value;
use yew::prelude::*;

use super::collides;
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DialogSize, Notice, Tone},
    hooks::{use_formats, use_unique_id},
};

/// Whose value stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Theirs,
    Mine,
}

/// Says a value of a field in words. Not compared: each form has one.
#[derive(Clone)]
pub struct Show(pub Rc<Say>);

/// Says a value of a field.
pub type Say = dyn Fn(&str, &Value) -> String;

impl PartialEq for Show {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The question whose value stays.
#[derive(Properties, PartialEq)]
pub struct ConflictDialogProps {
    /// What was changed: `customer`.
    pub noun: &'static str,
    /// Who was faster.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What each field was, is, and would have become.
    pub differences: Rc<[Difference]>,
    /// Says a value of a field in words.
    pub show: Show,
    /// Whether the choice is being saved.
    pub is_busy: bool,
    /// Why it was not saved.
    pub error: Option<Error>,
    /// The fields that stay as the other has made them.
    pub on_choose: Callback<Vec<String>>,
    /// Back to the form; what was typed stays.
    pub on_close: Callback<()>,
}

/// The question whose value stays.
#[component]
pub fn ConflictDialog(props: &ConflictDialogProps) -> Html {
    let formats = use_formats();
    let choices = use_state_eq(BTreeMap::<String, Side>::new);
    {
        let choices = choices.setter();
        // They have saved once more: what was chosen was chosen between other values.
        use_effect_with(Rc::clone(&props.differences), move |_| choices.set(BTreeMap::new()));
    }
    let contested: Vec<&Difference> = props.differences.iter().filter(|difference| collides(difference)).collect();
    let open = contested
        .iter()
        .filter(|difference| !choices.contains_key(&difference.field))
        .count();
    let all = |side: Side| {
        let (choices, fields) = (
            choices.setter(),
            contested
                .iter()
                .map(|difference| (difference.field.clone(), side))
                .collect::<BTreeMap<_, _>>(),
        );
        Callback::from(move |()| choices.set(fields.clone()))
    };
    let on_submit = {
        let (choices, on_choose) = (choices.clone(), props.on_choose.clone());
        Callback::from(move |()| {
            if open > 0 {
                return;
            }
            let theirs = choices.iter().filter(|(_, side)| **side == Side::Theirs);
            on_choose.emit(theirs.map(|(field, _)| field.clone()).collect());
        })
    };
    let who = props.by.clone().unwrap_or_else(|| "Somebody else".to_owned());
    let choose = |field: &str, side: Side| {
        let (choices, field) = (choices.clone(), field.to_owned());
        Callback::from(move |()| {
            let mut next = (*choices).clone();
            next.insert(field.clone(), side);
            choices.set(next);
        })
    };
    let left = words::count(u64::try_from(open).unwrap_or(0), "field");
    let foot = html! {
        <>
            <span class="dialog__note" role="status">{ if open > 0 { format!("{left} to choose") } else { "Everything is chosen".to_owned() } }</span>
            <span class="spacer"></span>
            <Button label="All theirs" on_press={all(Side::Theirs)} />
            <Button label="All yours" on_press={all(Side::Mine)} />
            <Button
                label="Save" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={props.is_busy.then_some(AttrValue::Static("Saving…"))}
                unavailable={(open > 0).then_some(AttrValue::Static("Choose a value for each field first."))}
            />
        </>
    };
    html! {
        <Dialog title={format!("{who} saved this {} first", props.noun)} size={DialogSize::Large} foot={Some(foot)} on_submit={Some(on_submit)} on_close={props.on_close.clone()}>
            <p class="secondary">{ format!("At {}. Nothing of yours is lost, and nothing is saved yet. Choose what stays, field by field.", formats.time_of(props.at)) }</p>
            if let Some(error) = &props.error { { Notice::of_error(error, Tone::Danger) } }
            <div class="conflict">
                { for props.differences.iter().map(|difference| {
                    let of = choices.get(&difference.field).copied();
                    html! { <Field key={difference.field.clone()} difference={difference.clone()} chosen={of} show={props.show.clone()} on_theirs={choose(&difference.field, Side::Theirs)} on_mine={choose(&difference.field, Side::Mine)} /> }
                }) }
            </div>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FieldProps {
    difference: Difference,
    chosen: Option<Side>,
    show: Show,
    on_theirs: Callback<()>,
    on_mine: Callback<()>,
}

#[component]
fn Field(props: &FieldProps) -> Html {
    let name = use_unique_id();
    let difference = &props.difference;
    let label = words::label(&difference.field);
    let show = |value: &Value| (props.show.0)(&difference.field, value);
    let is_contested = collides(difference);
    let note = match (&difference.mine, is_contested) {
        (_, true) => "both changed it",
        (Some(_), false) => "both made it the same",
        (None, false) => "only they changed it",
    };
    let option = |side: Side, word: &'static str, text: String, on_choose: &Callback<()>| {
        let on_choose = on_choose.clone();
        let is_chosen = props.chosen == Some(side);
        html! {
            <label class={classes!("conflict__side", is_chosen.then_some("conflict__side--chosen"))}>
                <input class="check__box check__box--radio" type="radio" name={name.clone()} checked={is_chosen} onchange={move |_| on_choose.emit(())} aria-label={format!("{label}, {}: {text}", word.to_lowercase())} />
                <span class="check__text"><small>{ word }</small><bdi class="wrap">{ text }</bdi></span>
            </label>
        }
    };
    let plain = |word: &'static str, text: String| {
        html! { <div class="conflict__side"><span class="check__text"><small>{ word }</small><bdi class="wrap">{ text }</bdi></span></div> }
    };
    html! {
        <div class={classes!("conflict__row", (is_contested && props.chosen.is_none()).then_some("conflict__row--open"))} role="group" aria-label={label.clone()}>
            <div class="conflict__name"><span class="medium">{ label.clone() }</span><small>{ note }</small></div>
            if is_contested {
                { option(Side::Theirs, "Theirs", show(&difference.theirs), &props.on_theirs) }
                { option(Side::Mine, "Yours", difference.mine.as_ref().map(show).unwrap_or_default(), &props.on_mine) }
            } else {
                { plain("Theirs, stays", show(&difference.theirs)) }
                <div class="conflict__side" aria-hidden="true"></div>
            }
            { plain("Before", show(&difference.before)) }
        </div>
    }
}
