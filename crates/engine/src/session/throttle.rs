//! Wrong tries to sign in slow further ones down. Kept in the book, so that a restart does not help; while the book takes no
//! changes they are kept in memory, and written with the first try after that.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::EntityTrait;

use crate::{app::Inner, entity::throttle, error::Result, scope::Scope};

/// The account key that counts all wrong tries.
pub const EVERYONE: &str = "*";
/// Tries of one account that cost nothing.
const FREE: i64 = 5;
/// Tries of all accounts together that cost nothing. These slow down whoever tries many addresses. They are more than those of one
/// account because a book is shared: else whoever forgot a password would keep everybody else out with a few tries.
const FREE_FOR_EVERYONE: i64 = 30;
/// The longest wait, in seconds.
const LONGEST: i64 = 15 * 60;

/// Seconds to wait after a number of wrong tries: 2, 4, 8 … from the first on that is not free.
fn delay(account: &str, failures: i64) -> i64 {
    let free = if account == EVERYONE { FREE_FOR_EVERYONE } else { FREE };
    let beyond = failures - free;
    if beyond <= 0 {
        0
    } else {
        u32::try_from(beyond)
            .ok()
            .and_then(|beyond| 2_i64.checked_pow(beyond))
            .map_or(LONGEST, |delay| delay.min(LONGEST))
    }
}

fn remaining(account: &str, row: Option<&throttle::Model>, now: i64) -> u32 {
    let Some(row) = row else { return 0 };
    // A clock that was set back does not shorten the wait: no time has passed.
    let passed = (now - row.last_at).max(0);
    let left = delay(account, row.failures).saturating_mul(1000) - passed;
    u32::try_from(left.max(0).saturating_add(999) / 1000).unwrap_or(0)
}

/// What is known of wrong tries beside the rows of the book.
#[derive(Debug, Default)]
pub struct Waits {
    /// Waits by the monotonic clock: a clock that was set forward shortens none while the app runs. Not used in a book with a
    /// test clock, whose time is the caller's.
    ends: Mutex<HashMap<String, Instant>>,
    /// Tries that were taken while the book took no changes, as its rows would have them.
    unwritten: Mutex<HashMap<String, throttle::Model>>,
}

impl Waits {
    fn begin(&self, account: &str, seconds: i64) {
        let seconds = u64::try_from(seconds).unwrap_or(0);
        if let Some(end) = Instant::now().checked_add(Duration::from_secs(seconds)) {
            let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
            ends.retain(|_, end| *end > Instant::now());
            ends.insert(account.to_owned(), end);
        }
    }

    fn left(&self, account: &str) -> u32 {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let left = ends
            .get(account)
            .map_or(Duration::ZERO, |end| end.saturating_duration_since(Instant::now()));
        u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(0)
    }

    fn forget(&self, account: &str) {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        self.written(account);
    }

    /// The row of an account, with the tries that are not written.
    fn complete(&self, account: &str, row: Option<throttle::Model>) -> Option<throttle::Model> {
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        together(row, unwritten.get(account))
    }

    /// How many tries of an account are not written.
    fn unwritten(&self, account: &str) -> i64 {
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.get(account).map_or(0, |row| row.failures)
    }

    /// The tries of an account are written, or forgotten.
    fn written(&self, account: &str) {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }

    /// The clock was set back.
    fn count_from(&self, account: &str, now: i64) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = unwritten.get_mut(account) {
            row.last_at = row.last_at.min(now);
        }
    }

    /// Takes a try that cannot be written. Nothing is waited for in between: the second of two tries at once sees the first.
    fn take(&self, scope: &Scope, rows: [(&str, Option<throttle::Model>); 2]) -> std::result::Result<(), u32> {
        let now = scope.now.0;
        for (account, _) in &rows {
            self.count_from(account, now);
        }
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = rows.map(|(account, row)| (account, together(row, unwritten.get(account))));
        let wait = rows.iter().map(|(account, row)| left(scope, account, row.as_ref())).max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Err(wait);
        }
        for (account, row) in rows {
            self.begin(account, delay(account, row.map_or(0, |row| row.failures) + 1));
            let taken = unwritten.entry(account.to_owned()).or_insert_with(|| throttle::Model {
                account_key: account.to_owned(),
                failures: 0,
                last_at: now,
            });
            taken.failures += 1;
            taken.last_at = now;
        }
        Ok(())
    }
}

fn together(row: Option<throttle::Model>, unwritten: Option<&throttle::Model>) -> Option<throttle::Model> {
    match (row, unwritten) {
        (Some(row), Some(unwritten)) => Some(throttle::Model {
            failures: row.failures + unwritten.failures,
            last_at: row.last_at.max(unwritten.last_at),
            ..row
        }),
        (row, unwritten) => row.or_else(|| unwritten.cloned()),
    }
}

async fn row_of(scope: &Scope, account: &str) -> Result<Option<throttle::Model>> {
    let row = throttle::Entity::find_by_id(account).one(scope).await?;
    Ok(scope.inner().waits.complete(account, row))
}

/// Seconds until the next try of an account is taken.
pub async fn wait(scope: &Scope, account: &str) -> Result<u32> {
    let row = row_of(scope, account).await?;
    Ok(left(scope, account, row.as_ref()))
}

fn left(scope: &Scope, account: &str, row: Option<&throttle::Model>) -> u32 {
    let kept = remaining(account, row, scope.now.0);
    if scope.book.is_test_clock || row.is_none() {
        kept
    } else {
        kept.max(scope.inner().waits.left(account))
    }
}

/// Takes a try, before its password is looked at: a try that is cut off counts, too. Answers with the seconds to wait
/// if this one is not taken.
pub async fn take(inner: &Arc<Inner>, account: &str) -> Result<std::result::Result<(), u32>> {
    let Some(scope) = Scope::write_unless_closed(inner, None, "sign_in").await? else {
        // Whoever reads the book meanwhile has to get in.
        let scope = Scope::read(inner, None, "sign_in").await?;
        let own = throttle::Entity::find_by_id(account).one(&scope).await?;
        let all = throttle::Entity::find_by_id(EVERYONE).one(&scope).await?;
        return Ok(inner.waits.take(&scope, [(account, own), (EVERYONE, all)]));
    };
    let (mut wait, mut failures) = (0, Vec::new());
    for key in [account, EVERYONE] {
        crate::db::serialize(&scope, &format!("throttle {key}")).await?;
        let row = row_of(&scope, key).await?;
        wait = wait.max(left(&scope, key, row.as_ref()));
        failures.push(row.as_ref().map_or(0, |row| row.failures));
        if let Some(row) = row
            && row.last_at > scope.now.0
        {
            // Counted from the clock as it is now; otherwise the wait would last until the clock has caught up.
            inner.waits.count_from(key, scope.now.0);
            scope
                .execute_sql(
                    "UPDATE throttle SET last_at = ? WHERE account_key = ?",
                    vec![scope.now.0.into(), key.into()],
                )
                .await?;
        }
    }
    if wait == 0 {
        for (key, failures) in [account, EVERYONE].into_iter().zip(failures) {
            inner.waits.begin(key, delay(key, failures + 1));
            let taken = inner.waits.unwritten(key) + 1;
            scope
                .execute_sql(
                    "INSERT INTO throttle (account_key, failures, last_at) VALUES (?, ?, ?)
                     ON CONFLICT (account_key) DO UPDATE SET failures = throttle.failures + excluded.failures, last_at = excluded.last_at",
                    vec![key.into(), taken.into(), scope.now.0.into()],
                )
                .await?;
        }
    }
    scope.commit().await?;
    if wait == 0 {
        inner.waits.written(account);
        inner.waits.written(EVERYONE);
    }
    Ok(if wait == 0 { Ok(()) } else { Err(wait) })
}

/// Forgets the wrong tries of an account after its right password, and those of all accounts if it is let in: the password
/// of a customer must not give an attacker new tries elsewhere. Without a scope, while the book takes no changes, those that
/// the book has stay.
pub async fn clear(inner: &Inner, scope: Option<&Scope>, account: &str, is_let_in: bool) -> Result<()> {
    let all = if is_let_in { EVERYONE } else { account };
    if let Some(scope) = scope {
        scope
            .execute_sql("DELETE FROM throttle WHERE account_key IN (?, ?)", vec![account.into(), all.into()])
            .await?;
    }
    inner.waits.forget(account);
    inner.waits.forget(all);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        assert_eq!(
            (1..=9).map(|failures| delay("a", failures)).collect::<Vec<_>>(),
            [0, 0, 0, 0, 0, 2, 4, 8, 16]
        );
        assert_eq!(delay("a", 15), 900);
        assert_eq!(delay("a", i64::MAX), 900);
    }

    #[test]
    fn one_account_holds_nobody_else_up_for_hours_and_many_have_few_tries_an_hour() {
        let after = |failures| delay(EVERYONE, FREE_FOR_EVERYONE + failures);
        assert_eq!([-1, 0, 1, 2, 3, 9, 10].map(after), [0, 0, 2, 4, 8, 512, 900]);
        // The waits of one account, until those of all begin.
        let waits: i64 = (1..=FREE_FOR_EVERYONE).map(|failures| delay("a", failures)).sum();
        assert_eq!(waits, 15_422);
        assert!(waits > 4 * 60 * 60);
        // A try with another address each time, as soon as it is taken.
        let (mut tries, mut waited) = (0, 0);
        while waited <= 60 * 60 {
            tries += 1;
            waited += delay(EVERYONE, tries);
        }
        assert_eq!(tries, 42);
    }

    #[test]
    fn setting_the_clock_back_does_not_shorten_the_wait() {
        let row = throttle::Model {
            account_key: "a".into(),
            failures: 8,
            last_at: 1_000_000,
        };
        assert_eq!(remaining("a", Some(&row), 1_000_000), 8);
        assert_eq!(remaining("a", Some(&row), 1_003_000), 5);
        assert_eq!(remaining("a", Some(&row), 0), 8);
        assert_eq!(remaining("a", Some(&row), 1_008_000), 0);
    }
}
