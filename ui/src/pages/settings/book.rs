//! Where the data lives, how to back it up, and the sample.

use contract::desktop::BookChoice;
use yew::prelude::*;

use crate::{
    components::{Button, Confirm, CopyButton, Notice, Tone},
    hooks::use_opened_book,
};

/// Where the data lives, how to back it up, and the sample.
#[component]
pub fn BookSection() -> Html {
    let Some(book) = use_opened_book() else {
        return html! { <section></section> };
    };
    let startup = &book.startup;
    let backup = format!("clientelectl --book \"{}\" backup FILE", startup.location);
    html! {
        <>
            <section>
                <h2 class="section-title">{ "Book" }</h2>
                <p class="section-text">{ "Everything is in one file on this computer. Nothing leaves it." }</p>
            </section>
            <section class="panel">
                <dl class="facts facts--sub settings__facts">
                    <div><dt>{ "File" }</dt><dd class="mono">{ startup.location.clone() }<CopyButton text={startup.location.clone()} noun="path" /></dd></div>
                    <div><dt>{ "Log" }</dt><dd class="mono">{ startup.log_folder.clone() }<CopyButton text={startup.log_folder.clone()} noun="path" /></dd></div>
                    <div><dt>{ "Version" }</dt><dd class="num">{ startup.version.clone() }</dd></div>
                </dl>
            </section>
            <section class="form-grid">
                <div>
                    <h2 class="section-title">{ "Back up" }</h2>
                    <p class="section-text">{ "This command makes a whole copy while the app runs. Give it a file on another disk." }</p>
                </div>
                <div class="keyfield"><code class="key" title={backup.clone()}>{ backup.clone() }</code><CopyButton text={backup} noun="command" /></div>
                <Notice tone={Tone::Info} title="Do not copy the file itself while the app runs" text={AttrValue::Static("Part of the newest changes is in a second file beside it.")} />
            </section>
            <Sample />
        </>
    }
}

#[component]
fn Sample() -> Html {
    let book = use_opened_book();
    let is_asking = use_state_eq(|| false);
    let Some(book) = book else { return html! { <section></section> } };
    let is_sample = book.is_sample();
    let switch = {
        let open = book.open.clone();
        Callback::from(move |()| open.emit(if is_sample { BookChoice::Own } else { BookChoice::Sample }))
    };
    let set_asking = |asking: bool| {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(asking))
    };
    html! {
        <section class="form-grid">
            <div>
                <h2 class="section-title">{ "Sample data" }</h2>
                <p class="section-text">{ "A second book with invented customers, to try things out. Your own book is not touched. Opening it signs you out here." }</p>
            </div>
            <div class="btn-row">
                <Button label={if is_sample { "Leave the sample" } else { "Explore with sample data" }} on_press={switch} />
                if is_sample { <Button label="Throw the sample away…" on_press={set_asking(true)} /> }
            </div>
            if *is_asking {
                <Confirm title="Throw the sample away?" confirm_label="Throw away" keep_label="Keep the sample" on_confirm={book.discard_sample.clone()} on_keep={set_asking(false)}>
                    <p>{ "Everything you tried in it is gone. Your own book opens; the sample can be made new at any time." }</p>
                </Confirm>
            }
        </section>
    }
}
