//! The one path that every operation takes.

mod parse;
mod read;
pub mod swapped;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contract::{Conflict, Effect, Noun, Operation, Outcome};
use sea_orm::EntityTrait;
use serde::{Serialize, de::DeserializeOwned};

use self::{
    parse::{malformed_key, parse, request_mac},
    read::{enter, make_sure, read, standing},
};
use crate::{
    app::{App, Inner},
    db::{self, Stop},
    entity::idempotency,
    error::{Error, Result},
    password, random,
    scope::Scope,
    session,
};

/// A read that takes longer is given up.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// After this a write is answered as unknown; it goes on, and asking again with its key tells. Nobody waits for longer than fifteen
/// seconds, and the answer has its own way to go.
const WRITE_DEADLINE: Duration = Duration::from_secs(14);
/// How often an operation is tried that left nothing.
const TRIES: u32 = 6;

/// An operation that the engine can answer. Implemented for each line of the contract's list; a line without its code
/// does not compile.
pub trait Answer: Operation {
    /// Answers it.
    #[doc(hidden)]
    fn answer(
        self,
        app: App,
        key: Option<String>,
        stop: Stop,
    ) -> impl Future<Output = std::result::Result<Reply<Self::Output>, Failure>> + Send;
}

/// What an operation answers with.
#[derive(Debug)]
pub enum Reply<T> {
    /// A value, to be written as JSON.
    Value(T),
    /// The JSON text of one, made by the database and passed on as it is.
    Text(String),
}

impl<T: Serialize + DeserializeOwned> Reply<T> {
    /// As a value.
    pub fn value(self) -> Result<T> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Text(text) => Ok(serde_json::from_str(&text)?),
        }
    }

    fn text(self) -> Result<String> {
        match self {
            Self::Value(value) => Ok(serde_json::to_string(&value)?),
            Self::Text(text) => Ok(text),
        }
    }
}

/// Why an operation was not answered; opaque outside of the engine.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What an operation does: the only part that is written for each.
pub trait Run: Operation {
    /// The password that the request sets, with whether it is an administrator's. It is hashed before the transaction
    /// begins, because that takes long and others wait for the write lock.
    fn new_password(&self) -> Option<(&str, bool)> {
        None
    }

    /// What takes long and needs no lock: done before the transaction begins, for the same reason.
    fn prepare(&self, _inner: &Arc<Inner>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Does it.
    fn run(self, scope: &Scope) -> impl Future<Output = Result<Self::Output>> + Send;

    /// The same for an operation whose answer comes as text from the database.
    fn reply(self, scope: &Scope) -> impl Future<Output = Result<Reply<Self::Output>>> + Send {
        async move { self.run(scope).await.map(Reply::Value) }
    }
}

/// Work on files or in the background: no transaction, and nothing in the change log.
pub trait RunUpkeep: Operation {
    /// Does it, or begins it.
    fn run(self, app: App) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// An operation on the session itself.
pub trait RunSession: Operation {
    /// Does it.
    fn run(self, inner: &Arc<Inner>) -> impl Future<Output = Result<Self::Output>> + Send;
}

pub async fn call<O: Answer>(app: &App, request: O, key: Option<String>) -> std::result::Result<O::Output, contract::Error> {
    let reply = answer(app, request, key).await?;
    reply.value().map_err(|error| explain(O::NAME, error, None))
}

async fn answer<O: Answer>(app: &App, request: O, key: Option<String>) -> std::result::Result<Reply<O::Output>, contract::Error> {
    request.validate().map_err(|fields| contract::Error::Invalid { fields })?;
    if let Some(problem) = key.as_deref().and_then(malformed_key) {
        return Err(contract::Error::field("key", problem));
    }
    let deadline = if O::EFFECT == Effect::Read { READ_DEADLINE } else { WRITE_DEADLINE };
    let stop = Stop::default();
    let older = match &key {
        Some(key) if O::EFFECT == Effect::Read => enter(app, key, &stop),
        _ => None,
    };
    if let Some(older) = older {
        // A server is told over a connection of its own, which is not waited for.
        let stopping = async move { older.stop().await };
        if app.0.db.is_server() {
            tokio::spawn(stopping);
        } else {
            stopping.await;
        }
    }
    let began = Instant::now();
    let task = tokio::spawn(request.answer(app.clone(), key.clone(), stop.clone()));
    let task = swapped::or_end::<O, _>(app, began, task);
    match tokio::time::timeout(deadline, task).await {
        Ok(Ok(Ok(output))) => Ok(output),
        Ok(Ok(Err(Failure(error)))) => Err(swapped::told(app, explain(O::NAME, error, key))),
        Ok(Err(panic)) => {
            let reference = random::reference();
            tracing::error!(%reference, operation = O::NAME, %panic, "an operation panicked");
            Err(contract::Error::Internal { reference })
        }
        Err(_) => {
            tracing::warn!(operation = O::NAME, "deadline");
            // A network that swallows what is sent would swallow the next one too.
            app.0.db.renew_since(began);
            let outcome = if O::EFFECT == Effect::Read {
                // Whoever has waited so long does not wait for that, too.
                tokio::spawn(async move { stop.stop().await });
                Outcome::NotDone
            } else {
                Outcome::Unknown
            };
            Err(contract::Error::Unavailable { outcome, key })
        }
    }
}

/// What is told of an error: the log keeps the rest.
pub fn explain(operation: &str, error: Error, key: Option<String>) -> contract::Error {
    let detail = match error {
        Error::Refused(refusal) => return refusal,
        Error::Broken(error) if db::is_full(&error) => {
            tracing::warn!(operation, %error, "the disk is full");
            return Conflict::DiskFull.into();
        }
        Error::Broken(error) if db::damage(&error).is_some() => {
            let reference = random::reference();
            tracing::error!(%reference, operation, %error, "the book is damaged");
            return Conflict::Damaged { reference }.into();
        }
        Error::Broken(error) if db::is_crowded(&error) => {
            tracing::warn!(operation, %error, "the server has no connection to spare");
            return Conflict::TooManyConnections.into();
        }
        Error::Broken(error) if db::is_unavailable(&error) => {
            tracing::warn!(operation, %error, "the database cannot be had");
            return contract::Error::Unavailable {
                outcome: Outcome::NotDone,
                key,
            };
        }
        Error::Uncertain(error) => {
            tracing::warn!(operation, %error, "the answer of a commit is missing");
            return contract::Error::Unavailable {
                outcome: Outcome::Unknown,
                key,
            };
        }
        Error::Broken(error) => error.to_string(),
        Error::Fault(detail) => detail,
    };
    let reference = random::reference();
    tracing::error!(%reference, operation, detail, "an operation failed");
    contract::Error::Internal { reference }
}

/// The way of every read and write. What left nothing for certain is done again a few times: a transaction that was given
/// up because of another one, or whose connection was lost before its end. One that may have been kept is asked for by
/// its key, if it has one; whatever stands in the way of that does not tell that it was not kept.
async fn gate<O: Run>(app: App, request: O, key: Option<String>, stop: Stop) -> std::result::Result<Reply<O::Output>, Failure> {
    let mut tries = 1;
    let mut unsure = None;
    loop {
        let began = Instant::now();
        let Failure(error) = match once(&app, request.clone(), key.clone(), stop.clone()).await {
            Ok(output) => return Ok(output),
            Err(failure) => failure,
        };
        // Who has to connect anew would only find the wrong server again; who was in somebody's way was on the right one.
        let again = app.0.db.is_server()
            && tries < TRIES
            && match &error {
                Error::Broken(error) => db::is_contested(error) || (db::is_lost(error) && !app.0.db.is_swapped()),
                Error::Uncertain(_) => key.is_some() && !app.0.db.is_swapped(),
                Error::Refused(_) | Error::Fault(_) => false,
            };
        if let Error::Broken(error) | Error::Uncertain(error) = &error {
            tracing::debug!(operation = O::NAME, %error, tries, again, "it failed");
            if db::is_lost(error) {
                app.0.db.renew_since(began);
            }
        }
        if let Error::Uncertain(error) = &error {
            unsure = Some(error.clone());
        }
        if !again {
            if let (Some(_), Error::Fault(fault)) = (&unsure, &error) {
                tracing::error!(operation = O::NAME, fault, "while it was asked what became of a change");
            }
            return Err(unsure.map_or(error, Error::Uncertain).into());
        }
        // Those who were in each other's way must not come back at the same moment.
        let jitter = random::bytes::<1>().map_or(0, |[jitter]| u64::from(jitter));
        tokio::time::sleep(Duration::from_millis(10 * u64::from(tries * tries) + jitter * u64::from(tries) / 4)).await;
        tries += 1;
    }
}

async fn once<O: Run>(app: &App, request: O, key: Option<String>, stop: Stop) -> std::result::Result<Reply<O::Output>, Failure> {
    let inner = &app.0;
    if O::EFFECT == Effect::Read {
        return Ok(read(inner, request, stop).await?);
    }
    let standing = standing::<O>(inner).await?;
    let hashed = async {
        match request.new_password() {
            Some((password, is_admin)) => password::hash(inner, password, is_admin).await.map(Some),
            None => Ok(None),
        }
    };
    // Both are waited for: a hash that nobody waits for runs on beside the next.
    let (is_sure, password_hash) = tokio::join!(make_sure(inner, standing.as_ref()), hashed);
    is_sure?;
    let password_hash = password_hash?;
    let actor = standing.map(|standing| standing.actor);
    request.prepare(inner).await?;
    let mut scope = Scope::write(inner, actor, O::NAME).await?;
    scope.password_hash = password_hash;
    scope.remember(&request)?;
    match write(&scope, request, key).await {
        Ok(output) => {
            scope.commit().await?;
            Ok(Reply::Value(output))
        }
        Err(error) => {
            scope.rollback().await;
            Err(error.into())
        }
    }
}

/// The way of work on files.
async fn upkeep<O: RunUpkeep>(app: App, request: O) -> std::result::Result<O::Output, Failure> {
    let actor = session::who(&app.0).await?;
    session::check_rights(&Scope::read(&app.0, Some(actor.clone()), O::NAME).await?, &actor).await?;
    Ok(request.run(app).await?)
}

async fn write<O: Run>(scope: &Scope, request: O, key: Option<String>) -> Result<O::Output> {
    if let Some(actor) = &scope.actor {
        session::check_seat(scope.inner(), actor).await?;
        session::check_rights(scope, actor).await?;
    }
    let Some(key) = key else { return request.run(scope).await };
    let mac = request_mac(scope, &request)?;
    db::serialize(scope, &key).await?;
    if let Some(done) = idempotency::Entity::find_by_id(&key).one(scope).await? {
        if done.operation == O::NAME && done.request_mac == mac && done.actor_id == scope.actor.as_ref().map(|actor| actor.id) {
            return Ok(serde_json::from_str(&done.answer)?);
        }
        return Err(Conflict::KeyReused.into());
    }
    let output = request.run(scope).await?;
    let done = idempotency::Model {
        key,
        actor_id: scope.actor.as_ref().map(|actor| actor.id),
        operation: O::NAME.to_owned(),
        subject_id: None,
        request_mac: mac,
        answer: serde_json::to_string(&output)?,
        created_at: scope.now.0,
    };
    idempotency::Entity::insert(idempotency::ActiveModel::from(done))
        .exec_without_returning(scope)
        .await?;
    Ok(output)
}

macro_rules! answers {
    ($(
        $(#[doc = $doc:literal])*
        $(#[refused($($refusal:literal),*)])?
        $name:ident($module:ident::$request:ident) -> $out_module:ident::$output:ident, $access:ident, $effect:ident;
    )*) => {
        $(answers!(@one $effect contract::$module::$request);)*

        /// Answers an operation by its name.
        pub async fn by_name(app: &App, name: &str, request: serde_json::Value, key: Option<String>) -> std::result::Result<String, contract::Error> {
            match name {
                $(stringify!($name) => {
                    let reply = answer(app, parse::<contract::$module::$request>(request)?, key).await?;
                    reply.text().map_err(|error| explain(name, error, None))
                })*
                _ => Err(contract::Error::NotFound { noun: Noun::Operation }),
            }
        }
    };
    (@one Session $request:ty) => {
        impl Answer for $request {
            async fn answer(self, app: App, _: Option<String>, _: Stop) -> std::result::Result<Reply<Self::Output>, Failure> {
                Ok(Reply::Value(RunSession::run(self, &app.0).await?))
            }
        }
    };
    (@one Upkeep $request:ty) => {
        impl Answer for $request {
            async fn answer(self, app: App, _: Option<String>, _: Stop) -> std::result::Result<Reply<Self::Output>, Failure> {
                Ok(Reply::Value(upkeep(app, self).await?))
            }
        }
    };
    (@one $effect:ident $request:ty) => {
        impl Answer for $request {
            fn answer(
                self,
                app: App,
                key: Option<String>,
                stop: Stop,
            ) -> impl Future<Output = std::result::Result<Reply<Self::Output>, Failure>> + Send {
                gate(app, self, key, stop)
            }
        }
    };
}
contract::with_operations!(answers);

#[cfg(test)]
mod tests {
    use contract::{Access, FieldError, Request, Validate, session::CurrentSession};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{BookLocation, NewBook, OpenOptions, support::close_and_remove};

    /// Writes something and panics.
    #[derive(Clone, Serialize, Deserialize)]
    struct Panics {}

    impl Validate for Panics {
        fn validate(&self) -> std::result::Result<(), Vec<FieldError>> {
            Ok(())
        }
    }

    impl Request for Panics {
        const NAME: &'static str = "panics";
        type Output = ();
    }

    impl Operation for Panics {
        const ACCESS: Access = Access::Public;
        const EFFECT: Effect = Effect::Write;
    }

    impl Run for Panics {
        async fn run(self, scope: &Scope) -> Result<()> {
            scope.execute_sql("UPDATE book SET name = 'left behind'", Vec::new()).await?;
            panic!("on purpose");
        }
    }

    impl Answer for Panics {
        fn answer(self, app: App, key: Option<String>, stop: Stop) -> impl Future<Output = std::result::Result<Reply<()>, Failure>> + Send {
            gate(app, self, key, stop)
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_a_reference_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let schema = format!("panics_{}", random::reference());
        let places = [
            BookLocation::File(folder.path().join("book.db")),
            BookLocation::Server(crate::Server::parse(&server, &schema).unwrap()),
        ];
        for place in places {
            let options = OpenOptions {
                create: Some(NewBook::default()),
                ..OpenOptions::default()
            };
            let app = App::open(place, options).await.unwrap();
            for _ in 0..3 {
                let answer = app.call(Panics {}, Some("key".to_owned())).await;
                assert!(matches!(answer, Err(contract::Error::Internal { .. })), "{answer:?}");
            }
            assert_eq!(app.call(CurrentSession {}, None).await.unwrap().book_name, "Clientele");
            close_and_remove(app).await;
        }
    }
}
