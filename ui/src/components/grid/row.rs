//! One row, drawn again only when it shows something else.

use std::rc::Rc;

use yew::prelude::*;

use crate::components::{
    Bone, BoneWidth,
    grid::{
        GridBone, GridColumn,
        column::{cell_id, row_id},
    },
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
    /// What it shows; bars while it is loading.
    pub row: Option<Rc<R>>,
    /// The columns.
    pub columns: &'static [GridColumn],
    /// What a cell shows.
    pub cell: Callback<(Rc<R>, usize), Html>,
    /// Whether the keyboard is at it.
    pub active: Active,
}

/// One row.
#[component]
pub fn Row<R: PartialEq + 'static>(props: &RowProps<R>) -> Html {
    let line = props.number.saturating_add(1);
    let class = classes!(
        "grid__row",
        (props.active != Active::No).then_some("is-focused"),
        matches!(props.active, Active::Cell(_)).then_some("has-cell"),
        props.row.is_none().then_some("grid__row--bones")
    );
    html! {
        <div
            {class}
            role="row"
            id={row_id(&props.id, line)}
            aria-rowindex={line.saturating_add(1).to_string()}
            aria-busy={props.row.is_none().then_some("true")}
            data-row={props.number.to_string()}
        >
            { for props.columns.iter().enumerate().map(|(number, column)| {
                let is_active = props.active == Active::Cell(number);
                html! {
                    <div
                        key={number}
                        id={is_active.then(|| cell_id(&props.id, line, number))}
                        class={classes!(column.class, is_active.then_some("is-cell"))}
                        role="gridcell"
                    >
                        { match &props.row {
                            Some(row) => props.cell.emit((Rc::clone(row), number)),
                            None => bones(column.bone, props.number),
                        } }
                    </div>
                }
            }) }
        </div>
    }
}

/// Bars of the widths that texts have, the same for the same row.
fn bones(bone: GridBone, number: u64) -> Html {
    match bone {
        GridBone::Two => html! {
            <>
                <Bone width={if number % 3 == 1 { BoneWidth::Quarter } else { BoneWidth::Less }} />
                <Bone width={if number % 3 == 2 { BoneWidth::Most } else { BoneWidth::Half }} is_dim={true} />
            </>
        },
        GridBone::Badge => html! { <Bone width={BoneWidth::Badge} /> },
        GridBone::End => html! { <Bone width={BoneWidth::Short} is_end={true} /> },
        GridBone::None => html! {},
    }
}
