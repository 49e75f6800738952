//! What the cards, the list, the dashboard and the records of customers say of a book whose figures are known.

#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect has to fail")]

use e2e::App;
use serde_json::{Value, json};

const LENA: &str = "Lena Hoffmann";

/// A book of three customers: Lena owes an invoice that is overdue and has a license that ends soon, Noor has paid, and Adam is
/// inactive. With Lena, Noor, and today in the words of the page.
fn book(name: &str) -> (App, Value, Value, String) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.set_seller();
    let settings = app.ask("get_settings", json!({}));
    app.ask("update_settings", json!({"version": settings["version"], "expiring_days": 60}));
    let plan = app.ask(
        "create_plan",
        json!({"code": "studio", "name": "Studio", "currency": "EUR", "price_monthly": 0, "max_users": 5}),
    );
    let add = |name: &str, email: &str, is_active: bool| {
        app.ask(
            "create_customer",
            json!({
                "full_name": name, "email": email, "company_name": "Hoffmann GmbH", "password": "eight or more", "is_active": is_active
            }),
        )
    };
    let lena = add(LENA, "lena@example.com", true);
    let noor = add("Noor Haddad", "noor@example.com", true);
    app.ask(
        "add_license",
        json!({"customer_id": lena["id"], "plan_id": plan["id"], "billing_cycle": "monthly", "create_subscription": false}),
    );
    let lines = json!([{"text": "Setup", "unit_price": 10_000}]);
    let draft = app.ask("create_invoice", json!({"customer_id": lena["id"], "lines": lines}));
    app.ask(
        "finalize_invoice",
        json!({"id": draft["id"], "version": draft["version"], "issued_on": app.day(-20), "due_on": app.day(-6)}),
    );
    app.ask(
        "record_payment",
        json!({"customer_id": noor["id"], "amount": {"amount": 123_450, "currency": "EUR"}, "method": "cash"}),
    );
    add("Adam Novak", "adam@example.com", false);
    let script = "return new Date().toLocaleDateString('en-US', {year: 'numeric', month: 'short', day: 'numeric', timeZone: arguments[0]})";
    let today = app.run(script, &[settings["time_zone"].clone()]);
    let today = today.as_str().unwrap().to_owned();
    (app, lena, noor, today)
}

/// Waits until something on screen says all of it.
#[track_caller]
fn says(app: &App, role: &str, name: &str, parts: &[&str]) {
    for part in parts {
        app.until(&format!("{name} to say {part:?}"), || app.find(role, name).text().contains(*part));
    }
}

#[test]
fn the_cards_the_list_and_the_dashboard_say_what_is_in_the_book() {
    let (app, _, _, today) = book("figures_book");
    app.visit("Customers");
    let cards = [
        "Total customers 3",
        "this month · 3 new",
        "Active customers 2",
        "66.7% · 1 inactive",
        "Total revenue €1,234.50",
        "€1,234.50 per payer",
        "€411.50 over all customers",
        "With subscriptions 0",
        "1 active license",
    ];
    says(&app, "section", "Figures", &cards);
    let row = app.row(LENA).text();
    for part in [
        "lena@example.com",
        "Hoffmann GmbH",
        "Active",
        "active of 1",
        "€0.00",
        "€119.00 overdue",
        today.as_str(),
    ] {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert!(app.row("Adam Novak").text().contains("Inactive"));
    assert!(app.row("Noor Haddad").text().contains("€1,234.50"));

    app.visit("Dashboard");
    says(&app, "section", "Figures", &cards);
    let attention = [
        "1 invoice overdue",
        "Oldest: Lena Hoffmann",
        "€119.00",
        "1 invoice to be paid",
        "1 overdue among them",
        "1 license expires within 60 days",
        "1 has no subscription to renew it",
    ];
    says(&app, "section", "Needs attention", &attention);
    says(&app, "section", "Recent changes", &["Added Adam Novak", e2e::NAME]);
    says(&app, "section", "Revenue", &["€1,234.50", "12 months €1,234.50"]);
    says(&app, "section", "New customers", &["This week 3"]);
    app.button("Show as table: Revenue").click();
    says(&app, "grid", "Revenue", &["so far €1,234.50"]);
    app.button("Show as table: New customers").click();
    says(&app, "grid", "New customers", &["so far 3"]);
}

#[test]
fn the_record_of_a_customer_says_what_the_customer_has_owes_and_has_paid() {
    let (app, lena, noor, today) = book("figures_record");
    let key = app.ask("list_licenses", json!({"customer_id": lena["id"]}))["items"][0]["key"].clone();
    let since = format!("Member since {today}");
    app.visit("Customers");
    app.open_record(&lena["id"], "details");
    let account = [
        "Status Active",
        since.as_str(),
        "Total revenue €0.00",
        "Last payment None yet",
        "Active licenses 1",
        "Outstanding invoices 1",
        "€119.00 overdue",
    ];
    says(&app, "section", "Account", &account);
    app.open_tab("Licenses");
    let license = [
        key.as_str().unwrap(),
        "Expires soon",
        "€0.00 / month",
        "No subscription renews it",
        "Users",
        "0 of 5",
    ];
    says(&app, "article", "License Studio", &license);
    app.open_tab("Timeline");
    says(&app, "tabpanel", "", &[e2e::NAME]);

    app.open_record(&noor["id"], "details");
    let paid = format!("Last payment {today}");
    let account = [
        "Total revenue €1,234.50",
        paid.as_str(),
        "Active licenses 0",
        "Outstanding invoices 0",
    ];
    says(&app, "section", "Account", &account);
    app.open_tab("Payments");
    says(&app, "tabpanel", "", &["€1,234.50"]);
}
