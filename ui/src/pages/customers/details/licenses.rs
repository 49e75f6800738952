//! The tab `Licenses`.

use std::collections::HashMap;

use contract::{
    LicenseId, SubscriptionId,
    customer::Customer,
    license::{CancelLicense, License, ListLicenses, RestoreLicense},
    license_key,
    rules::MAX_PAGE,
    subscription::{ListSubscriptions, Subscription, SubscriptionStatus},
};
use yew::prelude::*;

use super::{
    Doing, TabProps,
    add_license::AddLicenseDialog,
    billing_note::{BillingNote, Bills, bills_first},
    license_card::LicenseCard,
    status,
};
use crate::{
    components::{Button, ButtonKind, Confirm, EmptyState, Icon},
    format,
    hooks::{
        Base, Toast, use_base, use_book_changes, use_formats, use_list, use_mutation, use_now, use_query, use_sought, use_toasts,
        use_whole_list,
    },
    pages::{conflict::changed_since, customers::undo::Undoing, lists::listed},
};

/// The tab `Licenses`.
#[component]
pub fn Licenses(props: &TabProps) -> Html {
    let customer = &props.customer;
    let list = use_list(ListLicenses {
        customer_id: Some(customer.id),
        ..ListLicenses::default()
    });
    use_sought(list.rows().is_some());
    let paying = use_query(ListSubscriptions {
        customer_id: Some(customer.id),
        limit: Some(MAX_PAGE),
        ..ListSubscriptions::default()
    });
    // All of them: whether a subscription serves another license, too, must not depend on what was scrolled to.
    let every = use_whole_list(ListLicenses {
        customer_id: Some(customer.id),
        ..ListLicenses::default()
    });
    let landing = use_state_eq(|| None::<LicenseId>);
    let canceling = use_state_eq(|| None::<LicenseId>);
    let by_id: HashMap<SubscriptionId, &Subscription> = paying
        .state
        .ready()
        .map(|page| page.items.iter().map(|known| (known.id, known)).collect())
        .unwrap_or_default();
    let on_add = {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(Doing::AddingLicense))
    };
    let on_close = {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(Doing::Nothing))
    };
    let on_added = {
        let (landing, on_close) = (landing.setter(), on_close.clone());
        Callback::from(move |license: License| {
            landing.set(Some(license.id));
            on_close.emit(());
        })
    };
    let known = list.rows().map(|rows| rows.items.as_slice()).unwrap_or_default();
    let chosen = (*canceling).and_then(|id| known.iter().find(|license| license.id == id));
    let on_reload = {
        let (list, paying, every) = (list.reload.clone(), paying.reload.clone(), every.reload.clone());
        Callback::from(move |()| {
            for reload in [&list, &paying, &every] {
                reload.emit(());
            }
        })
    };
    let content = listed(
        &list,
        "Loading licenses",
        || html! { <EmptyState icon={Icon::Key} title="No license yet" text="A license is a key that this customer may use until it expires." /> },
        |rows| {
            html! {
                <>{ for rows.items.iter().map(|license| {
                    let (canceling, id) = (canceling.setter(), license.id);
                    html! {
                        <LicenseCard
                            key={id.to_string()}
                            license={license.clone()}
                            subscription={license.subscription_id.and_then(|id| by_id.get(&id).map(|known| (*known).clone()))}
                            has_landing={*landing == Some(id)}
                            on_cancel={move |()| canceling.set(Some(id))}
                        />
                    }
                }) }</>
            }
        },
    );
    let on_kept = {
        let canceling = canceling.setter();
        Callback::from(move |()| canceling.set(None))
    };
    let on_canceled = {
        let (landing, on_kept) = (landing.setter(), on_kept.clone());
        Callback::from(move |id: LicenseId| {
            landing.set(Some(id));
            on_kept.emit(());
        })
    };
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                if customer.total_licenses > 0 {
                    <h3 class="medium">{ format!("{} active ", format::count(customer.active_licenses.into())) }<span class="muted">{ format!("of {}", of_licenses(customer.total_licenses)) }</span></h3>
                }
                <span class="spacer"></span>
                { Doing::AddingLicense.beginning(customer, html! { <Button label="Add license" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} kbd="L" on_press={on_add} /> }) }
            </div>
            { content }
            if let Some(license) = chosen {
                <CancelDialog
                    license={license.clone()}
                    customer={customer.clone()}
                    subscription={goes_along(license, every.rows().map(|every| every.items.as_slice()), &by_id)}
                    {on_reload}
                    on_keep={on_kept}
                    on_done={on_canceled}
                />
            }
            if props.doing == Doing::AddingLicense {
                <AddLicenseDialog customer={customer.clone()} {on_close} {on_added} />
            }
        </div>
    }
}

fn of_licenses(total: u32) -> String {
    format!(
        "{} {}",
        format::count(total.into()),
        if total == 1 { "license" } else { "licenses" }
    )
}

/// The subscription that is canceled with a license, if one is; nothing while that is not known.
fn goes_along(
    license: &License,
    licenses: Option<&[License]>,
    by_id: &HashMap<SubscriptionId, &Subscription>,
) -> Option<Option<Subscription>> {
    let licenses = licenses?;
    let is_known = license.subscription_id.is_none_or(|id| by_id.contains_key(&id));
    is_known.then(|| alone(license, licenses, by_id))
}

/// The live subscription that pays for this license and for no other live one.
fn alone(license: &License, licenses: &[License], by_id: &HashMap<SubscriptionId, &Subscription>) -> Option<Subscription> {
    let paying = license.subscription_id?;
    let is_shared = licenses
        .iter()
        .any(|other| other.id != license.id && other.subscription_id == Some(paying) && other.canceled_at.is_none());
    let subscription = by_id.get(&paying).filter(|known| known.status != SubscriptionStatus::Canceled)?;
    (!is_shared).then(|| (*subscription).clone())
}

/// What the question says goes with a license, by what it said before and by what goes with it now. As long as it said nothing of
/// a subscription, it follows: where another license of that subscription is canceled meanwhile, nothing must go along unseen.
/// What it did say stays as it was.
fn asked_about(before: Option<Option<Subscription>>, now: Option<&Option<Subscription>>) -> Option<Option<Subscription>> {
    match (before, now) {
        (None | Some(None), Some(now)) => Some(now.clone()),
        (before, _) => before,
    }
}

#[derive(Properties, PartialEq)]
struct CancelDialogProps {
    /// As it is now.
    license: License,
    customer: std::rc::Rc<Customer>,
    /// What goes with it; nothing while that is not known.
    subscription: Option<Option<Subscription>>,
    on_reload: Callback<()>,
    on_keep: Callback<()>,
    on_done: Callback<LicenseId>,
}

/// Asks before a license is canceled, and says what is canceled with it.
#[component]
fn CancelDialog(props: &CancelDialogProps) -> Html {
    let today = use_formats().day_of(use_now());
    let cancel = use_mutation::<CancelLicense>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let rebase = {
        let cancel = cancel.clone();
        Callback::from(move |_: (License, Option<Option<Subscription>>)| cancel.forget_error())
    };
    // What goes with it may be known, or begin to go with it, only after the question is there.
    let first = use_mut_ref(|| None::<Option<Subscription>>);
    let begun = asked_about(first.borrow().clone(), props.subscription.as_ref());
    first.replace(begun);
    let newer = props.subscription.clone().filter(|own| first.borrow().as_ref() != Some(own));
    // Only what was asked about is canceled: what somebody changes meanwhile, be it the license or what goes with it, has to be
    // looked at again.
    let Base {
        record: (license, newer),
        reload: on_reload,
    } = use_base(&(props.license.clone(), newer), &props.on_reload, rebase);
    // The newest that was asked for may have said that nothing goes with it, too.
    let known = asked_about(newer.or_else(|| first.borrow().clone()), props.subscription.as_ref());
    let goes_along = known.as_ref().and_then(Option::as_ref);
    let on_confirm = {
        let cancel = cancel.clone();
        let (id, version, on_done) = (license.id, license.version, props.on_done.clone());
        let subscription_version = goes_along.map(|own| own.version);
        Callback::from(move |()| {
            let (undoing, toasts, on_done) = (undoing.clone(), toasts.clone(), on_done.clone());
            cancel.run(
                CancelLicense {
                    id,
                    version: Some(version),
                    subscription_version,
                },
                move |canceled| {
                    let (undoing, shown) = (undoing.clone(), toasts.clone());
                    let request = RestoreLicense {
                        id,
                        version: Some(canceled.version),
                    };
                    let undo = move |()| {
                        let shown = shown.clone();
                        undoing.run(request.clone(), move |back| {
                            shown.show(Toast::done(format!("License {} is back", back.plan_name)).icon(Icon::Undo));
                        });
                    };
                    toasts.show(
                        Toast::done(format!("License {} canceled", canceled.plan_name))
                            .icon(Icon::Trash)
                            .undo(undo),
                    );
                    on_done.emit(id);
                },
            );
        })
    };
    let is_billed_first = goes_along.is_some_and(|own| bills_first(own, today));
    html! {
        <Confirm
            title={format!("Cancel {} for {}?", license.plan_name, props.customer.full_name)}
            confirm_label="Cancel license"
            keep_label="Keep license"
            busy={cancel.is_busy.then_some(AttrValue::Static("Canceling…"))}
            error={cancel.error.clone()}
            refusal={cancel.error.as_ref().and_then(|error| changed_since(error, "Nothing was canceled.", "Show it as it is now", &on_reload))}
            {on_confirm}
            on_keep={props.on_keep.clone()}
        >
            <p>
                { "License " }<span class="mono">{ license_key::masked(&license.key) }</span>{ " stops working today." }
                if known.is_none() { { " A subscription that serves only this license is canceled with it." } }
                if let Some(subscription) = goes_along {
                    { format!(" Its subscription, {} for {}, serves only this license and is canceled with it.", subscription.plan_name, status::price(subscription.price, subscription.billing_cycle)) }
                }
            </p>
            if is_billed_first { <BillingNote bills={Bills::First} customer={Some(props.customer.id)} /> }
            <p class="muted">{ "You can undo this afterwards." }</p>
        </Confirm>
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    const AT: &str = "2026-11-22T09:00:00.000Z";

    fn id(number: u8) -> Value {
        json!(format!("0193a7c0-1111-7222-8333-4444555566{number:02}"))
    }

    fn license(number: u8, subscription: Option<u8>, canceled_at: Option<&str>) -> License {
        serde_json::from_value(json!({
            "id": id(number), "customer_id": id(90), "customer_name": "Lena", "plan_id": id(91), "plan_name": "Studio",
            "subscription_id": subscription.map(id), "key": "7Q4M2", "status": if canceled_at.is_some() { "canceled" } else { "active" },
            "billing_cycle": "monthly", "price": {"amount": 100, "currency": "EUR"}, "quotas": [], "starts_at": AT, "expires_at": null,
            "suspended_at": null, "canceled_at": canceled_at, "created_at": AT, "updated_at": AT, "version": 1
        }))
        .unwrap()
    }

    fn subscription(number: u8, status: &str) -> Subscription {
        serde_json::from_value(json!({
            "id": id(number), "customer_id": id(90), "customer_name": "Lena", "plan_id": id(91), "plan_name": "Studio", "status": status,
            "billing_cycle": "monthly", "price": {"amount": 100, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-22", "anchor": "2026-11-22", "billed_until": "2026-12-22",
            "current_period_start": "2026-11-22", "current_period_end": "2026-12-22", "trial_end": null, "cancel_at_period_end": false,
            "paused_at": null, "ended_at": null, "created_at": AT, "updated_at": AT, "version": 1
        }))
        .unwrap()
    }

    #[test]
    fn a_subscription_goes_with_the_last_live_license_it_pays_for() {
        let (paying, over) = (subscription(50, "active"), subscription(51, "canceled"));
        let by_id: HashMap<SubscriptionId, &Subscription> = [(paying.id, &paying), (over.id, &over)].into();
        let goes = |licenses: &[License]| alone(licenses.first().unwrap(), licenses, &by_id).is_some();
        assert!(goes(&[license(1, Some(50), None)]));
        assert!(goes(&[
            license(1, Some(50), None),
            license(2, Some(50), Some(AT)),
            license(3, None, None)
        ]));
        assert!(!goes(&[license(1, Some(50), None), license(2, Some(50), None)]));
        assert!(!goes(&[license(1, Some(51), None)]));
        assert!(!goes(&[license(1, None, None)]));
    }

    #[test]
    fn what_goes_along_is_known_once_its_subscription_and_all_licenses_are() {
        let paying = subscription(50, "active");
        let by_id: HashMap<SubscriptionId, &Subscription> = [(paying.id, &paying)].into();
        let (own, unread, unpaid) = (license(1, Some(50), None), license(1, Some(51), None), license(1, None, None));
        let among = |license: &License| goes_along(license, Some(std::slice::from_ref(license)), &by_id);
        assert_eq!(goes_along(&own, None, &by_id), None);
        assert_eq!(among(&unread), None);
        assert_eq!(among(&unpaid), Some(None));
        assert_eq!(among(&own), Some(Some(paying.clone())));
    }

    #[test]
    fn what_begins_to_go_along_is_asked_about_and_then_stays_as_it_was() {
        let own = subscription(50, "active");
        let changed = Subscription { version: 2, ..own.clone() };
        for (before, now, expected) in [
            (None, None, None),
            (None, Some(None), Some(None)),
            (None, Some(Some(&own)), Some(Some(&own))),
            // Read again.
            (Some(None), None, Some(None)),
            (Some(None), Some(None), Some(None)),
            // The other license of the subscription was canceled meanwhile.
            (Some(None), Some(Some(&own)), Some(Some(&own))),
            // A version that was not shown is not sent.
            (Some(Some(&own)), Some(Some(&changed)), Some(Some(&own))),
            (Some(Some(&own)), Some(None), Some(Some(&own))),
            (Some(Some(&own)), None, Some(Some(&own))),
        ] {
            let owned = |known: Option<Option<&Subscription>>| known.map(Option::<&Subscription>::cloned);
            let now = owned(now);
            assert_eq!(asked_about(owned(before), now.as_ref()), owned(expected), "{before:?} {now:?}");
        }
    }
}
