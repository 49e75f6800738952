//! The list of operations: the one place where an operation gets its name, request, output, access, effect and refusals.
//!
//! Others read the list by handing a macro of their own to [`with_operations!`](crate::with_operations): the shell makes
//! a command of each line, the engine an obligation to answer it, the terminal a name to call.

use serde::{Serialize, de::DeserializeOwned};

use crate::Validate;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anyone, signed in or not.
    Public,
    /// A signed-in, active administrator whose session is not locked.
    Admin,
}

/// What answering changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Read,
    /// Records. Leaves exactly one entry in the change log, or nothing at all when it is refused.
    Write,
    /// Files beside the book, or work in the background. Nothing in the change log.
    Upkeep,
    /// Who is signed in. A refused attempt is kept, because throttling counts it.
    Session,
}

/// A request with a name and an answer.
pub trait Request: Clone + Validate + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name on the wire.
    const NAME: &'static str;
    /// The answer.
    type Output: Serialize + DeserializeOwned + Send + 'static;
}

/// A request that the engine answers.
pub trait Operation: Request {
    /// Who may ask.
    const ACCESS: Access;
    /// What answering changes.
    const EFFECT: Effect;
}

/// Hands the list of operations to the macro `$consumer`, as lines
/// `name(module::Request) -> module::Output, Access, Effect;` with their documentation and, as `#[refused(…)]`, with what each is
/// refused with beside what it has [in common](crate::refusals) with others.
#[macro_export]
macro_rules! with_operations {
    ($consumer:ident) => {
        $consumer! {
            /// Makes the first administrator of an empty book and signs in.
            #[refused("invalid", "conflict/not_first_run", "conflict/unfinished", "conflict/maintenance")]
            first_run(session::FirstRun) -> session::SessionState, Public, Session;
            /// Signs an administrator in. Wrong tries are kept and slow further ones down.
            #[refused("invalid", "wrong_password", "throttled", "forbidden/not_administrator", "forbidden/inactive")]
            sign_in(session::SignIn) -> session::SessionState, Public, Session;
            /// Ends the session.
            sign_out(session::SignOut) -> session::SessionState, Public, Session;
            /// Locks the session: nothing is answered until `unlock`.
            lock(session::Lock) -> session::SessionState, Public, Session;
            /// Takes up a locked session with the password of its administrator.
            #[refused("invalid", "signed_out", "wrong_password", "throttled", "forbidden/not_administrator", "forbidden/inactive")]
            unlock(session::Unlock) -> session::SessionState, Public, Session;
            /// Says whether the book waits for its first administrator, a sign-in or an unlock.
            current_session(session::CurrentSession) -> session::SessionState, Public, Read;
            /// Asks for the password again; good for five minutes.
            #[refused("invalid", "wrong_password", "throttled")]
            confirm_password(session::ConfirmPassword) -> session::Confirmation, Admin, Session;
            /// Rates a password while it is typed.
            #[refused("invalid")]
            rate_password(session::RatePassword) -> session::PasswordRating, Public, Read;

            /// The figures of the four cards.
            customer_stats(stats::CustomerStatsRequest) -> stats::CustomerStats, Admin, Read;
            /// A page of customers, with the figures of each.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_customers(customer::ListCustomers) -> customer::CustomerPage, Admin, Read;
            /// The exact number of customers that match.
            #[refused("invalid")]
            count_customers(customer::CountCustomers) -> customer::CustomerCount, Admin, Read;
            /// One customer with figures and the newest 100 licenses.
            #[refused("not_found/customer")]
            get_customer(customer::GetCustomer) -> customer::Customer, Admin, Read;
            /// Who uses an e-mail address, compared as the unique index compares.
            #[refused("invalid")]
            email_owner(customer::EmailOwnerRequest) -> customer::EmailOwner, Admin, Read;
            /// Creates a customer or, with `is_admin`, an administrator.
            #[refused("invalid", "confirmation_needed", "conflict/email_taken")]
            create_customer(customer::CreateCustomer) -> customer::Customer, Admin, Write;
            /// Changes fields of a customer: absent is unchanged, null is cleared.
            #[refused("invalid", "not_found/customer", "confirmation_needed", "forbidden/own_account", "forbidden/last_administrator",
                "conflict/email_taken", "conflict/changed_meanwhile", "conflict/administrator")]
            update_customer(customer::UpdateCustomer) -> customer::Customer, Admin, Write;
            /// Deletes a customer, or archives one who has final invoices or payments. Refused while licenses or
            /// subscriptions are active.
            #[refused("not_found/customer", "forbidden/own_account", "forbidden/last_administrator", "conflict/changed_meanwhile",
                "conflict/active_licenses", "conflict/active_subscriptions")]
            delete_customer(customer::DeleteCustomer) -> customer::DeletedCustomer, Admin, Write;
            /// Brings a deleted or archived customer back. Refused with `email_taken` if the address was given away.
            #[refused("invalid", "not_found/customer", "confirmation_needed", "conflict/changed_meanwhile", "conflict/nothing_to_restore",
                "conflict/email_taken")]
            restore_customer(customer::RestoreCustomer) -> customer::Customer, Admin, Write;
            /// The accounts that may sign in.
            list_administrators(customer::ListAdministrators) -> customer::AdministratorPage, Admin, Read;

            /// Plans, those on sale first.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_plans(plan::ListPlans) -> plan::PlanPage, Admin, Read;
            /// Creates a plan.
            #[refused("invalid", "conflict/code_taken")]
            create_plan(plan::CreatePlan) -> plan::Plan, Admin, Write;
            /// Changes a plan; existing subscriptions keep their price. `is_active: false` stops selling it.
            #[refused("invalid", "not_found/plan", "conflict/changed_meanwhile", "conflict/code_taken")]
            update_plan(plan::UpdatePlan) -> plan::Plan, Admin, Write;

            /// Licenses, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_licenses(license::ListLicenses) -> license::LicensePage, Admin, Read;
            /// Sells a license: makes its key and expiry and, if asked, a subscription.
            #[refused("invalid", "not_found/customer", "not_found/plan", "conflict/administrator", "conflict/customer_inactive",
                "conflict/plan_not_sold", "conflict/cycle_not_offered")]
            add_license(license::AddLicense) -> license::License, Admin, Write;
            /// Cancels a license and the subscription that it alone uses.
            #[refused("invalid", "not_found/license", "conflict/changed_meanwhile", "conflict/already_canceled")]
            cancel_license(license::CancelLicense) -> license::License, Admin, Write;
            /// Takes a cancellation back, with the subscription that it had canceled.
            #[refused("invalid", "not_found/license", "conflict/changed_meanwhile", "conflict/nothing_to_restore", "conflict/period_over")]
            restore_license(license::RestoreLicense) -> license::License, Admin, Write;

            /// Subscriptions, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_subscriptions(subscription::ListSubscriptions) -> subscription::SubscriptionPage, Admin, Read;
            /// Starts a subscription, back-dated or ahead if wanted, with a license if wanted.
            #[refused("invalid", "not_found/customer", "not_found/plan", "conflict/administrator", "conflict/customer_inactive",
                "conflict/plan_not_sold", "conflict/cycle_not_offered")]
            create_subscription(subscription::CreateSubscription) -> subscription::Subscription, Admin, Write;
            /// What a change of plan, cycle or quantity would come to, to the minor unit.
            #[refused("invalid", "not_found/subscription", "not_found/plan", "conflict/plan_not_sold", "conflict/cycle_not_offered",
                "conflict/subscription_state", "conflict/nothing_to_change", "conflict/number_taken", "conflict/maintenance")]
            preview_subscription_change(subscription::PreviewSubscriptionChange) -> subscription::SubscriptionChangePreview, Admin, Read;
            /// Changes plan, cycle or quantity and settles the running period by the day.
            #[refused("invalid", "not_found/subscription", "not_found/plan", "conflict/changed_meanwhile", "conflict/plan_not_sold",
                "conflict/cycle_not_offered", "conflict/subscription_state", "conflict/nothing_to_change", "conflict/number_taken")]
            change_subscription(subscription::ChangeSubscription) -> subscription::ChangedSubscription, Admin, Write;
            /// Stops billing a subscription for a while.
            #[refused("invalid", "not_found/subscription", "conflict/changed_meanwhile", "conflict/subscription_state")]
            pause_subscription(subscription::PauseSubscription) -> subscription::Subscription, Admin, Write;
            /// Bills a paused subscription again.
            #[refused("invalid", "not_found/subscription", "conflict/changed_meanwhile", "conflict/subscription_state")]
            resume_subscription(subscription::ResumeSubscription) -> subscription::Subscription, Admin, Write;
            /// Cancels a subscription now or at the end of its period.
            #[refused("invalid", "not_found/subscription", "conflict/changed_meanwhile", "conflict/already_canceled")]
            cancel_subscription(subscription::CancelSubscription) -> subscription::Subscription, Admin, Write;
            /// Takes the cancellation of a subscription back while its period runs.
            #[refused("invalid", "not_found/subscription", "conflict/changed_meanwhile", "conflict/nothing_to_restore",
                "conflict/period_over")]
            restore_subscription(subscription::RestoreSubscription) -> subscription::Subscription, Admin, Write;

            /// Domains, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_domains(domain::ListDomains) -> domain::DomainPage, Admin, Read;
            /// Adds a domain.
            #[refused("invalid", "not_found/customer", "conflict/domain_taken", "conflict/administrator")]
            add_domain(domain::AddDomain) -> domain::Domain, Admin, Write;
            /// Changes registrar, dates and renewal of a domain.
            #[refused("invalid", "not_found/domain", "conflict/changed_meanwhile")]
            update_domain(domain::UpdateDomain) -> domain::Domain, Admin, Write;
            /// Removes a domain.
            #[refused("not_found/domain", "conflict/changed_meanwhile")]
            delete_domain(domain::DeleteDomain) -> domain::Domain, Admin, Write;
            /// Brings a removed domain back. Refused with `domain_taken` if its name was given away.
            #[refused("not_found/domain", "conflict/changed_meanwhile", "conflict/nothing_to_restore", "conflict/domain_taken")]
            restore_domain(domain::RestoreDomain) -> domain::Domain, Admin, Write;
            /// Invoices, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_invoices(invoice::ListInvoices) -> invoice::InvoicePage, Admin, Read;
            /// An invoice with everything that stands on it.
            #[refused("not_found/invoice")]
            get_invoice(invoice::GetInvoice) -> invoice::InvoiceDetails, Admin, Read;
            /// What an invoice would come to.
            #[refused("invalid", "not_found/customer")]
            preview_invoice(invoice::PreviewInvoice) -> invoice::InvoicePreview, Admin, Read;
            /// Drafts an invoice.
            #[refused("invalid", "not_found/customer", "conflict/administrator")]
            create_invoice(invoice::CreateInvoice) -> invoice::Invoice, Admin, Write;
            /// Changes a draft.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/document_final")]
            update_invoice(invoice::UpdateInvoice) -> invoice::Invoice, Admin, Write;
            /// Removes a draft.
            #[refused("not_found/invoice", "conflict/changed_meanwhile", "conflict/document_final")]
            delete_invoice(invoice::DeleteInvoice) -> invoice::DeletedInvoice, Admin, Write;
            /// Makes a draft final and gives it the next number of its series.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/document_final", "conflict/seller_incomplete",
                "conflict/buyer_incomplete", "conflict/number_taken")]
            finalize_invoice(invoice::FinalizeInvoice) -> invoice::Invoice, Admin, Write;
            /// Voids a final invoice; it keeps its number.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/invoice_settled", "conflict/invoice_state")]
            void_invoice(invoice::VoidInvoice) -> invoice::Invoice, Admin, Write;
            /// Gives an open invoice up as uncollectible, or takes that back.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/invoice_state")]
            set_invoice_uncollectible(invoice::SetInvoiceUncollectible) -> invoice::Invoice, Admin, Write;
            /// Notes until when the payment of an open invoice is promised, or takes that away.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/invoice_state")]
            set_payment_promise(promise::SetPaymentPromise) -> invoice::Invoice, Admin, Write;
            /// Credits a final invoice in full or in part.
            #[refused("invalid", "not_found/invoice", "conflict/changed_meanwhile", "conflict/nothing_to_credit", "conflict/invoice_state",
                "conflict/number_taken")]
            credit_invoice(credit_note::CreditInvoice) -> credit_note::CreditNote, Admin, Write;
            /// Credit notes, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_credit_notes(credit_note::ListCreditNotes) -> credit_note::CreditNotePage, Admin, Read;
            /// A credit note with everything that stands on it.
            #[refused("not_found/credit_note")]
            get_credit_note(credit_note::GetCreditNote) -> credit_note::CreditNoteDetails, Admin, Read;
            /// Whether the numbers of final documents are without a gap.
            number_report(invoice::NumberReport) -> invoice::NumberReportResult, Admin, Read;
            /// Where a customer is billed.
            #[refused("not_found/customer")]
            get_billing_address(party::GetBillingAddress) -> party::BillingAddressOf, Admin, Read;
            /// Changes where a customer is billed.
            #[refused("invalid", "not_found/customer", "conflict/changed_meanwhile")]
            update_billing_address(party::UpdateBillingAddress) -> party::BillingAddressOf, Admin, Write;
            /// How the vendor bills.
            get_billing_settings(billing::GetBillingSettings) -> billing::BillingSettings, Admin, Read;
            /// Changes how the vendor bills.
            #[refused("invalid", "conflict/changed_meanwhile")]
            update_billing_settings(billing::UpdateBillingSettings) -> billing::BillingSettings, Admin, Write;
            /// The logo of the vendor.
            get_logo(logo::GetLogo) -> logo::Logo, Admin, Read;
            /// Sets the logo of the vendor or takes it away.
            #[refused("invalid", "conflict/changed_meanwhile")]
            set_logo(logo::SetLogo) -> billing::BillingSettings, Admin, Write;
            /// An invoice as a PDF, with the invoice as XML (EN 16931) inside; of a draft a preview.
            #[refused("not_found/invoice")]
            invoice_pdf(document::InvoicePdf) -> document::Pdf, Admin, Read;
            /// A credit note as a PDF, with the credit note as XML inside.
            #[refused("not_found/credit_note")]
            credit_note_pdf(document::CreditNotePdf) -> document::Pdf, Admin, Read;
            /// A statement of account as a PDF.
            #[refused("invalid", "not_found/customer")]
            statement_pdf(document::StatementPdf) -> document::Pdf, Admin, Read;
            /// Payments, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_payments(payment::ListPayments) -> payment::PaymentPage, Admin, Read;
            /// Records a received payment and allocates it: to the invoices that are named, else to the open ones, the one due first first.
            #[refused("invalid", "not_found/customer", "not_found/invoice", "conflict/administrator", "conflict/invoice_state")]
            record_payment(payment::RecordPayment) -> payment::Payment, Admin, Write;
            /// Pays an invoice that is open or given up from the customer's credit.
            #[refused("invalid", "not_found/invoice", "not_found/payment", "conflict/changed_meanwhile", "conflict/no_credit",
                "conflict/invoice_state")]
            apply_credit(payment::ApplyCredit) -> payment::AppliedCredit, Admin, Write;
            /// Takes a payment off an invoice, all of it or a part: it is the customer's credit again.
            #[refused("invalid", "not_found/invoice", "not_found/payment", "conflict/changed_meanwhile", "conflict/not_allocated",
                "conflict/invoice_state")]
            release_allocation(payment::ReleaseAllocation) -> payment::ReleasedAllocation, Admin, Write;
            /// Gives a payment back, all or part of it, never more than was paid.
            #[refused("invalid", "not_found/payment", "conflict/payment_state")]
            refund_payment(payment::RefundPayment) -> payment::Refund, Admin, Write;
            /// Refunds, newest first, of one customer or of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_refunds(payment::ListRefunds) -> payment::RefundPage, Admin, Read;
            /// What a customer was billed and paid, day by day.
            #[refused("invalid", "not_found/customer")]
            get_statement(payment::GetStatement) -> payment::Statement, Admin, Read;
            /// What is due since the last run.
            #[refused("invalid")]
            plan_catch_up(catch_up::PlanCatchUp) -> catch_up::CatchUpPlan, Admin, Read;
            /// What the runs of the days to come would do; nothing of it is kept.
            #[refused("invalid", "conflict/maintenance")]
            rehearse_catch_up(catch_up::RehearseCatchUp) -> catch_up::Rehearsal, Admin, Read;
            /// Does what is due, each once.
            run_catch_up(catch_up::RunCatchUp) -> catch_up::CatchUpRun, Admin, Write;
            /// Runs of the catch-up, newest first.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_catch_up_runs(catch_up::ListCatchUpRuns) -> catch_up::CatchUpRunPage, Admin, Read;
            /// Whom a run of the catch-up reminded of what, to write to them.
            list_catch_up_reminders(catch_up::ListCatchUpReminders) -> catch_up::CatchUpReminders, Admin, Read;

            /// The change log, newest first, of one customer or of the book.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_changes(change::ListChanges) -> change::ChangePage, Admin, Read;
            /// What needs attention today.
            attention(stats::AttentionRequest) -> stats::Attention, Admin, Read;
            /// New customers and revenue by month.
            #[refused("invalid")]
            monthly_figures(stats::MonthlyFiguresRequest) -> stats::MonthlyFigures, Admin, Read;
            /// Recurring revenue: now, by month with what changed it, by plan.
            #[refused("invalid")]
            recurring_figures(recurring::RecurringFiguresRequest) -> recurring::RecurringFigures, Admin, Read;
            /// What the recurring revenue of a day is made of; the rows sum to it.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_recurring(recurring::ListRecurring) -> recurring::RecurringPage, Admin, Read;
            /// Of which customers something recurs on a day: those who are counted then.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_recurring_customers(recurring::ListRecurringCustomers) -> recurring::RecurringCustomerPage, Admin, Read;
            /// Whose recurring revenue changed in a month; the rows sum to the figures of the month.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_movements(recurring::ListMovements) -> recurring::MovementPage, Admin, Read;
            /// How customers stay, by the month of their first payment.
            #[refused("invalid")]
            cohorts(recurring::CohortsRequest) -> recurring::Cohorts, Admin, Read;
            /// Who paid; the rows sum to what a cohort paid in a month, or to the revenue of all.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_payers(recurring::ListPayers) -> recurring::PayerPage, Admin, Read;
            /// What was billed by plan, without tax.
            #[refused("invalid")]
            billed_by_plan(recurring::BilledByPlanRequest) -> recurring::BilledByPlan, Admin, Read;
            /// Which invoices and credit notes what was billed is made of; the rows sum to it.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_billed(recurring::ListBilled) -> recurring::BilledPage, Admin, Read;
            /// What is owed, by age.
            receivables(recurring::ReceivablesRequest) -> recurring::Receivables, Admin, Read;
            /// What will be billed if nothing changes.
            #[refused("invalid")]
            renewal_forecast(recurring::ForecastRequest) -> recurring::Forecast, Admin, Read;
            /// Which renewals a month of the forecast is made of; the rows sum to it.
            #[refused("invalid", "conflict/cursor_mismatch")]
            list_renewals(recurring::ListRenewals) -> recurring::RenewalPage, Admin, Read;
            /// What other currencies are worth in the book's, as somebody has stated.
            exchange_rates(exchange::ExchangeRatesRequest) -> exchange::ExchangeRates, Admin, Read;
            /// States what a currency is worth, or takes that away.
            #[refused("invalid", "conflict/changed_meanwhile")]
            set_exchange_rate(exchange::SetExchangeRate) -> exchange::ExchangeRates, Admin, Write;
            /// The settings of the book.
            get_settings(settings::GetSettings) -> settings::Settings, Admin, Read;
            /// Changes settings of the book. Currency and time zone are fixed by the first money record.
            #[refused("invalid", "conflict/changed_meanwhile", "conflict/currency_fixed")]
            update_settings(settings::UpdateSettings) -> settings::Settings, Admin, Write;

            /// The backups of the book, newest first.
            list_backups(backup::ListBackups) -> backup::BackupList, Admin, Read;
            /// Makes a backup, verified by opening it, unless other work runs or the book has no place for backups.
            #[refused("conflict/no_backups", "conflict/work_runs")]
            make_backup(backup::MakeBackup) -> work::WorkState, Admin, Upkeep;
            /// Puts the book back as a backup has it, checked row by row before it replaces anything; what it replaces is
            /// kept. Needs the password again, and that no other work runs.
            #[refused("invalid", "confirmation_needed", "not_found/backup", "conflict/no_backups", "conflict/work_runs")]
            restore_backup(backup::RestoreBackup) -> work::WorkState, Admin, Upkeep;
            /// How far work in the background has come.
            get_work(work::GetWork) -> work::WorkState, Admin, Read;
            /// Ends work in the background.
            cancel_work(work::CancelWork) -> work::WorkState, Admin, Upkeep;
            /// Who works on the book.
            list_desks(desk::ListDesks) -> desk::DeskList, Admin, Read;
            /// Whether the book was changed, here or elsewhere.
            get_book_state(desk::GetBookState) -> desk::BookState, Admin, Read;
        }
    };
}

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])*
        $(#[refused($($refusal:literal),*)])?
        $name:ident($module:ident::$request:ident) -> $out_module:ident::$output:ident, $access:ident, $effect:ident;
    )*) => {
        $(
            impl Request for crate::$module::$request {
                const NAME: &'static str = stringify!($name);
                type Output = crate::$out_module::$output;
            }
            impl Operation for crate::$module::$request {
                const ACCESS: Access = Access::$access;
                const EFFECT: Effect = Effect::$effect;
            }
        )*
        /// Name, access, effect, documentation and refusals of every operation, in the order of the list.
        pub const OPERATIONS: &[Listed] = &[$(Listed {
            name: stringify!($name), access: Access::$access, effect: Effect::$effect, doc: concat!($($doc),*),
            refusals: &[$($($refusal),*)?],
        }),*];
    };
}
with_operations!(operations);

/// One line of the list.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Listed {
    /// The name on the wire.
    pub name: &'static str,
    /// Who may ask.
    pub access: Access,
    /// What answering changes.
    pub effect: Effect,
    /// What it does.
    pub doc: &'static str,
    /// What it is refused with beside what [`common`](crate::refusals::common) says, each as the kind and, where there is one, the
    /// reason as they stand in the JSON: `conflict/email_taken`.
    pub refusals: &'static [&'static str],
}
