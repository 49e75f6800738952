//! Says before a run that invoices will become final without the address of the buyer.

use yew::prelude::*;

use crate::{
    components::{Notice, Tone},
    format,
};

/// Says how many invoices will have no address of the buyer.
pub fn lacking(count: u64) -> Html {
    let text = "The law asks for it, but for small amounts (Directive 2006/112/EC, articles 226 and 226b). It cannot be added once an invoice \
                is final: enter it under Details of the customer first, or turn off Finalize renewals at once under Settings, Billing.";
    let title = format!(
        "{} will become final without an address of the buyer",
        format::counted(count, "invoice")
    );
    html! { <Notice {title} {text} tone={Tone::Warning} /> }
}
