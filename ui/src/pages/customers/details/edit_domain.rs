//! The dialog that changes a domain.

use contract::{
    Error, FieldError, Problem, Validate,
    domain::{Domain, UpdateDomain},
};
use yew::prelude::*;

use super::add_domain::{day, fields};
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DraftNote, Icon, focus_first_invalid},
    hooks::{Base, Draft, Toast, switch, use_base, use_book_changes, use_draft, use_toasts},
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
    },
};

/// The dialog that changes a domain.
#[derive(Properties, PartialEq)]
pub struct EditDomainDialogProps {
    /// As it is.
    pub domain: Domain,
    /// The newest values are wanted.
    pub on_reload: Callback<()>,
    /// It was changed, or not.
    pub on_close: Callback<()>,
}

/// The dialog that changes a domain. Its name stays: another name is another domain.
#[component]
pub fn EditDomainDialog(props: &EditDomainDialogProps) -> Html {
    let update = use_merging::<UpdateDomain>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let draft = use_draft(format!("domain {}", props.domain.id), || begin(&props.domain));
    let rebase = {
        let (draft, update) = (draft.clone(), update.clone());
        Callback::from(move |newest: Domain| {
            draft.rebase(begin(&newest));
            update.forget_error();
        })
    };
    let Base {
        record: base,
        reload: on_reload,
    } = use_base(&props.domain, &props.on_reload, rebase);
    let typed = read(&draft, &base);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, update, on_close, typed) = (draft.clone(), update.clone(), props.on_close.clone(), typed.clone());
        let before = base.clone();
        Callback::from(move |()| {
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            if request == nothing(&before) {
                return on_close.emit(());
            }
            let (draft, toasts, undoing, on_close, before) =
                (draft.clone(), toasts.clone(), undoing.clone(), on_close.clone(), before.clone());
            update.merge_with(request, move |answer, is_merged| match answer {
                Ok(changed) => {
                    draft.saved();
                    let back = back(&before, &changed);
                    let (undoing, name) = (undoing.clone(), changed.unicode_name.clone());
                    // What another person has saved meanwhile must not be taken back with it.
                    let toast = if is_merged {
                        Toast::done(format!("{name} saved, with what was changed meanwhile"))
                    } else {
                        Toast::done(format!("{name} changed")).undo(move |()| undoing.run(back.clone(), |_| {}))
                    };
                    toasts.show(toast.icon(Icon::Globe));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Save domain" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={update.is_busy.then_some(AttrValue::Static("Saving…"))} />
        </>
    };
    if let Some(conflict) = update.dialog("domain", |_, value| conflict::value(value)) {
        return conflict;
    }
    html! {
        <Dialog title={format!("Change {}", base.unicode_name)} foot={Some(foot)} on_submit={Some(on_submit)} on_close={props.on_close.clone()}>
            { refusal(update.error.as_ref(), &on_reload) }
            { fields(&draft, &problems) }
        </Dialog>
    }
}

fn begin(domain: &Domain) -> Draft {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Draft::new([
        ("registrar", domain.registrar.clone().unwrap_or_default()),
        ("registered_on", day(domain.registered_on)),
        ("expires_on", day(domain.expires_on)),
        ("auto_renew", switch(domain.auto_renew)),
    ])
}

fn nothing(domain: &Domain) -> UpdateDomain {
    UpdateDomain {
        id: domain.id,
        version: domain.version,
        registrar: None,
        registered_on: None,
        expires_on: None,
        auto_renew: None,
    }
}

/// What leads from one state of a domain to another.
fn between(from: &Domain, to: &Domain) -> UpdateDomain {
    fn differs<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
        (before != after).then(|| after.clone())
    }
    UpdateDomain {
        registrar: differs(&from.registrar, &to.registrar),
        registered_on: differs(&from.registered_on, &to.registered_on),
        expires_on: differs(&from.expires_on, &to.expires_on),
        auto_renew: differs(&from.auto_renew, &to.auto_renew),
        ..nothing(from)
    }
}

/// What takes a change back.
fn back(before: &Domain, changed: &Domain) -> UpdateDomain {
    between(changed, before)
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, base: &Domain) -> Result<UpdateDomain, Vec<FieldError>> {
    let mut unread = Vec::new();
    let mut date = |field: &'static str| day(draft, field, &mut unread);
    let typed = Domain {
        registered_on: date("registered_on"),
        expires_on: date("expires_on"),
        registrar: draft.text("registrar"),
        auto_renew: draft.is_on("auto_renew"),
        ..base.clone()
    };
    if let (Some(first), Some(last)) = (typed.registered_on, typed.expires_on)
        && last < first
    {
        unread.push(FieldError {
            field: "expires_on".to_owned(),
            problem: Problem::TooEarly { earliest: first },
        });
    }
    let request = between(base, &typed);
    unread.extend(request.validate().err().unwrap_or_default());
    if unread.is_empty() { Ok(request) } else { Err(unread) }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(error) => conflict::refusal(error, on_reload),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn known() -> Domain {
        serde_json::from_value(json!({
            "id": "0193a7c0-1111-7222-8333-444455556601", "customer_id": "0193a7c0-1111-7222-8333-444455556602", "customer_name": "Lena",
            "name": "a.example", "unicode_name": "a.example", "registrar": "Names Ltd", "registered_on": "2020-01-01",
            "expires_on": "2027-01-01", "auto_renew": true, "status": "registered", "created_at": "2026-11-22T09:00:00.000Z", "version": 2
        }))
        .unwrap()
    }

    fn typed(values: &[(&'static str, &str)]) -> Result<UpdateDomain, Vec<FieldError>> {
        use yew::Reducible;
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        let draft = (*std::rc::Rc::new(begin(&known())).reduce(crate::hooks::DraftStep::Put(values))).clone();
        read(&draft, &known())
    }

    #[test]
    fn only_what_differs_is_sent_and_an_empty_field_clears() {
        assert_eq!(typed(&[]), Ok(nothing(&known())));
        let changed = typed(&[("registrar", " "), ("expires_on", "2028-01-01"), ("auto_renew", "")]).unwrap();
        assert_eq!(
            (changed.registrar, changed.registered_on, changed.expires_on, changed.auto_renew),
            (Some(None), None, Some(Some("2028-01-01".parse().unwrap())), Some(false))
        );
    }

    #[test]
    fn a_change_is_taken_back_to_the_last_field() {
        let changed = Domain {
            registrar: None,
            auto_renew: false,
            version: 3,
            ..known()
        };
        let undone = back(&known(), &changed);
        assert_eq!(
            (undone.version, undone.registrar, undone.auto_renew),
            (3, Some(known().registrar), Some(true))
        );
        assert_eq!((undone.registered_on, undone.expires_on), (None, None));
    }

    #[test]
    fn a_last_day_before_the_first_is_said_at_its_field() {
        for (field, text) in [("expires_on", "2019-12-31"), ("expires_on", "soon"), ("registered_on", "never")] {
            let problems = typed(&[(field, text)]).unwrap_err();
            assert_eq!(
                problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(),
                [field],
                "{text}"
            );
        }
    }
}
