//! Money and dates as people of other places write them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::App;
use serde_json::json;

/// Locale, the currency offered to a new book there, the amount 1,234.50 EUR, and 9 March 2031.
const SNAPSHOTS: &[(&str, &str, &str, &str)] = &[
    ("en-US", "USD", "€1,234.50", "Mar 9, 2031"),
    ("de-DE", "EUR", "1.234,50\u{a0}€", "9. März 2031"),
    ("ja-JP", "JPY", "€1,234.50", "2031年3月9日"),
    ("ar-EG", "EGP", "\u{200f}١٬٢٣٤٫٥٠\u{a0}€", "٩ مارس ٢٠٣١"),
];

#[test]
fn money_and_dates_follow_the_locale() {
    for (locale, currency, money, date) in SNAPSHOTS {
        let app = App::start(&format!("locale_{locale}")).unwrap();
        app.resize(1280, 800);
        // What the webview of such a computer says, before the page asks for it.
        app.hold(&["startup"]);
        app.run("location.reload()", &[]);
        app.see("Opening the book");
        app.run(
            "Object.defineProperty(navigator, 'language', {value: arguments[0], configurable: true})",
            &[json!(locale)],
        );
        app.release();
        app.button("Create administrator");
        assert_eq!(app.field("Currency").value(), *currency, "{locale}");
        app.begin();
        let settings = app.ask("get_settings", json!({}));
        app.ask(
            "update_settings",
            json!({"version": settings["version"], "currency": "EUR", "time_zone": "Europe/Berlin"}),
        );
        app.ask(
            "create_plan",
            json!({"code": "studio", "name": "Studio", "currency": "EUR", "price_monthly": 123450, "trial_days": 0}),
        );
        let lena = app.ask(
            "create_customer",
            json!({"email": "lena@example.com", "full_name": "Lena", "password": "eight or more"}),
        );
        app.ask(
            "add_domain",
            json!({"customer_id": lena["id"], "name": "example.org", "expires_on": "2031-03-09", "auto_renew": true}),
        );
        app.visit("Plans");
        app.row("Studio");
        let shown = app.run("return document.querySelector('.dtable .money').textContent", &[]);
        assert_eq!(shown, json!(money), "{locale}");
        app.open_record(&lena["id"], "domains");
        app.row("example.org");
        let shown = app.run("return document.querySelector('dialog .dtable td.n span').textContent", &[]);
        assert_eq!(shown, json!(date), "{locale}");
    }
}

#[test]
fn the_longest_amount_is_read_whole_in_the_narrow_window() {
    let app = App::start("locale_long").unwrap();
    app.resize(420, 800);
    app.begin();
    let currency = app.ask("current_session", json!({}))["currency"].clone();
    let lena = app.ask(
        "create_customer",
        json!({"email": "lena@example.com", "full_name": "Lena", "password": "eight or more"}),
    );
    app.ask(
        "record_payment",
        json!({"customer_id": lena["id"], "amount": {"amount": 9_007_199_254_740_991_i64, "currency": currency}, "method": "cash"}),
    );
    app.button("Open navigation").click();
    app.link("Customers").click();
    app.find("heading", "Customers");
    let cards = "const cards = Array.from(document.querySelectorAll('.metrics--page .metric'));
        const at = cards.findIndex((card) => card.innerText.includes('Total revenue')); const card = cards[at];
        const value = card?.querySelector('.metric__value');";
    app.until("the figure", || {
        app.run(&format!("{cards} return value?.textContent.includes('071') ?? false"), &[]) == json!(true)
    });
    app.rest();
    let is_whole = "const edge = card.getBoundingClientRect();
        const is_within = (node) => {
            const range = document.createRange();
            range.selectNodeContents(node);
            return node.scrollWidth <= node.clientWidth + 1
                && Array.from(range.getClientRects()).every((box) => box.left >= edge.left && box.right <= edge.right);
        };
        return [value, ...card.querySelectorAll('.metric__line')].every(is_within)";
    assert_eq!(app.run(&format!("{cards} {is_whole}"), &[]), json!(true));
    // Two stand side by side.
    let is_level = "const beside = cards[at ^ 1]?.querySelector('.metric__value');
        return beside != null && Math.abs(beside.getBoundingClientRect().top - value.getBoundingClientRect().top) <= 1";
    assert_eq!(app.run(&format!("{cards} {is_level}"), &[]), json!(true));
}
