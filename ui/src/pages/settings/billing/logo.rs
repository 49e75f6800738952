//! The logo of the vendor.

use contract::{
    Error, FieldError, Problem,
    logo::{GetLogo, ImageFault, Logo as Stored, LogoKind, MAX_BYTES, SetLogo},
    words,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use crate::{
    components::{Button, FailedState, Field, Icon, SkeletonRows},
    hooks::{Query, Toast, Toasts, use_book_changes, use_mutation, use_query, use_toasts, use_unique_id},
    ipc,
    pages::customers::undo::Undoing,
};

/// Which settings it belongs to.
#[derive(Properties, PartialEq)]
pub struct LogoProps {
    /// The version of the billing settings.
    pub version: u32,
    /// Whether there is one.
    pub has_logo: bool,
}

/// Sets the logo and takes it away, with Undo.
#[component]
pub fn Logo(props: &LogoProps) -> Html {
    let known = use_query(GetLogo {});
    let set = use_mutation::<SetLogo>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let fault = use_state_eq(|| None::<AttrValue>);
    let input = use_node_ref();
    let id = use_unique_id();
    let send = {
        let (set, toasts, undoing, fault, version) = (set.clone(), toasts.clone(), undoing.clone(), fault.setter(), props.version);
        Callback::from(move |image: Option<String>| {
            let (set, toasts, undoing, fault) = (set.clone(), toasts.clone(), undoing.clone(), fault.clone());
            wasm_bindgen_futures::spawn_local(async move {
                // Read anew: what is shown may be the logo of an older version, and the version that is sent vouches for this one.
                let before = ipc::call(GetLogo {}).await.map(|logo| logo.image.map(|image| image.data));
                let is_set = image.is_some();
                set.run_with(SetLogo { version, image }, move |answer| match answer {
                    Ok(settings) => {
                        fault.set(None);
                        toasts.show(changed(is_set, before.clone().ok(), settings.version, &toasts, &undoing));
                    }
                    Err(error) => match of_image(&error) {
                        Some(words) => fault.set(Some(words)),
                        None => toasts.show(Toast::failed(&error)),
                    },
                });
            });
        })
    };
    let onchange = {
        let (fault, send) = (fault.setter(), send.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let file = input.files().and_then(|files| files.get(0));
            // The same file can be chosen again after it was mended.
            input.set_value("");
            let Some(file) = file else { return };
            let (fault, send) = (fault.clone(), send.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match read(&file).await {
                    Ok(image) => send.emit(Some(image)),
                    Err(wrong) => fault.set(Some(words::problem(&Problem::Image { fault: wrong }).into())),
                }
            });
        })
    };
    let choose = {
        let input = input.clone();
        Callback::from(move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let remove = send.reform(|()| None);
    let busy = set.is_busy.then_some(AttrValue::Static("Saving…"));
    html! {
        <section class="panel group" role="group" aria-label="Logo">
            <h3 class="panel__title">{ "Logo" }</h3>
            <Field label="Image" control_id={id.clone()} help="PNG or JPEG, up to 512 KB. It stands at the top of every PDF; without one the name stands there." error={(*fault).clone()}>
                { match &known.state {
                    Query::Loading => html! { <SkeletonRows label="Loading the logo" rows={1} /> },
                    Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={known.reload.clone()} /> },
                    Query::Ready(stored) => html! { <p class="num">{ described(stored) }</p> },
                } }
                <input ref={input} id={id} class="sr-only" type="file" name="logo" accept="image/png,image/jpeg" tabindex="-1" {onchange} />
                <div class="btn-row">
                    <Button label={if props.has_logo { "Change logo…" } else { "Choose logo…" }} icon={Some(Icon::File)} {busy} on_press={choose} />
                    if props.has_logo { <Button label="Remove logo" icon={Some(Icon::Trash)} on_press={remove} /> }
                </div>
            </Field>
        </section>
    }
}

/// Says that there is another logo or none, with Undo where it is known what was there before.
fn changed(is_set: bool, before: Option<Option<String>>, version: u32, toasts: &Toasts, undoing: &Undoing) -> Toast {
    let said = Toast::done(if is_set { "Logo set" } else { "Logo taken away" });
    let Some(image) = before else { return said };
    let (toasts, undoing) = (toasts.clone(), undoing.clone());
    said.undo(move |()| {
        let (toasts, image) = (toasts.clone(), image.clone());
        undoing.run(SetLogo { version, image }, move |_| {
            toasts.show(Toast::done("The logo is as before").icon(Icon::Undo));
        });
    })
}

/// What is wrong with the image, if that is why it was refused.
fn of_image(error: &Error) -> Option<AttrValue> {
    let Error::Invalid { fields } = error else { return None };
    fields
        .iter()
        .find(|broken: &&FieldError| broken.field == "image")
        .map(|broken| words::problem(&broken.problem).into())
}

fn described(stored: &Stored) -> String {
    stored.image.as_ref().map_or_else(
        || "There is none.".to_owned(),
        |image| {
            let kind = match image.kind {
                LogoKind::Png => "PNG",
                LogoKind::Jpeg => "JPEG",
            };
            format!("{kind}, {} × {} pixels", image.width, image.height)
        },
    )
}

/// A file in base64. One that is too large is not read at all.
async fn read(file: &File) -> Result<String, ImageFault> {
    if file.size() > f64::from(MAX_BYTES) {
        return Err(ImageFault::Bytes);
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| ImageFault::Damaged)?;
    // What JavaScript takes for base64: a text with a character a byte.
    let text: String = js_sys::Uint8Array::new(&buffer).to_vec().into_iter().map(char::from).collect();
    let window = web_sys::window().ok_or(ImageFault::Encoding)?;
    let image = window.btoa(&text).map_err(|_| ImageFault::Encoding)?;
    if image.is_empty() {
        return Err(ImageFault::Damaged);
    }
    Ok(image)
}
