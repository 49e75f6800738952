//! Customers and their domains.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months};

use super::{
    calendar::{Calendar, HOUR},
    names::{self, Called, Locale},
    outline::Outline,
    random::{Random, Stream},
};
use crate::{
    customer::search_text,
    domain::searched,
    entity::{customer, domain},
    error::{Error, Result},
};

/// Names that were given away, as hashes: eight bytes for each, however long it is. Two that collide by chance only make
/// the second one longer.
#[derive(Debug, Default)]
pub struct Taken(HashSet<u64>);

impl Taken {
    /// Takes a name; false if it was taken before.
    fn take(&mut self, name: &str) -> bool {
        // FNV-1a.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        self.0.insert(hash)
    }
}

/// A customer with what the other records need to know.
#[derive(Debug)]
pub struct Person {
    pub row: customer::Model,
    pub locale: &'static Locale,
    called: Called,
}

/// Makes customers.
#[derive(Debug)]
pub struct People<'a> {
    pub seed: u64,
    pub calendar: &'a Calendar,
    pub password_hash: &'a str,
    pub emails: Taken,
    pub domains: Taken,
}

impl People<'_> {
    /// The customer of an outline.
    pub fn person(&mut self, outline: &Outline) -> Result<Person> {
        let mut random = Random::new(self.seed, Stream::Person, outline.number);
        let locale = names::locale(&mut random);
        let called = names::call(&mut random, locale);
        let email = self.email(&mut random, &called, outline.number);
        let email_key = contract::email::key(&email).map_err(|fault| Error::Fault(format!("{email}: {}", fault.as_str())))?;
        let created_at = outline.joined_at;
        let (updated_at, version) = if outline.is_active {
            (created_at, 1)
        } else {
            (created_at + random.below(self.calendar.now - created_at), 2)
        };
        let row = customer::Model {
            id: random.id(),
            search_text: search_text(&called.full_name, &email, called.company.as_deref()),
            full_name_key: contract::text::fold(&called.full_name),
            company_name_key: called.company.as_deref().map(contract::text::fold),
            email,
            email_key,
            full_name: called.full_name.clone(),
            company_name: called.company.clone(),
            password_hash: self.password_hash.to_owned(),
            is_active: outline.is_active,
            is_admin: false,
            last_sign_in_at: None,
            language: Some(locale.language.to_owned()),
            street: None,
            city: Some(random.pick(locale.cities, "Berlin").to_owned()),
            postal_code: None,
            region: None,
            country: Some(locale.country.to_owned()),
            vat_id: None,
            // As the invoices of those who are neither at home nor in the Union are.
            tax_treatment: (!locale.is_eu && locale.country != "DE").then(|| "O".to_owned()),
            created_at,
            updated_at,
            version,
            archived_at: None,
            deleted_at: None,
        };
        Ok(Person { row, locale, called })
    }

    /// An address in the domains that are kept for examples (RFC 2606), not used before.
    fn email(&mut self, random: &mut Random, called: &Called, number: u32) -> String {
        let own = format!("{}.example", called.slug);
        let host = if called.company.is_some() {
            own.as_str()
        } else {
            random.pick(&["example.com", "example.net", "example.org"], "example.com")
        };
        let (given, family) = (called.given, called.family);
        let initial = given.get(..1).unwrap_or(given);
        let year = random.between(60, 99);
        for local in [
            format!("{given}.{family}"),
            format!("{initial}.{family}"),
            format!("{given}.{family}{year}"),
        ] {
            let email = format!("{local}@{host}");
            if self.emails.take(&email) {
                return email;
            }
        }
        let email = format!("{given}.{family}.{number}@{host}");
        self.emails.take(&email);
        email
    }

    /// The domains of a customer: one on average.
    pub fn domains(&mut self, outline: &Outline, person: &Person) -> Vec<domain::Model> {
        let mut random = Random::new(self.seed, Stream::Domains, outline.number);
        let wanted = random.weighted(&[(0, 36), (1, 40), (2, 14), (3, 7), (4, 3)]);
        let mut domains = Vec::new();
        for at in 0..wanted {
            let created_at = outline.joined_at + random.below(self.calendar.now - outline.joined_at);
            let name = self.domain_name(&mut random, &person.called, at, outline.number);
            let today = self.calendar.date(self.calendar.today);
            let since = u64::try_from(random.between(20, 2_400)).unwrap_or(20);
            let registered_on = today.checked_sub_days(Days::new(since)).unwrap_or(today);
            let auto_renew = random.chance(70);
            // The anniversary that comes next; one in twelve was let go at the last one.
            let years = u32::try_from((today.year() - registered_on.year()).max(0)).unwrap_or(0);
            let anniversary = |years: u32| registered_on.checked_add_months(Months::new(12 * years)).unwrap_or(today);
            let mut expires_on = anniversary(years);
            if expires_on <= today {
                expires_on = anniversary(years + 1);
            }
            if random.chance(8) && !auto_renew && expires_on != anniversary(1) {
                expires_on = expires_on.checked_sub_months(Months::new(12)).unwrap_or(today);
            }
            let mut row = domain::Model {
                id: random.id(),
                customer_id: person.row.id,
                search_key: None,
                name,
                registrar: Some(
                    random
                        .pick(&["Example Registrar", "Sample Names", "Registry of Examples"], "Example Registrar")
                        .to_owned(),
                ),
                registered_on: Some(registered_on),
                expires_on: Some(expires_on),
                auto_renew,
                created_at,
                updated_at: created_at,
                version: 1,
                deleted_at: None,
            };
            row.search_key = searched(&row.name, row.registrar.as_deref());
            domains.push(row);
        }
        domains
    }

    fn domain_name(&mut self, random: &mut Random, called: &Called, at: i64, number: u32) -> String {
        let stem = if called.company.is_some() {
            called.slug.clone()
        } else {
            format!("{}-{}", called.given, called.family)
        };
        let native = called.native_family.to_lowercase().replace([' ', '’'], "-");
        let word = random.pick(&["shop", "app", "blog", "cloud", "mail", "jobs"], "shop");
        let candidates = if at == 0 && !random.chance(12) {
            [stem.clone(), format!("{stem}-{word}")]
        } else if random.chance(25) {
            [format!("{native}-{word}"), format!("{word}-{native}")]
        } else {
            [format!("{stem}-{word}"), format!("{word}-{stem}")]
        };
        for candidate in candidates {
            let name = contract::domain::ascii_name(&format!("{candidate}.example"));
            if let Some(name) = name.filter(|name| self.domains.take(name)) {
                return name;
            }
        }
        // `at` keeps apart what one customer has of the same name.
        let name = format!("{stem}-{number}-{at}.example");
        self.domains.take(&name);
        name
    }
}

/// The administrator of the sample book.
pub fn owner(seed: u64, calendar: &Calendar, email: &str, full_name: &str, password_hash: String) -> Result<customer::Model> {
    let mut random = Random::new(seed, Stream::Person, u32::MAX);
    let created_at = calendar.start(0) + 7 * HOUR;
    Ok(customer::Model {
        id: random.id(),
        email: email.to_owned(),
        email_key: contract::email::key(email).map_err(|fault| Error::Fault(fault.as_str().to_owned()))?,
        full_name: full_name.to_owned(),
        full_name_key: contract::text::fold(full_name),
        company_name: None,
        company_name_key: None,
        search_text: search_text(full_name, email, None),
        password_hash,
        is_active: true,
        is_admin: true,
        last_sign_in_at: None,
        language: None,
        street: None,
        city: None,
        postal_code: None,
        region: None,
        country: None,
        vat_id: None,
        tax_treatment: None,
        created_at,
        updated_at: created_at,
        version: 1,
        archived_at: None,
        deleted_at: None,
    })
}
