//! How a customer is taxed: all that is billed by itself, its previews, and new lines that do not say otherwise.

use contract::{
    BillingCycle, Conflict, Currency, CustomerId, Difference, Error, FieldError, Problem, Quantity, TaxCategory, TaxTreatment,
    billing::{GetBillingSettings, UpdateBillingSettings},
    catch_up::{PlanCatchUp, RunCatchUp},
    change::ListChanges,
    credit_note::GetCreditNote,
    customer::Customer,
    document::InvoicePdf,
    invoice::{GetInvoice, InvoiceDetails, InvoiceLine, InvoiceStatus, ListInvoices, NewLine, PreviewInvoice, UpdateInvoice},
    party::{GetBillingAddress, UpdateBillingAddress},
    plan::{CreatePlan, Plan},
    recurring::{ForecastRequest, ListMovements, ListRecurring, ListRenewals, RecurringFiguresRequest},
    session::SignIn,
    subscription::{ChangeSubscription, ChangedSubscription, PreviewSubscriptionChange, Subscription},
};
use serde_json::json;

use crate::support::*;

const STANDARD: (TaxCategory, u32) = (TaxCategory::Standard, 190_000);
const REVERSED: (TaxCategory, u32) = (TaxCategory::ReverseCharge, 0);

/// A vendor who charges 19 % and finalizes what is billed by itself, or drafts it, on the first of December 2026.
async fn vendor(book: &TestBook, finalize_renewals: bool) {
    book.seller(190_000).await;
    settings(book, |change| {
        change.finalize_renewals = Some(finalize_renewals);
        change.reminders = Some(Vec::new());
    })
    .await;
    book.at("2026-12-01T09:00:00Z").await;
}

async fn settings(book: &TestBook, change: impl FnOnce(&mut UpdateBillingSettings)) {
    let mut request = UpdateBillingSettings::nothing(book.ok(GetBillingSettings {}).await.version);
    change(&mut request);
    book.ok(request).await;
}

/// Says how a customer in France is taxed from now on.
async fn treat(book: &TestBook, customer_id: CustomerId, treatment: Option<TaxTreatment>) {
    let version = book.ok(GetBillingAddress { customer_id }).await.version;
    book.ok(UpdateBillingAddress {
        country: Some(Some("FR".to_owned())),
        vat_id: Some(Some("FR12345678901".to_owned())),
        tax_treatment: Some(treatment),
        ..UpdateBillingAddress::nothing(customer_id, version)
    })
    .await;
}

async fn subscribed(book: &TestBook, customer: &Customer, plan: &Plan) -> Subscription {
    book.ok(new_subscription(customer.id, plan.id, BillingCycle::Monthly)).await
}

async fn plan_of(book: &TestBook, code: &str, monthly: i64) -> Plan {
    book.ok(CreatePlan {
        price_monthly: Some(monthly),
        ..new_plan(code)
    })
    .await
}

/// The newest invoice of a customer.
async fn newest(book: &TestBook, customer: CustomerId) -> InvoiceDetails {
    let page = book
        .ok(ListInvoices {
            customer_id: Some(customer),
            limit: Some(1),
            ..ListInvoices::default()
        })
        .await;
    book.ok(GetInvoice { id: page.items[0].id }).await
}

fn taxes(lines: &[InvoiceLine]) -> Vec<(TaxCategory, u32)> {
    lines.iter().map(|line| (line.tax_category, line.tax_rate)).collect()
}

/// Net, tax and total.
fn sums(details: &InvoiceDetails) -> [i64; 3] {
    [details.invoice.net, details.invoice.tax, details.invoice.total].map(|money| money.amount)
}

/// Changes a subscription; the preview has said before what that comes to.
async fn changed(book: &TestBook, asked: PreviewSubscriptionChange) -> ChangedSubscription {
    let expected = book.ok(asked.clone()).await;
    let done = book
        .ok(ChangeSubscription {
            id: asked.id,
            version: None,
            plan_id: asked.plan_id,
            billing_cycle: asked.billing_cycle,
            quantity: asked.quantity,
            on: asked.on,
        })
        .await;
    assert_eq!(done.settled, expected);
    book.verified().await;
    done
}

fn to_plan(of: &Subscription, plan: &Plan) -> PreviewSubscriptionChange {
    PreviewSubscriptionChange {
        id: of.id,
        plan_id: Some(plan.id),
        billing_cycle: None,
        quantity: None,
        on: None,
    }
}

fn update(details: &InvoiceDetails) -> UpdateInvoice {
    UpdateInvoice {
        id: details.invoice.id,
        version: details.invoice.version,
        lines: None,
        note: None,
        prices_include_tax: None,
        reverse_charge: None,
    }
}

on_both! {
    async fn begin_change_and_renewal_are_billed_by_reverse_charge_as_their_previews_say(book: TestBook) {
        vendor(&book, true).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let more = plan_of(&book, "pro", 2_000).await;
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        let asked = PreviewInvoice { customer_id: Some(ann.id), currency: None, lines: vec![new_line("BASIC", 1_000)], prices_include_tax: None, reverse_charge: false };
        let expected = book.ok(asked).await;
        let subscription = subscribed(&book, &ann, &plan).await;
        let first = newest(&book, ann.id).await;
        assert_eq!([expected.net, expected.tax, expected.total], [first.invoice.net, first.invoice.tax, first.invoice.total]);
        assert_eq!((sums(&first), taxes(&first.lines), first.taxes.clone()), ([1_000, 0, 1_000], vec![REVERSED], expected.taxes));
        assert_eq!((first.invoice.status, first.reverse_charge), (InvoiceStatus::Open, true));
        assert_eq!(first.buyer.vat_id.as_deref(), Some("FR12345678901"));

        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, to_plan(&subscription, &more)).await;
        let second = book.ok(GetInvoice { id: done.invoice_id.unwrap() }).await;
        assert_eq!((sums(&second), second.lines.clone(), second.reverse_charge), ([516, 0, 516], done.settled.lines, true));
        assert_eq!(taxes(&second.lines), [REVERSED; 2]);

        book.at("2027-01-01T09:00:00Z").await;
        let planned = book.ok(PlanCatchUp { until: None }).await;
        let run = book.ok(RunCatchUp {}).await;
        let third = newest(&book, ann.id).await;
        assert_eq!((sums(&third), taxes(&third.lines), third.invoice.status), ([2_000, 0, 2_000], vec![REVERSED], InvoiceStatus::Open));
        assert_eq!((planned.counts.clone(), planned.items[0].amount), (run.counts, third.invoice.net));
        let pdf = book.ok(InvoicePdf { id: third.invoice.id }).await;
        assert_eq!(pdf.without_xml, None, "the standard has what it needs");
        book.verified().await;
    }

    async fn each_category_without_a_rate_is_billed_and_stands_on_the_invoice(book: TestBook) {
        vendor(&book, true).await;
        let plan = book.plan("basic").await;
        for treatment in TaxTreatment::ALL {
            let customer = book.customer(&format!("Customer {}", treatment.as_str())).await;
            treat(&book, customer.id, Some(*treatment)).await;
            book.license(&customer, &plan, false).await;
            let made = newest(&book, customer.id).await;
            let groups: Vec<_> = made.taxes.iter().map(|group| (group.category, group.rate, group.base, group.tax)).collect();
            assert_eq!((groups, made.invoice.status), (vec![(treatment.category(), 0, 1_000, 0)], InvoiceStatus::Open), "{treatment:?}");
            assert_eq!(made.reverse_charge, *treatment == TaxTreatment::ReverseCharge);
        }
        // Who is not treated otherwise is taxed as the settings say.
        let plain = book.customer("Plain").await;
        book.license(&plain, &plan, false).await;
        assert_eq!(sums(&newest(&book, plain.id).await), [1_000, 190, 1_190]);
        book.verified().await;
    }

    async fn a_draft_keeps_the_tax_that_it_was_drafted_with_and_what_is_final_stays(book: TestBook) {
        vendor(&book, false).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        subscribed(&book, &ann, &plan).await;
        let first = newest(&book, ann.id).await;
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        // Said beside the draft, whose lines are as somebody may have sent them already.
        let now = book.ok(GetInvoice { id: first.invoice.id }).await;
        assert_eq!((now.tax_treatment, taxes(&now.lines)), (Some(TaxTreatment::ReverseCharge), vec![STANDARD]));
        assert_eq!(book.ok(finalize(&now.invoice)).await.total, eur(1_190));

        book.at("2027-01-01T09:00:00Z").await;
        book.ok(RunCatchUp {}).await;
        let second = newest(&book, ann.id).await;
        assert_eq!((sums(&second), taxes(&second.lines)), ([1_000, 0, 1_000], vec![REVERSED]));
        // The other way round: without the number of the buyer a draft by reverse charge is refused.
        let version = book.ok(GetBillingAddress { customer_id: ann.id }).await.version;
        book.ok(UpdateBillingAddress { vat_id: Some(None), tax_treatment: Some(None), ..UpdateBillingAddress::nothing(ann.id, version) }).await;
        let refused = book.refused(finalize(&second.invoice)).await;
        assert_eq!(refused, Conflict::BuyerIncomplete { name: "Ann".to_owned(), fields: vec!["vat_id".to_owned()] }.into());
        book.at("2027-02-01T09:00:00Z").await;
        book.ok(RunCatchUp {}).await;
        assert_eq!(taxes(&newest(&book, ann.id).await.lines), [STANDARD]);

        let known = book.ok(GetInvoice { id: first.invoice.id }).await;
        assert_eq!((sums(&known), known.buyer.vat_id.as_deref()), ([1_000, 190, 1_190], Some("FR12345678901")));
        book.verified().await;
    }

    async fn what_is_taken_off_goes_with_the_tax_that_it_was_billed_with(book: TestBook) {
        vendor(&book, true).await;
        let (ann, plan, more) = (book.customer("Ann").await, book.plan("basic").await, plan_of(&book, "pro", 2_000).await);
        let subscription = subscribed(&book, &ann, &plan).await;
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        book.at("2026-12-16T09:00:00Z").await;
        let first = newest(&book, ann.id).await;
        let done = changed(&book, to_plan(&subscription, &more)).await;
        // 16 of 31 days: 5.16 and its 19 % go back by a credit note, 10.32 are billed without tax, each by itself.
        let nets: Vec<i64> = done.settled.lines.iter().map(|line| line.net).collect();
        assert_eq!((nets, taxes(&done.settled.lines)), (vec![-516, 1_032], vec![STANDARD, REVERSED]));
        assert_eq!([done.settled.net, done.settled.tax, done.settled.total], [eur(516), eur(-98), eur(418)]);
        let made = book.ok(GetInvoice { id: done.invoice_id.unwrap() }).await;
        assert_eq!((sums(&made), taxes(&made.lines)), ([1_032, 0, 1_032], vec![REVERSED]));
        assert_eq!((made.reverse_charge, made.invoice.status), (true, InvoiceStatus::Open));
        let note = book.ok(GetCreditNote { id: done.credit_note_ids[0] }).await;
        let given = note.credit_note;
        assert_eq!((done.credit_note_ids.len(), given.invoice_id), (1, first.invoice.id));
        assert_eq!([given.net, given.tax, note.rounding, given.total], [eur(516), eur(98), eur(0), eur(614)]);

        // Back to less on the same day: what was billed without tax goes back without.
        let less = plan_of(&book, "mini", 400).await;
        let done = changed(&book, to_plan(&subscription, &less)).await;
        assert_eq!([done.settled.net, done.settled.tax, done.settled.total], [eur(-826), eur(0), eur(-826)]);
    }

    async fn an_upgrade_by_less_than_the_tax_that_is_taken_off_is_billed(book: TestBook) {
        vendor(&book, true).await;
        let (ann, plan, more) = (book.customer("Ann").await, book.plan("basic").await, plan_of(&book, "plus", 1_066).await);
        let subscription = subscribed(&book, &ann, &plan).await;
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, to_plan(&subscription, &more)).await;
        // 5.16 and 0.98 of tax go back, 5.50 are billed: an invoice of both would come to less than nothing.
        assert_eq!([done.settled.net, done.settled.tax, done.settled.total], [eur(34), eur(-98), eur(-64)]);
        assert_eq!(sums(&book.ok(GetInvoice { id: done.invoice_id.unwrap() }).await), [550, 0, 550]);
    }

    async fn where_prices_include_tax_the_price_that_was_paid_goes_back(book: TestBook) {
        vendor(&book, true).await;
        settings(&book, |change| change.prices_include_tax = Some(true)).await;
        let (ann, plan, more) = (book.customer("Ann").await, book.plan("basic").await, plan_of(&book, "pro", 2_000).await);
        let subscription = subscribed(&book, &ann, &plan).await;
        assert_eq!(sums(&newest(&book, ann.id).await), [840, 160, 1_000]);
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, to_plan(&subscription, &more)).await;
        // 5.16 were paid for what is not used, 4.34 of it earned; 10.32 are billed without tax.
        let nets: Vec<i64> = done.settled.lines.iter().map(|line| line.net).collect();
        assert_eq!(nets, [-434, 1_032]);
        assert_eq!([done.settled.net, done.settled.tax, done.settled.total], [eur(598), eur(-82), eur(516)]);
    }

    async fn a_draft_gives_back_what_it_was_taxed_with(book: TestBook) {
        vendor(&book, false).await;
        let (ann, plan, less) = (book.customer("Ann").await, book.plan("basic").await, plan_of(&book, "mini", 400).await);
        let subscription = subscribed(&book, &ann, &plan).await;
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        book.at("2026-12-11T09:00:00Z").await;
        // 21 of 31 days: 6.77 off and 2.71 on, all of it off the draft at its 19 %.
        let done = changed(&book, to_plan(&subscription, &less)).await;
        assert_eq!([done.settled.net, done.settled.tax, done.settled.total], [eur(-406), eur(-77), eur(-483)]);
        let draft = newest(&book, ann.id).await;
        assert_eq!((sums(&draft), taxes(&draft.lines)), ([594, 113, 707], vec![STANDARD; 2]));
    }

    async fn a_new_line_is_taxed_as_the_customer_is_unless_it_says_otherwise(book: TestBook) {
        vendor(&book, false).await;
        let ann = book.customer("Ann").await;
        treat(&book, ann.id, Some(TaxTreatment::Exempt)).await;
        let lines = vec![
            new_line("Work", 1_000),
            NewLine { tax_rate: Some(70_000), ..new_line("Book", 1_000) },
            NewLine { tax_category: Some(TaxCategory::Standard), quantity: Quantity::whole(2), ..new_line("Extra", 500) },
        ];
        let own = [(TaxCategory::Exempt, 0), (TaxCategory::Standard, 70_000), STANDARD];
        let asked = |customer_id, reverse_charge| PreviewInvoice { customer_id, currency: None, lines: lines.clone(), prices_include_tax: None, reverse_charge };
        let draft = book.ok(new_invoice(ann.id, lines.clone())).await;
        let made = book.ok(GetInvoice { id: draft.id }).await;
        let expected = book.ok(asked(Some(ann.id), false)).await;
        assert_eq!((taxes(&made.lines), made.lines.clone(), draft.total), (own.to_vec(), expected.lines, expected.total));
        // Of nobody in particular the settings say; by reverse charge nothing else counts.
        assert_eq!(taxes(&book.ok(asked(None, false)).await.lines)[0], STANDARD);
        assert_eq!(taxes(&book.ok(asked(Some(ann.id), true)).await.lines), [REVERSED; 3]);
        // A new line of a draft that is there.
        book.ok(UpdateInvoice { lines: Some(vec![new_line("Other", 1)]), ..update(&made) }).await;
        assert_eq!(taxes(&newest(&book, ann.id).await.lines), [(TaxCategory::Exempt, 0)]);

        // Who turns reverse charge off wants tax as the settings say, also where the customer would be billed with it.
        treat(&book, ann.id, Some(TaxTreatment::ReverseCharge)).await;
        book.ok(new_invoice(ann.id, vec![new_line("Work", 1_000)])).await;
        let made = newest(&book, ann.id).await;
        assert_eq!(taxes(&made.lines), [REVERSED]);
        book.ok(UpdateInvoice { reverse_charge: Some(true), ..update(&made) }).await;
        let made = newest(&book, ann.id).await;
        book.ok(UpdateInvoice { reverse_charge: Some(false), ..update(&made) }).await;
        let made = newest(&book, ann.id).await;
        assert_eq!((taxes(&made.lines), made.reverse_charge), (vec![STANDARD], false));
        book.verified().await;
    }

    async fn reverse_charge_is_not_kept_without_country_and_number_of_the_buyer(book: TestBook) {
        let ann = book.customer("Ann").await;
        let change = |version| UpdateBillingAddress::nothing(ann.id, version);
        let missing = |fields: &[&str]| Error::Invalid {
            fields: fields.iter().map(|field| FieldError { field: (*field).to_owned(), problem: Problem::Required }).collect(),
        };
        let reversed = UpdateBillingAddress { tax_treatment: Some(Some(TaxTreatment::ReverseCharge)), ..change(1) };
        assert_eq!(book.refused(reversed.clone()).await, missing(&["country", "vat_id"]));
        assert_eq!(book.refused(UpdateBillingAddress { country: Some(Some("FR".to_owned())), ..reversed }).await, missing(&["vat_id"]));
        book.ok(UpdateBillingAddress { tax_treatment: Some(Some(TaxTreatment::OutsideScope)), ..change(1) }).await;
        treat(&book, ann.id, Some(TaxTreatment::IntraCommunity)).await;
        assert_eq!(book.refused(UpdateBillingAddress { vat_id: Some(None), ..change(3) }).await, missing(&["vat_id"]));
        assert_eq!(book.refused(UpdateBillingAddress { country: Some(Some(" ".to_owned())), ..change(3) }).await, Error::field("country", Problem::UnknownCountry));
        let known = book.ok(GetBillingAddress { customer_id: ann.id }).await;
        assert_eq!((known.address.tax_treatment, known.version), (Some(TaxTreatment::IntraCommunity), 3));
    }

    async fn two_desks_that_treat_a_customer_differently_are_told_of_each_other(book: TestBook) {
        let ann = book.customer("Ann").await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let change = |treatment| UpdateBillingAddress { tax_treatment: Some(treatment), ..UpdateBillingAddress::nothing(ann.id, 1) };
        other.call(change(Some(TaxTreatment::Exempt)), None).await.unwrap();
        let refused = book.refused(change(Some(TaxTreatment::Export))).await;
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { version, differences, .. } } = refused else { panic!("{refused:?}") };
        let own = Difference { field: "tax_treatment".to_owned(), before: json!(null), theirs: json!("E"), mine: Some(json!("G")) };
        assert_eq!((version, differences), (2, vec![own]));
        // What does not collide goes over the newer version and leaves it as it is.
        book.ok(UpdateBillingAddress { city: Some(Some("Paris".to_owned())), ..UpdateBillingAddress::nothing(ann.id, 2) }).await;
        let known = book.ok(GetBillingAddress { customer_id: ann.id }).await.address;
        assert_eq!((known.tax_treatment, known.city.as_deref()), (Some(TaxTreatment::Exempt), Some("Paris")));
        let noted = book.ok(ListChanges { customer_id: Some(ann.id), ..ListChanges::default() }).await.items.remove(1);
        let fields: Vec<_> = noted.fields.iter().map(|field| (field.field.as_str(), field.after.clone())).collect();
        assert_eq!(fields, [("tax_treatment", Some(json!("E")))]);
        other.close().await;
        book.verified().await;
    }

    async fn who_is_billed_without_tax_counts_with_all_of_a_price_that_includes_it(book: TestBook) {
        vendor(&book, true).await;
        settings(&book, |change| change.prices_include_tax = Some(true)).await;
        let (ann, bea, plan) = (book.customer("Ann").await, book.customer("Bea").await, book.plan("basic").await);
        treat(&book, bea.id, Some(TaxTreatment::ReverseCharge)).await;
        for customer in [&ann, &bea] {
            subscribed(&book, customer, &plan).await;
        }
        // 10.00 with tax are 8.40 of Ann; of Bea, who accounts for it herself, they are 10.00, as on her invoice.
        assert_eq!((sums(&newest(&book, ann.id).await), sums(&newest(&book, bea.id).await)), ([840, 160, 1_000], [1_000, 0, 1_000]));
        let found = book.ok(RecurringFiguresRequest { months: 1 }).await.currencies.remove(0);
        assert_eq!((found.mrr, found.arr), (eur(1_840), eur(22_080)));
        let page = book.ok(ListRecurring { currency: Currency::EUR, on: None, plan_id: None, limit: None, after: None }).await;
        let rows: Vec<_> = page.items.iter().map(|row| (row.customer_name.as_str(), row.price, row.net, row.mrr)).collect();
        assert_eq!(rows, [("Bea", eur(1_000), eur(1_000), eur(1_000)), ("Ann", eur(1_000), eur(840), eur(840))]);
        let moves = book.ok(ListMovements { currency: Currency::EUR, month: day("2026-12-01"), kind: None, limit: None, after: None }).await;
        assert_eq!(moves.sum, eur(1_840));
        let ahead = book.ok(ForecastRequest { months: 2 }).await.months.remove(1);
        let renewals = book.ok(ListRenewals { month: ahead.month, currency: None, limit: None, after: None }).await;
        assert_eq!((ahead.currencies[0].amount, renewals.sums[0].amount), (eur(1_840), eur(1_840)));
        // What is planned is what is billed then.
        book.at("2027-01-01T09:00:00Z").await;
        let planned = book.ok(PlanCatchUp { until: None }).await;
        assert_eq!(planned.counts[0].amounts, [eur(1_840)]);
        book.ok(RunCatchUp {}).await;
        let billed: i64 = book.ok(ListInvoices { limit: Some(2), ..ListInvoices::default() }).await.items.iter().map(|row| row.net.amount).sum();
        assert_eq!(billed, 1_840);
        book.verified().await;
    }
}
