//! axe-core and the width of the page, on every page and dialog, in both themes, wide and narrow.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use e2e::App;
use serde_json::json;

/// What was looked at, and what was found.
struct Round<'a> {
    app: &'a App,
    found: Vec<String>,
}

impl Round<'_> {
    /// Looks at what is on screen now.
    fn look(&mut self, page: &str) {
        for width in [1280, 420] {
            self.app.resize(width, 800);
            for theme in ["light", "dark"] {
                self.app
                    .run("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)]);
                let place = format!("{page}, {theme}, {width}");
                for violation in self.app.violations() {
                    self.found
                        .push(format!("{place}: {}\n    {}", violation.rule, violation.places.join("\n    ")));
                }
                for wide in self.app.overflow() {
                    self.found.push(format!("{place}: {wide}"));
                }
            }
        }
        self.app.resize(1280, 800);
    }

    fn close(self) {
        assert!(self.found.is_empty(), "{} findings:\n{}", self.found.len(), self.found.join("\n"));
    }
}

#[test]
fn the_way_in_keeps_nobody_out() {
    let app = App::start("accessible_gate").unwrap();
    let mut round = Round {
        app: &app,
        found: Vec::new(),
    };
    app.button("Create administrator");
    round.look("first run");
    app.button("Create administrator").click();
    round.look("first run, refused");
    app.begin();
    app.press_with(e2e::Key::Control, 'l');
    app.button("Unlock");
    round.look("lock");
    app.button("Sign out instead").click();
    app.button("Sign in");
    round.look("sign-in");
    round.close();
}

#[test]
fn an_empty_book_keeps_nobody_out() {
    let app = App::start("accessible_empty").unwrap();
    app.begin();
    let mut round = Round {
        app: &app,
        found: Vec::new(),
    };
    for page in ["Dashboard", "Customers", "Plans"] {
        app.visit(page);
        app.rest();
        round.look(&format!("{page}, empty"));
    }
    app.link("Settings").click();
    for section in ["General", "Appearance", "Book", "People"] {
        app.link(section).click();
        app.find("heading", section);
        round.look(&format!("settings, {section}"));
    }
    app.type_text("?");
    app.dialog("Keyboard shortcuts");
    round.look("keyboard shortcuts");
    round.close();
}

#[test]
fn a_full_book_keeps_nobody_out() {
    let app = App::start("accessible_full").unwrap();
    app.explore();
    let mut round = Round {
        app: &app,
        found: Vec::new(),
    };
    for page in ["Dashboard", "Customers", "Plans"] {
        app.visit(page);
        app.rest();
        round.look(page);
    }
    app.visit("Customers");
    let name = app.first_customer();
    app.open_customer(&name);
    for tab in [
        "Details",
        "Licenses",
        "Subscriptions",
        "Domains",
        "Invoices",
        "Payments",
        "Timeline",
    ] {
        app.open_tab(tab);
        app.until("the tab to load", || app.all("[aria-busy=true], .skeleton").is_empty());
        round.look(&format!("details, {tab}"));
    }
    app.open_tab("Licenses");
    app.button("Add license").click();
    app.field("Plan");
    round.look("add license");
    app.escape();
    app.gone("dialog", "Add license");
    app.escape();
    app.gone("dialog", &name);

    app.button("New customer").click();
    app.field("Full name");
    round.look("new customer");
    app.button("Create customer").click();
    round.look("new customer, refused");
    app.escape();
    app.gone("dialog", "New customer");
    app.row(&name).find("button", "Delete").click();
    app.until("the question", || !app.all("dialog").is_empty());
    round.look("delete");
    app.escape();
    app.field("Search customers").fill("nobody is called so");
    app.see("No customer");
    round.look("customers, nothing found");
    app.visit("Plans");
    app.button("New plan").click();
    app.field("Code");
    round.look("new plan");
    round.close();
}
