//! Who sells and who buys, as it stands on an invoice.

use crate::{
    CustomerId, FieldError, Problem, TaxTreatment, Validate,
    customer::present,
    rules,
    rules::{Found, always_valid},
    wire,
};

wire! {
    /// A seller or a buyer on an invoice.
    #[derive(Default)]
    pub struct Party {
        /// The name: of the company, where there is one.
        pub name: String,
        /// A person there.
        pub contact: Option<String>,
        /// Street and number.
        pub street: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// City.
        pub city: Option<String>,
        /// State or province.
        pub region: Option<String>,
        /// Country, by its code in ISO 3166: `DE`.
        pub country: Option<String>,
        /// Identification number for VAT.
        pub vat_id: Option<String>,
        /// Another tax number.
        pub tax_number: Option<String>,
        /// E-mail address.
        pub email: Option<String>,
    }

    /// Where a customer is billed.
    #[derive(Default)]
    pub struct BillingAddress {
        /// Street and number.
        pub street: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// City.
        pub city: Option<String>,
        /// State or province.
        pub region: Option<String>,
        /// Country, by its code in ISO 3166: `DE`.
        pub country: Option<String>,
        /// Identification number for VAT.
        pub vat_id: Option<String>,
        /// Language of documents, such as `de`.
        pub language: Option<String>,
        /// How everything that is billed is taxed; as the billing settings say, if there is none.
        pub tax_treatment: Option<TaxTreatment>,
    }

    /// Asks where a customer is billed.
    pub struct GetBillingAddress {
        /// Whose.
        pub customer_id: CustomerId,
    }

    /// Where a customer is billed, and at which version of the customer.
    pub struct BillingAddressOf {
        /// Whose.
        pub customer_id: CustomerId,
        /// The address.
        pub address: BillingAddress,
        /// Version of the customer.
        pub version: u32,
    }

    /// Changes where a customer is billed; what is absent stays, null clears.
    pub struct UpdateBillingAddress {
        /// Whose.
        pub customer_id: CustomerId,
        /// The version of the customer that was read.
        pub version: u32,
        /// Street and number.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub street: Option<Option<String>>,
        /// Postal code.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub postal_code: Option<Option<String>>,
        /// City.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub city: Option<Option<String>>,
        /// State or province.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub region: Option<Option<String>>,
        /// Country, by its code in ISO 3166.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub country: Option<Option<String>>,
        /// Identification number for VAT.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub vat_id: Option<Option<String>>,
        /// Language of documents.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub language: Option<Option<String>>,
        /// How everything that is billed from now on is taxed; null: as the billing settings say. Where the buyer accounts for
        /// the tax, country and number for VAT have to be known.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub tax_treatment: Option<Option<TaxTreatment>>,
    }
}

/// The codes of ISO 3166-1.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA \
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD \
    SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA \
    VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The codes of all countries, in the order of the code.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.split_ascii_whitespace()
}

/// A country, if there is one.
pub(crate) fn country_rule(found: &mut Found, field: &str, country: Option<&str>) {
    if let Some(country) = country.filter(|country| !country.is_empty())
        && !countries().any(|code| code == country)
    {
        found.push(field, Problem::UnknownCountry);
    }
}

/// An identification number for VAT, if there is one: a country and 2 to 12 letters and digits (Directive 2006/112/EC,
/// article 215; VIES). Whether it was given to anybody is not known here.
pub(crate) fn vat_id_rule(found: &mut Found, field: &str, vat_id: Option<&str>) {
    let Some(vat_id) = vat_id.filter(|vat_id| !vat_id.is_empty()) else {
        return;
    };
    let compact: String = vat_id.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let (country, rest) = compact.split_at_checked(2).unwrap_or(("", ""));
    let is_country = country.bytes().all(|byte| byte.is_ascii_uppercase()) && country.len() == 2;
    if !is_country || !(2..=13).contains(&rest.len()) || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+*".contains(&byte)) {
        found.push(field, Problem::MalformedVatId);
    }
}

impl Validate for UpdateBillingAddress {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        fn text(value: &Option<Option<String>>) -> Option<&str> {
            value.as_ref().and_then(|value| value.as_deref())
        }
        rules::check(|found| {
            found.optional_text("street", text(&self.street), rules::MAX_NAME);
            found.optional_text("postal_code", text(&self.postal_code), 20);
            found.optional_text("city", text(&self.city), rules::MAX_NAME);
            found.optional_text("region", text(&self.region), rules::MAX_NAME);
            country_rule(found, "country", text(&self.country));
            vat_id_rule(found, "vat_id", text(&self.vat_id));
            found.optional_text("language", text(&self.language), 35);
        })
    }
}

impl BillingAddress {
    /// Checks that it holds what its tax treatment asks for.
    pub fn check_treatment(&self, found: &mut Found) {
        let needs_buyer = self.tax_treatment.is_some_and(|treatment| treatment.category().needs_buyer());
        for (field, known) in [("country", &self.country), ("vat_id", &self.vat_id)] {
            if needs_buyer && known.is_none() {
                found.push(field, Problem::Required);
            }
        }
    }
}

impl UpdateBillingAddress {
    /// A change that leaves everything as it is.
    #[must_use]
    pub fn nothing(customer_id: CustomerId, version: u32) -> Self {
        Self {
            customer_id,
            version,
            street: None,
            postal_code: None,
            city: None,
            region: None,
            country: None,
            vat_id: None,
            language: None,
            tax_treatment: None,
        }
    }
}

always_valid!(GetBillingAddress);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_vat_are_known_by_their_form() {
        for (text, is_one) in [
            ("DE123456789", true),
            ("ATU12345678", true),
            ("NL 8234.56.782.B01", true),
            ("ES X1234567R", true),
            ("de123456789", false),
            ("123456789", false),
            ("DE", false),
            ("DE12345678901234", false),
            ("", true),
        ] {
            let found = rules::check(|found| vat_id_rule(found, "vat_id", Some(text)));
            assert_eq!(found.is_ok(), is_one, "{text}");
        }
    }

    #[test]
    fn who_accounts_for_the_tax_is_known_by_country_and_number() {
        let missing = |treatment: Option<TaxTreatment>, country: Option<&str>, vat_id: Option<&str>| -> Vec<String> {
            let address = BillingAddress {
                country: country.map(str::to_owned),
                vat_id: vat_id.map(str::to_owned),
                tax_treatment: treatment,
                ..BillingAddress::default()
            };
            let broken = rules::check(|found| address.check_treatment(found)).err().unwrap_or_default();
            broken.into_iter().map(|error| error.field).collect()
        };
        for treatment in [TaxTreatment::ReverseCharge, TaxTreatment::IntraCommunity] {
            assert_eq!(missing(Some(treatment), None, None), ["country", "vat_id"]);
            assert_eq!(missing(Some(treatment), Some("FR"), None), ["vat_id"]);
            assert_eq!(missing(Some(treatment), Some("FR"), Some("FR12345678901")), [""; 0]);
        }
        for treatment in [
            None,
            Some(TaxTreatment::Exempt),
            Some(TaxTreatment::Export),
            Some(TaxTreatment::OutsideScope),
        ] {
            assert_eq!(missing(treatment, None, None), [""; 0]);
        }
    }

    #[test]
    fn countries_are_those_of_the_list() {
        assert_eq!(countries().count(), 249);
        assert!(rules::check(|found| country_rule(found, "country", Some("XX"))).is_err());
        assert!(rules::check(|found| country_rule(found, "country", Some("DE"))).is_ok());
    }
}
