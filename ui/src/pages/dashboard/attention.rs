//! What needs attention today.

use std::rc::Rc;

use contract::{CustomerId, license::License, stats::Attention};
use yew::prelude::*;

use crate::{
    components::{Button, ControlSize, EmptyState, Icon},
    format,
    hooks::{use_formats, use_now},
    pages::customers::Filter,
    route::{CustomerTab, Route},
};

/// What needs attention today.
#[derive(Properties, PartialEq)]
pub struct NeedsAttentionProps {
    /// The figures.
    pub attention: Rc<Attention>,
    /// Lists the customers behind a matter.
    pub on_pick: Callback<Filter>,
}

/// What needs attention today, each with its one act.
#[component]
pub fn NeedsAttention(props: &NeedsAttentionProps) -> Html {
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let attention = &props.attention;
    let days = contract::words::count(attention.expiring_days.into(), "day");
    let mut matters = Vec::new();
    if attention.lapsed_domains > 0 {
        let next = attention.next_lost.as_ref();
        matters.push(Matter {
            icon: Icon::Globe,
            tone: "attention__icon--danger",
            what: format!(
                "{} lapsed and can still be recovered",
                if attention.lapsed_domains == 1 {
                    "1 domain has".to_owned()
                } else {
                    format!("{} domains have", format::count(attention.lapsed_domains))
                }
            ),
            more: next.map(|next| format!("Lost first: {}, ended {}", next.name, format::days_away(today, next.expires_on))),
            amount: None,
            act: next.map(|next| Act::open("Open first", next.customer_id, CustomerTab::Domains)),
        });
    }
    if attention.overdue_invoices > 0 {
        let oldest = attention.oldest_overdue.as_ref();
        matters.push(Matter {
            icon: Icon::Receipt,
            tone: "attention__icon--danger",
            what: format!("{} overdue", counted(attention.overdue_invoices, "invoice")),
            more: oldest.map(|oldest| {
                format!(
                    "Oldest: {}, {}",
                    oldest.customer_name,
                    contract::words::count(oldest.days.into(), "day")
                )
            }),
            amount: Some(formats.moneys(&attention.overdue)),
            act: oldest.map(|oldest| Act::open("Open oldest", oldest.customer_id, CustomerTab::Invoices)),
        });
    }
    if attention.outstanding_invoices > 0 {
        matters.push(Matter {
            icon: Icon::Wallet,
            tone: "",
            what: format!("{} to be paid", counted(attention.outstanding_invoices, "invoice")),
            more: Some(if attention.overdue_invoices > 0 {
                format!("{} overdue among them", format::count(attention.overdue_invoices))
            } else {
                "None of them is overdue".to_owned()
            }),
            amount: Some(formats.moneys(&attention.outstanding)),
            act: Some(Act::Pick("Show customers", props.on_pick.clone(), Filter::outstanding())),
        });
    }
    if attention.expiring_licenses > 0 {
        let first = attention.next_expiring.first();
        matters.push(Matter {
            icon: Icon::Key,
            tone: "attention__icon--warning",
            what: format!(
                "{} within {days}",
                if attention.expiring_licenses == 1 {
                    "1 license expires".to_owned()
                } else {
                    format!("{} licenses expire", format::count(attention.expiring_licenses))
                }
            ),
            more: Some(renewal(attention.expiring_without_subscription)),
            amount: None,
            act: first.map(|first| Act::open("Open next", first.customer_id, CustomerTab::Licenses)),
        });
    }
    if attention.expiring_domains > 0 {
        let next = attention.next_domain.as_ref();
        matters.push(Matter {
            icon: Icon::Globe,
            tone: "attention__icon--warning",
            what: format!(
                "{} within {days}",
                if attention.expiring_domains == 1 {
                    "1 domain expires".to_owned()
                } else {
                    format!("{} domains expire", format::count(attention.expiring_domains))
                }
            ),
            more: next.map(|next| format!("First: {}, {}", next.name, format::days_away(today, next.expires_on))),
            amount: None,
            act: next.map(|next| Act::open("Open next", next.customer_id, CustomerTab::Domains)),
        });
    }
    let is_calm = matters.is_empty();
    html! {
        <section class="panel" aria-labelledby="attention-title">
            <div class="panel__head"><h2 class="panel__title" id="attention-title">{ "Needs attention" }</h2></div>
            if is_calm {
                <EmptyState icon={Icon::CheckCircle} title="Nothing needs attention" text={AttrValue::from(format!("No invoice is open, and nothing expires within {days}."))} />
            } else {
                <ul class="rows">{ for matters.into_iter().map(Matter::view) }</ul>
            }
            if attention.next_expiring.len() > 1 {
                <h3 class="rows__title">{ "Next to expire" }</h3>
                <ul class="rows rows--tight">{ for attention.next_expiring.iter().map(|license| next(license, &formats, today)) }</ul>
            }
        </section>
    }
}

/// One thing to look at.
struct Matter {
    icon: Icon,
    tone: &'static str,
    what: String,
    more: Option<String>,
    amount: Option<String>,
    act: Option<Act>,
}

/// The one act of a matter.
enum Act {
    /// Leads to a record.
    Open(&'static str, Route),
    /// Lists those behind it.
    Pick(&'static str, Callback<Filter>, Filter),
}

impl Act {
    fn open(label: &'static str, id: CustomerId, tab: CustomerTab) -> Self {
        Self::Open(label, Route::Customers(Some((id, tab))))
    }

    fn view(self, what: &str) -> Html {
        let name = |label: &str| Some(AttrValue::from(format!("{label}: {what}")));
        match self {
            Self::Open(label, to) => html! { <Button {label} size={ControlSize::Small} href={Some(to.href())} aria_label={name(label)} /> },
            Self::Pick(label, on_pick, filter) => {
                let on_press = Callback::from(move |()| on_pick.emit(filter.clone()));
                html! { <Button {label} size={ControlSize::Small} aria_label={name(label)} {on_press} /> }
            }
        }
    }
}

impl Matter {
    fn view(self) -> Html {
        html! {
            <li key={self.what.clone()}>
                <span class={classes!("attention__icon", self.tone)}>{ self.icon.view() }</span>
                <div class="grow">
                    <p class="medium">{ &self.what }</p>
                    if let Some(more) = &self.more { <p class="muted"><bdi>{ more }</bdi></p> }
                    if let Some(amount) = &self.amount { <p><span class="only-phone num medium">{ amount }</span></p> }
                </div>
                if let Some(amount) = self.amount { <span class="num medium hide-narrow">{ amount }</span> }
                { for self.act.map(|act| act.view(&self.what)) }
            </li>
        }
    }
}

fn next(license: &License, formats: &crate::format::Formats, today: chrono::NaiveDate) -> Html {
    let when = license
        .expires_at
        .map(|at| formats.day_of(at))
        .map(|day| (format::date(day), format::days_away(today, day)));
    let href = Route::Customers(Some((license.customer_id, CustomerTab::Licenses))).href();
    html! {
        <li key={license.id.to_string()}>
            <div class="grow truncate"><a class="link" {href}><bdi>{ &license.customer_name }</bdi></a><span class="muted">{ format!(" · {}", license.plan_name) }</span></div>
            if let Some((date, away)) = when { <span class="muted num" title={date}>{ away }</span> }
        </li>
    }
}

fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", format::count(number), if number == 1 { "" } else { "s" })
}

fn renewal(without: u64) -> String {
    match without {
        0 => "A subscription renews each of them".to_owned(),
        1 => "1 has no subscription to renew it".to_owned(),
        more => format!("{} have no subscription to renew them", format::count(more)),
    }
}
