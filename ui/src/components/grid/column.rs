//! The columns of a grid and its head.

use yew::prelude::*;

use crate::components::Icon;

/// What stands in a cell while its row is loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridBone {
    /// Two lines.
    Two,
    /// A badge.
    Badge,
    /// A number at the end.
    End,
    /// Nothing.
    None,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridColumn {
    /// Its word.
    pub label: &'static str,
    /// The classes of its cells.
    pub class: &'static str,
    /// What it sorts by, if it does.
    pub sort: Option<&'static str>,
    /// What stands there while a row is loading.
    pub bone: GridBone,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridSort {
    /// As in [`GridColumn::sort`].
    pub by: &'static str,
    /// Whether the largest comes first.
    pub is_descending: bool,
}

/// The head of a grid.
#[derive(Properties, PartialEq)]
pub struct HeadProps {
    /// The start of the ids.
    pub id: AttrValue,
    /// The columns.
    pub columns: &'static [GridColumn],
    /// The order.
    pub sort: GridSort,
    /// The column that the keyboard is at.
    pub active: Option<usize>,
    /// Sorts by a column.
    pub on_sort: Callback<&'static str>,
    /// The element.
    pub node: NodeRef,
}

/// The head of a grid: one word a column, which sorts.
#[component]
pub fn Head(props: &HeadProps) -> Html {
    html! {
        <div class="grid__row grid__head" role="row" aria-rowindex="1" ref={props.node.clone()}>
            { for props.columns.iter().enumerate().map(|(number, column)| {
                let direction = (column.sort == Some(props.sort.by)).then_some(props.sort.is_descending);
                html! {
                    <div
                        key={number}
                        id={(props.active == Some(number)).then(|| cell_id(&props.id, 0, number))}
                        class={classes!(column.class, (props.active == Some(number)).then_some("is-cell"))}
                        role="columnheader"
                        aria-sort={direction.map(|is_descending| if is_descending { "descending" } else { "ascending" })}
                    >
                        { word(column, direction, &props.on_sort) }
                    </div>
                }
            }) }
        </div>
    }
}

fn word(column: &GridColumn, direction: Option<bool>, on_sort: &Callback<&'static str>) -> Html {
    let Some(by) = column.sort else {
        let class = (column.bone == GridBone::None).then_some("sr-only");
        return html! { <span {class}>{ column.label }</span> };
    };
    let on_sort = on_sort.clone();
    html! {
        <button type="button" tabindex="-1" onclick={move |_| on_sort.emit(by)}>
            { column.label }
            if let Some(is_descending) = direction { { if is_descending { Icon::Down.view() } else { Icon::Up.view() } } }
        </button>
    }
}

/// The id of a cell; row 0 is the head.
pub fn cell_id(id: &str, row: u64, column: usize) -> String {
    format!("{id}-{row}-{column}")
}

/// The id of a row; row 0 is the head.
pub fn row_id(id: &str, row: u64) -> String {
    format!("{id}-{row}")
}
