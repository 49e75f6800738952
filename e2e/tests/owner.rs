//! A server whose tables belong to somebody else than who works with them: what only the owner may is asked for once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{
    App, PASSWORD,
    server::{CLERK, CLERK_PASSWORD, fresh_schema, make_everyday, port, run_as},
};

#[test]
fn the_owner_of_the_tables_is_asked_for_once_and_everyone_works_with_them_from_then_on() {
    let (port, schema) = (port().unwrap(), fresh_schema("owner"));
    let everyday = make_everyday(&schema).unwrap();
    let mut app = App::start("owner").unwrap();
    app.resize(1280, 800);
    app.ask_for_owner(port, &schema, &everyday);
    // What the server said, for whom it would be done, and where that goes.
    app.see(&format!("permission denied for schema {schema}"));
    app.see(&format!("gives {everyday} the rights to work with them, no others"));
    app.see("It is kept nowhere, not in the keyring either.");

    // Nothing, and a password that is not right: each is said, and nothing is made.
    app.button("Make the book").click();
    app.see("Enter the name of the user.");
    app.give_owner(CLERK, "wrong-canary-2208");
    app.see("the sign-in of the owner was refused");
    app.see("password authentication failed");
    let count = format!("DO $$ BEGIN ASSERT (SELECT COUNT(*) = 0 FROM pg_class WHERE relnamespace = '{schema}'::regnamespace); END $$");
    run_as("postgres", &count).unwrap();

    app.give_owner(CLERK, CLERK_PASSWORD);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    for act in ["DROP TABLE customer", "DELETE FROM change", "CREATE TABLE more (id BIGINT)"] {
        let refused = run_as(&everyday, &format!("SET search_path = {schema}; {act}"));
        assert!(refused.is_err(), "{act}");
    }

    // The next start asks nobody.
    app.restart().unwrap();
    app.sign_in(PASSWORD);
    app.visit("Customers");
    app.row("Lena Hoffmann");

    // Nor is the owner remembered: the next book in need of one asks again.
    let other = fresh_schema("owner_other");
    let everyday = make_everyday(&other).unwrap();
    app.database_settings();
    app.ask_for_owner(port, &other, &everyday);
    assert_eq!(app.field("Owner of the tables").value(), "");
    app.give_owner(CLERK, CLERK_PASSWORD);
    app.button("Create administrator");
}
