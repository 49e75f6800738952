//! A line of an invoice in words. How amounts and days are written is the locale's turn, so this is tested natively.

use chrono::NaiveDate;
use contract::{Currency, Money};
use serde_json::{Map, Value};

use super::{parse_date, typed_rate};

/// See [`super::invoice_line`].
pub fn invoice_line(
    parts: &Map<String, Value>,
    currency: Option<Currency>,
    money: impl Fn(Money) -> String,
    date: impl Fn(NaiveDate) -> String,
) -> Option<String> {
    let text = |name: &str| parts.get(name).and_then(|part| part.as_str());
    let mut line = format!("{} × {}", text("quantity")?, text("text")?);
    let price = parts.get("unit_price");
    let amount = |amount: Option<&Value>| amount.and_then(Value::as_i64);
    let known = match price.and_then(|price| price.as_object()) {
        Some(known) => amount(known.get("amount")).zip(known.get("currency").and_then(|code| Currency::parse(code.as_str()?))),
        None => amount(price).zip(currency),
    };
    if let Some((amount, currency)) = known {
        line = format!("{line}, {}", money(Money::new(amount, currency)));
    }
    if let Some(rate) = amount(parts.get("tax_rate"))
        .and_then(|rate| u32::try_from(rate).ok())
        .filter(|rate| *rate > 0)
    {
        line = format!("{line}, {}% tax", typed_rate(rate));
    }
    if let (Some(start), Some(end)) = (text("period_start").and_then(parse_date), text("period_end").and_then(parse_date)) {
        line = format!("{line}, {} to {}", date(start), date(end.pred_opt().unwrap_or(end)));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// In words with amounts as decimals and days as on the wire.
    fn said(line: Value, currency: Option<Currency>) -> Option<String> {
        let money = |money: Money| format!("{} {}", money.currency.decimal(money.amount), money.currency);
        invoice_line(line.as_object()?, currency, money, |day| day.to_string())
    }

    /// Two of something with these parts besides.
    fn with(more: Value, currency: Option<Currency>) -> String {
        let mut line = json!({"quantity": "2", "text": "Hosting"});
        let (Some(parts), Value::Object(more)) = (line.as_object_mut(), more) else {
            panic!("no parts");
        };
        parts.extend(more);
        said(line, currency).unwrap_or_else(|| "nothing".to_owned())
    }

    #[test]
    fn a_line_says_how_much_of_what_at_which_price_and_tax_and_for_which_days() {
        let whole = json!({"unit_price": 1_200, "tax_rate": 190_000, "period_start": "2026-11-01", "period_end": "2026-12-01"});
        assert_eq!(
            with(whole, Some(Currency::EUR)),
            "2 × Hosting, 12.00 EUR, 19% tax, 2026-11-01 to 2026-11-30"
        );
        assert_eq!(with(json!({}), Some(Currency::EUR)), "2 × Hosting");
        let taken_off = json!({"quantity": "-0.5", "text": "Hosting", "unit_price": 1_200});
        assert_eq!(said(taken_off, Some(Currency::EUR)).as_deref(), Some("-0.5 × Hosting, 12.00 EUR"));
    }

    #[test]
    fn a_price_is_in_its_own_currency_or_else_in_the_one_given() {
        let own = json!({"unit_price": {"amount": 1_200, "currency": "USD"}});
        assert_eq!(with(own.clone(), None), "2 × Hosting, 12.00 USD");
        assert_eq!(with(own, Some(Currency::EUR)), "2 × Hosting, 12.00 USD");
        let amount = json!({"unit_price": 0});
        assert_eq!(with(amount.clone(), Some(Currency::EUR)), "2 × Hosting, 0.00 EUR");
        // An amount of nobody knows what is no price.
        assert_eq!(with(amount, None), "2 × Hosting");
        for half in [
            json!({"currency": "USD"}),
            json!({"amount": 1_200}),
            json!({"amount": 1_200, "currency": "no such"}),
            json!("1200"),
            json!(null),
        ] {
            assert_eq!(
                with(json!({"unit_price": half.clone()}), Some(Currency::EUR)),
                "2 × Hosting",
                "{half}"
            );
        }
    }

    #[test]
    fn a_tax_is_said_where_there_is_one() {
        assert_eq!(with(json!({"tax_rate": 77_000}), None), "2 × Hosting, 7.7% tax");
        for none in [json!(0), json!(-1), json!(5_000_000_000_u64), json!("190000"), json!(null)] {
            assert_eq!(with(json!({"tax_rate": none.clone()}), None), "2 × Hosting", "{none}");
        }
    }

    #[test]
    fn days_are_said_where_both_are_known() {
        for half in [
            json!({"period_start": "2026-11-01"}),
            json!({"period_end": "2026-12-01"}),
            json!({"period_start": "2026-11-01", "period_end": null}),
            json!({"period_start": "2026-11-01", "period_end": "later"}),
        ] {
            assert_eq!(with(half.clone(), None), "2 × Hosting", "{half}");
        }
    }

    #[test]
    fn what_has_no_quantity_or_text_is_no_line() {
        for none in [
            json!({}),
            json!({"quantity": "2"}),
            json!({"text": "Hosting"}),
            json!({"quantity": 2, "text": "Hosting"}),
            json!({"quantity": "2", "text": null}),
        ] {
            assert_eq!(said(none.clone(), Some(Currency::EUR)), None, "{none}");
        }
    }
}
