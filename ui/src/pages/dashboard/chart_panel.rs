//! A chart with its head, its table twin and the figures below.

use std::rc::Rc;

use yew::prelude::*;

use crate::components::{Chart, ChartKind, ChartPoint, Icon, IconButton};

/// The same figures as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// The heads of the columns after the month.
    pub columns: Vec<String>,
    /// Month and values.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A chart with its head.
#[derive(Properties, PartialEq)]
pub struct ChartPanelProps {
    /// The title.
    pub title: AttrValue,
    /// The figure of the running month.
    pub value: AttrValue,
    /// What the figure is: `so far in November`.
    pub value_note: AttrValue,
    /// What is left out of the chart.
    #[prop_or_default]
    pub aside: Option<AttrValue>,
    /// What is to be seen, in a sentence.
    pub description: AttrValue,
    /// The months.
    pub points: Rc<[ChartPoint]>,
    /// How they are drawn.
    pub kind: ChartKind,
    /// The least step of the axis.
    #[prop_or(1)]
    pub unit: i64,
    /// A tick in short words.
    pub tick: Callback<i64, AttrValue>,
    /// The same as a table.
    pub twin: Twin,
    /// Names and figures below.
    pub facts: Vec<(AttrValue, AttrValue)>,
}

/// A chart with its head, its table twin and the figures below.
#[component]
pub fn ChartPanel(props: &ChartPanelProps) -> Html {
    let is_table = use_state_eq(|| false);
    let on_press = {
        let is_table = is_table.clone();
        Callback::from(move |()| is_table.set(!*is_table))
    };
    let (icon, label) = if *is_table {
        (Icon::Chart, "Show as chart")
    } else {
        (Icon::Columns, "Show as table")
    };
    html! {
        <section class="panel panel--chart" aria-label={props.title.clone()}>
            <div class="chart-head">
                <div>
                    <h2 class="panel__title">{ props.title.clone() }</h2>
                    <p class="chart-head__line"><span class="chart-head__value data">{ props.value.clone() }</span>{ props.value_note.clone() }</p>
                </div>
                <span class="spacer"></span>
                if let Some(aside) = &props.aside { <p class="legend hide-medium"><span>{ aside.clone() }</span></p> }
                <IconButton {icon} label={format!("{label}: {}", props.title)} pressed={*is_table} {on_press} />
            </div>
            if *is_table {
                { table(props) }
            } else {
                <div class="chart-body">
                    <Chart
                        title={format!("{}, last {} months", props.title, props.points.len())}
                        description={props.description.clone()}
                        points={props.points.clone()}
                        kind={props.kind}
                        unit={props.unit}
                        tick={props.tick.clone()}
                    />
                </div>
            }
            <dl class={classes!("moves", format!("moves--{}", props.facts.len()))}>
                { for props.facts.iter().map(|(name, figure)| html! { <div key={name.as_str()}><dt>{ name.clone() }</dt><dd class="num">{ figure.clone() }</dd></div> }) }
            </dl>
        </section>
    }
}

fn table(props: &ChartPanelProps) -> Html {
    html! {
        <div class="sideways">
            <table class="dtable dtable--tight" aria-label={props.title.clone()}>
                <thead><tr>
                    <th scope="col">{ "Month" }</th>
                    { for props.twin.columns.iter().map(|column| html! { <th key={column.clone()} scope="col" class="n">{ column }</th> }) }
                </tr></thead>
                <tbody>
                    { for props.twin.rows.iter().map(|(month, values)| html! {
                        <tr key={month.clone()}>
                            <td>{ month }</td>
                            { for values.iter().enumerate().map(|(number, value)| html! { <td key={number} class="n">{ value }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
