//! The page `Dashboard`: what needs attention, and how the business goes.

mod activity;
mod attention;
mod beginning;
mod chart_panel;
mod figures;

use contract::stats::{AttentionRequest, CustomerStatsRequest, MonthlyFiguresRequest};
use yew::prelude::*;

use self::{activity::Activity, attention::NeedsAttention, beginning::Beginning};
use crate::{
    components::{Button, ButtonKind, ButtonWidth, FailedState, Icon, PageHead, SkeletonRows},
    hooks::{Query, use_formats, use_query},
    pages::{
        catch_up::DueNotice,
        customers::{Cards, use_creation, use_pick},
        lists::stale,
    },
};

/// Months that the charts show, the running one included.
const MONTHS: u32 = 12;

/// The page `Dashboard`.
#[component]
pub fn Dashboard() -> Html {
    let formats = use_formats();
    let stats = use_query(CustomerStatsRequest {});
    let months = use_query(MonthlyFiguresRequest { months: MONTHS });
    let attention = use_query(AttentionRequest {});
    let create = use_creation().map(|creation| creation.open).unwrap_or_default();
    let on_pick = use_pick();
    let known = stats.state.ready();
    let is_new = known.is_some_and(|stats| stats.total_customers == 0);
    let figures = match &stats.state {
        Query::Failed(error) => html! { <div class="panel"><FailedState error={error.clone()} on_retry={stats.reload.clone()} /></div> },
        Query::Loading | Query::Ready(_) => html! { <Cards stats={known.cloned()} on_pick={on_pick.clone()} /> },
    };
    let charts = match &months.state {
        Query::Loading => html! {
            <div class="dash__charts">
                <div class="panel"><SkeletonRows label="Loading the charts" rows={5} /></div>
                <div class="panel"><SkeletonRows label="Loading the charts" rows={5} /></div>
            </div>
        },
        Query::Failed(error) => html! { <div class="panel"><FailedState error={error.clone()} on_retry={months.reload.clone()} /></div> },
        Query::Ready(months) => html! {
            <div class="dash__charts">
                { figures::revenue(months, &formats) }
                { figures::customers(months, known.map(|stats| stats.new_customers_this_week)) }
            </div>
        },
    };
    let lists = match &attention.state {
        Query::Loading => html! {
            <div class="dash__lists">
                <div class="panel"><SkeletonRows label="Loading what needs attention" /></div>
                <div class="panel"><SkeletonRows label="Loading recent changes" /></div>
            </div>
        },
        Query::Failed(error) => {
            html! { <div class="panel"><FailedState error={error.clone()} on_retry={attention.reload.clone()} /></div> }
        }
        Query::Ready(attention) => html! {
            <div class="dash__lists">
                <NeedsAttention attention={attention.clone()} {on_pick} />
                <Activity changes={attention.recent_changes.clone()} />
            </div>
        },
    };
    let all_failed = match (&stats.state, &months.state, &attention.state) {
        (Query::Failed(error), Query::Failed(_), Query::Failed(_)) => Some(error.clone()),
        _ => None,
    };
    let reload_all = {
        let all = [stats.reload.clone(), months.reload.clone(), attention.reload.clone()];
        Callback::from(move |()| all.iter().for_each(|reload| reload.emit(())))
    };
    // One sentence for all three: where one cannot be asked again, the others rarely can.
    let old = [
        stats.reload_error.as_ref().map(|error| (error, &stats.reload)),
        months.reload_error.as_ref().map(|error| (error, &months.reload)),
        attention.reload_error.as_ref().map(|error| (error, &attention.reload)),
    ];
    let old: Vec<_> = old.into_iter().flatten().collect();
    let retry = {
        let all: Vec<Callback<()>> = old.iter().map(|(_, reload)| (*reload).clone()).collect();
        Callback::from(move |()| all.iter().for_each(|reload| reload.emit(())))
    };
    let old = old.first().map(|(error, _)| stale(error, &retry));
    html! {
        <main class="main" id="main">
            <PageHead title="Dashboard">
                <Button label="New customer" kind={ButtonKind::Primary} width={ButtonWidth::Fold} icon={Some(Icon::Plus)} kbd="Ctrl N" aria_label={Some(AttrValue::Static("New customer"))} on_press={create.clone()} />
            </PageHead>
            <div class="scroll">
                <div class="dash">
                    { old.unwrap_or_default() }
                    <DueNotice />
                    if let Some(error) = all_failed {
                        <div class="panel"><FailedState {error} on_retry={reload_all} /></div>
                    } else {
                        if is_new { <Beginning on_create={create} /> } else { { figures }{ charts } }
                        { lists }
                    }
                </div>
            </div>
        </main>
    }
}
