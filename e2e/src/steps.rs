//! What a person does again and again, in the words that are on screen.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    element::Key,
    window::{PATIENCE, Window},
};

/// The administrator of every walk.
pub const NAME: &str = "Ines Moreau";
/// Her address.
pub const EMAIL: &str = "ines@example.com";
/// Her password: long, and not easy to guess.
pub const PASSWORD: &str = "seven quiet herons";

/// Who sells, with everything that a final invoice has to tell.
pub(crate) fn seller() -> Value {
    json!({
        "name": "Alder Hosting GmbH", "contact": null, "street": "Lindenallee 14", "postal_code": "20259", "city": "Hamburg",
        "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": null, "email": "billing@alder.example"
    })
}

impl Window {
    /// Makes the first administrator of a new book, who is signed in by it.
    #[track_caller]
    pub fn begin(&self) {
        self.field("Full name").fill(NAME);
        self.field("Email").fill(EMAIL);
        self.field("Password").fill(PASSWORD);
        self.field("Password again").fill(PASSWORD);
        // Whatever the place of the computer offers.
        self.field("Currency").choose("EUR");
        self.button("Create administrator").click();
        self.find("heading", "Dashboard");
    }

    /// Opens the book with sample data.
    #[track_caller]
    pub fn explore(&self) {
        self.button("Explore with sample data").click();
        self.see("You are exploring sample data");
        self.find("heading", "Dashboard");
    }

    /// The name in the first row of the list of customers.
    #[track_caller]
    pub fn first_customer(&self) -> String {
        let script = "return document.querySelector('[role=row][aria-rowindex=\"2\"] [role=gridcell] bdi')?.textContent ?? null";
        self.until("a row", || self.run(script, &[]).is_string());
        self.run(script, &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Brings a customer of the sample to the top of the list who has something of everything, and gives the name.
    #[track_caller]
    pub fn full_customer(&self) -> String {
        let wanted = json!({"sort": "revenue", "descending": true, "is_active": true, "has_subscriptions": true, "limit": 200});
        let page = self.ask("list_customers", wanted);
        let has = |row: &Value, field: &str| row[field].as_u64().unwrap_or(0) > 0;
        let is_full = |row: &&Value| {
            let counts = ["active_licenses", "active_subscriptions", "total_domains", "total_invoices"];
            counts.iter().all(|field| has(row, field))
                && row["total_licenses"].as_u64() > row["active_licenses"].as_u64()
                && row["company_name"].is_string()
                && row["outstanding"].as_array().is_some_and(|sums| !sums.is_empty())
        };
        let Some(row) = page["items"].as_array().into_iter().flatten().find(is_full) else {
            panic!("nobody in the sample has everything")
        };
        let name = row["full_name"].as_str().unwrap_or_default().to_owned();
        self.field("Search customers").fill(row["email"].as_str().unwrap_or_default());
        self.until("the one row", || self.all("row").len() == 2 && self.shows("row", &name));
        name
    }

    /// Does a day's work for the customer that was searched for, behind the page's back: something of each kind changes.
    #[track_caller]
    pub fn work_for(&self, name: &str) {
        let page = self.ask("list_customers", json!({"search": self.searched_for(), "limit": 1}));
        let customer = page["items"][0].clone();
        assert_eq!(customer["full_name"], json!(name), "the customer that was searched for");
        let id = &customer["id"];
        let owed = &customer["outstanding"][0];
        let paid = json!({"amount": 5_000, "currency": owed["currency"]});
        self.ask(
            "record_payment",
            json!({"customer_id": id, "amount": paid, "method": "card", "reference": "Part of what is open"}),
        );
        self.ask(
            "add_domain",
            json!({"customer_id": id, "name": "shop.example", "registrar": "Example Registrar", "expires_on": "2027-03-31", "auto_renew": true}),
        );
        let plans = self.ask("list_plans", json!({"is_active": true, "limit": 50}));
        let monthly = plans["items"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|plan| !plan["price_monthly"].is_null());
        let plan = monthly.map_or(Value::Null, |plan| plan["id"].clone());
        let license = self.ask(
            "add_license",
            json!({"customer_id": id, "plan_id": plan, "billing_cycle": "monthly", "create_subscription": false}),
        );
        self.ask("cancel_license", json!({"id": license["id"]}));
        self.ask(
            "update_customer",
            json!({"id": id, "version": customer["version"], "company_name": "Wójcik Systemy S.A."}),
        );
    }

    /// What stands in the search field, wherever the focus is.
    #[track_caller]
    fn searched_for(&self) -> Value {
        self.run("return document.querySelector('input[type=search]').value", &[])
    }

    /// Signs in on the page that asks for it.
    #[track_caller]
    pub fn sign_in(&self, password: &str) {
        self.field("Email").fill(EMAIL);
        self.field("Password").fill(password);
        self.button("Sign in").click();
    }

    /// Opens a book that has moved in its new place, where a customer is found again.
    #[track_caller]
    pub fn open_moved(&self, customer: &str) {
        self.button("Open the book there").click();
        self.sign_in(PASSWORD);
        self.visit("Customers");
        self.row(customer);
    }

    /// Goes to a page by the navigation.
    #[track_caller]
    pub fn visit(&self, page: &str) {
        self.link(page).click();
        self.find("heading", page);
    }

    /// Adds a plan with a monthly and a yearly price.
    #[track_caller]
    pub fn add_plan(&self, name: &str, code: &str, monthly: &str, yearly: &str) {
        self.visit("Plans");
        self.button("New plan").click();
        self.field("Name").fill(name);
        self.field("Code").fill(code);
        self.field("Monthly").fill(monthly);
        self.field("Yearly").fill(yearly);
        self.dismiss();
        self.button("Create plan").click();
        self.gone("dialog", "New plan");
        self.row(name);
    }

    /// Adds a customer who may sign in nowhere.
    #[track_caller]
    pub fn add_customer(&self, name: &str, email: &str, company: &str) {
        self.visit("Customers");
        self.button("New customer").click();
        self.field("Email").fill(email);
        self.field("Full name").fill(name);
        self.field("Company").fill(company);
        self.field("Password").fill("eight or more");
        self.dismiss();
        self.button("Create customer").click();
        self.gone("dialog", "New customer");
        self.row(name);
    }

    /// Writes who sells, behind the page's back, and that new lines are taxed at 19 percent: an invoice can become final then.
    #[track_caller]
    pub fn set_seller(&self) {
        let version = self.ask("get_billing_settings", json!({}))["version"].clone();
        let wanted = json!({"version": version, "seller": seller(), "tax_category": "S", "tax_rate": 190_000});
        self.ask("update_billing_settings", wanted);
    }

    /// Opens the details of a customer from the list.
    #[track_caller]
    pub fn open_customer(&self, name: &str) {
        self.row(name).double_click();
        self.dialog(name);
    }

    /// Opens a tab of the open details.
    #[track_caller]
    pub fn open_tab(&self, name: &str) {
        self.find("tab", name).click();
        self.until(&format!("the tab {name}"), || {
            self.find("tab", name).attribute("aria-selected").as_deref() == Some("true")
        });
    }

    /// Closes the notifications, which may lie over what is to be clicked.
    #[track_caller]
    pub fn dismiss(&self) {
        let began = Instant::now();
        while let Some(handle) = crate::window::find(&self.session, "button", Some("Dismiss"), "exact", None)
            .into_iter()
            .next()
        {
            assert!(began.elapsed() < PATIENCE, "a notification stays");
            // It may go by itself at the same moment.
            let _ = self.session.post(&handle.path("click"), &serde_json::json!({}));
            self.rest();
        }
    }

    /// Closes the topmost dialog.
    #[track_caller]
    pub fn escape(&self) {
        self.press(&[Key::Escape]);
    }

    /// The theme that is painted.
    #[track_caller]
    pub fn theme(&self) -> String {
        self.run("return document.documentElement.dataset.theme", &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}
