//! The page of a list of records.

use std::rc::Rc;

use contract::{Validate, desktop::CopyText, words};
use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    beginning::{self, BeginByKeys, Begun},
    loading::use_listing,
    parts::{SKELETON_ROWS, banner, foot, retry, step, use_long_wait},
    records::{COPY, Filter, Opening, Records, Showing},
    state::{ListState, Step},
    toolbar::RecordsToolbar,
    wanted::Part,
};
use crate::{
    components::{
        Button, ButtonKind, ButtonWidth, EmptyState, FailedState, Icon, PageHead,
        grid::{Grid, GridRows, GridSort},
    },
    format,
    hooks::{Toast, seek, use_formats, use_latest, use_now, use_toasts},
    ipc,
    route::{self, Route, use_place},
};

/// The page of a list of records.
#[derive(Properties, PartialEq)]
pub struct ListPageProps {
    /// The acts in its head.
    #[prop_or_default]
    pub acts: Html,
}

/// The page of a list of records: search, status, order, and rows without end, each of which leads to its customer or opens over
/// the list.
#[component]
pub fn ListPage<R: Records>(props: &ListPageProps) -> Html {
    let list = use_listing(Filter::<R>::default);
    let formats = use_formats();
    let now = use_now();
    let here = use_place();
    let toasts = use_toasts();
    let grid = use_node_ref();
    // As typed; what breaks the rules of a search is shown, but not asked.
    let typed = use_state_eq(|| list.wanted.clone());
    let problem = |filter: &Filter<R>| R::request(filter, Part::default()).validate().err();
    let error = problem(&typed).and_then(|fields| fields.first().map(|field| AttrValue::from(words::problem(&field.problem))));
    let on_filter = {
        let (typed, list) = (typed.setter(), list.dispatcher());
        use_callback((), move |filter: Filter<R>, ()| {
            typed.set(filter.clone());
            if R::request(&filter, Part::default()).validate().is_ok() {
                list.dispatch(Step::Want(filter));
            }
        })
    };
    let focus_list = {
        let grid = grid.clone();
        use_callback((), move |(), ()| focus(&grid))
    };
    {
        // Back from a record, the keyboard goes on at its row.
        let grid = grid.clone();
        use_effect_with((), move |()| {
            if route::take_returned() {
                Timeout::new(0, move || focus(&grid)).forget();
            }
        });
    }
    let opened = use_state_eq(|| None::<R::Id>);
    let on_open = {
        let opened = opened.setter();
        use_callback(here, move |row: Rc<R::Row>, here| match R::OPENING {
            Opening::Place(place) => {
                route::come_back_to(here.route);
                seek(R::id(&row));
                here.go(place(&row));
            }
            Opening::Dialog(_) => opened.set(Some(R::id(&row))),
        })
    };
    let on_close = {
        let (opened, grid) = (opened.setter(), grid.clone());
        use_callback((), move |(), ()| {
            opened.set(None);
            // After the dialog has given the focus back to where it was: the keyboard goes on at the row.
            let grid = grid.clone();
            Timeout::new(0, move || focus(&grid)).forget();
        })
    };
    let over = match (R::OPENING, *opened) {
        (Opening::Dialog(dialog), Some(id)) => dialog(id, on_close),
        _ => html! {},
    };
    let begun = use_state_eq(|| None::<Begun>);
    let on_begin = {
        let begun = begun.setter();
        use_callback((), move |(), ()| begun.set(Some(Begun::Choosing)))
    };
    let on_begun = {
        let (begun, grid) = (begun.setter(), grid.clone());
        use_callback((), move |(), ()| {
            begun.set(None);
            focus_if_lost(&grid);
        })
    };
    let is_empty = list
        .shown
        .as_ref()
        .is_some_and(|shown| shown.total == 0 && !shown.filter.is_narrowing());
    {
        // The button of the empty page goes with it, and may have had the focus.
        let was_empty = use_mut_ref(|| false);
        let grid = grid.clone();
        use_effect_with(is_empty, move |is_empty| {
            if was_empty.replace(*is_empty) && !is_empty {
                focus_if_lost(&grid);
            }
        });
    }
    let begin = |width: ButtonWidth| {
        R::BEGINNING.map(|beginning| {
            html! {
                <Button
                    label={beginning.label}
                    kind={ButtonKind::Primary}
                    {width}
                    icon={Some(Icon::Plus)}
                    aria_label={Some(AttrValue::Static(beginning.label))}
                    on_press={on_begin.clone()}
                />
            }
        })
    };
    let on_act = {
        let toasts = use_latest(toasts);
        use_callback(
            on_open.clone(),
            move |(row, act): (Rc<R::Row>, AttrValue), on_open| match R::copied(&row) {
                Some(copied) if act == COPY => {
                    let toasts = toasts.borrow().clone();
                    wasm_bindgen_futures::spawn_local(async move {
                        let request = CopyText {
                            text: copied.text,
                            secret: copied.is_secret,
                        };
                        match ipc::call(request).await {
                            Ok(_) => toasts.show(Toast::done(format!("{} copied", copied.noun)).icon(Icon::Copy)),
                            Err(error) => toasts.show(Toast::failed(&error)),
                        }
                    });
                }
                _ => on_open.emit(row),
            },
        )
    };
    let ordered = list.ordered_as();
    let on_sort = {
        // From the order that is on screen.
        let (typed, on_filter) = (typed.in_order_of(ordered), on_filter.clone());
        Callback::from(move |by: &'static str| on_filter.emit(typed.sorted(by)))
    };
    let showing = Showing {
        today: formats.day_of(now),
        formats,
        now,
    };
    let cell = use_callback(showing, |(row, column): (Rc<R::Row>, usize), showing| {
        R::cell(&row, column, showing)
    });
    let (rows, total) = match &list.shown {
        Some(shown) => (shown.rows.clone(), shown.total),
        None => (GridRows::default(), SKELETON_ROWS),
    };
    let count = list
        .shown
        .as_ref()
        .filter(|shown| !shown.filter.is_narrowing())
        .map(|shown| AttrValue::from(format::count_of(shown.total, shown.is_exact)));
    html! {
        <main class="main" id="main">
            <PageHead title={R::WORDS.title} {count}>{ props.acts.clone() }{ for begin(ButtonWidth::Fold) }</PageHead>
            <RecordsToolbar<R> filter={(*typed).clone()} {error} on_change={on_filter.clone()} on_leave={focus_list} />
            <Grid<R::Row>
                label={R::WORDS.title}
                class={classes!("grid--records", R::CLASS).to_string()}
                columns={R::COLUMNS}
                {cell}
                {rows}
                {total}
                sort={GridSort { by: ordered.sort, is_descending: ordered.is_descending }}
                {on_sort}
                focus={list.focus}
                on_focus={step(&list, Step::Focus)}
                reveal={list.reveal}
                on_need={step(&list, Step::Need)}
                {on_open}
                {on_act}
                keys={R::KEYS}
                is_busy={list.shown.is_some() && list.is_loading()}
                banner={banner(&list)}
                instead={instead(&list, &on_filter, begin(ButtonWidth::Word))}
                count={html! { <Count<R> list={list.clone()} /> }}
                foot={foot(list.took, R::HINTS)}
                node={grid}
            />
            <div>{ over }</div>
            <div>if let Some(combo) = R::BEGINNING.and_then(|beginning| beginning.combo) { <BeginByKeys {combo} on_press={on_begin.clone()} /> }</div>
            <div>{ beginning::over(R::BEGINNING, &begun, on_begun) }</div>
        </main>
    }
}

/// What stands there in place of rows; `begin` makes the first one.
fn instead<R: Records>(
    list: &UseReducerHandle<ListState<Filter<R>>>,
    on_filter: &Callback<Filter<R>>,
    begin: Option<Html>,
) -> Option<Html> {
    let words = R::WORDS;
    let Some(shown) = &list.shown else {
        let error = list.error.as_ref()?;
        return Some(html! { <FailedState error={error.clone()} on_retry={retry(list)} /> });
    };
    if shown.total > 0 {
        return None;
    }
    if !shown.filter.is_narrowing() {
        let begin = begin.unwrap_or_else(|| {
            html! { <Button label="Go to customers" kind={ButtonKind::Primary} href={Some(Route::CUSTOMERS.href())} /> }
        });
        return Some(html! { <EmptyState title={words.empty} text={words.begin} icon={words.icon}>{ begin }</EmptyState> });
    }
    let clear = {
        let (cleared, on_filter) = (shown.filter.cleared(), on_filter.clone());
        Callback::from(move |()| on_filter.emit(cleared.clone()))
    };
    let label = if shown.filter.status.is_none() {
        "Clear search"
    } else {
        "Clear filters"
    };
    Some(html! {
        <EmptyState title={shown.filter.no_match()} icon={Icon::Search}><Button {label} on_press={clear} /></EmptyState>
    })
}

#[derive(Properties, PartialEq)]
struct CountProps<R: Records> {
    list: UseReducerHandle<ListState<Filter<R>>>,
}

/// How many match; after a second of waiting, that it is being searched.
#[component]
fn Count<R: Records>(props: &CountProps<R>) -> Html {
    let list = &props.list;
    let words = R::WORDS;
    let is_long = use_long_wait(list);
    let text = match &list.shown {
        _ if is_long => format!("Searching {}…", words.many),
        None if list.error.is_some() => String::new(),
        None => format!("Loading {}…", words.many),
        Some(shown) => {
            let number = format::count_of(shown.total, shown.is_exact);
            let noun = if shown.total == 1 { words.one } else { words.many };
            if shown.filter.is_narrowing() && list.is_current() {
                format!("{number} {noun} {}", if shown.total == 1 { "matches" } else { "match" })
            } else {
                format!("{number} {noun}")
            }
        }
    };
    html! { <span class="num" role="status">{ text }</span> }
}

/// Puts the focus there where nothing has it, once a dialog that closes has tried to give it back.
fn focus_if_lost(node: &NodeRef) {
    let node = node.clone();
    Timeout::new(0, move || {
        let active = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.active_element());
        // The content of the page has it in place of what is gone.
        if active.is_none_or(|active| matches!(active.tag_name().as_str(), "BODY" | "MAIN")) {
            focus(&node);
        }
    })
    .forget();
}

fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // The grid can take the focus.
        let _ = element.focus();
    }
}
