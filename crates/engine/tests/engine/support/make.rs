//! Records that a test needs before it begins.

use contract::{
    BillingCycle, Currency, CustomerId, InvoiceId, Money, PlanId, Quantity, TaxCategory,
    billing::{GetBillingSettings, UpdateBillingSettings},
    customer::{CreateCustomer, Customer, UpdateCustomer},
    invoice::{CreateInvoice, FinalizeInvoice, GetInvoice, Invoice, NewLine},
    license::{AddLicense, License},
    party::Party,
    payment::{Payment, PaymentMethod, RecordPayment},
    plan::{CreatePlan, Plan},
    session::ConfirmPassword,
    subscription::{CreateSubscription, Subscription},
};

use super::{OWNER_PASSWORD, TestBook};

pub const PASSWORD: &str = "eight characters";

/// Two small pictures in base64 (PNG, 8 × 4 pixels).
pub const LOGOS: [&str; 2] = [
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAIAAAA8r+mnAAAAEUlEQVR42mOQ8l+MFTFQTwIAep4hgdscCFwAAAAASUVORK5CYII=",
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAIAAAA8r+mnAAAAEUlEQVR42mPYoiyBFTFQTwIA6e8d4fyxnGMAAAAASUVORK5CYII=",
];

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::parse("USD").unwrap())
}

/// A customer `name` with the address `name@example.com`.
pub fn new_customer(name: &str) -> CreateCustomer {
    CreateCustomer {
        email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
        full_name: name.to_owned(),
        company_name: None,
        password: PASSWORD.into(),
        is_active: true,
        is_admin: false,
    }
}

/// A plan that costs 10 € a month and 100 € a year.
pub fn new_plan(code: &str) -> CreatePlan {
    CreatePlan {
        code: code.to_owned(),
        name: code.to_uppercase(),
        description: None,
        currency: Currency::EUR,
        price_monthly: Some(1_000),
        price_yearly: Some(10_000),
        trial_days: 0,
        max_activations: Some(3),
        max_users: None,
        max_domains: Some(1),
        reminders: None,
    }
}

pub fn new_license(customer_id: CustomerId, plan_id: PlanId, billing_cycle: BillingCycle, create_subscription: bool) -> AddLicense {
    AddLicense {
        customer_id,
        plan_id,
        billing_cycle,
        create_subscription,
    }
}

/// One of the plan from today, with what the plan says otherwise.
pub fn new_subscription(customer_id: CustomerId, plan_id: PlanId, billing_cycle: BillingCycle) -> CreateSubscription {
    CreateSubscription {
        customer_id,
        plan_id,
        billing_cycle,
        quantity: 1,
        starts_on: None,
        trial_days: None,
        price: None,
        create_license: false,
    }
}

pub fn new_payment(customer_id: CustomerId, amount: Money, received_on: Option<&str>) -> RecordPayment {
    RecordPayment {
        customer_id,
        amount,
        method: PaymentMethod::BankTransfer,
        reference: None,
        received_on: received_on.map(super::day),
        allocations: None,
    }
}

/// A line that costs so much.
pub fn new_line(text: &str, unit_price: i64) -> NewLine {
    NewLine {
        text: text.to_owned(),
        quantity: Quantity::ONE,
        unit_price,
        tax_category: None,
        tax_rate: None,
        period_start: None,
        period_end: None,
    }
}

/// A draft of the book's currency.
pub fn new_invoice(customer_id: CustomerId, lines: Vec<NewLine>) -> CreateInvoice {
    CreateInvoice {
        customer_id,
        currency: None,
        lines,
        note: None,
        prices_include_tax: None,
        reverse_charge: false,
    }
}

/// The draft as final, today.
pub fn finalize(draft: &Invoice) -> FinalizeInvoice {
    FinalizeInvoice {
        id: draft.id,
        version: draft.version,
        issued_on: None,
        due_on: None,
    }
}

impl TestBook {
    pub async fn customer(&self, name: &str) -> Customer {
        self.ok(new_customer(name)).await
    }

    pub async fn plan(&self, code: &str) -> Plan {
        self.ok(new_plan(code)).await
    }

    pub async fn license(&self, customer: &Customer, plan: &Plan, with_subscription: bool) -> License {
        self.ok(new_license(customer.id, plan.id, BillingCycle::Monthly, with_subscription))
            .await
    }

    /// Enters who sells, and so much tax in millionths.
    pub async fn seller(&self, tax_rate: u32) {
        let text = |text: &str| Some(text.to_owned());
        let version = self.ok(GetBillingSettings {}).await.version;
        self.ok(UpdateBillingSettings {
            seller: Some(Party {
                name: "Vendor Ltd".to_owned(),
                street: text("1 Main Street"),
                city: text("Berlin"),
                country: text("DE"),
                vat_id: text("DE123456789"),
                ..Party::default()
            }),
            tax_category: Some(if tax_rate == 0 {
                TaxCategory::OutsideScope
            } else {
                TaxCategory::Standard
            }),
            tax_rate: Some(tax_rate),
            ..UpdateBillingSettings::nothing(version)
        })
        .await;
    }

    /// A plan of other prices.
    pub async fn priced_plan(&self, code: &str, monthly: i64, yearly: i64) -> Plan {
        self.ok(CreatePlan {
            price_monthly: Some(monthly),
            price_yearly: Some(yearly),
            ..new_plan(code)
        })
        .await
    }

    /// Lets everything that is billed become final, with so much tax in millionths, and reminds nobody; from the first of December
    /// 2026, which has 31 days.
    pub async fn finalizing(&self, tax_rate: u32) {
        self.seller(tax_rate).await;
        let version = self.ok(GetBillingSettings {}).await.version;
        self.ok(UpdateBillingSettings {
            finalize_renewals: Some(true),
            reminders: Some(Vec::new()),
            ..UpdateBillingSettings::nothing(version)
        })
        .await;
        self.at("2026-12-01T09:00:00Z").await;
    }

    /// The same, and from that day on Ann's monthly subscription of a plan of 10 €, or 100 € a year.
    pub async fn subscribed(&self, tax_rate: u32) -> (Customer, Subscription) {
        self.finalizing(tax_rate).await;
        let (ann, plan) = (self.customer("Ann").await, self.plan("basic").await);
        let subscription = self.ok(new_subscription(ann.id, plan.id, BillingCycle::Monthly)).await;
        (ann, subscription)
    }

    /// A final invoice of one line, today. The seller has to be known.
    pub async fn final_invoice(&self, customer: CustomerId, unit_price: i64) -> Invoice {
        let draft = self.ok(new_invoice(customer, vec![new_line("Work", unit_price)])).await;
        self.ok(finalize(&draft)).await
    }

    /// An invoice as it is now.
    pub async fn invoice_now(&self, id: InvoiceId) -> Invoice {
        self.ok(GetInvoice { id }).await.invoice
    }

    pub async fn pay(&self, customer: CustomerId, amount: i64, received_on: &str) -> Payment {
        self.ok(new_payment(customer, eur(amount), Some(received_on))).await
    }

    /// The newest state of a customer.
    pub async fn get(&self, id: CustomerId) -> Customer {
        self.ok(contract::customer::GetCustomer { id }).await
    }

    /// A change of the current version.
    pub async fn change(&self, id: CustomerId, change: impl FnOnce(&mut UpdateCustomer)) -> Customer {
        let mut request = UpdateCustomer::nothing(id, self.get(id).await.version);
        change(&mut request);
        self.ok(request).await
    }

    /// Gives the owner's password again.
    pub async fn confirm(&self) {
        self.ok(ConfirmPassword {
            password: OWNER_PASSWORD.into(),
        })
        .await;
    }

    /// Another administrator, with the password of the owner.
    pub async fn administrator(&self, name: &str) -> Customer {
        self.confirm().await;
        self.ok(CreateCustomer {
            password: OWNER_PASSWORD.into(),
            is_admin: true,
            ..new_customer(name)
        })
        .await
    }
}
