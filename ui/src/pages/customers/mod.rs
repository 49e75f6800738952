//! The page `Customers`, with the details of one over the list.

mod cards;
mod cells;
mod creation;
mod deletion;
pub mod details;
mod filter;
mod form;
mod list;
mod picking;
mod sorting;
pub mod standing;
mod toolbar;
pub mod undo;

use contract::{CustomerId, Validate, customer::GetCustomer, words};
use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonWidth, Icon, PageHead},
    format,
    hooks::{HotkeyScope, Toast, open_dialogs, use_hotkey_in, use_latest, use_toasts},
    ipc,
    pages::list_page::{Step, use_listing},
    route::{self, CustomerTab, Route, use_place},
};
pub use cards::Cards;
pub use cells::status;
pub use creation::{CreationProvider, use_creation};
use deletion::Deletion;
use details::CustomerDetails;
pub use filter::Filter;
pub use form::{CustomerForm, Known, Saved};
use list::{Act, CustomerList};
pub use picking::use_pick;
use standing::{Subject, use_return_from_archive};
use toolbar::Toolbar;

/// The page `Customers`.
#[derive(Properties, PartialEq)]
pub struct CustomersProps {
    /// Whose details are open, and at which tab.
    pub record: Option<(CustomerId, CustomerTab)>,
}

/// The dialog over the list, besides the details.
#[derive(Clone, PartialEq)]
enum Open {
    Form(Known),
    Deletion(Subject),
}

/// The page `Customers`.
#[component]
pub fn Customers(props: &CustomersProps) -> Html {
    let list = use_listing(Filter::default);
    let place = use_place();
    let creation = use_creation();
    let toasts = use_toasts();
    let grid = use_node_ref();
    let dialog = use_state_eq(|| None::<Open>);
    // As typed; what breaks the rules of a search is shown, but not asked.
    let typed = use_state_eq(|| list.wanted.clone());
    let error = typed
        .request()
        .validate()
        .err()
        .and_then(|fields| fields.first().map(|field| AttrValue::from(words::problem(&field.problem))));
    let on_filter = {
        let (typed, list) = (typed.setter(), list.dispatcher());
        use_callback((), move |filter: Filter, ()| {
            typed.set(filter.clone());
            if filter.request().validate().is_ok() {
                list.dispatch(Step::Want(filter));
            }
        })
    };
    let focus_list = {
        let grid = grid.clone();
        use_callback((), move |(), ()| focus(&grid))
    };
    {
        let (list, grid) = (list.dispatcher(), grid.clone());
        let newest = creation.as_ref().and_then(|creation| creation.newest);
        let known = use_mut_ref(|| newest);
        use_effect_with(newest, move |newest| {
            if known.replace(*newest) != *newest
                && let Some(id) = newest
            {
                list.dispatch(Step::FocusOnNew(*id));
                focus_later(grid);
            }
        });
    }
    {
        // Without a record open, nothing leads back any more.
        use_effect_with(props.record.is_some(), |has_record| {
            if !has_record {
                route::forget_origin();
            }
        });
    }
    let create = creation.map(|creation| creation.open).unwrap_or_default();
    let back = use_return_from_archive();
    let restore = use_latest(back.run);
    let on_act = {
        let place = use_latest(place.clone());
        let dialog = dialog.setter();
        use_callback(create.clone(), move |act: Act, create| match act {
            Act::Create => create.emit(()),
            Act::Open(row) => place.borrow().go(Route::Customers(Some((row.id, details::last_tab())))),
            Act::Edit(row) => dialog.set(Some(Open::Form(Known::from(&*row)))),
            Act::Delete(row) => dialog.set(Some(Open::Deletion(Subject::from(&*row)))),
            Act::Restore(row) => {
                let restore = restore.borrow().clone();
                restore.emit(Subject::from(&*row));
            }
        })
    };
    let on_focus = {
        let (list, grid) = (list.dispatcher(), grid.clone());
        use_callback((), move |id: CustomerId, ()| {
            list.dispatch(Step::FocusOn(id));
            focus_later(grid.clone());
        })
    };
    let close_dialog = {
        let dialog = dialog.setter();
        use_callback((), move |(), ()| dialog.set(None))
    };
    let show = |id: CustomerId| {
        let place = place.clone();
        Callback::from(move |tab| place.go(Route::Customers(Some((id, tab)))))
    };
    let open_record = {
        let place = place.clone();
        Callback::from(move |id| place.go(Route::Customers(Some((id, CustomerTab::Details)))))
    };
    let on_saved = {
        let on_focus = on_focus.clone();
        let is_over_details = props.record.is_some();
        Callback::from(move |saved: Saved| {
            if !saved.customer.is_admin && !is_over_details {
                on_focus.emit(saved.customer.id);
            }
        })
    };
    // Back must not lead to a record that is gone.
    let on_deleted = {
        let (place, grid, is_over_details) = (place.clone(), grid.clone(), props.record.is_some());
        Callback::from(move |()| {
            if is_over_details {
                place.replace(Route::CUSTOMERS);
                focus_later(grid.clone());
            }
        })
    };
    let over = match &*dialog {
        None => html! {},
        Some(Open::Form(known)) => html! {
            <CustomerForm key={known.id.to_string()} known={Some(known.clone())} on_close={close_dialog} {on_saved} on_open={open_record} />
        },
        Some(Open::Deletion(row)) => html! {
            <Deletion key={row.id.to_string()} row={row.clone()} on_close={close_dialog} {on_deleted} on_show={show(row.id)} {on_focus} />
        },
    };
    let beside = |is_next: bool| {
        let (place, record, focus) = (place.clone(), props.record, list.dispatcher());
        let to = record.and_then(|(id, _)| list.beside(id, is_next));
        Callback::from(move |()| {
            if let (Some(to), Some((_, tab)), true) = (to, record, open_dialogs() == 1) {
                // The list behind goes along, so that what follows is there.
                focus.dispatch(Step::FocusOn(to));
                place.replace(Route::Customers(Some((to, tab))));
            }
        })
    };
    use_hotkey_in("j", HotkeyScope::Dialog, beside(true));
    use_hotkey_in("k", HotkeyScope::Dialog, beside(false));
    let details = props.record.map(|(id, tab)| {
        let on_edit = {
            let (dialog, toasts) = (dialog.setter(), toasts.clone());
            Callback::from(move |()| {
                let (dialog, toasts) = (dialog.clone(), toasts.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    match ipc::call(GetCustomer { id }).await {
                        Ok(customer) => dialog.set(Some(Open::Form(Known::from(&customer)))),
                        Err(error) => toasts.show(Toast::failed(&error)),
                    }
                });
            })
        };
        let on_delete = {
            let dialog = dialog.setter();
            Callback::from(move |subject| dialog.set(Some(Open::Deletion(subject))))
        };
        let on_tab = {
            let place = place.clone();
            Callback::from(move |tab| place.replace(Route::Customers(Some((id, tab)))))
        };
        let on_close = {
            let (place, list, grid) = (place.clone(), list.dispatcher(), grid.clone());
            Callback::from(move |()| {
                if let Some(origin) = route::take_origin() {
                    return place.go(origin);
                }
                place.go(Route::CUSTOMERS);
                list.dispatch(Step::FocusOn(id));
                focus_later(grid.clone());
            })
        };
        html! { <CustomerDetails key={id.to_string()} {id} {tab} {on_tab} {on_close} {on_edit} {on_delete} /> }
    });
    let count = list
        .figures
        .as_ref()
        .map(|stats| AttrValue::from(format::count(stats.total_customers)));
    html! {
        <main class="main" id="main">
            <PageHead title="Customers" {count}>
                <Button label="New customer" kind={ButtonKind::Primary} width={ButtonWidth::Fold} icon={Some(Icon::Plus)} kbd="Ctrl N" aria_label="New customer" on_press={create} />
            </PageHead>
            <Cards stats={list.figures.clone()} is_failed={list.error.is_some()} on_pick={on_filter.clone()} />
            <Toolbar filter={(*typed).clone()} {error} on_change={on_filter.clone()} on_leave={focus_list} />
            <CustomerList list={list.clone()} typed={(*typed).clone()} {on_filter} {on_act} node={grid} />
            <div>{ details.unwrap_or_default() }</div>
            <div>{ over }</div>
        </main>
    }
}

fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // The grid can take the focus.
        let _ = element.focus();
    }
}

/// After a dialog has given the focus back to where it was.
fn focus_later(node: NodeRef) {
    Timeout::new(0, move || focus(&node)).forget();
}
