//! A server that has no connection to spare in the middle of work. A role that may have only so many stands for it.

use contract::{Conflict, customer::ListCustomers, session::SignIn};
use engine::{App, BookLocation, Server};

use crate::support::*;

#[tokio::test]
async fn a_desk_goes_on_with_what_it_has_open_and_is_told_that_there_are_too_many_once_that_is_gone() {
    let book = TestBook::new(Database::Postgres).await;
    let BookLocation::Server(own) = book.location.clone() else {
        panic!("a file has no connections");
    };
    let role = format!("crowded_{}", own.schema);
    let owner = book.sql.texts("SELECT quote_ident(current_user)").await.remove(0);
    book.sql.run(&format!("CREATE ROLE {role} LOGIN IN ROLE {owner}")).await;
    let location = BookLocation::Server(Server { user: role.clone(), ..own });
    let desk = App::open(location, options()).await.unwrap();
    let sign_in = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    desk.call(sign_in, None).await.unwrap();
    book.sql.run(&format!("ALTER ROLE {role} CONNECTION LIMIT 0")).await;
    for name in ["Ann", "Bea"] {
        desk.call(new_customer(name), None).await.unwrap();
        desk.call(ListCustomers::default(), None).await.unwrap();
    }
    let before = book.sql.everything().await;
    book.sql
        .number(&format!(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{role}'"
        ))
        .await;
    let refusal = desk.call(ListCustomers::default(), None).await.unwrap_err();
    assert_eq!(refusal, Conflict::TooManyConnections.into());
    let refusal = desk.call(new_customer("Cem"), None).await.unwrap_err();
    assert_eq!(refusal, Conflict::TooManyConnections.into());
    assert_eq!(book.sql.everything().await, before);
    // With room it goes on as if nothing had been.
    book.sql.run(&format!("ALTER ROLE {role} CONNECTION LIMIT -1")).await;
    desk.call(new_customer("Cem"), None).await.unwrap();
    desk.close().await;
    book.verified().await;
    book.sql.run(&format!("DROP ROLE {role}")).await;
    book.end().await;
}
