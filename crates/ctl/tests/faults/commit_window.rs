//! A connection that is lost around a commit: each write is there exactly once, whatever byte was the last.

use std::time::{Duration, Instant};

use contract::{
    Currency, CustomerId, Error, Money,
    customer::CreateCustomer,
    payment::{PaymentMethod, RecordPayment},
    session::FirstRun,
};
use engine::{App, BookLocation, NewBook, OpenOptions, Server, TlsMode};

use super::{
    campaign::{ALL, Campaign},
    common::{ADMIN, PASSWORD},
    postgres::sql,
    proxy::{Fault, Proxy},
};

/// No answer may take longer.
pub const LONGEST: Duration = Duration::from_secs(15);

/// A book on the server for tests, reached through a proxy.
pub struct Far {
    pub app: App,
    pub proxy: Proxy,
    pub schema: String,
    pub customer: CustomerId,
    url: String,
}

impl Far {
    pub async fn new(name: &str) -> Self {
        let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES says where the Postgres for tests is");
        let schema = format!("far_{name}_{}", std::process::id());
        let mut server = Server::parse(&url, &schema).unwrap();
        let proxy = Proxy::to(server.port);
        server.host = "127.0.0.1".to_owned();
        server.port = proxy.port;
        // Bytes are counted, so they must be the same each time.
        server.tls.mode = Some(TlsMode::Off);
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::Server(server), options).await.unwrap();
        let owner = FirstRun {
            full_name: "Ada".to_owned(),
            email: ADMIN.to_owned(),
            password: PASSWORD.into(),
            book_name: None,
            currency: None,
            time_zone: None,
        };
        app.call(owner, None).await.unwrap();
        let ann = CreateCustomer {
            email: "ann@example.com".to_owned(),
            full_name: "Ann".to_owned(),
            company_name: None,
            password: "eight characters".into(),
            is_active: true,
            is_admin: false,
        };
        let customer = app.call(ann, None).await.unwrap().id;
        Self {
            app,
            proxy,
            schema,
            customer,
            url,
        }
    }

    pub fn payment(&self, reference: &str) -> RecordPayment {
        RecordPayment {
            customer_id: self.customer,
            amount: Money::new(100, Currency::EUR),
            method: PaymentMethod::Cash,
            reference: Some(reference.to_owned()),
            received_on: None,
            allocations: None,
        }
    }

    /// Records a payment under a key until it is certain; answers with how often it was asked.
    pub async fn pay(&self, reference: &str) -> u32 {
        for asked in 1..10 {
            let began = Instant::now();
            let answer = self.app.call(self.payment(reference), Some(reference.to_owned())).await;
            assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
            match answer {
                Ok(payment) => {
                    assert_eq!(payment.reference.as_deref(), Some(reference));
                    return asked;
                }
                Err(Error::Unavailable { .. }) => self.proxy.set(Fault::None),
                Err(other) => panic!("{other:?}"),
            }
        }
        panic!("it never became certain");
    }

    /// How many payments there are with a reference, as the server has it.
    pub async fn count(&self, reference: &str) -> i64 {
        use sqlx::Connection;
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        let query = format!("SELECT COUNT(*) FROM {}.payment WHERE reference = $1", self.schema);
        sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .bind(reference.to_owned())
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    pub async fn end(self) {
        self.proxy.set(Fault::None);
        let verified = self.app.verify().await.unwrap();
        assert_eq!(verified.findings, []);
        self.app.close().await;
        // What a desk has given up goes on until its process ends, and this one does not: a server that has half of a message
        // would wait for the rest, and hold what it has locked.
        self.proxy.hang_up();
        let (url, text) = (self.url, format!("DROP SCHEMA {} CASCADE", self.schema));
        tokio::task::spawn_blocking(move || sql(&url, &text)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_connection_is_cut_at_any_byte_is_there_exactly_once() {
    let far = Far::new("cut").await;
    let mut campaign = Campaign::new("commit_window");
    // As long as one write is; statements are prepared by then.
    far.pay("before").await;
    far.proxy.set(Fault::None);
    far.pay("measured").await;
    let (to_server, to_desk) = far.proxy.counted();
    let all = to_server + to_desk;
    assert!(all > 1_000, "{all}");
    // Both ways of ending it at each byte to the server, and a few more bytes to the desk than there were.
    let mut faults: Vec<Fault> = (0..to_server).flat_map(|at| [Fault::CutToServer(at), Fault::Reset(at)]).collect();
    faults.extend((0..to_desk + 40).map(Fault::CutToDesk));
    let mut lost = 0;
    for point in campaign.points(u64::try_from(faults.len()).unwrap(), 60, ALL) {
        let fault = faults[usize::try_from(point).unwrap()];
        far.proxy.set(fault);
        let reference = format!("cut {point} {}", campaign_run());
        let key = reference.replace(' ', "-");
        let asked = far.pay(&key).await;
        lost += asked - 1;
        far.proxy.set(Fault::None);
        assert_eq!(far.count(&key).await, 1, "{fault:?}");
        campaign.survived(point);
    }
    println!("commit_window: {all} bytes, {lost} answers were uncertain and asked for again");
    far.end().await;
}

/// Tells the keys of one run from those of another on the same book.
fn campaign_run() -> u32 {
    std::process::id()
}
