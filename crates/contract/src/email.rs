//! E-mail addresses: which are accepted, and when two are the same.
//!
//! Accepted is what HTML's e-mail field accepts (no comments, no quoted or obsolete forms), widened by international
//! domains (IDNA, UTS 46) and local parts (RFC 6531), within the lengths of RFC 5321. Two addresses are the same when
//! their keys are equal: the domain in its ASCII form, the local part folded in case and in Unicode form.

use unicode_normalization::UnicodeNormalization;

use crate::{Problem, names};

/// The longest address, in bytes (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const MAX_BYTES: usize = 254;
/// The longest part before the @, in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

names! {
    /// What is wrong with an address.
    pub enum EmailFault {
        /// No @.
        NoAt = "no_at",
        /// More than one @, outside quotes, which are not accepted.
        SeveralAts = "several_ats",
        /// Nothing before the @.
        NoLocalPart = "no_local_part",
        /// More than 64 bytes before the @.
        LongLocalPart = "long_local_part",
        /// A dot at the start, at the end, or two in a row before the @.
        MisplacedDot = "misplaced_dot",
        /// A character that an address cannot hold, a space, quote or bracket among them.
        ForbiddenCharacter = "forbidden_character",
        /// Nothing after the @.
        NoDomain = "no_domain",
        /// Not a domain name.
        MalformedDomain = "malformed_domain",
        /// No dot in the domain: no mail reaches it from outside.
        NoTopLevel = "no_top_level",
    }
}

/// Checks an address.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(address: &str) -> Result<(), Problem> {
    if let Some(problem) = crate::text::forbidden_character(address) {
        return Err(problem);
    }
    // Two addresses that differ by a joiner alone look the same.
    if let Some((index, joiner)) = address.chars().enumerate().find(|(_, c)| crate::text::is_joiner(*c)) {
        return Err(Problem::InvisibleCharacter {
            code: format!("U+{:04X}", u32::from(joiner)),
            position: u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1),
        });
    }
    if address.len() > MAX_BYTES {
        let actual = u32::try_from(address.len()).unwrap_or(u32::MAX);
        return Err(Problem::TooLong { max: 254, actual });
    }
    key(address).map(|_| ()).map_err(|fault| Problem::MalformedEmail { fault })
}

/// The form in which addresses are compared for uniqueness.
///
/// # Errors
/// What is wrong with the address.
pub fn key(address: &str) -> Result<String, EmailFault> {
    let (local, domain) = address.rsplit_once('@').ok_or(EmailFault::NoAt)?;
    if local.is_empty() {
        return Err(EmailFault::NoLocalPart);
    }
    if local.contains('@') {
        return Err(EmailFault::SeveralAts);
    }
    if local.len() > MAX_LOCAL_BYTES {
        return Err(EmailFault::LongLocalPart);
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(EmailFault::MisplacedDot);
    }
    // RFC 5322 atext, and everything beyond ASCII that is not white space.
    let allowed = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c)
        } else {
            !c.is_whitespace()
        }
    };
    if !local.chars().all(allowed) {
        return Err(EmailFault::ForbiddenCharacter);
    }
    if domain.is_empty() {
        return Err(EmailFault::NoDomain);
    }
    let domain = crate::domain::ascii_name(domain).ok_or(EmailFault::MalformedDomain)?;
    if !domain.contains('.') {
        return Err(EmailFault::NoTopLevel);
    }
    let normal: String = local.nfkc().collect();
    let local: String = caseless::default_case_fold_str(&normal).nfkc().collect();
    // Compatibility forms can turn into ASCII that the check above would have refused, such as a full-width @.
    if !local.chars().all(allowed) {
        return Err(EmailFault::ForbiddenCharacter);
    }
    Ok(format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_differ_by_case_or_unicode_form_have_one_key() {
        for (a, b) in [
            ("Ann@Example.com", "ann@example.COM"),
            ("jos\u{e9}@example.com", "jose\u{301}@example.com"),
            ("a@bücher.example", "A@XN--BCHER-KVA.example"),
            ("straße@example.com", "STRASSE@example.com"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
            assert!(key(a).is_ok());
        }
    }

    #[test]
    fn malformed_addresses_are_refused_with_their_fault() {
        let long = format!("{}@example.com", "a".repeat(65));
        let cases = [
            ("ann", EmailFault::NoAt),
            ("@example.com", EmailFault::NoLocalPart),
            ("a@b@example.com", EmailFault::SeveralAts),
            ("a..b@example.com", EmailFault::MisplacedDot),
            (".a@example.com", EmailFault::MisplacedDot),
            ("a b@example.com", EmailFault::ForbiddenCharacter),
            ("\"a\"@example.com", EmailFault::ForbiddenCharacter),
            ("a(comment)@example.com", EmailFault::ForbiddenCharacter),
            ("a\u{ff20}b@example.com", EmailFault::ForbiddenCharacter),
            ("a@", EmailFault::NoDomain),
            ("a@example", EmailFault::NoTopLevel),
            ("a@-example.com", EmailFault::MalformedDomain),
            ("a@exa mple.com", EmailFault::MalformedDomain),
            ("a@[127.0.0.1]", EmailFault::MalformedDomain),
            (long.as_str(), EmailFault::LongLocalPart),
        ];
        for (address, fault) in cases {
            assert_eq!(key(address), Err(fault), "{address}");
        }
    }

    #[test]
    fn usual_addresses_are_accepted() {
        for address in [
            "a@b.co",
            "first.last+tag@sub.example.org",
            "o'brien@example.ie",
            "用户@例子.广告",
            "a_b-c@x-y.example",
        ] {
            assert_eq!(check(address), Ok(()), "{address}");
        }
    }
}
