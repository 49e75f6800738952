//! A server that is killed and started again under load, and commands that are given up at random: what was acknowledged
//! is there, and no connection is spoiled.

use std::time::{Duration, Instant};

use contract::{
    Currency, Error, Money,
    customer::{CreateCustomer, ListCustomers},
    payment::{PaymentMethod, RecordPayment},
    session::FirstRun,
};
use engine::{App, BookLocation, NewBook, OpenOptions, Server as Address};

use super::{
    campaign::Campaign,
    commit_window::{Far, LONGEST},
    common::{
        ADMIN, PASSWORD,
        draw::{Draw, today},
    },
    postgres::Server,
};

/// Kills of one server, after which its book is looked at.
const A_PART: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_the_end_of_the_server_and_desks_come_back_by_themselves() {
    let (mut campaign, parts, kills) = Campaign::of_parts("server_killed", Campaign::wanted(2, 200), A_PART);
    for part in parts {
        killed(kills, Draw(today() * 1_000 + part)).await;
        campaign.survived(part);
    }
}

/// Kills a server of its own so often.
async fn killed(kills: u64, mut draw: Draw) {
    let mut server = tokio::task::block_in_place(|| Server::start(&[], "host all all 127.0.0.1/32 trust"));
    let address = Address::parse(&format!("postgres://postgres@127.0.0.1:{}/postgres", server.port), "book").unwrap();
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    let app = App::open(BookLocation::Server(address), options).await.unwrap();
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
    let ann = app.call(ann, None).await.unwrap().id;
    let (mut acknowledged, mut number) = (Vec::new(), 0_u32);
    for _ in 0..kills {
        let load: Vec<_> = (0..4)
            .map(|desk| {
                let app = app.clone();
                let first = number + desk * 10_000;
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    let began = Instant::now();
                    for number in first..first + 10_000 {
                        let reference = format!("p{number}");
                        let request = RecordPayment {
                            customer_id: ann,
                            amount: Money::new(1, Currency::EUR),
                            method: PaymentMethod::Cash,
                            reference: Some(reference.clone()),
                            received_on: None,
                            allocations: None,
                        };
                        let asked = Instant::now();
                        match app.call(request, Some(reference.clone())).await {
                            Ok(_) => done.push(reference),
                            Err(Error::Unavailable { .. }) => {}
                            Err(other) => panic!("{other:?}"),
                        }
                        assert!(asked.elapsed() < LONGEST);
                        // On a slow computer the server is away for most of that.
                        let is_enough = done.len() > 3 || began.elapsed() > Duration::from_secs(30);
                        if is_enough && began.elapsed() > Duration::from_millis(2_500) {
                            break;
                        }
                    }
                    done
                })
            })
            .collect();
        number += 100_000;
        tokio::time::sleep(Duration::from_millis(500 + draw.below(700))).await;
        tokio::task::block_in_place(|| {
            server.kill();
            server.run(&[]);
        });
        let back = Instant::now();
        while app.call(ListCustomers::default(), None).await.is_err() {
            assert!(back.elapsed() < Duration::from_secs(5), "not back within five seconds");
        }
        for desk in load {
            acknowledged.extend(desk.await.unwrap());
        }
    }
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    let mut found = std::collections::BTreeMap::new();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server.admin()).await.unwrap();
    for reference in sqlx::query_scalar::<_, String>("SELECT reference FROM book.payment")
        .fetch_all(&mut connection)
        .await
        .unwrap()
    {
        *found.entry(reference).or_insert(0) += 1;
    }
    assert!(found.values().all(|times| *times == 1), "nothing is there twice");
    let lost: Vec<&String> = acknowledged.iter().filter(|reference| !found.contains_key(*reference)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "of {}", acknowledged.len());
    assert_eq!(app.verify().await.unwrap().findings, []);
    println!("server_killed: {kills} kills, {} acknowledged, 0 lost", acknowledged.len());
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_given_up_anywhere_spoil_no_connection() {
    let wanted = Campaign::wanted(100, 500);
    let mut campaign = Campaign::new(&format!("given_up.{wanted}"));
    if campaign.is_done(0) {
        return;
    }
    let far = Far::new("given_up").await;
    let mut draw = Draw(today());
    for number in 0..wanted {
        let (app, payment) = (far.app.clone(), far.payment(&format!("given-up-{number}")));
        let call = tokio::spawn(async move { app.call(payment, None).await });
        tokio::time::sleep(Duration::from_micros(draw.below(6_000))).await;
        call.abort();
        if number % 3 == 0 {
            let read = tokio::time::timeout(
                Duration::from_micros(draw.below(2_000)),
                far.app.call(ListCustomers::default(), None),
            );
            let _ = read.await;
        }
    }
    for number in 0..wanted {
        assert_eq!(far.pay(&format!("after-{number}")).await, 1);
        far.app.call(ListCustomers::default(), None).await.unwrap();
    }
    far.end().await;
    campaign.survived(0);
    println!("given_up: {wanted} commands given up, 0 connections spoiled");
}
