//! A book on a server whose tables one role owns and another works with: what only the owner may is asked for once, and kept nowhere.

use contract::{
    backup::{ListBackups, MakeBackup, RestoreBackup},
    session::ConfirmPassword,
    work::{GetWork, WorkKind, WorkProblem, WorkStage, WorkState},
};
use engine::{App, BookLocation, MoveOptions, OpenError, OpenOptions, OwnerSignIn, Server, Trouble, Work, move_book, roles_sql};

use crate::support::*;

/// A schema without tables, with the two roles that `clientelectl roles` makes and somebody who belongs to the everyday one.
struct Roles {
    server: Server,
    owner: String,
    desk: String,
    member: String,
    sql: Sql,
}

impl Roles {
    async fn new() -> Self {
        let (location, _) = place(Database::Postgres).await;
        let BookLocation::Server(server) = location.clone() else {
            panic!("a file has no roles");
        };
        let name = |what: &str| format!("{what}_of_{}", server.schema);
        let roles = Self {
            owner: name("owner"),
            desk: name("desk"),
            member: name("member"),
            sql: Sql::connect(&location).await,
            server,
        };
        let Self { owner, desk, member, .. } = &roles;
        let more = format!("CREATE ROLE {member} LOGIN; GRANT {desk} TO {member}");
        roles.run(&format!("{}{more}", roles_sql(&roles.server.schema, owner, desk))).await;
        roles
    }

    /// What is done as who looks after the server, one after the other: the rights on the database are one row for all tests.
    async fn run(&self, sql: &str) {
        self.sql.run(&format!("SELECT pg_advisory_xact_lock(7041); {sql}")).await;
    }

    /// The book, as a role reaches it.
    fn location(&self, role: &str) -> BookLocation {
        BookLocation::Server(Server {
            user: role.to_owned(),
            ..self.server.clone()
        })
    }

    /// A count of something in the schema.
    async fn count(&self, what: &str) -> i64 {
        let schema = &self.server.schema;
        self.sql
            .number(&format!(
                "SELECT COUNT(*) FROM pg_class c {what} AND c.relnamespace = CAST('{schema}' AS regnamespace)"
            ))
            .await
    }

    /// Fails unless the owner owns every table, and the everyday role may what is printed for it, and no more.
    async fn check(&self) {
        let Self { server, owner, desk, .. } = self;
        assert!(self.count("WHERE relkind = 'r'").await > 20);
        let foreign = format!("WHERE relkind = 'r' AND pg_get_userbyid(relowner) <> '{owner}'");
        assert_eq!(self.count(&foreign).await, 0);
        for (table, act, may) in [
            ("customer", "DELETE", true),
            ("book", "UPDATE", true),
            ("book", "INSERT", false),
            ("chain_head", "DELETE", false),
            ("change", "INSERT", true),
            ("change", "UPDATE", false),
            ("change_value", "UPDATE", true),
            ("change_value", "DELETE", false),
            ("seaql_migrations", "SELECT", true),
            ("seaql_migrations", "INSERT", false),
        ] {
            let sql = format!(
                "SELECT CAST(has_table_privilege('{desk}', '{}.{table}', '{act}') AS TEXT)",
                server.schema
            );
            assert_eq!(self.sql.texts(&sql).await, [may.to_string()], "{act} {table}");
        }
    }

    async fn end(self) {
        let Self { owner, desk, member, .. } = &self;
        self.run(&format!(
            "DROP OWNED BY {member}; DROP OWNED BY {desk}; DROP OWNED BY {owner} CASCADE; DROP ROLE {member}, {desk}, {owner}"
        ))
        .await;
        let location = self.location(&self.server.user);
        self.sql.end(&location).await;
    }
}

/// Opening or making a book, with this role as the owner of its tables.
fn owned(user: &str) -> OpenOptions {
    OpenOptions {
        owner: Some(OwnerSignIn {
            user: user.to_owned(),
            password: None,
        }),
        ..options()
    }
}

/// How work ended.
async fn ended(app: &App) -> WorkState {
    let began = std::time::Instant::now();
    loop {
        assert!(began.elapsed() < std::time::Duration::from_secs(120), "the work does not end");
        let state = app.call(GetWork {}, None).await.unwrap();
        if !state.stage.is_running() {
            return state;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn who_may_not_make_the_tables_is_told_so_and_the_owner_makes_them_once() {
    let roles = Roles::new().await;
    let everyday = roles.location(&roles.desk);
    let opened = App::open(everyday.clone(), options()).await;
    assert!(
        matches!(&opened, Err(OpenError::OwnerNeeded(said)) if !said.is_empty()),
        "{opened:?}"
    );
    // Nor does anyone help who is not the owner, or is not let in.
    for user in [roles.desk.as_str(), "no_such_role"] {
        let opened = App::open(everyday.clone(), owned(user)).await;
        assert!(matches!(opened, Err(OpenError::OwnerNeeded(_))), "{user}: {opened:?}");
    }
    assert_eq!(roles.count("WHERE TRUE").await, 0, "nothing was made");

    let app = App::open(everyday.clone(), owned(&roles.owner)).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.call(new_customer("Ann"), None).await.unwrap();
    assert_eq!(app.verify().await.unwrap().findings, []);
    let book = app.identity().clone();
    app.close().await;
    roles.check().await;
    let connected = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '{}'", roles.owner);
    assert_eq!(roles.sql.number(&connected).await, 0, "the owner has left");

    // The next start needs nobody else.
    let app = App::open(everyday, OpenOptions::default()).await.unwrap();
    assert_eq!(*app.identity(), book);
    app.close().await;
    roles.end().await;
}

#[tokio::test]
async fn a_book_whose_tables_a_role_may_not_use_is_given_to_it_by_the_owner_and_stays_what_it_is() {
    let roles = Roles::new().await;
    let Roles {
        server, owner: own, desk, ..
    } = &roles;
    let schema = &server.schema;
    let everyday = roles.location(desk);
    let app = App::open(everyday.clone(), owned(own)).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.call(new_customer("Ann"), None).await.unwrap();
    let book = app.identity().clone();
    app.close().await;
    roles
        .run(&format!(
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {desk}; REVOKE ALL ON SCHEMA {schema} FROM {desk};
             ALTER DEFAULT PRIVILEGES FOR ROLE {own} IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {desk}"
        ))
        .await;
    let opened = App::open(everyday.clone(), OpenOptions::default()).await;
    assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
    let opened = App::open(everyday.clone(), options()).await;
    assert!(matches!(opened, Err(OpenError::OwnerNeeded(_))), "{opened:?}");
    // A known book is not taken for another one, whoever opens it.
    let other = OpenOptions {
        expected: Some(engine::Identity {
            book: uuid::Uuid::nil(),
            system: None,
        }),
        ..owned(own)
    };
    let opened = App::open(everyday.clone(), other).await;
    assert!(matches!(opened, Err(OpenError::Swapped)), "{opened:?}");

    let app = App::open(everyday, owned(own)).await.unwrap();
    assert_eq!(*app.identity(), book, "no other book was made");
    app.close().await;
    assert_eq!(roles.sql.number("SELECT COUNT(*) FROM customer WHERE full_name = 'Ann'").await, 1);
    roles.check().await;
    roles.end().await;
}

#[tokio::test]
async fn who_looks_after_the_server_makes_the_tables_for_their_owner_and_closes_them_for_the_everyday_role() {
    let roles = Roles::new().await;
    let app = App::open(roles.location(&roles.member), owned(&roles.server.user)).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.close().await;
    roles.check().await;
    // Who belongs to the everyday role needs no rights of its own.
    let own_rights = format!(
        "CROSS JOIN LATERAL aclexplode(c.relacl) AS a WHERE pg_get_userbyid(a.grantee) = '{}'",
        roles.member
    );
    assert_eq!(roles.count(&own_rights).await, 0);
    roles.end().await;
}

#[tokio::test]
async fn who_signs_in_as_the_owner_makes_the_tables_and_leaves_the_log_closed() {
    let roles = Roles::new().await;
    // Also before anybody has signed in with the everyday role, and without the printed statements a second time.
    let app = App::open(roles.location(&roles.owner), options()).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.close().await;
    roles.check().await;
    let app = App::open(roles.location(&roles.desk), OpenOptions::default()).await.unwrap();
    let sign_in = contract::session::SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    app.call(sign_in, None).await.unwrap();
    app.call(new_customer("Ann"), None).await.unwrap();
    app.close().await;
    roles.end().await;
}

#[tokio::test]
async fn work_that_makes_tables_says_that_the_owner_is_needed_and_changes_nothing() {
    let roles = Roles::new().await;
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        backups: Some(folder.path().to_owned()),
        ..owned(&roles.owner)
    };
    let app = App::open(roles.location(&roles.desk), options).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.call(MakeBackup {}, None).await.unwrap();
    assert_eq!(ended(&app).await.stage, WorkStage::Done);
    let name = app.call(ListBackups {}, None).await.unwrap().items.remove(0).name;
    let password = OWNER_PASSWORD.into();
    app.call(ConfirmPassword { password }, None).await.unwrap();
    app.call(RestoreBackup { name }, None).await.unwrap();
    let state = ended(&app).await;
    assert_eq!(
        (state.stage, state.problem),
        (WorkStage::Failed, Some(WorkProblem::OwnerNeeded)),
        "{state:?}"
    );
    app.call(new_customer("Ann"), None).await.unwrap();
    app.close().await;

    let book = TestBook::new(Database::Sqlite).await;
    let there = BookLocation::Server(Server {
        user: roles.desk.clone(),
        schema: format!("{}_more", roles.server.schema),
        ..roles.server.clone()
    });
    let moved = move_book(&book.app, &there, MoveOptions::default(), &Work::new(WorkKind::Move)).await;
    assert!(matches!(moved, Err(Trouble::Problem(WorkProblem::OwnerNeeded, _))), "{moved:?}");
    book.customer("Bea").await;
    book.end().await;
    roles.end().await;
}

#[tokio::test]
async fn a_restore_keeps_the_rights_that_tables_of_a_later_step_get() {
    let roles = Roles::new().await;
    let Roles {
        server, owner: own, desk, ..
    } = &roles;
    let schema = &server.schema;
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        backups: Some(folder.path().to_owned()),
        ..options()
    };
    let app = App::open(roles.location(own), options).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.call(new_customer("Ann"), None).await.unwrap();
    app.call(MakeBackup {}, None).await.unwrap();
    assert_eq!(ended(&app).await.stage, WorkStage::Done);
    let name = app.call(ListBackups {}, None).await.unwrap().items.remove(0).name;
    let granted = format!("SELECT CAST(defaclacl AS TEXT) FROM pg_default_acl WHERE defaclnamespace = to_regnamespace('{schema}')");
    let before = roles.sql.texts(&granted).await;
    assert!(before.iter().any(|rights| rights.contains(desk.as_str())), "{before:?}");
    let password = OWNER_PASSWORD.into();
    app.call(ConfirmPassword { password }, None).await.unwrap();
    app.call(RestoreBackup { name }, None).await.unwrap();
    let state = ended(&app).await;
    assert_eq!(state.stage, WorkStage::Done, "{state:?}");
    app.close().await;
    roles.check().await;
    assert_eq!(roles.sql.texts(&granted).await, before);
    // As a later version of the app makes it.
    roles
        .run(&format!(
            "SET ROLE {own}; CREATE TABLE {schema}.later (id BIGINT PRIMARY KEY); RESET ROLE"
        ))
        .await;
    for act in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
        let may = format!("SELECT CAST(has_table_privilege('{desk}', '{schema}.later', '{act}') AS TEXT)");
        assert_eq!(roles.sql.texts(&may).await, ["true"], "{act}");
    }
    // The roles are known by them: whoever makes the tables ready once more closes the log to the same ones.
    App::open(roles.location(desk), owned(own)).await.unwrap().close().await;
    roles.check().await;
    roles.end().await;
}

#[tokio::test]
async fn a_rehearsal_says_what_the_move_would_be_refused_and_makes_nothing() {
    let roles = Roles::new().await;
    let Roles {
        server, owner: own, desk, ..
    } = &roles;
    let schema = &server.schema;
    let book = TestBook::new(Database::Sqlite).await;
    let there = |role: &str, schema: &str| {
        BookLocation::Server(Server {
            user: role.to_owned(),
            schema: schema.to_owned(),
            ..server.clone()
        })
    };
    let more = format!("{schema}_more");
    let rehearse =
        async |there: BookLocation| move_book(&book.app, &there, MoveOptions { dry_run: true }, &Work::new(WorkKind::Move)).await;
    let refused = async |there: BookLocation| match rehearse(there).await {
        Err(Trouble::Problem(WorkProblem::OwnerNeeded, what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(there(desk, &more)).await,
        format!("{desk} may not make a schema in the database {}", server.database)
    );
    assert_eq!(
        refused(there(desk, schema)).await,
        format!("{desk} may not make tables in the schema {schema}")
    );
    // One that somebody else has made there, with nothing in it yet.
    roles
        .run(&format!(
            "GRANT CREATE ON SCHEMA {schema} TO {desk}; CREATE TABLE {schema}.customer (id BIGINT PRIMARY KEY); GRANT SELECT ON {schema}.customer TO {desk}"
        ))
        .await;
    assert_eq!(
        refused(there(desk, schema)).await,
        format!("{desk} does not own the tables in the schema {schema}")
    );
    roles
        .run(&format!(
            "DROP TABLE {schema}.customer; REVOKE CREATE ON SCHEMA {schema} FROM {desk}"
        ))
        .await;
    // The owner may both, and what was rehearsed is done.
    rehearse(there(own, &more)).await.unwrap();
    let rehearsed = rehearse(there(own, schema)).await.unwrap();
    assert_eq!(roles.count("WHERE TRUE").await, 0, "nothing was made");
    let made = format!("SELECT COUNT(*) FROM pg_namespace WHERE nspname = '{more}'");
    assert_eq!(roles.sql.number(&made).await, 0);
    let moved = move_book(&book.app, &there(own, schema), MoveOptions::default(), &Work::new(WorkKind::Move)).await;
    assert_eq!(moved.unwrap().proof, rehearsed.proof);
    roles.check().await;
    book.end().await;
    roles.end().await;
}

#[tokio::test]
async fn the_everyday_role_loads_sample_data_without_taking_an_index_away() {
    let roles = Roles::new().await;
    let app = App::open(roles.location(&roles.desk), owned(&roles.owner)).await.unwrap();
    let indexes = roles.count("WHERE relkind = 'i'").await;
    engine::demo::fill(&app, 40, 7, OWNER_PASSWORD).await.unwrap();
    assert_eq!(app.verify().await.unwrap().findings, []);
    app.close().await;
    assert_eq!(roles.count("WHERE relkind = 'i'").await, indexes);
    assert_eq!(roles.sql.number("SELECT COUNT(*) FROM customer").await, 41);
    roles.check().await;
    roles.end().await;
}

#[tokio::test]
async fn another_table_of_the_name_does_not_hide_what_is_final_from_its_guards() {
    let book = TestBook::new(Database::Postgres).await;
    let BookLocation::Server(Server { schema, .. }) = book.location.clone() else {
        panic!("a file has no schemas");
    };
    book.seller(0).await;
    let ann = book.customer("Ann").await;
    let done = book.final_invoice(ann.id, 1_000).await;
    let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 500)])).await;
    let (of_final, of_draft) = (
        format!("invoice_id = {}", book.sql.id(done.id.0)),
        format!("invoice_id = {}", book.sql.id(draft.id.0)),
    );
    let more_of_final = book.sql.once_more("invoice_line", &of_final, &[("position", "9")]).await;
    let (own, kept) = (format!("{schema}_own"), format!("{schema}_kept"));
    for hidden in [
        format!("CREATE TEMP TABLE invoice (LIKE {schema}.invoice)"),
        format!(
            "DROP TABLE pg_temp.invoice; CREATE SCHEMA {own}; CREATE TABLE {own}.invoice (LIKE {schema}.invoice);
             SET search_path = {own}, {schema}"
        ),
        // As a restore does it.
        format!("ALTER SCHEMA {schema} RENAME TO {kept}; SET search_path = {own}, {kept}"),
    ] {
        book.sql.run(&hidden).await;
        for sql in [
            format!("INSERT {more_of_final}"),
            format!("UPDATE invoice_line SET net = net + 1 WHERE {of_final}"),
            format!("DELETE FROM invoice_line WHERE {of_final}"),
        ] {
            let error = book.sql.try_run(&sql).await.expect_err(&sql).to_string();
            assert!(error.contains("belongs to a final invoice"), "{hidden}: {sql}: {error}");
        }
        assert_eq!(
            book.sql
                .run(&format!("UPDATE invoice_line SET net = net + 1 WHERE {of_draft}"))
                .await,
            1
        );
        let path = book.sql.texts("SELECT current_setting('search_path')").await.remove(0);
        assert!(!path.contains("pg_catalog"), "the path of the session is as it was: {path}");
    }
    book.sql
        .run(&format!("DROP SCHEMA {own} CASCADE; ALTER SCHEMA {kept} RENAME TO {schema}"))
        .await;
    book.end().await;
}
