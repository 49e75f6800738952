//! A figure that matters, in a row of cards (`<section class="metrics">`).

use yew::prelude::*;

use crate::components::{Bone, BoneWidth, Icon};

/// Characters of a figure that a card of the narrow window holds in the large type.
const LARGE: usize = 12;

/// A figure that matters.
#[derive(Properties, PartialEq)]
pub struct MetricCardProps {
    /// What it counts.
    pub label: AttrValue,
    /// The picture.
    pub icon: Icon,
    /// The figure; a bar while it is missing.
    pub value: Option<AttrValue>,
    /// The full figure, if the shown one is short.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The comparison below it.
    #[prop_or_default]
    pub note: Html,
    /// How many lines it has: as many bars stand for it while it is missing.
    #[prop_or(1)]
    pub note_lines: u32,
    /// The list that proves it; the whole card leads there.
    #[prop_or_default]
    pub href: Option<AttrValue>,
    /// Shows the list that proves it, where it is on the same page.
    #[prop_or_default]
    pub on_press: Option<Callback<()>>,
}

/// A figure that matters.
#[component]
pub fn MetricCard(props: &MetricCardProps) -> Html {
    let content = html! {
        <>
            <span class="metric__label">{ props.icon.small() }{ props.label.clone() }</span>
            if let Some(value) = &props.value {
                <span class={classes!("metric__value", is_long(value).then_some("metric__value--long"))} title={props.title.clone()}>
                    { value.clone() }
                </span>
                <span class="metric__note">{ props.note.clone() }</span>
            } else {
                <span class="metric__value"><Bone width={BoneWidth::Badge} /></span>
                <span class="metric__note metric__note--bones">
                    { for (0..props.note_lines).map(|line| html! { <Bone key={line} width={BoneWidth::Half} is_dim={true} /> }) }
                </span>
            }
        </>
    };
    match (&props.href, props.on_press.clone()) {
        (Some(href), _) => html! { <a class="metric metric--link" href={href.clone()}>{ content }</a> },
        (None, Some(on_press)) => {
            html! { <button class="metric metric--link" type="button" onclick={move |_| on_press.emit(())}>{ content }</button> }
        }
        (None, None) => html! { <div class="metric">{ content }</div> },
    }
}

/// Whether a figure needs smaller type in the narrow window.
fn is_long(value: &str) -> bool {
    value.chars().count() > LARGE
}
