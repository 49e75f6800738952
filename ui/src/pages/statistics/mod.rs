//! The page `Statistics`: how recurring revenue goes, with a definition for every figure and a list that proves it.

mod billed;
mod cards;
mod churn;
mod cohorts;
mod currencies;
mod definitions;
mod forecast;
mod movements;
mod numbers;
mod parts;
mod plans;
mod proof;
mod rate;
mod receivables;
mod value;

use std::{cell::Cell, rc::Rc};

use contract::{
    Currency,
    recurring::{Receivables, ReceivablesRequest, RecurringFigures, RecurringFiguresRequest, RecurringOfCurrency},
};
use yew::prelude::*;

use self::{
    billed::BilledPanel,
    cards::Cards,
    churn::ChurnPanel,
    cohorts::CohortsPanel,
    currencies::CurrenciesPanel,
    forecast::ForecastPanel,
    movements::MovementsPanel,
    numbers::Base,
    plans::PlansPanel,
    proof::{Proof, ProofDialog},
    receivables::ReceivablesPanel,
    value::ValuePanel,
};
use crate::{
    components::{EmptyState, FailedState, Icon, Menu, MenuItem, MetricCard, PageHead, SkeletonRows},
    format,
    hooks::{Query, focus_main, use_formats, use_query},
    pages::lists::stale,
    route,
};

/// The periods that can be shown, in months.
const PERIODS: [u32; 3] = [12, 24, 36];

/// What the person looks at; kept for as long as the app runs, so that whoever comes back finds it so.
#[derive(Clone, Copy)]
struct Looking {
    months: u32,
    currency: Option<Currency>,
    base: Base,
}

thread_local! {
    static LOOKING: Cell<Looking> = const {
        Cell::new(Looking {
            months: PERIODS[0],
            currency: None,
            base: Base::Opening,
        })
    };
}

/// The page `Statistics`.
#[component]
pub fn Statistics() -> Html {
    let formats = use_formats();
    let looking = LOOKING.with(Cell::get);
    let months = use_state_eq(|| looking.months);
    let chosen = use_state_eq(|| looking.currency);
    let base = use_state_eq(|| looking.base);
    LOOKING.with(|looking| {
        looking.set(Looking {
            months: *months,
            currency: *chosen,
            base: *base,
        });
    });
    let proof = use_state_eq(|| None::<Proof>);
    use_effect_with((), |()| {
        // Back from a record that a list of this page has opened.
        if route::take_returned() {
            focus_main();
        }
    });
    let figures = use_query(RecurringFiguresRequest { months: *months });
    let owed = use_query(ReceivablesRequest {});
    let currencies = currencies(figures.state.ready(), owed.state.ready());
    let currency = chosen.filter(|chosen| currencies.contains(chosen));
    let currency = currency.or_else(|| currencies.first().copied()).unwrap_or(formats.currency);
    let on_prove = {
        let proof = proof.setter();
        use_callback((), move |wanted: Proof, ()| proof.set(Some(wanted)))
    };
    let on_currency = {
        let chosen = chosen.setter();
        use_callback((), move |wanted: Currency, ()| chosen.set(Some(wanted)))
    };
    let on_base = {
        let base = base.setter();
        use_callback((), move |wanted: Base, ()| base.set(wanted))
    };
    let close = {
        let proof = proof.setter();
        Callback::from(move |()| proof.set(None))
    };
    let menu = currency_menu(&currencies, currency, &chosen);
    let content = match &figures.state {
        Query::Loading => loading(),
        Query::Failed(error) => html! { <div class="panel"><FailedState error={error.clone()} on_retry={figures.reload.clone()} /></div> },
        Query::Ready(_) if currencies.is_empty() && !matches!(owed.state, Query::Failed(_)) => html! {
            <div class="panel">
                <EmptyState icon={Icon::Chart} title="Figures will appear here" text="They begin with the first billed subscription or the first payment." />
            </div>
        },
        Query::Ready(known) => {
            let own = known.currencies.iter().find(|own| own.currency == currency);
            let recurs = own.filter(|own| has_recurred(own));
            let row = |is_one: bool| classes!("dash__charts", "stats__row", is_one.then_some("stats__row--one"));
            html! {
                <>
                    { recurs.map_or_else(|| nothing_recurs(currency), |own| recurring(own, known, *base, &on_base, &on_prove)) }
                    <div class="dash__charts stats__row">
                        <CohortsPanel key={currency.code()} {currency} months={*months} on_prove={on_prove.clone()} />
                        <ReceivablesPanel state={owed.state.clone()} {currency} on_retry={owed.reload.clone()} on_prove={on_prove.clone()} />
                    </div>
                    <div class={row(recurs.is_none())}>
                        if let Some(own) = recurs { <PlansPanel own={own.clone()} on={known.on} on_prove={on_prove.clone()} /> }
                        <BilledPanel key={currency.code()} {currency} months={*months} on_prove={on_prove.clone()} />
                    </div>
                    <div class={row(own.is_none())}>
                        <ForecastPanel {currency} on_prove={on_prove.clone()} />
                        if let Some(own) = own { <ValuePanel own={own.clone()} on={known.on} on_prove={on_prove.clone()} /> }
                    </div>
                    if currencies.len() > 1 {
                        <div class={row(true)}><CurrenciesPanel figures={known.clone()} {currencies} {currency} {on_currency} on_prove={on_prove.clone()} /></div>
                    }
                </>
            }
        }
    };
    let old = [
        figures.reload_error.as_ref().map(|error| stale(error, &figures.reload)),
        owed.reload_error.as_ref().map(|error| stale(error, &owed.reload)),
    ];
    let so_far = figures.state.ready().map(|figures| format!("as of {}", format::date(figures.on)));
    // Placeholders hold nothing that takes the focus, and the page must still scroll by keyboard.
    let tabindex = figures.state.ready().is_none().then_some("0");
    html! {
        <main class="main" id="main">
            <PageHead title="Statistics">
                if let Some(so_far) = so_far { <span class="muted hide-narrow num stats__on">{ so_far }</span> }
                <div class="stats__menus">{ menu }{ period_menu(&months) }</div>
            </PageHead>
            <div class="scroll" {tabindex}><div class="dash stats" aria-busy={figures.is_reloading.then_some("true")}>
                { old.into_iter().flatten().next().unwrap_or_default() }
                { content }
            </div></div>
            <div>
                if let Some(proof) = &*proof { <ProofDialog key={proof.title()} proof={proof.clone()} on_close={close} /> }
            </div>
        </main>
    }
}

fn recurring(
    own: &RecurringOfCurrency,
    known: &RecurringFigures,
    base: Base,
    on_base: &Callback<Base>,
    on_prove: &Callback<Proof>,
) -> Html {
    html! {
        <>
            <Cards own={own.clone()} on={known.on} {base} on_prove={on_prove.clone()} />
            <div class="dash__charts stats__row">
                <MovementsPanel own={own.clone()} on_prove={on_prove.clone()} />
                <ChurnPanel own={own.clone()} {base} on_base={on_base.clone()} on_prove={on_prove.clone()} />
            </div>
        </>
    }
}

/// Whether something recurs, or has in the months that are shown.
fn has_recurred(own: &RecurringOfCurrency) -> bool {
    own.subscriptions > 0 || own.months.iter().any(|month| month.customers_at_start + month.customers_at_end > 0)
}

fn nothing_recurs(currency: Currency) -> Html {
    html! {
        <div class="panel">
            <EmptyState icon={Icon::Repeat} title={format!("Nothing recurs in {currency}")} text="MRR, its movements and churn begin with the first subscription that is billed in this currency." />
        </div>
    }
}

fn loading() -> Html {
    let panel = |label: &'static str, rows: u32| html! { <div class="panel"><SkeletonRows {label} {rows} /></div> };
    html! {
        <>
            <section class="metrics metrics--page" aria-label="Figures">
                <MetricCard label="Recurring, monthly (MRR)" icon={Icon::Trend} value={None::<AttrValue>} />
                <MetricCard label="Recurring, yearly (ARR)" icon={Icon::Repeat} value={None::<AttrValue>} />
                <MetricCard label="Customer churn" icon={Icon::Users} value={None::<AttrValue>} />
                <MetricCard label="Lifetime value (LTV)" icon={Icon::Wallet} value={None::<AttrValue>} />
            </section>
            <div class="dash__charts">{ panel("Loading movements", 5) }{ panel("Loading churn", 5) }</div>
            <div class="dash__charts">{ panel("Loading who stayed", 5) }{ panel("Loading unpaid invoices", 5) }</div>
        </>
    }
}

/// The currencies in which something recurs, was paid or is owed, the book's first.
fn currencies(figures: Option<&Rc<RecurringFigures>>, owed: Option<&Rc<Receivables>>) -> Vec<Currency> {
    let mut all: Vec<Currency> = figures
        .into_iter()
        .flat_map(|figures| figures.currencies.iter().map(|own| own.currency))
        .collect();
    for own in owed.into_iter().flat_map(|owed| owed.currencies.iter()) {
        if !all.contains(&own.total.currency) {
            all.push(own.total.currency);
        }
    }
    all
}

fn currency_menu(all: &[Currency], currency: Currency, chosen: &UseStateHandle<Option<Currency>>) -> Html {
    if all.len() < 2 {
        return html! {};
    }
    let item = |wanted: &Currency| {
        let (chosen, wanted) = (chosen.setter(), *wanted);
        let on_choose = Callback::from(move |()| chosen.set(Some(wanted)));
        MenuItem::choice(
            wanted.to_string(),
            (wanted == currency).then_some(Icon::Check),
            wanted == currency,
            on_choose,
        )
    };
    let items: Vec<MenuItem> = all.iter().map(item).collect();
    html! { <Menu label={format!("Currency: {currency}")} class={classes!("btn")} {items}>{ Icon::Wallet.view() }<span>{ currency.to_string() }</span>{ Icon::Down.small() }</Menu> }
}

fn period_menu(months: &UseStateHandle<u32>) -> Html {
    let item = |wanted: u32| {
        let is_chosen = wanted == **months;
        let on_choose = {
            let months = months.setter();
            Callback::from(move |()| months.set(wanted))
        };
        MenuItem::choice(
            format!("Last {wanted} months"),
            is_chosen.then_some(Icon::Check),
            is_chosen,
            on_choose,
        )
    };
    let items: Vec<MenuItem> = PERIODS.into_iter().map(item).collect();
    let now = **months;
    html! {
        <Menu label={format!("Period: last {now} months")} class={classes!("btn")} {items}>
            { Icon::Calendar.view() }<span><span class="hide-narrow">{ "Last " }</span>{ format!("{now} months") }</span>{ Icon::Down.small() }
        </Menu>
    }
}
