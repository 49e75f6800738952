//! One license: its key, until when it counts, and what it allows.

use contract::{
    license::{License, LicenseStatus, Quota, QuotaKind},
    subscription::{Subscription, SubscriptionStatus},
};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::status;
use crate::{
    components::{CopyButton, Icon, IconButton, IconButtonKind},
    format::{self, Formats},
    hooks::{record_id, use_formats, use_now},
};

/// One license.
#[derive(Properties, PartialEq)]
pub struct LicenseCardProps {
    /// The license.
    pub license: License,
    /// The subscription that pays for it, once it is known.
    pub subscription: Option<Subscription>,
    /// Whether the focus comes here: it is new, or was changed by a button that is gone.
    pub has_landing: bool,
    /// It is to be canceled.
    pub on_cancel: Callback<()>,
}

/// One license.
#[component]
pub fn LicenseCard(props: &LicenseCardProps) -> Html {
    let formats = use_formats();
    let now = use_now();
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.has_landing, props.license.version), move |(has_landing, _)| {
            if *has_landing && let Some(card) = node.cast::<HtmlElement>() {
                // A card has a tabindex, so it can take the focus.
                let _ = card.focus();
            }
        });
    }
    let license = &props.license;
    let is_off = matches!(license.status, LicenseStatus::Canceled | LicenseStatus::Expired);
    let on_cancel = props.on_cancel.clone();
    html! {
        <article class={classes!("license", is_off.then_some("license--off"))} aria-label={format!("License {}", license.plan_name)} tabindex="-1" id={record_id(license.id)} ref={node}>
            <header class="license__head">
                <h3 class="license__plan truncate" title={license.plan_name.clone()}>{ &license.plan_name }</h3>
                { status::of_license(license) }
                <span class="muted">{ status::price(license.price, license.billing_cycle) }</span>
                <span class="spacer"></span>
                // What is over stops working no more, and could not be brought back.
                if !is_off {
                    <IconButton icon={Icon::Trash} label="Cancel license" kind={IconButtonKind::Danger} on_press={on_cancel} />
                }
            </header>
            <div class="license__row">
                <div>
                    <div class="keyfield">
                        <span class="key" title={license.key.clone()}>{ &license.key }</span>
                        <CopyButton text={license.key.clone()} noun="key" is_secret={true} />
                    </div>
                    <p class="license__meta">
                        <span>{ term(license, &formats, now) }</span>
                        <span>{ renewal(license, props.subscription.as_ref()) }</span>
                    </p>
                </div>
                <div class="quotas">{ for license.quotas.iter().map(quota) }</div>
            </div>
        </article>
    }
}

/// Until when it counts.
fn term(license: &License, formats: &Formats, now: contract::Timestamp) -> Html {
    let dated = |word: &'static str, at: contract::Timestamp, away: bool| {
        let away = away.then(|| format!(" · {}", format::days_away(formats.day_of(now), formats.day_of(at))));
        html! { <>{ word }{ " " }<b title={formats.moment(at)}>{ formats.date_of(at) }</b>{ away.unwrap_or_default() }</> }
    };
    match (license.canceled_at, license.suspended_at, license.expires_at) {
        (Some(at), ..) => dated("Canceled", at, false),
        (None, Some(at), _) => dated("Suspended", at, false),
        (None, None, Some(at)) if at <= now => dated("Expired", at, true),
        (None, None, Some(at)) => dated("Expires", at, true),
        (None, None, None) => "Never expires".into(),
    }
}

/// What renews it.
fn renewal(license: &License, subscription: Option<&Subscription>) -> &'static str {
    if license.status == LicenseStatus::Canceled {
        return "";
    }
    match (license.subscription_id, subscription) {
        (None, _) => "No subscription renews it",
        (Some(_), None) => "With a subscription",
        (Some(_), Some(known)) if known.status == SubscriptionStatus::Canceled => "Its subscription is canceled",
        (Some(_), Some(known)) if known.cancel_at_period_end => "Its subscription ends with the period",
        (Some(_), Some(_)) => "Renewed by its subscription",
    }
}

fn quota(quota: &Quota) -> Html {
    let name = match quota.kind {
        QuotaKind::Activations => "Activations",
        QuotaKind::Users => "Users",
        QuotaKind::Domains => "Domains",
    };
    let used = format::count(quota.used.into());
    let Some(limit) = quota.limit else {
        return html! {
            <div class="quota" key={name}>
                <span class="quota__name">{ name }</span>
                <span class="muted">{ "No limit" }</span>
                <span class="quota__value"><b class="num">{ used }</b>{ " used" }</span>
            </div>
        };
    };
    let (share, tone) = share_and_tone(quota.used, limit);
    let of = format::count(limit.into());
    html! {
        <div
            class="quota"
            key={name}
            role="meter"
            aria-label={name}
            aria-valuemin="0"
            aria-valuemax={limit.to_string()}
            aria-valuenow={quota.used.min(limit).to_string()}
            aria-valuetext={format!("{used} of {of}")}
        >
            <span class="quota__name">{ name }</span>
            { bar(share, tone) }
            <span class="quota__value"><b class="num">{ used }</b>{ format!(" of {of}") }</span>
        </div>
    }
}

/// A bar that is filled to so many percent.
pub fn bar(percent: u32, tone: Option<&'static str>) -> Html {
    html! {
        <svg class={classes!("meter", tone)} viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">
            <rect width={percent.min(100).to_string()} height="5" />
        </svg>
    }
}

/// How much of a limit is used, in percent, and the tone of its bar.
pub fn share_and_tone(used: u32, limit: u32) -> (u32, Option<&'static str>) {
    let share = share(used, limit);
    let tone = match share {
        0..80 => None,
        80..100 => Some("meter--warning"),
        _ => Some("meter--danger"),
    };
    (share, tone)
}

/// How much of it is used, in percent: never 0 of something, never 100 before the limit.
fn share(used: u32, limit: u32) -> u32 {
    if used >= limit {
        return 100;
    }
    let percent = u64::from(used) * 100 / u64::from(limit.max(1));
    u32::try_from(percent).unwrap_or(100).max(u32::from(used > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_neither_empty_with_something_in_it_nor_full_before_the_limit() {
        for (used, limit, want) in [
            (0, 5, 0),
            (1, 1_000, 1),
            (3, 5, 60),
            (999, 1_000, 99),
            (5, 5, 100),
            (7, 5, 100),
            (0, 0, 100),
        ] {
            assert_eq!(share(used, limit), want, "{used} of {limit}");
        }
    }
}
