//! The books that this computer remembers, and the ways to others.

use contract::{
    connection::{BookPlace, Connection},
    desktop::{ChooseFile, FilePurpose, ForgetBook, KnownBook, ListBooks, OpenPlace},
};
use yew::prelude::*;

use super::connection::ConnectionDialog;
use crate::{
    components::{Badge, Button, Confirm, FailedState, Icon, IconButton, SkeletonRows, Tone},
    hooks::{OpenedBook, Query, Toast, use_formats, use_now, use_query, use_request, use_toasts},
};

/// Which dialog is open.
#[derive(Clone, PartialEq)]
enum Open {
    Connect(Option<Connection>),
    Forget(KnownBook),
}

/// The open book.
#[derive(Properties, PartialEq)]
pub struct BooksProps {
    /// The open book.
    pub book: OpenedBook,
}

/// The books that this computer remembers, and the ways to others.
#[component]
pub fn Books(props: &BooksProps) -> Html {
    let known = use_query(ListBooks {});
    let choose = use_request::<ChooseFile>();
    let forget = use_request::<ForgetBook>();
    let toasts = use_toasts();
    let dialog = use_state_eq(|| None::<Open>);
    let show = |what: Option<Open>| {
        let dialog = dialog.setter();
        Callback::from(move |()| dialog.set(what.clone()))
    };
    let open_place = {
        let open = props.book.open_place.clone();
        move |place: BookPlace| {
            open.emit(OpenPlace {
                place,
                password: None,
                keep: None,
                make_new: false,
                anew: false,
                owner: None,
            });
        }
    };
    let on_file = {
        let (choose, toasts, open_place) = (choose.clone(), toasts.clone(), open_place.clone());
        Callback::from(move |()| {
            let (toasts, open_place) = (toasts.clone(), open_place.clone());
            choose.run_with(
                ChooseFile {
                    purpose: FilePurpose::Book,
                },
                move |answer| match answer {
                    Ok(chosen) => {
                        if let Some(path) = chosen.path {
                            open_place(BookPlace::File { path });
                        }
                    }
                    Err(error) => toasts.show(Toast::failed(&error)),
                },
            );
        })
    };
    let on_forget = {
        let (forget, toasts, dialog, reload) = (forget.clone(), toasts, dialog.clone(), known.reload.clone());
        Callback::from(move |()| {
            let Some(Open::Forget(book)) = &*dialog else { return };
            let (toasts, dialog, reload) = (toasts.clone(), dialog.setter(), reload.clone());
            forget.run_with(ForgetBook { place: book.place.clone() }, move |answer| {
                dialog.set(None);
                reload.emit(());
                if let Err(error) = answer {
                    toasts.show(Toast::failed(&error));
                }
            });
        })
    };
    let body = match &known.state {
        Query::Loading => html! { <SkeletonRows label="Loading books" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={known.reload.clone()} /> },
        Query::Ready(list) => {
            let own = BookPlace::File {
                path: list.own_file.clone(),
            };
            let has_own = list.items.iter().any(|book| book.place.is_same(&own));
            let (open_own, open_place) = (open_place.clone(), open_place.clone());
            html! {
                <ul class="rows rows--flush">
                    { for list.items.iter().map(|book| {
                        let (open, place, forgets) = (open_place.clone(), book.place.clone(), show(Some(Open::Forget(book.clone()))));
                        html! { <Row key={book.place.to_string()} book={book.clone()} is_own={book.place.is_same(&own)} on_open={Callback::from(move |()| open(place.clone()))} on_forget={forgets} /> }
                    }) }
                    if !has_own {
                        <li key="own"><span class="grow wrap">{ "The file of this computer" }<small class="second-line muted">{ list.own_file.clone() }</small></span><Button label="Open" on_press={Callback::from(move |()| open_own(own.clone()))} /></li>
                    }
                </ul>
            }
        }
    };
    html! {
        <section class="form-grid" aria-labelledby="books-title">
            <div>
                <h2 class="section-title" id="books-title">{ "Books" }</h2>
                <p class="section-text">{ "The books that were open on this computer. Opening another one signs you out here; nothing in either is changed." }</p>
            </div>
            <div class="panel">{ body }</div>
            <div class="btn-row">
                <Button label="Connect to a server…" icon={Some(Icon::Database)} on_press={show(Some(Open::Connect(None)))} />
                <Button label="Open another file…" icon={Some(Icon::File)} busy={choose.is_busy.then_some(AttrValue::Static("Choosing…"))} on_press={on_file} />
            </div>
            <div class="contents">
                { match (*dialog).clone() {
                    None => html! {},
                    Some(Open::Connect(known)) => html! { <ConnectionDialog {known} on_open={props.book.open_place.clone()} on_close={show(None)} /> },
                    Some(Open::Forget(book)) => html! {
                        <Confirm
                            title="Forget this book?" confirm_label="Forget" keep_label="Keep it on the list" busy={forget.is_busy.then_some(AttrValue::Static("Forgetting…"))}
                            on_confirm={on_forget} on_keep={show(None)}
                        >
                            <p>{ format!("{} goes off this list, and its password off the keyring of this computer, unless another book on it needs the same. The book itself stays where it is.", book.name.clone().unwrap_or_else(|| book.place.to_string())) }</p>
                        </Confirm>
                    },
                } }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    book: KnownBook,
    is_own: bool,
    on_open: Callback<()>,
    on_forget: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let book = &props.book;
    let formats = use_formats();
    let now = use_now();
    let icon = match book.place {
        BookPlace::File { .. } => Icon::File,
        BookPlace::Server { .. } => Icon::Database,
    };
    let place = book.place.to_string();
    let title = book.name.clone().unwrap_or_else(|| "Not named yet".to_owned());
    let when = formats.ago(book.opened_at, now);
    html! {
        <li>
            { icon.view() }
            <span class="grow wrap"><bdi class="medium">{ title.clone() }</bdi><small class="second-line muted">{ place.clone() }{ if props.is_own { " · the file of this computer" } else { "" } }</small></span>
            if book.is_current {
                <Badge label="Open" tone={Tone::Positive} />
            } else {
                <>
                    <span class="muted hide-narrow" title={formats.moment(book.opened_at)}>{ when }</span>
                    <Button label="Open" aria_label={Some(AttrValue::from(format!("Open {title}, {place}")))} on_press={props.on_open.clone()} />
                    <IconButton icon={Icon::X} label={format!("Forget {title}, {place}")} on_press={props.on_forget.clone()} />
                </>
            }
        </li>
    }
}
