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
                    Ok(Some((count, path))) => {
                        let days = contract::words::count(count, "domain");
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

/// Reads every domain and saves what has a last day; says how many, and where.
async fn save(name: String) -> Result<Option<(u64, String)>, Error> {
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
        if after.is_none() {
            break;
        }
    }
    if ending.is_empty() {
        return Ok(None);
    }
    let text = calendar(&ending, format::now());
    let saved = ipc::call(SaveText { name, text }).await?;
    Ok(Some((u64::try_from(ending.len()).unwrap_or(u64::MAX), saved.path)))
}
