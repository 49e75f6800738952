//! The command palette: whatever is in the book and whatever the app can do, by keyboard alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key, PASSWORD};
use serde_json::json;

const LENA: &str = "Lena Hoffmann";
const ANA: &str = "Ana Souza";
/// What opens it, its title and its field are called the same.
const PALETTE: &str = "Search or run a command";

/// A book with two customers, of whom one has an invoice and a domain; the list of customers is open. The number of the invoice.
fn book(name: &str) -> (App, String) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer(LENA, "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    app.add_customer(ANA, "ana@example.com", "");
    app.dismiss();
    app.set_seller();
    let customer = app.record("lena@example.com")["id"].clone();
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "1", "unit_price": 10_000}]}),
    );
    let invoice = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    app.ask("add_domain", json!({"customer_id": customer, "name": "brightpixel.example"}));
    let number = invoice["number"].as_str().unwrap().to_owned();
    (app, number)
}

/// Opens it by its keys and types.
fn search(app: &App, text: &str) {
    app.press_with(Key::Control, 'k');
    app.dialog(PALETTE);
    app.until("the field", || app.field(PALETTE).has_focus());
    app.type_text(text);
}

/// Waits until Enter would take the one that is called so, and nothing is being looked for any more.
fn is_chosen(app: &App, name: &str) {
    let chosen = "return document.querySelector('[role=listbox]:not([aria-busy]) [aria-selected=true]')?.innerText ?? ''";
    app.until(&format!("{name} to be chosen"), || {
        app.run(chosen, &[]).as_str().unwrap_or_default().starts_with(name)
    });
}

/// What is offered, in its order: the title of each.
fn offered(app: &App) -> Vec<String> {
    let titles = "return Array.from(document.querySelectorAll('[role=option] .option__text > :first-child'), (title) => title.textContent)";
    let titles = app.run(titles, &[]);
    let titles = titles.as_array().unwrap().iter();
    titles.map(|title| title.as_str().unwrap().to_owned()).collect()
}

#[test]
fn whatever_is_in_the_book_is_found_and_opened_by_keyboard_alone() {
    let (app, number) = book("palette_found");
    app.row(LENA);
    app.tab_to("grid", "Customers");
    search(&app, "offm");
    is_chosen(&app, LENA);
    // Of whom it is, an invoice and a domain are found, too, each after the customer.
    let all = offered(&app);
    assert_eq!(all, [LENA, "brightpixel.example", number.as_str()], "in the order of their kinds");
    app.press(&[Key::Down]);
    is_chosen(&app, "brightpixel.example");
    app.press(&[Key::Up]);
    app.press(&[Key::Up]);
    is_chosen(&app, &number);
    app.press(&[Key::Escape]);
    app.gone("dialog", PALETTE);
    app.until("the list to have the focus again", || app.find("grid", "Customers").has_focus());

    search(&app, "offm");
    is_chosen(&app, LENA);
    app.press(&[Key::Enter]);
    app.dialog(LENA);
    assert!(!app.shows("dialog", PALETTE));
    // Over a dialog it does not open.
    app.press_with(Key::Control, 'k');
    app.rest();
    assert!(!app.shows("dialog", PALETTE));
    app.escape();
    app.gone("dialog", LENA);

    app.visit("Dashboard");
    search(&app, &number);
    is_chosen(&app, &number);
    app.press(&[Key::Enter]);
    app.dialog(&format!("Invoice {number}"));
    app.escape();
    app.gone("dialog", "Invoice");
    app.find("heading", "Dashboard");

    search(&app, "@brightpixel");
    is_chosen(&app, "brightpixel.example");
    app.press(&[Key::Enter]);
    app.dialog(LENA);
    app.until("its tab", || {
        app.find("tab", "Domains").attribute("aria-selected").as_deref() == Some("true")
    });
}

#[test]
fn a_command_does_what_its_menu_does() {
    let (app, _) = book("palette_commands");
    // Before anything is typed an Enter too many does nothing.
    search(&app, "");
    app.find("option", "New customer");
    app.press(&[Key::Enter]);
    app.rest();
    app.type_text("plans");
    is_chosen(&app, "Go to Plans");
    // As a form is submitted.
    app.press(&[Key::Control, Key::Enter]);
    app.find("heading", "Plans");
    search(&app, "new plan");
    is_chosen(&app, "New plan");
    app.press(&[Key::Enter]);
    app.dialog("New plan");
    app.escape();
    app.gone("dialog", "New plan");
    search(&app, "new invoice");
    is_chosen(&app, "New invoice");
    app.press(&[Key::Enter]);
    app.dialog("Choose a customer");
    app.until("who is billed", || app.field("Who is billed").has_focus());
    app.escape();
    app.gone("dialog", "Choose a customer");
    for (typed, theme) in [("dark", "dark"), ("light", "light")] {
        search(&app, typed);
        is_chosen(&app, "Use the ");
        app.press(&[Key::Enter]);
        app.until(&format!("the {theme} theme"), || app.theme() == theme);
    }
    search(&app, "there is no such thing");
    app.see("Nothing matches");
    app.see("Customers, domains, licenses, invoices and commands are searched;");
    app.press(&[Key::Enter]);
    app.press(&[Key::Escape]);
    app.gone("dialog", PALETTE);
    search(&app, ">lock");
    is_chosen(&app, "Lock");
    app.press(&[Key::Enter]);
    app.button("Unlock");
}

#[test]
fn an_answer_that_is_late_is_dropped_and_enter_waits_for_the_right_one() {
    let (app, _) = book("palette_late");
    search(&app, "");
    app.hold(&["list_customers"]);
    app.type_text("hoff");
    app.until("the search", || !app.all(".skeleton").is_empty());
    app.field(PALETTE).fill("souza");
    app.press(&[Key::Enter]);
    app.rest();
    assert!(app.shows("dialog", PALETTE), "nothing is known of them yet");
    app.release();
    app.dialog(ANA);
    app.escape();
    app.gone("dialog", ANA);

    // What could not be asked is said, and is not taken for an answer.
    app.refuse(&["list_customers"]);
    search(&app, "go to");
    app.see("The database did not answer");
    let marked = "return document.querySelectorAll('[role=option][aria-selected=true]').length";
    assert_eq!(app.run(marked, &[]), json!(0), "what Enter does not take is not marked");
    app.press(&[Key::Enter]);
    app.rest();
    assert!(app.shows("dialog", PALETTE), "who is meant is not guessed");
    app.release();
    app.button("Retry").click();
    is_chosen(&app, "Go to ");
}

#[test]
fn it_opens_by_its_buttons_and_is_gone_after_a_lock() {
    let (app, _) = book("palette_lock");
    app.tab_to("button", PALETTE);
    app.press(&[Key::Enter]);
    app.dialog(PALETTE);
    app.press(&[Key::Escape]);
    app.gone("dialog", PALETTE);
    app.until("its button to have the focus", || app.button(PALETTE).has_focus());

    // On a phone it is in the head of the page, and in the navigation, which goes away for it.
    app.resize(420, 800);
    app.button(PALETTE).click();
    app.dialog(PALETTE);
    app.press(&[Key::Escape]);
    app.gone("dialog", PALETTE);
    app.tab_to("button", "Open navigation");
    app.press(&[Key::Enter]);
    app.dialog("Navigation");
    app.button(PALETTE).click();
    app.dialog(PALETTE);
    assert_eq!(app.run("return document.querySelectorAll('dialog[open]').length", &[]), json!(1));
    app.press(&[Key::Escape]);
    app.gone("dialog", PALETTE);
    app.until("the button to have the focus", || app.button("Open navigation").has_focus());
    app.resize(1280, 800);

    search(&app, "hoff");
    is_chosen(&app, LENA);
    app.press_with(Key::Control, 'l');
    app.button("Unlock");
    let page = "return document.documentElement.outerHTML";
    app.until("an empty page", || !app.run(page, &[]).as_str().unwrap().contains("Hoffmann"));
    app.field("Password").fill(PASSWORD);
    app.press(&[Key::Enter]);
    app.find("heading", "Customers");
    assert!(!app.shows("dialog", PALETTE));
    app.until("the page to have the focus", || {
        app.run("return document.activeElement !== document.body", &[]) == json!(true)
    });
}
