//! What was last worked out of the whole book: asked again while nothing has changed, as for the next rows of a list, it is still so.

use std::{
    any::Any,
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;

use crate::{
    error::{Error, Result},
    scope::Scope,
};

/// How many answers are kept.
const ANSWERS: usize = 8;
/// The most rows of one that is.
pub const ROWS: usize = 100_000;

/// The answers, the oldest first.
#[derive(Debug, Default)]
pub struct Kept(Mutex<VecDeque<Answer>>);

#[derive(Debug)]
struct Answer {
    /// What was asked.
    mark: String,
    at: State,
    value: Arc<dyn Any + Send + Sync>,
}

/// What an answer follows from beside what was asked: the day, the currency that comes first, which may not be known anew yet, and the
/// end of the change log, which every change of a record moves.
/// By its hash, because a book that was restored can come to the same number in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    today: NaiveDate,
    currency: String,
    head: Vec<u8>,
}

impl State {
    async fn read(scope: &Scope) -> Result<Self> {
        let head = scope.row("SELECT hash FROM chain_head", Vec::new()).await?;
        let head = head.ok_or_else(|| Error::Fault("the change log has lost its end".to_owned()))?;
        Ok(Self {
            today: scope.today(),
            currency: scope.book.currency.clone(),
            head: head.try_get("", "hash")?,
        })
    }
}

impl Kept {
    fn find(&self, mark: &str, at: &State) -> Option<Arc<dyn Any + Send + Sync>> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|answer| answer.at == *at);
        let found = answers.iter().find(|answer| answer.mark == mark);
        found.map(|answer| Arc::clone(&answer.value))
    }

    fn put(&self, answer: Answer) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|other| other.mark != answer.mark);
        if answers.len() >= ANSWERS {
            answers.pop_front();
        }
        answers.push_back(answer);
    }
}

/// The answer to what is asked with this mark, worked out unless it is kept. `rows` says how large it is.
pub async fn or<T: Send + Sync + 'static>(
    scope: &Scope,
    mark: &str,
    rows: impl FnOnce(&T) -> usize + Send,
    work: impl Future<Output = Result<T>> + Send,
) -> Result<Arc<T>> {
    let kept = &scope.inner().kept;
    let at = State::read(scope).await?;
    if let Some(found) = kept.find(mark, &at).and_then(|value| value.downcast().ok()) {
        return Ok(found);
    }
    let found = Arc::new(work.await?);
    // What changed meanwhile may be in a part of it and not in another.
    if rows(&found) <= ROWS && State::read(scope).await? == at {
        kept.put(Answer {
            mark: mark.to_owned(),
            at,
            value: found.clone(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use contract::Noun;

    use super::*;
    use crate::{App, BookLocation, NewBook, OpenOptions, change::Entry};

    /// What is answered where `new` would be worked out now.
    async fn ask(app: &App, rows: usize, new: u32) -> u32 {
        let scope = Scope::read(&app.0, None, "ask").await.unwrap();
        *or(&scope, "mark", |_| rows, async { Ok(new) }).await.unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_kept_until_something_changes() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        assert_eq!(ask(&app, ROWS + 1, 1).await, 1, "and is too large");
        assert_eq!(ask(&app, ROWS, 2).await, 2);
        assert_eq!(ask(&app, ROWS, 3).await, 2);
        let write = Scope::write(&app.0, None, "change").await.unwrap();
        write.log(Entry {
            noun: Noun::Settings,
            id: write.book.id,
            subject: write.book.name.clone(),
            customer: None,
            version: write.book.version,
            fields: vec![("name".to_owned(), None, Some(serde_json::json!("Other")))],
        });
        write.commit().await.unwrap();
        assert_eq!(ask(&app, ROWS, 4).await, 4);
        assert_eq!(ask(&app, ROWS, 5).await, 4);
        let scope = Scope::read(&app.0, None, "ask").await.unwrap();
        for number in 0..ANSWERS {
            or(&scope, &number.to_string(), |_| 1, async { Ok(()) }).await.unwrap();
        }
        assert_eq!(ask(&app, ROWS, 6).await, 6, "so many others came since");
        drop(scope);
        app.close().await;
    }
}
