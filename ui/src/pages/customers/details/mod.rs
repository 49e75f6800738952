//! The details of one customer, over the list.

mod account;
mod add_domain;
mod add_license;
mod add_subscription;
pub mod billing_address;
mod billing_note;
mod cancel_subscription;
mod change_subscription;
mod cost;
mod domains;
mod edit_domain;
mod head;
mod invoices;
mod keys;
pub mod license_card;
mod licenses;
mod payments;
mod period;
mod plan_choice;
mod remove_domain;
mod sale;
pub mod status;
pub mod subscriptions;
pub mod timeline;

use std::{cell::Cell, rc::Rc};

use contract::{
    CustomerId,
    customer::{Customer, GetCustomer},
    invoice::ListInvoices,
    payment::ListPayments,
};
use yew::prelude::*;

use crate::{
    components::{Dialog, DialogClosing, DialogSize, FailedState, SkeletonRows, Tab, TabPanel, Tabs},
    hooks::{Query, stop_seeking, use_book_changes, use_formats, use_query, use_unique_id},
    pages::{customers::standing::Subject, lists::stale},
    route::CustomerTab,
};

thread_local! {
    static LAST_TAB: Cell<CustomerTab> = const { Cell::new(CustomerTab::Details) };
}

/// The tab that was open last, for the next customer that is opened.
#[must_use]
pub fn last_tab() -> CustomerTab {
    LAST_TAB.with(Cell::get)
}

/// What is being done in the record. Shared by the tabs, because a key or another tab can begin it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// Nothing but reading.
    #[default]
    Nothing,
    /// A license is being added.
    AddingLicense,
    /// A subscription is being added.
    AddingSubscription,
    /// A payment is being recorded.
    RecordingPayment,
    /// A domain is being added.
    AddingDomain,
}

impl Doing {
    /// The tab where it is done.
    fn tab(self) -> Option<CustomerTab> {
        match self {
            Self::Nothing => None,
            Self::AddingLicense => Some(CustomerTab::Licenses),
            Self::AddingSubscription => Some(CustomerTab::Subscriptions),
            Self::RecordingPayment => Some(CustomerTab::Payments),
            Self::AddingDomain => Some(CustomerTab::Domains),
        }
    }

    /// Whether that can be done for a customer: an archived one is only read, but may still pay what is open, and nothing is sold
    /// to an inactive one.
    fn is_open_to(self, customer: &Customer) -> bool {
        match self {
            Self::Nothing => true,
            Self::RecordingPayment => customer.archived_at.is_none() || customer.outstanding_invoices > 0,
            _ if customer.archived_at.is_some() => false,
            Self::AddingLicense | Self::AddingSubscription => customer.is_active,
            Self::AddingDomain => true,
        }
    }

    /// The button that begins it, or why there is none.
    fn beginning(self, customer: &Customer, button: Html) -> Html {
        if self.is_open_to(customer) {
            button
        } else if customer.archived_at.is_some() {
            html! {}
        } else {
            html! { <span class="muted">{ "Inactive: nothing new is sold" }</span> }
        }
    }
}

/// What every tab is given.
#[derive(Properties, PartialEq)]
pub struct TabProps {
    /// The customer.
    pub customer: Rc<Customer>,
    /// What is being done.
    pub doing: Doing,
    /// Begins or ends something, at the tab where it is done.
    pub on_doing: Callback<Doing>,
    /// Goes to another tab.
    pub on_tab: Callback<CustomerTab>,
    /// Opens the form of the customer.
    pub on_edit: Callback<()>,
}

/// The details of one customer.
#[derive(Properties, PartialEq)]
pub struct CustomerDetailsProps {
    /// Whose. Give the component this as its `key`, too.
    pub id: CustomerId,
    /// The open tab.
    pub tab: CustomerTab,
    /// Another tab was chosen: replace the place by that of the tab.
    pub on_tab: Callback<CustomerTab>,
    /// Esc or the cross: go back to the list. The focus returns to where it was when the dialog opened.
    pub on_close: Callback<()>,
    /// The form of this customer is wanted, over the details.
    pub on_edit: Callback<()>,
    /// The question before this customer is deleted is wanted, over the details.
    pub on_delete: Callback<Subject>,
    /// Something in the book was changed while the details were open, so that the list behind them is old.
    #[prop_or_default]
    pub on_changed: Callback<()>,
}

/// The details of one customer, in a dialog with tabs.
#[component]
pub fn CustomerDetails(props: &CustomerDetailsProps) -> Html {
    let id = use_unique_id();
    let formats = use_formats();
    let customer = use_query(GetCustomer { id: props.id });
    let invoices = use_query(ListInvoices {
        customer_id: Some(props.id),
        limit: Some(1),
        ..ListInvoices::default()
    });
    let payments = use_query(ListPayments {
        customer_id: Some(props.id),
        limit: Some(1),
        ..ListPayments::default()
    });
    let doing = use_state_eq(Doing::default);
    use_effect_with(props.tab, |tab| LAST_TAB.with(|last| last.set(*tab)));
    // Who has gone on before the record was there does not look for it any more: its list must not take the focus later.
    use_effect_with(props.tab, |_| stop_seeking);
    use_told(&props.on_changed);
    let on_doing = {
        let (doing, on_tab, tab) = (doing.setter(), props.on_tab.clone(), props.tab);
        let known = customer.state.ready().cloned();
        Callback::from(move |next: Doing| {
            if known.as_ref().is_some_and(|customer| !next.is_open_to(customer)) {
                return;
            }
            if let Some(home) = next.tab().filter(|home| *home != tab) {
                on_tab.emit(home);
            }
            doing.set(next);
        })
    };
    // Esc leaves one level at a time: first the form in the record, wherever the focus is.
    let on_escape = (*doing == Doing::RecordingPayment).then(|| {
        let doing = doing.setter();
        Callback::from(move |()| doing.set(Doing::Nothing))
    });
    let on_tab = {
        let (doing, on_tab) = (doing.setter(), props.on_tab.clone());
        Callback::from(move |tab: CustomerTab| {
            doing.set(Doing::Nothing);
            on_tab.emit(tab);
        })
    };
    // An archived record is only read until it is brought back.
    let is_archived = customer.state.ready().is_some_and(|customer| customer.archived_at.is_some());
    let on_edit = if is_archived { Callback::noop() } else { props.on_edit.clone() };
    keys::use_record_keys(&id, &on_tab, &on_doing, &on_edit);
    {
        let id = id.clone();
        use_effect_with((customer.state.ready().is_some(), props.tab), move |(is_ready, tab)| {
            if *is_ready {
                keys::focus_tab(&id, *tab);
            }
        });
    }
    let (head, below_head, body) = match &customer.state {
        Query::Loading => (
            head::loading(&id),
            Some(head::loading_below()),
            html! { <div class="tabpanel"><div class="panel"><SkeletonRows label="Loading the customer" rows={6} /></div></div> },
        ),
        Query::Failed(error) => (
            head::failed(&id),
            None,
            html! { <div class="dialog__body"><FailedState error={error.clone()} on_retry={customer.reload.clone()} on_close={Some(props.on_close.clone())} /></div> },
        ),
        Query::Ready(record) => {
            let tabs = tabs(
                record,
                invoices.state.ready().map(|page| page.total),
                payments.state.ready().map(|page| page.total),
            );
            let on_select = {
                let on_tab = on_tab.clone();
                Callback::from(move |tab: AttrValue| CustomerTab::parse(&tab).into_iter().for_each(|tab| on_tab.emit(tab)))
            };
            let below = html! {
                <>
                    if let Some(error) = &customer.reload_error { <div class="dialog__stale">{ stale(error, &customer.reload) }</div> }
                    { head::strip(record, &formats) }
                    <Tabs label="Sections of the customer" id={id.clone()} {tabs} selected={props.tab.as_str()} {on_select} />
                </>
            };
            let tab = TabProps {
                customer: record.clone(),
                doing: *doing,
                on_doing,
                on_tab,
                on_edit: on_edit.clone(),
            };
            let name = props.tab.as_str();
            let body = html! { <TabPanel key={name} id={id.clone()} tab={name}>{ panel(props.tab, tab) }</TabPanel> };
            (head::of(&id, record, on_edit, props.on_delete.clone()), Some(below), body)
        }
    };
    html! {
        <Dialog
            title="Customer"
            size={DialogSize::Extra}
            closing={if *doing == Doing::Nothing { DialogClosing::ByBackdrop } else { DialogClosing::OnlyInside }}
            id={Some(id)}
            head={Some(head)}
            {below_head}
            is_bare={true}
            on_close={props.on_close.clone()}
            {on_escape}
        >
            { body }
        </Dialog>
    }
}

fn panel(tab: CustomerTab, props: TabProps) -> Html {
    match tab {
        CustomerTab::Details => html! { <account::Account ..props /> },
        CustomerTab::Licenses => html! { <licenses::Licenses ..props /> },
        CustomerTab::Subscriptions => html! { <subscriptions::Subscriptions ..props /> },
        CustomerTab::Invoices => html! { <invoices::Invoices ..props /> },
        CustomerTab::Payments => html! { <payments::Payments ..props /> },
        CustomerTab::Domains => html! { <domains::Domains ..props /> },
        CustomerTab::Timeline => html! { <timeline::Timeline ..props /> },
    }
}

fn tabs(customer: &Customer, invoices: Option<u64>, payments: Option<u64>) -> Vec<Tab> {
    let count = |tab: CustomerTab| match tab {
        CustomerTab::Licenses => Some(customer.total_licenses.into()),
        CustomerTab::Subscriptions => Some(customer.total_subscriptions.into()),
        CustomerTab::Domains => Some(customer.total_domains.into()),
        CustomerTab::Invoices => invoices,
        CustomerTab::Payments => payments,
        CustomerTab::Details | CustomerTab::Timeline => None,
    };
    CustomerTab::ALL
        .iter()
        .map(|tab| Tab {
            id: tab.as_str().into(),
            label: tab.label().into(),
            count: count(*tab),
        })
        .collect()
}

/// Tells the parent of every change of the book after the first rendering.
#[hook]
fn use_told(on_changed: &Callback<()>) {
    let number = use_book_changes().map_or(0, |changes| changes.number());
    let told = use_mut_ref(|| number);
    let on_changed = on_changed.clone();
    use_effect_with(number, move |number| {
        if told.replace(*number) != *number {
            on_changed.emit(());
        }
    });
}
