//! The columns of the list, and what stands in them.

use std::rc::Rc;

use contract::{Money, customer::CustomerRow, words};
use yew::prelude::*;

use crate::{
    components::{
        Badge, Dot, Icon, Tone,
        grid::{GridBone, GridColumn, GridKey},
    },
    format::{self, Formats},
    route::{CustomerTab, Route},
};

/// The columns.
pub const COLUMNS: &[GridColumn] = &[
    GridColumn {
        label: "Customer",
        class: "col-cust cell-two",
        sort: Some("full_name"),
        bone: GridBone::Two,
    },
    GridColumn {
        label: "Status",
        class: "col-stat",
        sort: Some("is_active"),
        bone: GridBone::Badge,
    },
    GridColumn {
        label: "Licenses",
        class: "col-lic cell-end num",
        sort: Some("active_licenses"),
        bone: GridBone::End,
    },
    GridColumn {
        label: "Subscriptions",
        class: "col-sub cell-end num",
        sort: Some("active_subscriptions"),
        bone: GridBone::End,
    },
    GridColumn {
        label: "Revenue",
        class: "col-rev cell-end cell-two",
        sort: Some("revenue"),
        bone: GridBone::End,
    },
    GridColumn {
        label: "Joined",
        class: "col-joined cell-end num secondary",
        sort: Some("created_at"),
        bone: GridBone::End,
    },
    GridColumn {
        label: "Actions",
        class: "col-act row-actions",
        sort: None,
        bone: GridBone::None,
    },
];

/// Views, as Enter does.
pub const VIEW: &str = "view";
/// Edits.
pub const EDIT: &str = "edit";
/// Deletes.
pub const DELETE: &str = "delete";
/// Brings back from the archive.
pub const RESTORE: &str = "restore";

/// The keys of acts.
pub const KEYS: &[GridKey] = &[("e", EDIT), ("F2", EDIT), ("Delete", DELETE)];

/// What a cell shows.
pub fn cell(row: &Rc<CustomerRow>, column: usize, formats: &Formats) -> Html {
    match column {
        0 => customer(row),
        1 if row.archived_at.is_some() => html! { <Badge label="Archived" dot={Dot::Ring} /> },
        1 => status(row.is_active),
        2 => ratio(row.active_licenses, row.total_licenses),
        3 => ratio(row.active_subscriptions, row.total_subscriptions),
        4 => revenue(row, formats),
        5 => html! { formats.date_of(row.created_at) },
        _ => actions(row),
    }
}

fn customer(row: &CustomerRow) -> Html {
    let line = match &row.company_name {
        Some(company) => format!("{} · {company}", row.email),
        None => row.email.clone(),
    };
    html! {
        <>
            <span class="medium truncate" title={row.full_name.clone()}><bdi>{ row.full_name.clone() }</bdi></span>
            <span class="cell-two__sub truncate" title={line}>
                <bdi>{ row.email.clone() }</bdi>
                if let Some(company) = &row.company_name { { " · " }<bdi>{ company.clone() }</bdi> }
            </span>
        </>
    }
}

/// The badge of a customer's status.
pub fn status(is_active: bool) -> Html {
    if is_active {
        html! { <Badge label="Active" tone={Tone::Positive} /> }
    } else {
        html! { <Badge label="Inactive" dot={Dot::Ring} /> }
    }
}

fn ratio(active: u32, total: u32) -> Html {
    if total == 0 {
        return html! { <span class="muted">{ format::NOTHING }<span class="sr-only">{ "none" }</span></span> };
    }
    html! {
        <span class={classes!("ratio", (active == 0).then_some("ratio--zero"))}>
            <b>{ format::count(active.into()) }</b>
            <span aria-hidden="true">{ " / " }</span><span class="sr-only">{ " active of " }</span>
            { format::count(total.into()) }
        </span>
    }
}

fn revenue(row: &CustomerRow, formats: &Formats) -> Html {
    let amounts = match row.revenue.as_slice() {
        [] => html! { <span class="money muted">{ format::money(Money::new(0, formats.currency)) }</span> },
        [only] => html! { <span class="money">{ format::money(*only) }</span> },
        [first, more @ ..] => html! {
            <span class="money" title={formats.moneys(&row.revenue)}>{ format::money(*first) }<small class="muted">{ format!(" +{}", more.len()) }</small></span>
        },
    };
    html! { <>{ amounts }{ alert(row) }</> }
}

/// What is overdue, or else what is open; leads to the invoices.
fn alert(row: &CustomerRow) -> Html {
    let is_due = |list: &[Money]| list.iter().any(|money| money.amount > 0);
    let (amounts, word, class, icon) = if is_due(&row.overdue) {
        (&row.overdue, "overdue", "money-alert", Icon::AlertCircle)
    } else if is_due(&row.outstanding) {
        (&row.outstanding, "to pay", "money-alert money-alert--soon", Icon::Clock)
    } else {
        return html! {};
    };
    let text = match amounts.as_slice() {
        [first, more @ ..] if !more.is_empty() => format!("{} +{} {word}", format::money(*first), more.len()),
        _ => format!("{} {word}", amounts.iter().map(|money| format::money(*money)).collect::<String>()),
    };
    let all: Vec<String> = amounts.iter().map(|money| format::money(*money)).collect();
    let title = format!(
        "{}, {} {word}",
        words::count(row.outstanding_invoices.into(), "open invoice"),
        all.join(" · ")
    );
    let href = Route::Customers(Some((row.id, CustomerTab::Invoices))).href();
    html! {
        <a {class} {href} {title} tabindex="-1">{ icon.view() }<span class="money-alert__text">{ text }</span></a>
    }
}

fn actions(row: &CustomerRow) -> Html {
    let name = &row.full_name;
    let button = |act: &'static str, class: &'static str, verb: &str, kbd: &str, icon: Icon| {
        html! {
            <button {class} type="button" tabindex="-1" data-act={act} aria-label={format!("{verb} {name}")} title={format!("{verb}  {kbd}").trim_end().to_owned()}>{ icon.view() }</button>
        }
    };
    if row.archived_at.is_some() {
        return html! {
            <>
                { button(VIEW, "icon-btn", "View", "Enter", Icon::Eye) }
                { button(RESTORE, "icon-btn", "Bring back", "", Icon::Undo) }
            </>
        };
    }
    html! {
        <>
            { button(VIEW, "icon-btn", "View", "Enter", Icon::Eye) }
            { button(EDIT, "icon-btn", "Edit", "E", Icon::Pencil) }
            { button(DELETE, "icon-btn icon-btn--danger", "Delete", "Del", Icon::Trash) }
        </>
    }
}

#[cfg(test)]
mod tests {
    use contract::customer::CustomerSort;

    use super::*;

    #[test]
    fn every_column_but_the_last_sorts_by_something_that_the_contract_knows() {
        let unknown: Vec<&str> = COLUMNS
            .iter()
            .filter_map(|column| column.sort)
            .filter(|name| CustomerSort::parse(name).is_none())
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(COLUMNS.iter().filter(|column| column.sort.is_none()).count(), 1);
    }
}
