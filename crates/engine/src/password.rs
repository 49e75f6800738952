//! Passwords: hashing with argon2id, and rating with zxcvbn.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use contract::{
    rules,
    session::{PasswordRating, RatePassword},
};

use crate::{
    app::Inner,
    call::Run,
    error::{Error, Result},
    random,
    scope::Scope,
};

/// What a hash costs: OWASP's two recommended settings, one pass over 46 MiB for administrators, two over 19 MiB for
/// customers, who never sign in here.
fn hasher(is_admin: bool) -> Result<Argon2<'static>> {
    let (memory, passes) = if is_admin { (47_104, 1) } else { (19_456, 2) };
    let params = Params::new(memory, passes, 1, None).map_err(fault)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(format!("hashing a password: {error}"))
}

/// Passwords are compared in composed form, so that the keyboard that typed them does not matter (RFC 8265).
fn composed(password: &str) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(nfc(password))
}

fn nfc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect()
}

/// The hash of a password, in PHC form.
pub async fn hash(inner: &Inner, password: &str, is_admin: bool) -> Result<String> {
    hash_with_salt(inner, password, is_admin, random::bytes()?).await
}

/// The same with a given salt, for sample data: there it has to be the same each time.
pub async fn hash_with_salt(inner: &Inner, password: &str, is_admin: bool, salt: [u8; 16]) -> Result<String> {
    let _turn = inner.hashing.lock().await;
    let password = composed(password);
    tokio::task::spawn_blocking(move || {
        let hash = hasher(is_admin)?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(fault)?;
        Ok(hash.to_string())
    })
    .await
    .map_err(fault)?
}

/// Whether a password belongs to a hash. Without a hash it takes as long and is false.
pub async fn verify(inner: &Inner, password: &str, hash: Option<&str>) -> Result<bool> {
    let _turn = inner.hashing.lock().await;
    let password = composed(password);
    let hash = hash.map(str::to_owned);
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => {
            let hash = PasswordHash::new(&hash).map_err(fault)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        }
        None => {
            hasher(true)?
                .hash_password_with_salt(password.as_bytes(), &[0; 16])
                .map_err(fault)?;
            Ok(false)
        }
    })
    .await
    .map_err(fault)?
}

/// Whether a hash was made with less than an administrator's costs now.
pub fn is_weak(hash: &str) -> bool {
    !hash.contains("m=47104,t=1,p=1")
}

/// Rates a password. For an administrator it needs a score of 3, "safely unguessable: moderate protection from offline
/// slow-hash scenario" in zxcvbn's words.
pub fn rate(password: &str, is_admin: bool, known_words: &[String]) -> PasswordRating {
    // zxcvbn takes time quadratic in the length; what comes after 100 characters does not make it easier to guess.
    let head = contract::text::clip(password, 100);
    let known: Vec<&str> = known_words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() > 2)
        .collect();
    let known: Vec<&str> = known.into_iter().chain(known_words.iter().map(String::as_str)).collect();
    let entropy = zxcvbn::zxcvbn(head, &known);
    let score = u8::from(entropy.score());
    let min_length = if is_admin { rules::MIN_ADMIN_PASSWORD } else { rules::MIN_PASSWORD };
    let length = rules::length(&composed(password));
    let is_long = (min_length..=rules::MAX_PASSWORD).contains(&length);
    PasswordRating {
        score,
        is_accepted: is_long && (!is_admin || score >= 3),
        min_length,
        warning: entropy
            .feedback()
            .and_then(|feedback| feedback.warning())
            .map(|warning| warning.to_string()),
    }
}

/// Refuses a password that an administrator must not have.
pub fn check(password: &str, is_admin: bool, known_words: &[String]) -> Result<()> {
    if is_admin && rate(password, true, known_words).score < 3 {
        return Err(contract::Error::Invalid {
            fields: contract::customer::guessable(),
        }
        .into());
    }
    Ok(())
}

impl Run for RatePassword {
    async fn run(self, _: &Scope) -> Result<PasswordRating> {
        Ok(rate(&self.password.0, self.is_admin, &self.known_words))
    }
}
