//! What is in a book, without what is drawn anew for each record, so that two books can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{common::Place, vendor};

/// Tables whose rows hold identifiers or salts of their own; what matters of them is asked for below.
const OWN: &[&str] = &[
    "book",
    "catch_up_item",
    "catch_up_run",
    "chain_head",
    "desk",
    "change",
    "change_value",
    "figure",
    "idempotency",
    "invoice",
    "invoice_line",
    "seaql_migrations",
    "throttle",
];

/// What was done, by its key; an invoice by its number, as its identifier is drawn. Of the reminders of an invoice that one run has
/// claimed, the newest was noted; it stands for the others, which were skipped.
const ITEMS: &str = "SELECT CASE WHEN kind = 'reminder' AND EXISTS (SELECT 1 FROM catch_up_item l
            WHERE l.kind = 'reminder' AND l.subject_id = d.subject_id AND l.run_id = d.run_id AND l.due_on > d.due_on)
        THEN 'skipped' ELSE kind END || '|' || COALESCE((SELECT i.number FROM invoice i WHERE i.id = subject_id), id(subject_id)) || '|' || CAST(due_on AS TEXT) || '|' || CAST(reopened AS TEXT) || '|' || id(customer_id)
    FROM catch_up_item d";
const PERIODS: &str = "SELECT id(i.subscription_id) || '|' || CAST(l.period_start AS TEXT) || '|' || CAST(l.net AS TEXT)
    FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE l.period_start IS NOT NULL";
const INVOICES: &str =
    "SELECT id(customer_id) || '|' || COALESCE(id(subscription_id), '-') || '|' || COALESCE(number, 'draft') || '|' || status
    || '|' || COALESCE(CAST(issued_on AS TEXT), '-') || '|' || COALESCE(CAST(due_on AS TEXT), '-') || '|' || CAST(net AS TEXT)
    || '|' || CAST(tax AS TEXT) || '|' || CAST(total AS TEXT) || '|' || CAST(rounding AS TEXT) || '|' || CAST(paid AS TEXT)
    || '|' || CAST(credited AS TEXT) || '|' || CAST(is_overdue AS TEXT) || '|' || COALESCE(buyer, '-') FROM invoice";
const LINES: &str = "SELECT COALESCE(i.number, 'draft') || '|' || CAST(l.position AS TEXT) || '|' || l.text || '|' || CAST(l.quantity_nano AS TEXT)
    || '|' || CAST(l.unit_price AS TEXT) || '|' || CAST(l.net AS TEXT) || '|' || CAST(l.period_start AS TEXT) || '|' || CAST(l.period_end AS TEXT)
    FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id";
const CHANGES: &str =
    "SELECT c.operation || '|' || c.noun || '|' || COALESCE(id(c.customer_id), '-') || '|' || CAST(c.version AS TEXT) || '|' || v.field
    || '|' || COALESCE(v.before, '-') || '|' || COALESCE(v.after, '-')
    FROM change c JOIN change_value v ON v.change_id = c.id WHERE c.noun <> 'catch_up'";
const FIGURES: &str =
    "SELECT kind || '|' || key || '|' || CAST(SUM(amount) AS TEXT) FROM figure GROUP BY kind, key HAVING SUM(amount) <> 0";

/// Reminders that a newer one stood for.
const SKIPPED: &str = "skipped";

/// What is in a book.
#[derive(Debug, PartialEq)]
pub struct Records {
    parts: Vec<(String, Vec<String>)>,
    runs: Vec<String>,
}

impl Records {
    /// Reads it.
    pub fn read(place: &Place) -> Self {
        let mut parts = place.tables(OWN);
        for (name, sql) in [
            ("items", ITEMS),
            ("periods", PERIODS),
            ("invoices", INVOICES),
            ("lines", LINES),
            ("changes", CHANGES),
            ("figures", FIGURES),
        ] {
            let mut rows = place.texts(sql);
            rows.sort_unstable();
            parts.push((name.to_owned(), rows));
        }
        Self {
            parts,
            runs: place.texts("SELECT counts FROM catch_up_run"),
        }
    }

    fn part(&self, name: &str) -> &[String] {
        let found = self.parts.iter().find(|(part, _)| part == name);
        &found.unwrap().1
    }

    /// The keys of what was done.
    pub fn items(&self) -> BTreeSet<&str> {
        self.part("items").iter().map(String::as_str).collect()
    }

    /// Every billed period with its subscription and price.
    pub fn periods(&self) -> &[String] {
        self.part("periods")
    }

    /// Runs that were kept.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// How many of each kind were done since the book was as in `before`, but for what was skipped.
    pub fn counts_since(&self, before: &Self) -> BTreeMap<String, u64> {
        let before = before.counts();
        let mut counts = self.counts();
        counts.remove(SKIPPED);
        for (kind, count) in &mut counts {
            *count -= before.get(kind).copied().unwrap_or(0);
        }
        counts
    }

    /// Whether a reminder stood for older ones.
    pub fn has_skipped(&self) -> bool {
        self.counts().contains_key(SKIPPED)
    }

    /// How many items of each kind there are.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for item in self.part("items") {
            *counts.entry(item.split('|').next().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }

    /// Each item has exactly one effect, and each run says what it did.
    pub fn check_once(&self) {
        let periods = self.periods();
        let different: BTreeSet<&String> = periods.iter().collect();
        assert_eq!(different.len(), periods.len(), "a period was billed twice: {periods:#?}");
        let mut said: BTreeMap<String, u64> = BTreeMap::new();
        for run in &self.runs {
            let run: Value = serde_json::from_str(run).unwrap();
            for (kind, count) in vendor::counts(&run) {
                *said.entry(kind).or_default() += count;
            }
        }
        let said_of = |kind: &str| said.get(kind).copied().unwrap_or(0);
        let noted = |field: &str| {
            let is_of = |row: &&String| row.starts_with("run_catch_up|") && row.split('|').nth(4) == Some(field);
            u64::try_from(self.part("changes").iter().filter(is_of).count()).unwrap()
        };
        assert_eq!(noted("reminded_on"), said_of("reminder"), "reminders");
        assert_eq!(
            noted("unpaid_invoice"),
            said_of("suspension") + said_of("cancellation"),
            "suspensions and cancellations"
        );
        assert_eq!(noted("billed_until"), said_of("renewal"), "renewals");
        // What was skipped has no effect, and no run counts it.
        // Of two unpaid invoices of a subscription the first suspends and cancels it; the second finds nothing to do.
        for (kind, count) in self.counts().into_iter().filter(|(kind, _)| kind != SKIPPED) {
            let is_settled = kind == "suspension" || kind == "cancellation";
            assert!(
                said_of(&kind) == count || (is_settled && said_of(&kind) < count),
                "{kind}: {said:?}, {count}"
            );
        }
    }

    /// Nothing differs but what is drawn anew, and in how many runs it was done.
    pub fn assert_same(&self, other: &Self, when: &str) {
        assert_eq!(self.parts.len(), other.parts.len());
        for ((name, own), (other_name, others)) in self.parts.iter().zip(&other.parts) {
            assert_eq!(name, other_name);
            let (one, two): (BTreeSet<_>, BTreeSet<_>) = (own.iter().collect(), others.iter().collect());
            let (only, missing): (Vec<_>, Vec<_>) = (one.difference(&two).collect(), two.difference(&one).collect());
            assert!(own == others, "{when}: {name} has {only:#?} instead of {missing:#?}");
        }
    }
}
