//! One row, drawn again only when it shows something else.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::grid::{
    GridBone, GridColumn,
    column::{cell_id, row_id},
};

/// Whether the keyboard is at a row, and at which cell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    /// It is not.
    No,
    /// At the row as a whole.
    Row,
    /// At a cell.
    Cell(usize),
}

/// One row.
#[derive(Properties, PartialEq)]
pub struct RowProps<R: PartialEq + 'static> {
    /// The start of the ids.
    pub id: AttrValue,
    /// Its number, from 0.
    pub number: u64,
    /// The number of the row from which its place is counted.
    pub base: u64,
    /// What it shows; bars while it is loading.
    pub row: Option<Rc<R>>,
    /// The columns.
    pub columns: &'static [GridColumn],
    /// What a cell shows.
    pub cell: Callback<(Rc<R>, usize), Html>,
    /// Whether the keyboard is at it.
    pub active: Active,
}

/// One row, at its place in the list. While it is loading, the elements of what it showed before stay, hidden behind
/// bars: a thumb that is dragged over thousands of rows makes and removes none.
#[component]
pub fn Row<R: PartialEq + 'static>(props: &RowProps<R>) -> Html {
    let line = props.number.saturating_add(1);
    let node = use_node_ref();
    let before = use_mut_ref(|| None::<Rc<R>>);
    if let Some(row) = &props.row {
        before.replace(Some(Rc::clone(row)));
    }
    let held = before.borrow().clone();
    {
        let node = node.clone();
        let place = props.number.saturating_sub(props.base);
        use_effect_with(place, move |place| {
            if let Some(row) = node.cast::<HtmlElement>() {
                // A refused place leaves the old one.
                let _ = row.style().set_property("top", &format!("calc({place} * var(--row-height))"));
            }
        });
    }
    let class = classes!(
        "grid__row",
        (props.active != Active::No).then_some("is-focused"),
        matches!(props.active, Active::Cell(_)).then_some("has-cell"),
        props.row.is_none().then_some("grid__row--bones"),
        // Texts differ in length, so bars do.
        (props.number % 3 == 1).then_some("grid__row--short"),
    );
    let cell = if let Active::Cell(column) = props.active {
        Some(column)
    } else {
        None
    };
    html! {
        <div
            {class}
            role="row"
            id={row_id(&props.id, line)}
            aria-rowindex={line.saturating_add(1).to_string()}
            aria-busy={props.row.is_none().then_some("true")}
            data-row={props.number.to_string()}
            ref={node}
        >
            <Cells<R>
                row={held}
                columns={props.columns}
                cell={props.cell.clone()}
                active={cell.map(|column| (column, AttrValue::from(cell_id(&props.id, line, column))))}
            />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct CellsProps<R: PartialEq + 'static> {
    row: Option<Rc<R>>,
    columns: &'static [GridColumn],
    cell: Callback<(Rc<R>, usize), Html>,
    /// The cell that the keyboard is at, and its id.
    active: Option<(usize, AttrValue)>,
}

/// The cells of a row; another number alone does not draw them again.
#[component]
fn Cells<R: PartialEq + 'static>(props: &CellsProps<R>) -> Html {
    html! {
        <>
            { for props.columns.iter().enumerate().map(|(number, column)| {
                let active_id = props.active.as_ref().filter(|(active, _)| *active == number).map(|(_, id)| id.clone());
                let is_active = active_id.is_some();
                html! {
                    <div
                        key={number}
                        class={classes!(column.class, bones(column.bone), is_active.then_some("is-cell"))}
                        id={active_id}
                        role="gridcell"
                    >
                        { for props.row.iter().map(|row| props.cell.emit((Rc::clone(row), number))) }
                    </div>
                }
            }) }
        </>
    }
}

/// The class that draws bars while a row is loading.
const fn bones(bone: GridBone) -> Option<&'static str> {
    match bone {
        GridBone::Two => Some("bones bones--two"),
        GridBone::Badge => Some("bones bones--badge"),
        GridBone::End => Some("bones bones--end"),
        GridBone::None => None,
    }
}
