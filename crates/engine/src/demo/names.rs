//! Names of people and companies in many scripts, each with the letters that it has in an e-mail address.

mod latin;
mod world;

use super::random::Random;

/// A name as it is written, and in ASCII.
pub type Name = (&'static str, &'static str);

/// How people and companies are called somewhere.
#[derive(Debug)]
pub struct Locale {
    pub language: &'static str,
    pub country: &'static str,
    pub is_eu: bool,
    /// 0 for the book's currency, 1 and 2 for the others.
    pub currency: usize,
    /// How many of a hundred customers.
    pub weight: i64,
    pub cities: &'static [&'static str],
    pub given: &'static [Name],
    pub family: &'static [Name],
    pub is_family_first: bool,
    /// Between the parts of a name.
    pub space: &'static str,
    /// What companies do.
    pub trades: &'static [Name],
    /// How companies are called, `{}` for family name and trade.
    pub companies: &'static [&'static str],
}

/// A person, perhaps of a company.
#[derive(Debug)]
pub struct Called {
    pub full_name: String,
    pub given: &'static str,
    pub family: &'static str,
    /// The family name as it is written.
    pub native_family: &'static str,
    pub company: Option<String>,
    /// The company in an address: `weber-druck`.
    pub slug: String,
}

/// All of them.
fn locales() -> impl Iterator<Item = &'static Locale> {
    latin::LOCALES.iter().chain(world::LOCALES)
}

/// Somewhere.
pub fn locale(random: &mut Random) -> &'static Locale {
    let mut left = random.below(locales().map(|locale| locale.weight).sum());
    for locale in locales() {
        if left < locale.weight {
            return locale;
        }
        left -= locale.weight;
    }
    &latin::GERMAN
}

fn name(random: &mut Random, names: &'static [Name]) -> Name {
    names.get(random.index(names.len())).copied().unwrap_or(("Ann", "ann"))
}

/// Someone there.
pub fn call(random: &mut Random, locale: &Locale) -> Called {
    let given = name(random, locale.given);
    let family = name(random, locale.family);
    let space = locale.space;
    let full_name = if locale.is_family_first {
        format!("{}{space}{}", family.0, given.0)
    } else {
        format!("{}{space}{}", given.0, family.0)
    };
    // Most companies are named after someone else than the one who buys for them.
    let founder = name(random, locale.family);
    let trade = name(random, locale.trades);
    let form = random.pick(locale.companies, "{}");
    let company = random
        .chance(70)
        .then(|| form.replace("{}", &format!("{}{space}{}", founder.0, trade.0)));
    Called {
        full_name,
        given: given.1,
        family: family.1,
        native_family: family.0,
        company,
        slug: format!("{}-{}", founder.1, trade.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_stored_and_their_letters_can_stand_in_an_address() {
        for locale in locales() {
            for (native, ascii) in locale.given.iter().chain(locale.family).chain(locale.trades) {
                assert!(contract::text::forbidden_character(native).is_none(), "{native}");
                assert!(ascii.bytes().all(|b| b.is_ascii_lowercase()), "{ascii}");
            }
            assert!(locale.companies.iter().all(|form| form.contains("{}")), "{}", locale.language);
        }
        assert_eq!(locales().map(|locale| locale.weight).sum::<i64>(), 100);
    }

    #[test]
    fn at_least_eight_scripts_occur() {
        let first = |locale: &Locale| locale.family.first().and_then(|(native, _)| native.chars().next()).map(u32::from);
        // The blocks of Unicode are aligned to 128 code points.
        let mut scripts: Vec<u32> = locales().filter_map(first).map(|c| c / 0x80).collect();
        scripts.sort_unstable();
        scripts.dedup();
        assert!(scripts.len() >= 8, "{scripts:?}");
    }
}
