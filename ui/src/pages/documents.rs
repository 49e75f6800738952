//! Invoices, credit notes and statements as PDF files: kept where the person chooses, or shown in another program.

use contract::{
    Error,
    desktop::{OpenDocument, SaveDocument},
    document::{Document, MissingGlyph, WithoutXml},
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonWidth, Icon},
    hooks::{Toast, Toasts, use_toasts},
    ipc,
};

/// The two ways to have a document.
#[derive(Properties, PartialEq)]
pub struct DocumentButtonsProps {
    /// Which.
    pub document: Document,
    /// Whether it is only a preview, which nobody keeps.
    #[prop_or_default]
    pub is_preview: bool,
    /// Why it cannot be had now.
    #[prop_or_default]
    pub unavailable: Option<AttrValue>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    #[default]
    Nothing,
    Saving,
    Opening,
}

/// `Save PDF…` and `Open PDF`.
#[component]
pub fn DocumentButtons(props: &DocumentButtonsProps) -> Html {
    let doing = use_state_eq(Doing::default);
    let toasts = use_toasts();
    let document = props.document;
    let press = |act: Doing| {
        let (doing, toasts) = (doing.clone(), toasts.clone());
        Callback::from(move |()| {
            if *doing != Doing::Nothing {
                return;
            }
            doing.set(act);
            let (doing, toasts) = (doing.setter(), toasts.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let ended = if act == Doing::Saving {
                    save(document, &toasts).await
                } else {
                    open(document, &toasts).await
                };
                if let Err(error) = ended {
                    toasts.show(Toast::failed(&error));
                }
                doing.set(Doing::Nothing);
            });
        })
    };
    let busy = |act: Doing, words: &'static str| (*doing == act).then_some(AttrValue::Static(words));
    let open_label = if props.is_preview { "Preview PDF" } else { "Open PDF" };
    html! {
        <div class="btn-row">
            <Button label={open_label} width={ButtonWidth::Fold} icon={Some(Icon::Eye)} aria_label={open_label} busy={busy(Doing::Opening, "Opening…")} unavailable={props.unavailable.clone()} on_press={press(Doing::Opening)} />
            if !props.is_preview { <Button label="Save PDF…" width={ButtonWidth::Fold} icon={Some(Icon::Download)} aria_label="Save PDF…" busy={busy(Doing::Saving, "Saving…")} unavailable={props.unavailable.clone()} on_press={press(Doing::Saving)} /> }
        </div>
    }
}

async fn save(document: Document, toasts: &Toasts) -> Result<(), Error> {
    // The person takes as long as it takes to choose a place.
    let saved = ipc::call_without_deadline(SaveDocument { document }).await?;
    if let Some(fault) = saved.fault {
        toasts.show(
            Toast::done(format!("Not saved. {}", fault.words()))
                .icon(Icon::AlertCircle)
                .lasting(),
        );
    } else if let Some(path) = saved.path {
        tell(toasts, &saved.missing, saved.without_xml);
        toasts.show(Toast::done(format!("Saved: {path}")).icon(Icon::Download));
    }
    Ok(())
}

async fn open(document: Document, toasts: &Toasts) -> Result<(), Error> {
    let opened = ipc::call(OpenDocument { document }).await?;
    tell(toasts, &opened.missing, opened.without_xml);
    if !opened.is_shown {
        let words = "No program on this computer shows PDF files. Save it instead.";
        toasts.show(Toast::done(words).icon(Icon::AlertCircle).lasting());
    }
    Ok(())
}

/// Says what is not as it should be in a document.
fn tell(toasts: &Toasts, missing: &[MissingGlyph], without_xml: Option<WithoutXml>) {
    if let Some(words) = missing_words(missing) {
        toasts.show(Toast::done(words).icon(Icon::Alert).lasting());
    }
    if let Some(why) = without_xml.filter(|why| is_worth_saying(*why)) {
        let words = format!("The PDF holds no invoice as XML. {}", why.words());
        toasts.show(Toast::done(words).icon(Icon::Info).lasting());
    }
}

/// Whether the person can do something about it, or would expect otherwise.
fn is_worth_saying(why: WithoutXml) -> bool {
    match why {
        WithoutXml::NoInvoice | WithoutXml::Draft | WithoutXml::Void => false,
        WithoutXml::BuyerCountry | WithoutXml::MixedScope | WithoutXml::CurrencyDigits => true,
    }
}

/// Which characters could not be drawn.
fn missing_words(missing: &[MissingGlyph]) -> Option<String> {
    const MOST: usize = 3;
    let named: Vec<String> = missing
        .iter()
        .take(MOST)
        .map(|glyph| format!("{} ({})", glyph.character, glyph.code))
        .collect();
    let first = missing.first()?;
    let rest = missing.len().saturating_sub(MOST);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    Some(format!(
        "No font on this computer has {}{more}, as in “{}”. A box stands there; install a font for it and make the PDF again.",
        named.join(", "),
        first.text
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_font_is_named_with_its_code() {
        let glyph = |character: &str, code: &str| MissingGlyph {
            character: character.to_owned(),
            code: code.to_owned(),
            text: "Name 𖩰".to_owned(),
        };
        assert_eq!(missing_words(&[]), None);
        let one = missing_words(&[glyph("𖩰", "U+16A70")]).unwrap_or_default();
        assert!(
            one.starts_with("No font on this computer has 𖩰 (U+16A70), as in “Name 𖩰”."),
            "{one}"
        );
        let many: Vec<MissingGlyph> = (0..5).map(|at| glyph("x", &format!("U+{at}"))).collect();
        let said = missing_words(&many).unwrap_or_default();
        assert!(said.contains("x (U+0), x (U+1), x (U+2) and 2 more"), "{said}");
    }
}
