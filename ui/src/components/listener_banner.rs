//! Says that others could listen to the connection, as long as that is so.

use yew::prelude::*;

use crate::components::Icon;

/// Says that others could listen to the connection.
#[derive(Properties, PartialEq)]
pub struct ListenerBannerProps {
    /// The host of the server.
    pub host: AttrValue,
}

/// Says that others could listen to the connection.
#[component]
pub fn ListenerBanner(props: &ListenerBannerProps) -> Html {
    html! {
        <section class="banner banner--danger" aria-label="Connection">
            { Icon::Alert.small() }
            <span>{ format!("The connection to {} is not verified. Who stands in between could read and change everything.", props.host) }</span>
        </section>
    }
}
