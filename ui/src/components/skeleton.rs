//! The shape of what is loading.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// How wide a bar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoneWidth {
    /// 28 %.
    Quarter,
    /// 42 %.
    #[default]
    Less,
    /// 58 %.
    Half,
    /// 74 %.
    Most,
    /// A badge.
    Badge,
}

/// A bar in place of a text.
#[derive(Properties, PartialEq)]
pub struct BoneProps {
    /// How wide it is.
    #[prop_or_default]
    pub width: BoneWidth,
    /// Whether it stands for a second line.
    #[prop_or_default]
    pub is_dim: bool,
}

/// A bar in place of a text.
#[component]
pub fn Bone(props: &BoneProps) -> Html {
    let width = match props.width {
        BoneWidth::Quarter => "bone--w1",
        BoneWidth::Less => "bone--w2",
        BoneWidth::Half => "bone--w3",
        BoneWidth::Most => "bone--w4",
        BoneWidth::Badge => "bone--badge",
    };
    html! { <span class={classes!("bone", width, props.is_dim.then_some("bone--dim"))} aria-hidden="true"></span> }
}

/// Rows of two lines, for panels and tabs.
#[derive(Properties, PartialEq)]
pub struct SkeletonRowsProps {
    /// What is loading: `Loading licenses`.
    pub label: AttrValue,
    /// How many.
    #[prop_or(4)]
    pub rows: u32,
}

/// Rows of two lines. Nothing is seen for 150 ms, and it is said in words after a second.
#[component]
pub fn SkeletonRows(props: &SkeletonRowsProps) -> Html {
    let is_long = use_state_eq(|| false);
    {
        let is_long = is_long.setter();
        use_effect_with((), move |()| {
            let timer = Timeout::new(1_000, move || is_long.set(true));
            move || drop(timer)
        });
    }
    html! {
        <div class="skeleton" aria-busy="true">
            <span class="sr-only" role="status">{ if *is_long { props.label.clone() } else { AttrValue::default() } }</span>
            <ul class="rows rows--flush" aria-hidden="true">
                { for (0..props.rows).map(|row| html! {
                    <li key={row}>
                        <span class="grow">
                            <Bone width={if row % 2 == 0 { BoneWidth::Less } else { BoneWidth::Quarter }} />
                            <Bone width={BoneWidth::Half} is_dim={true} />
                        </span>
                        <Bone width={BoneWidth::Badge} />
                    </li>
                }) }
            </ul>
        </div>
    }
}
