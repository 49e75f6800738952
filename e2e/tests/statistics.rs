//! Statistics: figures that say what they mean and open the list that sums to them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::{Value, json};

fn sample(name: &str) -> App {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.explore();
    app.visit("Statistics");
    app.find("heading", "Churn and retention");
    app.until("all figures", || app.all("[aria-busy=true], .bone").is_empty());
    app
}

/// What the app answers about the first currency of the sample.
fn first(app: &App) -> Value {
    app.ask("recurring_figures", json!({"months": 12}))["currencies"][0].clone()
}

/// The text of the first element that fits.
fn text(app: &App, selector: &str) -> String {
    let found = app.run("return document.querySelector(arguments[0])?.textContent ?? ''", &[json!(selector)]);
    found.as_str().unwrap_or_default().to_owned()
}

/// The sum of the amounts of all rows of the open list, in minor units of a currency with two digits.
fn sum_of_rows(app: &App) -> i64 {
    let mut pages = 0;
    while app.shows("button", "Show more") {
        app.button("Show more").click();
        pages += 1;
        assert!(pages < 200, "the list does not end");
    }
    let script = "return Array.from(document.querySelectorAll('dialog .basis tbody tr td:last-child'), (cell) => cell.textContent)";
    let cells = app.run(script, &[]);
    cells
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| minor_units(cell.as_str().unwrap()))
        .sum()
}

/// `−€1,234.50` in cents.
fn minor_units(shown: &str) -> i64 {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    let amount: i64 = digits.parse().unwrap();
    if shown.contains('−') { -amount } else { amount }
}

#[test]
fn what_recurs_is_the_sum_of_its_list_and_of_its_plans() {
    let app = sample("statistics_mrr");
    let own = first(&app);
    let mrr = own["mrr"]["amount"].as_i64().unwrap();
    assert_eq!(minor_units(&text(&app, ".metrics .figure")), mrr);

    app.run("document.querySelector('.metrics .figure').focus()", &[]);
    app.press(&[Key::Enter]);
    app.dialog("Recurring revenue on");
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), mrr);
    assert_eq!(minor_units(&text(&app, "dialog .basis__sum strong")), mrr);
    app.escape();
    app.gone("dialog", "Recurring revenue on");
    app.until("the focus to return", || {
        app.run("return document.activeElement.matches('.metrics .figure')", &[]) == json!(true)
    });

    // A plan opens its own part.
    let plan = own["plans"][0].clone();
    let name = plan["plan_name"].as_str().unwrap();
    let open = "[...document.querySelectorAll('table[aria-label=\"Recurring revenue by plan\"] tbody tr')].find((row) => row.textContent.includes(arguments[0])).querySelector('td:last-child button').click()";
    app.run(open, &[json!(name)]);
    app.dialog(&format!("{name} on"));
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), plan["mrr"]["amount"].as_i64().unwrap());
    app.escape();
    app.gone("dialog", &format!("{name} on"));

    // Its share says how it comes about, above the same list.
    app.run(&open.replace("last-child", "nth-child(3)"), &[json!(name)]);
    app.dialog(&format!("{name} on"));
    assert!(text(&app, "dialog p.muted").contains(" ÷ "));
    app.see("Sums to the figure exactly");
    app.escape();
    app.gone("dialog", &format!("{name} on"));

    // A number of customers opens as many of them, and those of the month's beginning.
    let month = own["months"].as_array().unwrap().last().unwrap();
    for (number, count) in [(0, &own["customers"]), (2, &month["customers_at_start"])] {
        app.run(
            "document.querySelectorAll('.metric__note .figure')[arguments[0]].click()",
            &[json!(number)],
        );
        app.dialog("Customers on");
        app.see("As many rows as the figure says");
        let sum = sum_of_rows(&app);
        assert_eq!(
            sum,
            if number == 0 {
                mrr
            } else {
                month["start"]["amount"].as_i64().unwrap()
            }
        );
        let rows = app.run("return document.querySelectorAll('dialog .basis tbody tr').length", &[]);
        assert_eq!(rows, *count);
        app.escape();
        app.gone("dialog", "Customers on");
    }
}

#[test]
fn what_was_billed_is_the_sum_of_its_plans_and_of_its_documents() {
    let app = sample("statistics_billed");
    let billed = app.ask("billed_by_plan", json!({"months": 12, "currency": first(&app)["currency"]}));
    let open = |selector: &str| {
        let table = format!("document.querySelector('table[aria-label=\"Billed revenue by plan\"] {selector} button').click()");
        app.run(&table, &[]);
        app.dialog("");
    };
    open("tfoot td:last-child");
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), billed["total"]["amount"].as_i64().unwrap());
    app.escape();
    app.until("the page", || app.all("dialog").is_empty());
    open("tbody tr:first-child td:last-child");
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), billed["plans"][0]["billed"]["amount"].as_i64().unwrap());
}

#[test]
fn a_month_opens_the_customers_who_moved() {
    let app = sample("statistics_moves");
    let own = first(&app);
    // Start and movements come to the end, on screen.
    let script = "return Array.from(document.querySelectorAll('.sum dd'), (part) => part.textContent)";
    let parts: Vec<i64> = app
        .run(script, &[])
        .as_array()
        .unwrap()
        .iter()
        .map(|part| minor_units(part.as_str().unwrap()))
        .collect();
    let (end, parts) = parts.split_last().unwrap();
    assert_eq!((parts.len(), parts.iter().sum::<i64>()), (6, *end));

    app.button("Show as table: Movement of recurring revenue").click();
    app.find("grid", "Recurring revenue by month");
    let months = own["months"].as_array().unwrap();
    let rows = app.run(
        "return document.querySelectorAll('table[aria-label=\"Recurring revenue by month\"] tbody tr').length",
        &[],
    );
    assert_eq!(rows, json!(months.len()));

    // Every kind of the month before, against what the app answered.
    let before = &months[months.len() - 2];
    for (column, field, sign) in [
        (2, "new", 1),
        (3, "reactivation", 1),
        (4, "expansion", 1),
        (5, "contraction", -1),
        (6, "churn", -1),
    ] {
        let figure = before[field]["amount"].as_i64().unwrap();
        let press = format!(
            "document.querySelector('table[aria-label=\"Recurring revenue by month\"] tbody tr:nth-last-child(2) > :nth-child({}) button').click()",
            column + 1
        );
        app.run(&press, &[]);
        app.until("the list", || !app.all("dialog").is_empty() && app.all(".skeleton").is_empty());
        if figure == 0 {
            app.until("nothing", || {
                app.text().contains("Nothing makes up this figure") || app.text().contains("Sums to the figure exactly")
            });
        } else {
            app.see("Sums to the figure exactly");
            assert_eq!(sum_of_rows(&app), sign * figure, "{field}");
        }
        app.escape();
        app.until("the page", || app.all("dialog").is_empty());
    }
}

#[test]
fn unpaid_invoices_and_cohorts_open_lists_that_sum_to_them() {
    let app = sample("statistics_owed");
    let owed = app.ask("receivables", json!({}))["currencies"][0].clone();
    let age = owed["ages"]
        .as_array()
        .unwrap()
        .iter()
        .position(|age| age["invoices"].as_u64() > Some(0))
        .unwrap();
    app.run("document.querySelectorAll('.age')[arguments[0]].click()", &[json!(age)]);
    app.dialog("Unpaid invoices:");
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), owed["ages"][age]["amount"]["amount"].as_i64().unwrap());
    app.escape();
    app.gone("dialog", "Unpaid invoices:");

    // Arrows lead through the cohorts, Enter opens one.
    app.run("document.querySelector('.heat__cell[tabindex=\"0\"]').focus()", &[]);
    app.press(&[Key::Down]);
    app.press(&[Key::Right]);
    assert_eq!(
        app.run(
            "return [document.activeElement.dataset.row, document.activeElement.dataset.at]",
            &[]
        ),
        json!(["1", "1"])
    );
    app.press(&[Key::Enter]);
    app.dialog("First paid in");
    app.see("As many rows as the figure says");
    app.escape();
    app.gone("dialog", "First paid in");

    // As revenue it is a sum, refunds included, and a year of it is read whole.
    app.find("radio", "Revenue").click();
    app.find("grid", "Revenue in EUR of those who stayed");
    let is_whole = "const box = document.querySelector('.cohorts').parentElement; return box.scrollWidth <= box.clientWidth";
    assert_eq!(app.run(is_whole, &[]), json!(true));
    app.run("document.querySelector('.heat__cell[tabindex=\"0\"]').focus()", &[]);
    app.press(&[Key::Enter]);
    app.dialog("First paid in");
    app.see("Sums to the figure exactly");
}

#[test]
fn the_forecast_and_the_year_open_lists_that_sum_to_them() {
    let app = sample("statistics_ahead");
    let own = first(&app);
    app.run("document.querySelectorAll('.metric__value .figure')[1].click()", &[]);
    app.dialog("Recurring revenue in a year");
    app.see("Sums to the figure exactly");
    assert_eq!(sum_of_rows(&app), own["arr"]["amount"].as_i64().unwrap());
    app.escape();
    app.until("the page", || app.all("dialog").is_empty());

    app.button("Show as table: Forecast of renewals").click();
    app.find("grid", "Forecast of renewals by month");
    let forecast = app.ask("renewal_forecast", json!({"months": 12}));
    let in_currency = |month: &Value| {
        let own = month["currencies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["amount"]["currency"] == own["currency"]);
        own.map_or((0, 0), |one| {
            (one["amount"]["amount"].as_i64().unwrap(), one["renewals"].as_i64().unwrap())
        })
    };
    let months: Vec<(i64, i64)> = forecast["months"].as_array().unwrap().iter().map(in_currency).collect();
    let all = months.iter().fold((0, 0), |sum, month| (sum.0 + month.0, sum.1 + month.1));
    for (row, (amount, renewals)) in [("tbody tr:nth-child(2)", months[1]), ("tfoot tr", all)] {
        let press =
            format!("document.querySelector('table[aria-label=\"Forecast of renewals by month\"] {row} td:last-child button').click()");
        app.run(&press, &[]);
        app.dialog("Renewals");
        app.see("Sums to the figure exactly");
        assert_eq!(sum_of_rows(&app), amount);
        let rows = app.run("return document.querySelectorAll('dialog .basis tbody tr').length", &[]);
        assert_eq!(rows, json!(renewals));
        app.escape();
        app.until("the page", || app.all("dialog").is_empty());

        // The number of them opens as many.
        app.run(&press.replace("last-child", "nth-child(2)"), &[]);
        app.dialog("Renewals");
        app.see("As many rows as the figure says");
        app.escape();
        app.until("the page", || app.all("dialog").is_empty());
    }
}

#[test]
fn currencies_are_added_at_stated_rates_only_and_a_rate_is_taken_back() {
    let app = sample("statistics_rates");
    let currencies = app.ask("recurring_figures", json!({"months": 12}))["currencies"]
        .as_array()
        .unwrap()
        .clone();
    let codes: Vec<&str> = currencies.iter().skip(1).map(|own| own["currency"].as_str().unwrap()).collect();
    assert!(!codes.is_empty());
    assert!(!app.text().contains("= Together in"));
    for code in &codes {
        app.button(&format!("State a rate of {code}")).click();
        app.field(&format!("1 {code} in EUR")).fill("0,5");
        app.button("Save rate").click();
        app.see(&format!("Rate of {code} stated"));
        app.dismiss();
    }
    app.see("= Together in EUR");
    app.see("at 0.5 EUR of");
    // Half of each other amount, each rounded once for the sum.
    let doubled: i64 = currencies
        .iter()
        .map(|own| {
            let digits = if own["currency"] == "JPY" { 100 } else { 1 };
            let amount = own["mrr"]["amount"].as_i64().unwrap() * digits;
            if own["currency"] == "EUR" { 2 * amount } else { amount }
        })
        .sum();
    assert_eq!(minor_units(&text(&app, ".currencies__sum .money")), (doubled + 1) / 2);
    let code = codes[0];
    // The customers of another currency are a list, too.
    app.run("document.querySelector('.currency .figure').click()", &[]);
    app.dialog("Customers on");
    app.see("As many rows as the figure says");
    app.escape();
    app.until("the page", || app.all("dialog").is_empty());
    app.button(&format!("Change the rate of {code}")).click();
    app.button("Remove rate").click();
    app.until("no sum", || !app.text().contains("= Together in"));
    app.button(&format!("Undo: Rate of {code} removed")).click();
    app.see("= Together in EUR");
}

#[test]
fn what_a_figure_means_is_one_key_away_and_churn_names_its_definition() {
    let app = sample("statistics_words");
    let name = "What Recurring, yearly (ARR) means";
    app.tab_to("button", name);
    app.press(&[Key::Enter]);
    app.see("Twelve times the exact MRR");
    assert_eq!(app.button(name).attribute("aria-expanded").as_deref(), Some("true"));
    app.escape();
    app.until("the words to go", || !app.text().contains("Twelve times the exact MRR"));
    assert!(app.button(name).has_focus());

    app.see("Opening base:");
    app.row("Customer churn, opening base");
    app.find("radio", "With new").click();
    app.see("With new:");
    app.row("Customer churn, with new");

    // A longer period has as many rows.
    app.button("Period: last 12 months").click();
    app.find("menuitem", "Last 24 months").click();
    app.button("Show as table: Movement of recurring revenue").click();
    app.until("two years", || {
        let rows = "return document.querySelectorAll('table[aria-label=\"Recurring revenue by month\"] tbody tr').length";
        app.run(rows, &[]) == json!(24)
    });
}
