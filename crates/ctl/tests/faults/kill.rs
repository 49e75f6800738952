//! A process that is killed at a system call which writes: what was acknowledged is there, nothing is half there, and
//! nothing needs repair.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use super::{
    campaign::Campaign,
    common::{ADMIN, NOW, PASSWORD, Place, answer},
};

/// Calls that change a file or its name.
const CALLS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2,link,linkat";

/// Runs the program until its `number`-th call of one thread that writes, and kills it there.
fn killed_at(number: u64, place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={CALLS}"),
            "-e",
            &format!("inject={CALLS}:signal=SIGKILL:when={number}"),
        ])
        .arg(env!("CARGO_BIN_EXE_clientelectl"))
        .arg("--book")
        .arg(place)
        .args(arguments)
        .env("CLIENTELE_PASSWORD", PASSWORD)
        .stdin(Stdio::null());
    command.output().expect("strace is installed")
}

/// A book with something of everything, and what the commands need.
struct Begun {
    folder: tempfile::TempDir,
    values: Value,
}

impl Begun {
    fn new() -> Self {
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

    /// A copy in a folder of its own.
    fn copy(&self) -> Place {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Place::File(folder)
    }
}

fn copy_folder(from: &Path, to: &Path) {
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

/// A command and how often its effect is there.
struct Deed {
    name: &'static str,
    arguments: Vec<String>,
    /// SQL that counts the effect: 0 before, 1 after.
    effect: &'static str,
}

fn deeds(values: &Value) -> Vec<Deed> {
    let deed = |name: &'static str, op: &str, request: Value, effect: &'static str| Deed {
        name,
        arguments: ["--as", ADMIN, "--now", NOW, "call", op, &request.to_string(), "--key", "the-key"]
            .map(str::to_owned)
            .to_vec(),
        effect,
    };
    vec![
        deed(
            "create",
            "create_customer",
            json!({"email": "new@example.com", "full_name": "New", "password": "a-password"}),
            "SELECT COUNT(*) FROM customer WHERE full_name = 'New'",
        ),
        deed(
            "edit",
            "update_customer",
            json!({"id": values["ann"], "version": 1, "full_name": "Anna"}),
            "SELECT COUNT(*) FROM customer WHERE full_name = 'Anna' AND version = 2",
        ),
        deed(
            "delete",
            "delete_customer",
            json!({"id": values["bea"], "version": 1}),
            "SELECT COUNT(*) FROM customer WHERE deleted_at IS NOT NULL",
        ),
        deed(
            "license",
            "add_license",
            json!({"customer_id": values["ann"], "plan_id": values["plan"], "billing_cycle": "monthly", "create_subscription": true}),
            "SELECT COUNT(*) FROM license",
        ),
        deed(
            "payment",
            "record_payment",
            json!({"customer_id": values["ann"], "amount": {"amount": 300, "currency": "EUR"}, "method": "cash"}),
            "SELECT COUNT(*) FROM payment",
        ),
        deed(
            "finalize",
            "finalize_invoice",
            json!({"id": values["draft"], "version": values["draft_version"]}),
            "SELECT COUNT(*) FROM invoice WHERE number IS NOT NULL",
        ),
    ]
}

fn number(book: &Path, sql: &str) -> i64 {
    use sqlx::Connection;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
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

/// Kills at one call after another until the program is through; `examine` looks at what is left, and is told whether it
/// was acknowledged. Answers with how many calls there were.
fn at_every_call(
    campaign: &mut Campaign,
    number: u64,
    few: u64,
    begin: impl Fn() -> Place,
    arguments: &[&str],
    examine: impl Fn(&Place, bool),
) -> u64 {
    // Counted first: how far a thread that writes comes.
    let mut all = 8;
    loop {
        let place = begin();
        if killed_at(all, &place.path(), arguments).status.success() {
            break;
        }
        all *= 2;
    }
    let points: Vec<u64> = campaign
        .points((number + 1) * 1_000, few * (number + 1) * 1_000 / all.max(1))
        .into_iter()
        .filter(|point| point / 1_000 == number && point % 1_000 < all)
        .collect();
    let points = if points.is_empty() {
        vec![number * 1_000 + super::common::draw::today() % all]
    } else {
        points
    };
    let mut survived = 0;
    for point in points {
        let place = begin();
        let output = killed_at(point % 1_000 + 1, &place.path(), arguments);
        examine(&place, output.status.success());
        campaign.survived(point);
        survived += 1;
    }
    survived
}

fn check(place: &Place) {
    let verified = answer(&place.run(&["verify"]));
    assert_eq!(verified["findings"], json!([]));
}

#[test]
fn a_write_that_is_killed_anywhere_is_there_once_or_not_at_all() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("kill_write");
    for (at, deed) in (0..).zip(deeds(&begun.values)) {
        let arguments: Vec<&str> = deed.arguments.iter().map(String::as_str).collect();
        let survived = at_every_call(
            &mut campaign,
            at,
            4,
            || begun.copy(),
            &arguments,
            |place, acknowledged| {
                check(place);
                let found = number(&place.path(), deed.effect);
                assert!(found <= 1 && (found == 1 || !acknowledged), "{}: {found} {acknowledged}", deed.name);
                // Asked again with its key it is done, once.
                answer(&place.run(&arguments));
                assert_eq!(number(&place.path(), deed.effect), 1, "{}", deed.name);
                check(place);
            },
        );
        println!("{}: {survived} points", deed.name);
    }
}

#[test]
fn the_making_of_a_book_that_is_killed_anywhere_can_be_done_again() {
    let mut campaign = Campaign::new("kill_init");
    let arguments = ["init", "--admin-email", ADMIN, "--admin-name", "Ada", "--test-clock", "--now", NOW];
    at_every_call(&mut campaign, 0, 6, Place::file, &arguments, |place, acknowledged| {
        let again = place.run(&arguments);
        let said: Value = serde_json::from_slice(&again.stdout).unwrap();
        // Its end may have come before the kill.
        let was_made = said["error"]["conflict"]["conflict"] == "not_first_run";
        assert!(again.status.success() && !acknowledged || was_made, "{said}");
        check(place);
        assert_eq!(
            answer(&place.run(&["--as", ADMIN, "call", "list_administrators"]))["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_not_there() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("kill_backup");
    at_every_call(
        &mut campaign,
        0,
        6,
        || begun.copy(),
        &["backup"],
        |place, acknowledged| {
            check(place);
            let listed = answer(&place.run(&["backups"]));
            let items = listed["items"].as_array().unwrap().clone();
            assert!(items.len() == 2 || !acknowledged, "{items:?}");
            for item in items {
                let file = PathBuf::from(listed["folder"].as_str().unwrap()).join(item["name"].as_str().unwrap());
                let mut look = super::common::program();
                assert_eq!(
                    answer(&look.arg("--book").arg(&file).arg("verify").output().unwrap())["findings"],
                    json!([])
                );
            }
            answer(&place.run(&["backup"]));
        },
    );
}

#[test]
fn a_restore_that_is_killed_anywhere_leaves_the_old_book_or_the_restored_one() {
    let begun = Begun::new();
    let name = begun.values["backup"].as_str().unwrap().to_owned();
    let changed = begun.copy();
    let request = json!({"email": "late@example.com", "full_name": "Late", "password": "a-password"}).to_string();
    answer(&changed.run(&["--as", ADMIN, "--now", NOW, "call", "create_customer", &request]));
    let Place::File(folder) = &changed else { unreachable!() };
    let changed = Begun {
        folder: tempfile::tempdir().unwrap(),
        values: Value::Null,
    };
    copy_folder(folder.path(), changed.folder.path());
    let mut campaign = Campaign::new("kill_restore");
    let late = "SELECT COUNT(*) FROM customer WHERE full_name = 'Late'";
    at_every_call(
        &mut campaign,
        0,
        10,
        || changed.copy(),
        &["restore", &name],
        |place, acknowledged| {
            check(place);
            let found = number(&place.path(), late);
            assert!(found == 0 || !acknowledged);
            answer(&place.run(&["restore", &name]));
            check(place);
            assert_eq!(number(&place.path(), late), 0);
            // Whichever was replaced is kept, with what was added last.
            let listed = answer(&place.run(&["backups"]));
            let replaced: Vec<PathBuf> = listed["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| item["reason"] == "replaced")
                .map(|item| PathBuf::from(listed["folder"].as_str().unwrap()).join(item["name"].as_str().unwrap()))
                .collect();
            assert_eq!(replaced.iter().map(|file| number(file, late)).sum::<i64>(), 1, "{replaced:?}");
        },
    );
}
