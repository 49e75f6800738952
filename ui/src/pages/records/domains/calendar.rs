//! Saves the days on which domains end as a calendar file.

use contract::{
    Error,
    desktop::SaveText,
    domain::{DomainSort, ListDomains},
    ics::calendar,
    rules::MAX_PAGE,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonWidth, Icon},
    format,
    hooks::{Toast, use_formats, use_now, use_toasts},
    ipc,
};

/// So many domains are in a calendar, those that end first: a file of more is larger than calendars take.
const MOST: usize = 10_000;

/// Saves the days on which all domains end.
#[component]
pub fn SaveCalendar() -> Html {
    let formats = use_formats();
    let now = use_now();
    let toasts = use_toasts();
    let is_busy = use_state_eq(|| false);
    let on_press = {
        let (is_busy, name) = (is_busy.clone(), format!("Domains {}.ics", formats.day_of(now)));
        Callback::from(move |()| {
            if *is_busy {
                return;
            }
            is_busy.set(true);
            let (is_busy, name, toasts) = (is_busy.setter(), name.clone(), toasts.clone());
            wasm_bindgen_futures::spawn_local(async move {
                toasts.show(match save(name).await {
                    Ok(Some(Saved { count, is_whole, path })) => {
                        let days = contract::words::count(count, "domain");
                        let days = if is_whole { days } else { format!("the first {days} to end") };
                        Toast::done(format!("Calendar of {days} saved: {path}")).icon(Icon::Calendar)
                    }
                    Ok(None) => Toast::done("No domain has a day on which it ends").icon(Icon::Calendar),
                    Err(error) => Toast::failed(&error),
                });
                is_busy.set(false);
            });
        })
    };
    html! {
        <Button
            label="Save calendar"
            width={ButtonWidth::Fold}
            icon={Some(Icon::Calendar)}
            aria_label="Save calendar"
            title="Saves the days on which domains end as a calendar file (.ics)"
            busy={is_busy.then_some(AttrValue::Static("Saving…"))}
            {on_press}
        />
    }
}

/// A calendar that was saved.
struct Saved {
    /// How many domains are in it.
    count: u64,
    /// Whether these are all that end.
    is_whole: bool,
    /// Where it is.
    path: String,
}

/// Saves the domains that have a last day, those that end first before the others.
async fn save(name: String) -> Result<Option<Saved>, Error> {
    let mut ending = Vec::new();
    let mut after = None;
    loop {
        let request = ListDomains {
            sort: Some(DomainSort::ExpiresOn),
            descending: Some(false),
            limit: Some(MAX_PAGE),
            after,
            ..ListDomains::default()
        };
        let page = ipc::call(request).await?;
        ending.extend(page.items.into_iter().filter(|domain| domain.expires_on.is_some()));
        after = page.next;
        if after.is_none() || ending.len() > MOST {
            break;
        }
    }
    if ending.is_empty() {
        return Ok(None);
    }
    let is_whole = ending.len() <= MOST;
    ending.truncate(MOST);
    let text = calendar(&ending, format::now());
    let saved = ipc::call(SaveText { name, text }).await?;
    Ok(Some(Saved {
        count: u64::try_from(ending.len()).unwrap_or(u64::MAX),
        is_whole,
        path: saved.path,
    }))
}
