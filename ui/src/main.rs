//! The page in the window of Clientele.

mod app;
mod components;
mod context_menu;
mod failure;
mod format;
mod hooks;
mod ipc;
mod pages;
mod press;
mod route;
mod shell;

fn main() {
    failure::watch();
    context_menu::suppress();
    press::watch();
    contract::words::write_days(format::date);
    format::write_decimals(format::decimal_mark());
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("gate"));
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
