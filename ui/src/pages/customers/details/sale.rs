//! What comes with something that is sold, and how the sale is taken back: as long as nothing came with it that is final.

use chrono::NaiveDate;
use contract::{
    CustomerId, Error, SubscriptionId, Timestamp,
    invoice::{DeleteInvoice, Invoice, InvoiceStatus, ListInvoices},
    license::{CancelLicense, License, ListLicenses},
    subscription::{CancelAt, CancelSubscription, ListSubscriptions, Subscription, SubscriptionStatus},
    words,
};

use crate::{
    components::Icon,
    hooks::{Toast, Toasts},
    ipc,
    pages::customers::undo::Undoing,
};

/// What was sold.
#[derive(Clone, Debug)]
pub enum Sold {
    /// A license.
    License(License),
    /// A subscription, on this day.
    Subscription(Subscription, NaiveDate),
}

/// Says that it was sold: with Undo, or why there is none.
pub fn tell(sold: Sold, toasts: Toasts, undoing: Undoing) {
    wasm_bindgen_futures::spawn_local(async move {
        let said = Toast::done(sold.words()).icon(sold.icon());
        let said = match way_back(&sold).await {
            // Not known: what cannot be taken back whole is not offered to be.
            Err(_) => said,
            Ok(Way::None(why)) => Toast::done(format!("{}. {why}", sold.words())).icon(sold.icon()).explained(),
            Ok(Way::Steps(steps)) => {
                let what = sold.what();
                said.undo(move |()| undoing.run_steps(take_back(what.clone(), steps.clone())))
            }
        };
        toasts.show(said);
    });
}

impl Sold {
    fn what(&self) -> String {
        match self {
            Self::License(license) => format!("License {}", license.plan_name),
            Self::Subscription(subscription, _) => format!("Subscription {}", subscription.plan_name),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::License(license) => format!("{} added for {}", license.plan_name, license.customer_name),
            Self::Subscription(subscription, _) => {
                format!("Subscription {} added for {}", subscription.plan_name, subscription.customer_name)
            }
        }
    }

    fn icon(&self) -> Icon {
        match self {
            Self::License(_) => Icon::Key,
            Self::Subscription(..) => Icon::Repeat,
        }
    }

    /// Whose, paid by what, made when: what came with it was made in the same moment.
    fn mark(&self) -> (CustomerId, Option<SubscriptionId>, Timestamp) {
        match self {
            Self::License(license) => (license.customer_id, license.subscription_id, license.created_at),
            Self::Subscription(subscription, _) => (subscription.customer_id, Some(subscription.id), subscription.created_at),
        }
    }
}

/// One step of the way back. Each is of the version that the sale has left.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Subscription(CancelSubscription),
    License(CancelLicense),
    Draft(DeleteInvoice),
}

impl Step {
    async fn make(self) -> Result<(), Error> {
        match self {
            Self::Subscription(request) => ipc::call(request).await.map(drop),
            Self::License(request) => ipc::call(request).await.map(drop),
            Self::Draft(request) => ipc::call(request).await.map(drop),
        }
    }

    fn noun(&self) -> &'static str {
        match self {
            Self::Subscription(_) => "subscription",
            Self::License(_) => "license",
            Self::Draft(_) => "draft invoice",
        }
    }
}

/// Whether there is a way back.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Steps(Vec<Step>),
    None(String),
}

/// Looks what came with the sale.
async fn way_back(sold: &Sold) -> Result<Way, Error> {
    let (customer, paying, at) = sold.mark();
    // The newest of them first: what was made just now is among the first.
    let invoices = ipc::call(ListInvoices {
        customer_id: Some(customer),
        subscription_id: paying,
        ..ListInvoices::default()
    })
    .await?;
    let invoice = invoices
        .items
        .into_iter()
        .find(|invoice| invoice.subscription_id == paying && invoice.created_at == at);
    let license = match sold {
        Sold::License(_) => None,
        Sold::Subscription(..) => {
            let licenses = ipc::call(ListLicenses {
                customer_id: Some(customer),
                ..ListLicenses::default()
            })
            .await?;
            licenses
                .items
                .into_iter()
                .find(|license| license.subscription_id == paying && license.created_at == at)
        }
    };
    // What goes with a license goes in one step with it, and only as the sale has left it: then it also comes back with it.
    let subscription = match sold {
        Sold::License(_) if paying.is_some() => {
            let subscriptions = ipc::call(ListSubscriptions {
                customer_id: Some(customer),
                ..ListSubscriptions::default()
            })
            .await?;
            let found = |own: &Subscription| Some(own.id) == paying && own.created_at == at;
            subscriptions.items.into_iter().find(found)
        }
        _ => None,
    };
    Ok(way(sold, subscription.as_ref(), license.as_ref(), invoice.as_ref()))
}

/// The way back from a sale, by the subscription, the license and the invoice that came with it.
fn way(sold: &Sold, subscription: Option<&Subscription>, license: Option<&License>, invoice: Option<&Invoice>) -> Way {
    if let Some(invoice) = invoice.filter(|invoice| invoice.status != InvoiceStatus::Draft) {
        let number = invoice.number.as_deref().unwrap_or("made with it");
        return Way::None(format!(
            "Its invoice {number} is final, so this cannot be undone: cancel it, and credit the invoice."
        ));
    }
    let of_license = |license: &License, paying: Option<&Subscription>| {
        Step::License(CancelLicense {
            id: license.id,
            version: Some(license.version),
            subscription_version: paying.map(|paying| paying.version),
        })
    };
    let mut steps = match sold {
        Sold::License(license) => vec![of_license(license, subscription)],
        Sold::Subscription(subscription, today) => {
            // Before it ends, everything that has begun would be billed.
            if subscription.status != SubscriptionStatus::Trialing && subscription.billed_until <= *today {
                return Way::None("It began long ago and would be billed until today first, so this cannot be undone.".to_owned());
            }
            let alone = || {
                Step::Subscription(CancelSubscription {
                    id: subscription.id,
                    version: Some(subscription.version),
                    at: CancelAt::Now,
                })
            };
            vec![license.map_or_else(alone, |license| of_license(license, Some(subscription)))]
        }
    };
    steps.extend(invoice.map(|invoice| {
        Step::Draft(DeleteInvoice {
            id: invoice.id,
            version: invoice.version,
        })
    }));
    Way::Steps(steps)
}

/// Goes the way back. What somebody has changed since is left alone: at the first step that is all, later it is named.
async fn take_back(what: String, steps: Vec<Step>) -> Result<Toast, Error> {
    let mut left = Vec::new();
    for (at, step) in steps.into_iter().enumerate() {
        let noun = step.noun();
        match step.make().await {
            Ok(()) => {}
            Err(error) if at == 0 => return Err(error),
            Err(error) => left.push(format!("Its {noun} stays: {}.", words::error(&error).title)),
        }
    }
    if left.is_empty() {
        return Ok(Toast::done(format!("{what} is canceled again")).icon(Icon::Undo));
    }
    Ok(Toast::done(format!("{what} is canceled again. {}", left.join(" ")))
        .icon(Icon::Alert)
        .lasting())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const AT: &str = "2026-11-22T09:00:00.000Z";
    const ID: &str = "0193a7c0-1111-7222-8333-444455556601";

    fn license() -> License {
        serde_json::from_value(json!({
            "id": ID, "customer_id": ID, "customer_name": "Lena", "plan_id": ID, "plan_name": "Studio", "subscription_id": ID,
            "key": "7Q4M2", "status": "active", "billing_cycle": "monthly", "price": {"amount": 100, "currency": "EUR"}, "quotas": [],
            "starts_at": AT, "expires_at": null, "suspended_at": null, "canceled_at": null, "created_at": AT, "updated_at": AT, "version": 1
        }))
        .unwrap()
    }

    fn subscription(status: &str, billed_until: &str) -> Sold {
        let made = serde_json::from_value(json!({
            "id": ID, "customer_id": ID, "customer_name": "Lena", "plan_id": ID, "plan_name": "Studio", "status": status,
            "billing_cycle": "monthly", "price": {"amount": 100, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-22",
            "anchor": "2026-11-22", "billed_until": billed_until, "current_period_start": "2026-11-22",
            "current_period_end": "2026-12-22", "trial_end": null, "cancel_at_period_end": false, "paused_at": null, "ended_at": null,
            "created_at": AT, "updated_at": AT, "version": 2
        }));
        Sold::Subscription(made.unwrap(), "2026-11-22".parse().unwrap())
    }

    fn invoice(status: &str, number: Option<&str>) -> Invoice {
        let money = json!({"amount": 100, "currency": "EUR"});
        serde_json::from_value(json!({
            "id": ID, "customer_id": ID, "customer_name": "Lena", "subscription_id": ID, "number": number, "status": status,
            "issued_on": null, "due_on": null, "net": money, "tax": money, "total": money, "paid": money, "credited": money,
            "payable": money, "is_overdue": false, "created_at": AT, "version": 3
        }))
        .unwrap()
    }

    fn nouns(way: &Way) -> Vec<&'static str> {
        match way {
            Way::Steps(steps) => steps.iter().map(Step::noun).collect(),
            Way::None(_) => Vec::new(),
        }
    }

    #[test]
    fn a_sale_is_taken_back_with_what_came_with_it_and_by_its_versions() {
        let sold = Sold::License(license());
        assert_eq!(nouns(&way(&sold, None, None, None)), ["license"]);
        let draft = invoice("draft", None);
        assert_eq!(nouns(&way(&sold, None, None, Some(&draft))), ["license", "draft invoice"]);
        let Sold::Subscription(brought, _) = subscription("active", "2026-12-22") else {
            unreachable!()
        };
        // In one step, so that both come back in one, too.
        let together = |way: &Way| match way {
            Way::Steps(steps) => match steps.first() {
                Some(Step::License(request)) => (request.version, request.subscription_version),
                other => panic!("{other:?}"),
            },
            Way::None(why) => panic!("{why}"),
        };
        let back = way(&sold, Some(&brought), None, Some(&draft));
        assert_eq!(nouns(&back), ["license", "draft invoice"]);
        assert_eq!(together(&back), (Some(1), Some(2)));
        let sold = subscription("active", "2026-12-22");
        let back = way(&sold, None, Some(&license()), Some(&draft));
        assert_eq!(nouns(&back), ["license", "draft invoice"]);
        assert_eq!(together(&back), (Some(1), Some(2)));
        let back = way(&sold, None, None, Some(&draft));
        assert_eq!(nouns(&back), ["subscription", "draft invoice"]);
        let Way::Steps(steps) = back else { unreachable!() };
        let Some(Step::Subscription(request)) = steps.first() else {
            unreachable!()
        };
        assert_eq!((request.version, request.at), (Some(2), CancelAt::Now));
        assert_eq!(steps.last(), Some(&Step::Draft(DeleteInvoice { id: draft.id, version: 3 })));
    }

    #[test]
    fn what_is_final_or_would_be_billed_first_has_no_way_back() {
        let last = invoice("open", Some("2026-000007"));
        for sold in [Sold::License(license()), subscription("active", "2026-12-22")] {
            let Way::None(why) = way(&sold, None, None, Some(&last)) else {
                panic!("a final invoice came with it")
            };
            assert!(why.contains("2026-000007"), "{why}");
        }
        assert!(matches!(way(&subscription("active", "2026-11-22"), None, None, None), Way::None(_)));
        // A trial is not billed, and what begins later was not billed yet.
        assert_eq!(
            nouns(&way(&subscription("trialing", "2026-11-22"), None, None, None)),
            ["subscription"]
        );
        assert_eq!(
            nouns(&way(&subscription("active", "2026-11-23"), None, None, None)),
            ["subscription"]
        );
    }
}
