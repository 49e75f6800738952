//! Exact decimal numbers of a document: unit prices without tax, which need more digits than money has.

use contract::{Currency, invoice::InvoiceLine};

/// Digits that a unit price may have beyond those of its currency.
pub const MORE_DIGITS: u32 = 4;

/// A decimal number: `value ÷ 10^digits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits.
    pub value: i64,
    /// How many of them stand after the point.
    pub digits: u32,
}

impl Decimal {
    /// An amount of money.
    pub fn money(amount: i64, currency: Currency) -> Self {
        Self {
            value: amount,
            digits: currency.digits(),
        }
    }

    /// Without zeros at its end, but with so many digits after the point at least.
    pub fn trimmed(mut self, least: u32) -> Self {
        while self.digits > least && self.value % 10 == 0 {
            self.value /= 10;
            self.digits -= 1;
        }
        self
    }

    /// Digits before and after the point, without the sign.
    pub fn parts(self) -> (String, String) {
        let width = usize::try_from(self.digits).unwrap_or(0);
        let text = format!("{:0>1$}", self.value.unsigned_abs(), width + 1);
        let (whole, part) = text.split_at(text.len() - width);
        (whole.to_owned(), part.to_owned())
    }

    /// With a point, as XML and contracts between programs write it.
    pub fn plain(self) -> String {
        let (whole, part) = self.parts();
        let sign = if self.value < 0 { "-" } else { "" };
        if part.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{part}")
        }
    }
}

/// What one of a line costs without tax. Where the price includes tax it follows from the net amount, rounded half away from
/// zero; never less than nothing (EN 16931, BR-27).
pub fn net_price(line: &InvoiceLine, includes_tax: bool, currency: Currency) -> Decimal {
    let exact = Decimal::money(line.unit_price, currency);
    if !includes_tax || line.tax_rate == 0 || line.quantity.0 == 0 {
        return exact;
    }
    // Quantities are in billionths.
    let numerator = i128::from(line.net) * 1_000_000_000 * 10_i128.pow(MORE_DIGITS);
    let denominator = i128::from(line.quantity.0);
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    let away = remainder.unsigned_abs() * 2 >= denominator.unsigned_abs();
    let rounded = if away {
        quotient + numerator.signum() * denominator.signum()
    } else {
        quotient
    };
    i64::try_from(rounded).map_or(exact, |value| {
        Decimal {
            value,
            digits: currency.digits() + MORE_DIGITS,
        }
        .trimmed(currency.digits())
    })
}

#[cfg(test)]
mod tests {
    use contract::{Quantity, TaxCategory};

    use super::*;

    #[test]
    fn a_price_without_tax_has_as_many_digits_as_it_needs() {
        let line = |quantity: &str, unit_price, net, tax_rate| InvoiceLine {
            position: 1,
            text: String::new(),
            quantity: Quantity::parse(quantity).unwrap_or_default(),
            unit_price,
            net,
            tax_category: TaxCategory::Standard,
            tax_rate,
            period_start: None,
            period_end: None,
        };
        let price = |line: &InvoiceLine, includes_tax| net_price(line, includes_tax, Currency::EUR).plain();
        assert_eq!(price(&line("2", 1_999, 3_998, 190_000), false), "19.99");
        assert_eq!(price(&line("1", 11_900, 10_000, 190_000), true), "100.00");
        assert_eq!(price(&line("3", 999, 2_518, 190_000), true), "8.393333");
        assert_eq!(price(&line("-0.5", 11_900, -5_000, 190_000), true), "100.00");
    }

    #[test]
    fn numbers_are_written_with_all_their_digits() {
        for (value, digits, want) in [
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (12, 0, "12"),
            (0, 3, "0.000"),
            (-123_456, 3, "-123.456"),
        ] {
            assert_eq!(Decimal { value, digits }.plain(), want);
        }
        assert_eq!(Decimal { value: 120_000, digits: 6 }.trimmed(2).plain(), "0.12");
        let fomento = Currency::parse("CLF").map(|currency| Decimal::money(-5, currency).plain());
        assert_eq!(fomento.as_deref(), Some("-0.0005"));
    }
}
