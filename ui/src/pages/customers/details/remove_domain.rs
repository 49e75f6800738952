//! The question before a domain is removed.

use contract::{
    Conflict, Error,
    domain::{DeleteDomain, Domain, RestoreDomain},
};
use yew::prelude::*;

use crate::{
    components::{Confirm, Icon},
    hooks::{Toast, use_book_changes, use_mutation, use_toasts},
    pages::customers::undo::Undoing,
};

/// The question before a domain is removed.
#[derive(Properties, PartialEq)]
pub struct RemoveDomainDialogProps {
    /// Which, as it was when the question was asked.
    pub domain: Domain,
    /// It was removed, or stays.
    pub on_close: Callback<()>,
}

/// The question before a domain is removed.
#[component]
pub fn RemoveDomainDialog(props: &RemoveDomainDialogProps) -> Html {
    let delete = use_mutation::<DeleteDomain>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let domain = &props.domain;
    // Who confirms once more after having been told what changed meanwhile, means the newer version.
    let version = match &delete.error {
        Some(Error::Conflict {
            conflict: Conflict::ChangedMeanwhile { version, .. },
        }) => *version,
        _ => domain.version,
    };
    let on_confirm = {
        let (delete, on_close) = (delete.clone(), props.on_close.clone());
        let request = DeleteDomain { id: domain.id, version };
        Callback::from(move |()| {
            let (toasts, undoing, on_close) = (toasts.clone(), undoing.clone(), on_close.clone());
            delete.run(request.clone(), move |removed| {
                let (undoing, back) = (
                    undoing.clone(),
                    RestoreDomain {
                        id: removed.id,
                        version: removed.version,
                    },
                );
                let text = format!("{} removed", removed.unicode_name);
                toasts.show(
                    Toast::done(text)
                        .icon(Icon::Trash)
                        .undo(move |()| undoing.run(back.clone(), |_| {})),
                );
                on_close.emit(());
            });
        })
    };
    html! {
        <Confirm
            title={format!("Remove {}?", domain.unicode_name)}
            confirm_label="Remove domain"
            keep_label="Keep domain"
            busy={delete.is_busy.then_some(AttrValue::Static("Removing…"))}
            error={delete.error.clone()}
            {on_confirm}
            on_keep={props.on_close.clone()}
        >
            <p>{ "It leaves the lists and the calendar; its name can be given to another customer. At the registrar nothing changes." }</p>
            <p class="muted">{ "You can undo this afterwards." }</p>
        </Confirm>
    }
}
