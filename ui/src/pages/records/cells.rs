//! Cells that several lists have.

use chrono::NaiveDate;
use yew::prelude::*;

use crate::{
    components::{
        Icon,
        grid::{GridBone, GridColumn},
    },
    format,
    pages::list_page::{COPY, OPEN, Showing},
};

/// A column that gives way when the window is narrow.
pub const fn more(label: &'static str, sort: Option<&'static str>) -> GridColumn {
    GridColumn {
        label,
        class: "col-more",
        sort,
        bone: GridBone::Badge,
    }
}

/// The column of the status.
pub const fn status(sort: Option<&'static str>) -> GridColumn {
    GridColumn {
        label: "Status",
        class: "col-badge",
        sort,
        bone: GridBone::Badge,
    }
}

/// The last column, with the buttons.
pub const ACTIONS: GridColumn = GridColumn {
    label: "Actions",
    class: "col-act row-actions",
    sort: None,
    bone: GridBone::None,
};

/// A name, whole in its tooltip.
pub fn name(text: &str) -> Html {
    html! { <span class="truncate block" title={text.to_owned()}><bdi>{ text }</bdi></span> }
}

/// What stands below the first line where there is no column for it.
pub fn below(text: &str) -> Html {
    html! { <span class="only-phone cell-below muted"><bdi class="truncate">{ text }</bdi></span> }
}

/// The same of two names, each in its own direction.
pub fn below_both(first: &str, second: &str) -> Html {
    html! { <span class="only-phone cell-below muted"><span class="truncate"><bdi>{ first }</bdi>{ " · " }<bdi>{ second }</bdi></span></span> }
}

/// Nothing.
pub fn nothing() -> Html {
    html! { <span class="muted">{ format::NOTHING }</span> }
}

/// A day.
pub fn day(day: Option<NaiveDate>) -> Html {
    day.map_or_else(nothing, |day| html! { <span class="num">{ format::date(day) }</span> })
}

/// A day, and how far it is away while that matters.
pub fn deadline(day: Option<NaiveDate>, showing: &Showing, matters: bool) -> Html {
    let Some(day) = day else { return nothing() };
    html! {
        <>
            <span class="num">{ format::date(day) }</span>
            if matters { <span class="cell-two__sub num">{ format::days_away(showing.today, day) }</span> }
        </>
    }
}

/// The button that opens a row.
pub fn open(of: &str) -> Html {
    button(OPEN, &format!("Open {of}"), "Open  Enter", Icon::Eye)
}

/// The button that copies something of a row.
pub fn copy(what: &str, of: &str) -> Html {
    button(COPY, &format!("Copy {what} {of}"), &format!("Copy {what}  C"), Icon::Copy)
}

fn button(act: &'static str, label: &str, title: &str, icon: Icon) -> Html {
    html! {
        <button class="icon-btn" type="button" tabindex="-1" data-act={act} aria-label={label.to_owned()} title={title.to_owned()}>{ icon.view() }</button>
    }
}
