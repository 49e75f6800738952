//! Commands that are ended in the middle, in every way that there is: a search that a newer one replaces, a check and a copy
//! whose task is aborted at whatever it waits for, a copy that is canceled, a payment that nobody waits for any more, and
//! statements that the server itself cancels. No connection is spoiled by it, no transaction stays open, and every command that
//! follows is answered.

use std::time::{Duration, Instant};

use contract::{
    Currency, CustomerId, Error, Money,
    customer::{CreateCustomer, ListCustomers},
    payment::{ListPayments, PaymentMethod, RecordPayment},
    session::SignIn,
    work::WorkKind,
};
use engine::{App, BookLocation, NewBook, OpenOptions, Server as Address, Trouble, Work, demo};
use sqlx::{Connection, PgConnection};

use super::{
    campaign::Campaign,
    commit_window::LONGEST,
    common::{
        PASSWORD,
        draw::{Draw, today},
    },
    postgres::Server,
};

/// Customers of the book: enough for a query to be met while it runs.
const CUSTOMERS: u32 = 300;
/// Commands that have to be answered afterwards, one after the other.
const AFTER: u64 = 50;
/// Commands at the same time, more than a desk has connections.
const AT_ONCE: u64 = 16;
/// Connections that a desk may have: four of the pool, four that read, and one that listens.
const MOST_CONNECTIONS: i64 = 9;
/// How often statements are canceled while one command runs.
const SHOTS: u32 = 3;

/// A desk whose commands are ended.
struct Desk {
    app: App,
    customer: CustomerId,
    folder: tempfile::TempDir,
    draw: Draw,
    /// Payments that were asked for until it was certain that they are there.
    paid: u64,
    /// Commands that were told to have ended early.
    interrupted: u64,
}

impl Desk {
    async fn at(location: BookLocation, folder: tempfile::TempDir) -> Self {
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(location, options).await.unwrap();
        demo::fill(&app, CUSTOMERS, 5, PASSWORD).await.unwrap();
        let owner = SignIn {
            email: demo::OWNER_EMAIL.to_owned(),
            password: PASSWORD.into(),
        };
        app.call(owner, None).await.unwrap();
        let ann = CreateCustomer {
            email: "ann@canceled.example".to_owned(),
            full_name: "Ann".to_owned(),
            company_name: None,
            password: "eight characters".into(),
            is_active: true,
            is_admin: false,
        };
        let customer = app.call(ann, None).await.unwrap().id;
        Self {
            app,
            customer,
            folder,
            draw: Draw(today()),
            paid: 0,
            interrupted: 0,
        }
    }

    /// Waits for less than so long.
    async fn pause(&mut self, micros: u64) {
        tokio::time::sleep(Duration::from_micros(self.draw.below(micros))).await;
    }

    /// A command was done, or it is said that it was not or that nobody knows.
    fn honest<T>(&mut self, answer: &Result<T, Error>) {
        match answer {
            Ok(_) => {}
            Err(Error::Unavailable { .. }) => self.interrupted += 1,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The next payment, of one cent, with its key.
    fn payment(&self, number: u64) -> (RecordPayment, Option<String>) {
        let key = format!("canceled-{number}");
        let payment = RecordPayment {
            customer_id: self.customer,
            amount: Money::new(1, Currency::EUR),
            method: PaymentMethod::Cash,
            reference: Some(key.clone()),
            received_on: None,
            allocations: None,
        };
        (payment, Some(key))
    }

    /// Asks for a payment until it is certain.
    async fn certain(&mut self, payment: RecordPayment, key: Option<String>) {
        for _ in 0..10 {
            match self.app.call(payment.clone(), key.clone()).await {
                Ok(_) => {
                    self.paid += 1;
                    return;
                }
                Err(Error::Unavailable { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        panic!("it never became certain");
    }

    /// A search ends when the next letter is typed: its query is interrupted, on a server by a cancel request.
    async fn replace_a_search(&mut self) {
        let (app, key) = (self.app.clone(), Some("search".to_owned()));
        let own = key.clone();
        let older = tokio::spawn(async move { app.call(ListCustomers::default(), own).await });
        self.pause(5_000).await;
        let newer = self.app.call(ListCustomers::default(), key).await;
        self.honest(&newer);
        self.honest(&older.await.unwrap());
    }

    /// A check reads many tables in one transaction, in the task of whoever asks for it.
    async fn abort_a_check(&mut self) {
        let app = self.app.clone();
        let check = tokio::spawn(async move { app.verify().await });
        self.pause(80_000).await;
        check.abort();
        match check.await {
            Ok(checked) => {
                self.honest(&checked);
                if let Ok(verification) = checked {
                    assert_eq!(verification.findings, []);
                }
            }
            Err(ended) => assert!(ended.is_cancelled(), "{ended}"),
        }
    }

    /// The same of a copy, or it is canceled as by a person.
    async fn end_a_copy(&mut self, number: u64, is_aborted: bool) {
        let (app, work) = (self.app.clone(), Work::new(WorkKind::Backup));
        let target = self.folder.path().join(format!("copy-{number}.db"));
        let of = work.clone();
        let copy = tokio::spawn(async move { app.write_backup(&target, &of).await });
        self.pause(80_000).await;
        if is_aborted {
            copy.abort();
        } else {
            work.cancel();
        }
        match copy.await {
            Ok(ended) => assert!(matches!(ended, Ok(_) | Err(Trouble::Canceled)), "{ended:?}"),
            Err(ended) => assert!(is_aborted && ended.is_cancelled(), "{ended}"),
        }
    }

    /// Nobody waits for the answer any more; what was begun goes on.
    async fn drop_a_payment(&mut self, number: u64) {
        let (payment, key) = self.payment(number);
        let patience = Duration::from_micros(self.draw.below(6_000));
        let answer = tokio::time::timeout(patience, self.app.call(payment.clone(), key.clone())).await;
        if let Ok(answer) = answer {
            self.honest(&answer);
        }
        self.certain(payment, key).await;
    }

    /// The server cancels whatever statement of the desk runs at some moments of a payment. Answers with how many that were.
    async fn cancel_statements(&mut self, number: u64, admin: &mut PgConnection) -> i64 {
        let (payment, key) = self.payment(number);
        let (app, asked, own) = (self.app.clone(), payment.clone(), key.clone());
        let asking = tokio::spawn(async move { app.call(asked, own).await });
        let mut canceled = 0;
        for _ in 0..SHOTS {
            self.pause(3_000).await;
            let sql = "SELECT COUNT(*) FILTER (WHERE pg_cancel_backend(pid)) FROM pg_stat_activity
                       WHERE application_name = 'clientele' AND state = 'active'";
            canceled += sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *admin).await.unwrap();
        }
        self.honest(&asking.await.unwrap());
        self.certain(payment, key).await;
        canceled
    }

    /// Everything that follows is answered at once, one after the other and all at the same time, and all that was paid is there
    /// once.
    async fn goes_on(mut self, wanted: u64) {
        for number in 0..AFTER {
            let began = Instant::now();
            let (payment, key) = self.payment(wanted + number);
            self.app.call(payment, key).await.unwrap();
            self.app.call(ListCustomers::default(), None).await.unwrap();
            assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
            self.paid += 1;
        }
        let mut at_once = tokio::task::JoinSet::new();
        for number in 0..AT_ONCE {
            let (app, (payment, key)) = (self.app.clone(), self.payment(wanted + AFTER + number));
            at_once.spawn(async move {
                app.call(payment, key).await.unwrap();
                app.call(ListCustomers::default(), None).await.unwrap();
            });
        }
        at_once.join_all().await;
        self.paid += AT_ONCE;
        let own = ListPayments {
            customer_id: Some(self.customer),
            ..ListPayments::default()
        };
        let payments = self.app.call(own, None).await.unwrap();
        let paid = Money::new(i64::try_from(self.paid).unwrap(), Currency::EUR);
        assert_eq!(payments.sum, [paid], "each is there once");
        assert_eq!(self.app.verify().await.unwrap().findings, []);
        self.app.close().await;
    }
}

/// No connection of a desk sits in a transaction, and there are no more of them than it needs, within a little while: what was
/// aborted is rolled back behind its back.
async fn is_tidy(admin: &mut PgConnection) {
    let began = Instant::now();
    loop {
        let sql = "SELECT COUNT(*) FILTER (WHERE state LIKE 'idle in transaction%'), COUNT(*) FROM pg_stat_activity
                   WHERE application_name = 'clientele'";
        let (in_transaction, all) = sqlx::query_as::<_, (i64, i64)>(sql).fetch_one(&mut *admin).await.unwrap();
        if in_transaction == 0 && all <= MOST_CONNECTIONS {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{in_transaction} of {all} connections sit in a transaction"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ended_in_the_middle_spoils_no_connection_to_a_server() {
    let wanted = Campaign::wanted(60, 500);
    let mut campaign = Campaign::new(&format!("cancel_server.{wanted}"));
    if campaign.is_done(0) {
        return;
    }
    let server = tokio::task::block_in_place(|| Server::start(&[], "host all all 127.0.0.1/32 trust"));
    let address = Address::parse(&format!("postgres://postgres@127.0.0.1:{}/postgres", server.port), "book").unwrap();
    let mut admin = PgConnection::connect(&server.admin()).await.unwrap();
    let mut desk = Desk::at(BookLocation::Server(address), tempfile::tempdir().unwrap()).await;
    let mut canceled = 0;
    for number in 0..wanted {
        match number % 5 {
            0 => desk.replace_a_search().await,
            1 => desk.abort_a_check().await,
            2 => desk.end_a_copy(number, number / 5 % 2 == 0).await,
            3 => desk.drop_a_payment(number).await,
            _ => canceled += desk.cancel_statements(number, &mut admin).await,
        }
    }
    is_tidy(&mut admin).await;
    // Of few shots none may have hit.
    assert!(
        wanted < 200 || (canceled > 0 && desk.interrupted > 0),
        "nothing was met while it ran"
    );
    println!(
        "cancel_server: {wanted} ended, {canceled} statements canceled, {} told so, 0 connections spoiled",
        desk.interrupted
    );
    desk.goes_on(wanted).await;
    campaign.survived(0);
    admin.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ended_in_the_middle_leaves_a_file_free() {
    let wanted = Campaign::wanted(40, 500);
    let mut campaign = Campaign::new(&format!("cancel_file.{wanted}"));
    if campaign.is_done(0) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book.db");
    let mut desk = Desk::at(BookLocation::File(book), folder).await;
    for number in 0..wanted {
        match number % 4 {
            0 => desk.replace_a_search().await,
            1 => desk.abort_a_check().await,
            2 => desk.end_a_copy(number, number / 4 % 2 == 0).await,
            _ => desk.drop_a_payment(number).await,
        }
    }
    println!("cancel_file: {wanted} ended, {} told so, nothing stays locked", desk.interrupted);
    desk.goes_on(wanted).await;
    campaign.survived(0);
}
