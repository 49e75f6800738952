//! What a test does behind the engine's back.

use std::collections::BTreeMap;

use contract::{CustomerId, Money, Timestamp};
use engine::BookLocation;
use sea_orm::{ConnectionTrait, Database as Connector, DatabaseConnection, DbErr, Statement};
use uuid::Uuid;

use super::TestBook;

/// A connection of its own to the tables of a book.
#[derive(Clone)]
pub struct Sql(DatabaseConnection);

impl Sql {
    pub async fn connect(location: &BookLocation) -> Self {
        let mut options = match location {
            BookLocation::File(path) => sea_orm::ConnectOptions::new(format!("sqlite://{}", path.display())),
            BookLocation::Server(server) => {
                let mut options = sea_orm::ConnectOptions::new(super::server());
                options.set_schema_search_path(server.schema.clone());
                options
            }
        };
        options.max_connections(1).sqlx_logging(false);
        Self(Connector::connect(options).await.unwrap())
    }

    pub fn is_server(&self) -> bool {
        self.0.get_database_backend() == sea_orm::DbBackend::Postgres
    }

    pub async fn try_run(&self, sql: &str) -> Result<u64, DbErr> {
        self.0.execute_unprepared(sql).await.map(|done| done.rows_affected())
    }

    /// Executes a statement; answers with the number of rows it met.
    pub async fn run(&self, sql: &str) -> u64 {
        match self.try_run(sql).await {
            Ok(rows) => rows,
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    /// The rows of a query whose first column is text.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self
            .0
            .query_all_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter()
            .map(|row| row.try_get_by_index::<Option<String>>(0).unwrap().unwrap_or_default())
            .collect()
    }

    /// The only number of a query.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = format!("SELECT CAST(({sql}) AS TEXT)");
        self.texts(&sql).await.pop().unwrap().parse().unwrap()
    }

    /// An identifier as a literal.
    pub fn id(&self, id: Uuid) -> String {
        if self.is_server() {
            format!("CAST('{id}' AS UUID)")
        } else {
            format!("X'{}'", id.simple())
        }
    }

    /// Every row of every table as text, but for what a session may change: the proof that nothing was left.
    pub async fn everything(&self) -> BTreeMap<String, Vec<String>> {
        let tables = if self.is_server() {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        };
        let mut everything = BTreeMap::new();
        for table in self.texts(tables).await {
            if table == "desk" {
                continue;
            }
            let rows = if self.is_server() {
                format!("SELECT t::text FROM {table} t ORDER BY 1")
            } else {
                let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || '|' || "))
            };
            everything.insert(table.clone(), self.texts(&rows).await);
        }
        everything
    }

    /// A row once more, with other values in some of its columns: what comes after `INSERT`.
    pub async fn once_more(&self, table: &str, row: &str, other: &[(&str, &str)]) -> String {
        let named = if self.is_server() {
            format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = '{table}'"
            )
        } else {
            format!("SELECT name FROM pragma_table_info('{table}')")
        };
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for column in self.texts(&named).await {
            let value = other.iter().find(|(name, _)| *name == column);
            values.push(value.map_or_else(|| column.clone(), |(_, value)| (*value).to_owned()));
            columns.push(column);
        }
        // The number of the row, which a file takes like a column.
        for (name, value) in other.iter().filter(|(name, _)| *name == "rowid") {
            columns.push((*name).to_owned());
            values.push((*value).to_owned());
        }
        let (columns, values) = (columns.join(", "), values.join(", "));
        format!("INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {row}")
    }

    /// Lets a guarded table be damaged.
    pub async fn unguard(&self, table: &str, act: &str) {
        let on = if self.is_server() { format!(" ON {table}") } else { String::new() };
        self.run(&format!("DROP TRIGGER {table}_refuse_{act}{on}")).await;
    }

    /// Lets the insertion of a further row fail once a table has so many.
    pub async fn fail_insert(&self, table: &str, rows: u32) {
        let full = format!("(SELECT COUNT(*) FROM {table}) >= {rows} - 1");
        let sql = if self.is_server() {
            format!(
                "CREATE FUNCTION {table}_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                   IF {full} THEN RAISE EXCEPTION 'on purpose'; END IF; RETURN NEW; END $$;
                 CREATE TRIGGER {table}_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_full()"
            )
        } else {
            format!("CREATE TRIGGER {table}_full BEFORE INSERT ON {table} WHEN {full} BEGIN SELECT RAISE(ABORT, 'on purpose'); END")
        };
        self.run(&sql).await;
    }

    /// Takes that back.
    pub async fn heal(&self, table: &str) {
        let on = if self.is_server() { format!(" ON {table}") } else { String::new() };
        self.run(&format!("DROP TRIGGER {table}_full{on}")).await;
    }

    pub async fn end(self, location: &BookLocation) {
        if let BookLocation::Server(server) = location {
            self.run(&format!("DROP SCHEMA IF EXISTS {} CASCADE", server.schema)).await;
        }
        let _ = self.0.close().await;
    }
}

/// An open invoice to be put into a book.
pub struct NewInvoice {
    pub number: &'static str,
    pub total: Money,
    pub due_on: &'static str,
}

impl TestBook {
    /// Puts an open invoice in, with the figures that belong to it: of any number, without a seller, and due on any day, also on one
    /// that has passed. Due days end at midnight in Berlin in winter.
    pub async fn invoice(&self, customer: CustomerId, invoice: NewInvoice) -> Uuid {
        let id = Uuid::now_v7();
        let (own, owner) = (self.sql.id(id), self.sql.id(customer.0));
        let NewInvoice { number, total, due_on } = invoice;
        let (amount, currency) = (total.amount, total.currency.code());
        let now = super::at(super::START).0;
        let due_day = {
            use chrono::TimeZone;
            let after = super::day(due_on).succ_opt().unwrap().and_time(chrono::NaiveTime::MIN);
            chrono_tz::Europe::Berlin.from_local_datetime(&after).unwrap().timestamp_millis()
        };
        let sql = &self.sql;
        let was_outstanding = sql
            .number(&format!(
                "SELECT outstanding_invoices FROM customer_summary WHERE customer_id = {owner}"
            ))
            .await
            > 0;
        // As the app does it: nothing comes to an invoice that is final, so its line is there before it is.
        sql.run(&format!(
            "INSERT INTO invoice (id, customer_id, status, currency, net, tax, total, paid, credited, is_overdue,
                prices_include_tax, reverse_charge, created_at, updated_at, version)
             VALUES ({own}, {owner}, 'draft', '{currency}', {amount}, 0, {amount}, 0, 0, FALSE, FALSE, FALSE, {now}, {now}, 1)"
        ))
        .await;
        sql.run(&format!(
            "INSERT INTO invoice_line (invoice_id, position, text, quantity_nano, unit_price, net, tax_category, tax_rate_micro)
             VALUES ({own}, 1, 'A year', 1000000000, {amount}, {amount}, 'Z', 0)"
        ))
        .await;
        sql.run(&format!(
            "UPDATE invoice SET number = '{number}', status = 'open', issued_on = '2026-10-01', due_on = '{due_on}', due_at = {due_day},
                finalized_at = {now} WHERE id = {own}"
        ))
        .await;
        let in_book = if currency == "EUR" { amount } else { 0 };
        sql.run(&format!(
            "UPDATE customer_summary SET total_invoices = total_invoices + 1, outstanding_invoices = outstanding_invoices + 1,
                outstanding = outstanding + {in_book} WHERE customer_id = {owner}"
        ))
        .await;
        sql.run(&format!(
            "INSERT INTO customer_money (customer_id, currency, payments, paid, refunded, outstanding, overdue)
             VALUES ({owner}, '{currency}', 0, 0, 0, {amount}, 0)
             ON CONFLICT (customer_id, currency) DO UPDATE SET outstanding = customer_money.outstanding + excluded.outstanding"
        ))
        .await;
        self.book_figure("open_invoices", "all", 1).await;
        self.book_figure("outstanding", currency, amount).await;
        let day = format!("{currency} 2026-10-01");
        self.book_figure("billed", &day, amount).await;
        self.book_figure("billed_documents", &day, 1).await;
        if !was_outstanding {
            let facet = |column: &str| format!("CASE WHEN {column} THEN '1' ELSE '0' END");
            let key = sql
                .texts(&format!(
                    "SELECT {} || {} || {} FROM customer c JOIN customer_summary s ON s.customer_id = c.id WHERE c.id = {owner}",
                    facet("c.is_active"),
                    facet("s.total_licenses > 0"),
                    facet("s.total_subscriptions > 0")
                ))
                .await
                .remove(0);
            self.book_figure("customers", &format!("{key}0"), -1).await;
            self.book_figure("customers", &format!("{key}1"), 1).await;
        }
        // What the app thinks is due next was read before.
        self.app.set_now(self.now().await).await.unwrap();
        id
    }

    async fn book_figure(&self, kind: &str, key: &str, amount: i64) {
        self.sql
            .run(&format!(
                "INSERT INTO figure (kind, key, slot, amount) VALUES ('{kind}', '{key}', 0, {amount})
                 ON CONFLICT (kind, key, slot) DO UPDATE SET amount = figure.amount + excluded.amount"
            ))
            .await;
    }

    /// What the app's clock says.
    pub async fn now(&self) -> Timestamp {
        self.ok(contract::stats::MonthlyFiguresRequest { months: 1 }).await.at
    }
}
