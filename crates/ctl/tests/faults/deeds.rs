//! A book with something of everything, one of each kind of write, and what is looked at afterwards.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::common::{ADMIN, NOW, Place, answer, block_on, program};

/// A book with something of everything, and what the commands need.
pub struct Begun {
    folder: tempfile::TempDir,
    pub values: Value,
}

impl Begun {
    pub fn new() -> Self {
        let place = Place::file();
        place.init();
        let call = |op: &str, request: Value| answer(&place.run(&["--as", ADMIN, "--now", NOW, "call", op, &request.to_string()]));
        let customer = |name: &str| {
            call(
                "create_customer",
                json!({"email": format!("{name}@example.com"), "full_name": name, "password": "a-password"}),
            )
        };
        let (ann, bea) = (customer("ann"), customer("bea"));
        let plan = call(
            "create_plan",
            json!({"code": "basic", "name": "Basic", "currency": "EUR", "price_monthly": 1000}),
        );
        let seller = json!({"name": "Vendor", "street": "1 Main Street", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"});
        call(
            "update_billing_settings",
            json!({"version": call("get_billing_settings", json!({}))["version"], "seller": seller, "tax_category": "O", "tax_rate": 0}),
        );
        let line = json!({"text": "Work", "quantity": "1", "unit_price": 500});
        let draft = call("create_invoice", json!({"customer_id": ann["id"], "lines": [line]}));
        answer(&place.run(&["backup"]));
        let backup = answer(&place.run(&["backups"]))["items"][0]["name"].clone();
        let values = json!({"ann": ann["id"], "bea": bea["id"], "plan": plan["id"], "draft": draft["id"], "draft_version": draft["version"], "backup": backup});
        let folder = tempfile::tempdir().unwrap();
        copy_folder(place.path().parent().unwrap(), folder.path());
        Self { folder, values }
    }

    /// One that was changed after its backup, and the name of that.
    pub fn changed_since_backup() -> (Self, String) {
        let begun = Self::new();
        let place = begun.copy();
        let request = json!({"email": "late@example.com", "full_name": "Late", "password": "a-password"}).to_string();
        answer(&place.run(&["--as", ADMIN, "--now", NOW, "call", "create_customer", &request]));
        let Place::File(folder) = &place else { unreachable!() };
        let changed = Self {
            folder: tempfile::tempdir().unwrap(),
            values: Value::Null,
        };
        copy_folder(folder.path(), changed.folder.path());
        (changed, begun.values["backup"].as_str().unwrap().to_owned())
    }

    /// A copy in a folder of its own.
    pub fn copy(&self) -> Place {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Place::File(folder)
    }

    /// The same before its first backup, which makes their folder.
    pub fn without_backups(&self) -> Place {
        let place = self.copy();
        fs::remove_dir_all(place.path().with_file_name("backups")).unwrap();
        place
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// The making of a book.
pub const INIT: &[&str] = &["init", "--admin-email", ADMIN, "--admin-name", "Ada", "--test-clock", "--now", NOW];

/// Makes a book where one may have been begun: it is there in the end, whole and once.
pub fn is_made(place: &Place, acknowledged: bool) {
    let again = place.run(INIT);
    let said: Value = serde_json::from_slice(&again.stdout).unwrap();
    // Its end may have come before that of the process.
    let was_made = said["error"]["conflict"]["conflict"] == "not_first_run";
    assert!(again.status.success() && !acknowledged || was_made, "{said}");
    check(place);
    let administrators = answer(&place.run(&["--as", ADMIN, "call", "list_administrators"]));
    assert_eq!(administrators["items"].as_array().unwrap().len(), 1);
}

/// The program with the book of a place, and told what to do.
pub fn with(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.command();
    command.args(arguments);
    command
}

/// Counts what was added after the backup.
pub const LATE: &str = "SELECT COUNT(*) FROM customer WHERE full_name = 'Late'";

/// A command and how often its effect is there.
pub struct Deed {
    pub op: &'static str,
    pub request: Value,
    /// SQL that counts the effect: 0 before, 1 after.
    pub effect: &'static str,
}

impl Deed {
    /// The key by which it is done once.
    pub fn key(&self) -> String {
        format!("{}-once", self.op)
    }

    /// As `call` takes it.
    pub fn arguments(&self) -> Vec<String> {
        let (request, key) = (self.request.to_string(), self.key());
        ["--as", ADMIN, "--now", NOW, "call", self.op, &request, "--key", &key]
            .map(str::to_owned)
            .to_vec()
    }
}

/// One of each kind of write, in an order in which all can be done.
pub fn deeds(values: &Value) -> Vec<Deed> {
    let deed = |op: &'static str, request: Value, effect: &'static str| Deed { op, request, effect };
    vec![
        deed(
            "create_customer",
            json!({"email": "new@example.com", "full_name": "New", "password": "a-password"}),
            "SELECT COUNT(*) FROM customer WHERE full_name = 'New'",
        ),
        deed(
            "update_customer",
            json!({"id": values["ann"], "version": 1, "full_name": "Anna"}),
            "SELECT COUNT(*) FROM customer WHERE full_name = 'Anna' AND version = 2",
        ),
        deed(
            "delete_customer",
            json!({"id": values["bea"], "version": 1}),
            "SELECT COUNT(*) FROM customer WHERE deleted_at IS NOT NULL",
        ),
        deed(
            "add_license",
            json!({"customer_id": values["ann"], "plan_id": values["plan"], "billing_cycle": "monthly", "create_subscription": true}),
            "SELECT COUNT(*) FROM license",
        ),
        deed(
            "record_payment",
            json!({"customer_id": values["ann"], "amount": {"amount": 300, "currency": "EUR"}, "method": "cash"}),
            "SELECT COUNT(*) FROM payment",
        ),
        deed(
            "finalize_invoice",
            json!({"id": values["draft"], "version": values["draft_version"]}),
            "SELECT COUNT(*) FROM invoice WHERE number IS NOT NULL",
        ),
    ]
}

/// What a query counts.
pub fn number(book: &Path, sql: &str) -> i64 {
    use sqlx::Connection;
    block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", book.display()))
            .await
            .unwrap();
        let number = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        number
    })
}

/// Finds nothing wrong with the book.
pub fn check(place: &Place) {
    let verified = answer(&place.run(&["verify"]));
    assert_eq!(verified["findings"], json!([]));
}

/// The backups that are wanted.
pub fn backups(place: &Place, is_wanted: impl Fn(&Value) -> bool) -> Vec<PathBuf> {
    let listed = answer(&place.run(&["backups"]));
    let folder = PathBuf::from(listed["folder"].as_str().unwrap());
    let items = listed["items"].as_array().unwrap().iter();
    items
        .filter(|item| is_wanted(item))
        .map(|item| folder.join(item["name"].as_str().unwrap()))
        .collect()
}

/// How many backups there are; each of them passes its check.
pub fn whole_backups(place: &Place) -> usize {
    let files = backups(place, |_| true);
    for file in &files {
        let mut look = program();
        let verified = answer(&look.arg("--book").arg(file).arg("verify").output().unwrap());
        assert_eq!(verified["findings"], json!([]));
    }
    files.len()
}

/// The books that were replaced by a restore.
pub fn replaced(place: &Place) -> Vec<PathBuf> {
    backups(place, |item| item["reason"] == "replaced")
}

/// What is left of work that was not finished, beside a book and among its backups.
pub fn unfinished(place: &Place) -> Vec<PathBuf> {
    let book = place.path();
    let folder = book.parent().unwrap();
    let entries = [folder.to_owned(), folder.join("backups")].map(|folder| fs::read_dir(folder).unwrap());
    let paths = entries.into_iter().flatten().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_str().unwrap().contains(".partial")).collect()
}
