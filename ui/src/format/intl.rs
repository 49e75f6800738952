//! The formatters of the webview (`Intl`), each made once.

use std::{cell::RefCell, collections::HashMap};

use contract::{Currency, Timestamp};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static FORMATTERS: RefCell<HashMap<String, Option<Function>>> = RefCell::new(HashMap::new());
}

/// A number, given exactly as decimal text: `kind` is empty, `percent`, `tenths` or `fine` (a percent), `rate`, `quantity`,
/// `compact`, `money EUR` or `short EUR`.
pub fn number(kind: &str, decimal: &str) -> String {
    let formatter = cached(&format!("number {kind}"), || {
        let (style, currency) = kind.split_once(' ').unwrap_or((kind, ""));
        // Those of ISO 4217: of some currencies the webview would leave digits out.
        let digits = Currency::parse(currency).map_or(2, Currency::digits).to_string();
        let digits = digits.as_str();
        let options: &[(&str, &str)] = match style {
            "percent" => &[("style", "percent"), ("maximumFractionDigits", "1")],
            "tenths" => &[("style", "percent"), ("minimumFractionDigits", "1")],
            "rate" => &[("style", "percent"), ("maximumFractionDigits", "4")],
            "quantity" => &[("maximumFractionDigits", "9")],
            "fine" => &[("style", "percent"), ("maximumFractionDigits", "3")],
            "money" => &[
                ("style", "currency"),
                ("currency", currency),
                ("minimumFractionDigits", digits),
                ("maximumFractionDigits", digits),
            ],
            "compact" => &[("notation", "compact"), ("maximumFractionDigits", "1")],
            "short" => &[
                ("style", "currency"),
                ("currency", currency),
                ("notation", "compact"),
                ("minimumFractionDigits", "0"),
                ("maximumFractionDigits", "1"),
            ],
            _ => &[],
        };
        make("NumberFormat", &locale(), options)
    });
    apply(formatter, &[&JsValue::from_str(decimal)]).unwrap_or_else(|| decimal.to_owned())
}

/// A date or time in a time zone: `kind` is `date`, `month`, `month name`, `month letter`, `moment` or `time`.
pub fn date(kind: &str, time_zone: &str, at: Timestamp) -> String {
    let formatter = cached(&format!("date {kind} {time_zone}"), || {
        let mut options = vec![("timeZone", time_zone)];
        options.extend_from_slice(match kind {
            "month" => &[("year", "numeric"), ("month", "short")],
            "month name" => &[("month", "short")],
            "month letter" => &[("month", "narrow")],
            "moment" => &[("dateStyle", "medium"), ("timeStyle", "short")],
            "time" => &[("timeStyle", "short")],
            _ => &[("year", "numeric"), ("month", "short"), ("day", "numeric")],
        });
        make("DateTimeFormat", &locale(), &options)
    });
    apply(formatter, &[&js_date(at)]).unwrap_or_else(|| at.utc().date_naive().to_string())
}

/// The days from one instant to another in a time zone, with what both have in common said once; `None` where the webview cannot.
pub fn days(time_zone: &str, first: Timestamp, last: Timestamp) -> Option<String> {
    let formatter = cached(&format!("days {time_zone}"), || {
        let options = [("timeZone", time_zone), ("year", "numeric"), ("month", "short"), ("day", "numeric")];
        let intl = construct_with("DateTimeFormat", &options)?;
        let range: Function = Reflect::get(&intl, &"formatRange".into()).ok()?.dyn_into().ok()?;
        Some(range.bind0(&intl))
    });
    // Thin spaces beside the dash would be the only ones in the app.
    apply(formatter, &[&js_date(first), &js_date(last)]).map(|text| text.replace('\u{2009}', " "))
}

/// The day of an instant in a time zone, as `2026-11-22`: Swedish dates are written so.
pub fn iso_day(time_zone: &str, at: Timestamp) -> String {
    let formatter = cached(&format!("day {time_zone}"), || {
        make("DateTimeFormat", "sv-SE", &[("timeZone", time_zone)])
    });
    apply(formatter, &[&js_date(at)]).unwrap_or_default()
}

/// `in 5 days`, `18 minutes ago`.
pub fn relative(number: i64, unit: &'static str) -> String {
    let formatter = cached("relative", || make("RelativeTimeFormat", &locale(), &[("numeric", "auto")]));
    let number_text = number.to_string();
    apply(formatter, &[&JsValue::from_str(&number_text), &JsValue::from_str(unit)]).unwrap_or_else(|| format!("{number_text} {unit}"))
}

/// The name of a country by its code: `Germany`; the code itself where the webview knows none.
pub fn country(code: &str) -> String {
    name("region", code)
}

/// The name of a language by its code: `German`; the code itself where the webview knows none.
pub fn language(code: &str) -> String {
    name("language", code)
}

fn name(kind: &str, code: &str) -> String {
    let namer = cached(kind, || {
        let intl = construct_with("DisplayNames", &[("type", kind)])?;
        let of: Function = Reflect::get(&intl, &"of".into()).ok()?.dyn_into().ok()?;
        Some(of.bind0(&intl))
    });
    apply(namer, &[&JsValue::from_str(code)]).unwrap_or_else(|| code.to_owned())
}

fn construct_with(class: &str, options: &[(&str, &str)]) -> Option<JsValue> {
    construct(class, &locale(), options).or_else(|| construct(class, "en-US", options))
}

/// What stands before the decimals of a number.
pub fn decimal_mark() -> char {
    let half = number("", "0.5");
    half.chars().find(|c| matches!(c, '.' | ',')).unwrap_or('.')
}

/// The IANA time zone of the computer.
pub fn computer_time_zone() -> Option<String> {
    let options = construct("DateTimeFormat", &locale(), &[])?;
    let resolve: Function = Reflect::get(&options, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
    Reflect::get(&resolve.call0(&options).ok()?, &"timeZone".into()).ok()?.as_string()
}

/// The currency of the place where the computer stands, by its language: `de` is taken for `de-DE`.
pub fn computer_currency() -> Option<Currency> {
    let place = construct("Locale", &locale(), &[])?;
    let maximize: Function = Reflect::get(&place, &"maximize".into()).ok()?.dyn_into().ok()?;
    let region = Reflect::get(&maximize.call0(&place).ok()?, &"region".into()).ok()?.as_string()?;
    Currency::parse(iso_currency::Currency::from(region.parse::<iso_currency::Country>().ok()?).code())
}

/// The IANA time zones that the webview knows.
pub fn time_zones() -> Vec<String> {
    fn list() -> Option<Vec<String>> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let supported: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
        let zones: Array = supported.call1(&intl, &"timeZone".into()).ok()?.dyn_into().ok()?;
        Some(zones.iter().filter_map(|zone| zone.as_string()).collect())
    }
    list().unwrap_or_default()
}

/// Whole milliseconds of a number of JavaScript.
#[allow(
    clippy::as_conversions,
    reason = "JavaScript has no other numbers; milliseconds are far below 2^53"
)]
#[allow(clippy::cast_possible_truncation, reason = "as above")]
pub fn millis(number: f64) -> i64 {
    number as i64
}

#[allow(
    clippy::as_conversions,
    reason = "JavaScript has no other numbers; milliseconds are far below 2^53"
)]
#[allow(clippy::cast_precision_loss, reason = "as above")]
fn js_date(at: Timestamp) -> JsValue {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64)).into()
}

fn locale() -> String {
    web_sys::window()
        .and_then(|window| window.navigator().language())
        .unwrap_or_else(|| "en-US".to_owned())
}

fn cached(key: &str, make: impl FnOnce() -> Option<Function>) -> Option<Function> {
    if let Some(known) = FORMATTERS.with(|formatters| formatters.borrow().get(key).cloned()) {
        return known;
    }
    let made = make();
    FORMATTERS.with(|formatters| formatters.borrow_mut().insert(key.to_owned(), made.clone()));
    made
}

/// A time zone or currency that the webview does not know makes the constructor throw; then the caller's own form is used.
fn construct(class: &str, locale: &str, options: &[(&str, &str)]) -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &class.into()).ok()?.dyn_into().ok()?;
    let bag = Object::new();
    for (name, value) in options {
        Reflect::set(&bag, &(*name).into(), &(*value).into()).ok()?;
    }
    Reflect::construct(&class, &Array::of2(&locale.into(), &bag)).ok()
}

fn make(class: &str, locale: &str, options: &[(&str, &str)]) -> Option<Function> {
    // A computer without a language calls it "C", which is no locale.
    let formatter = construct(class, locale, options).or_else(|| construct(class, "en-US", options))?;
    let format: Function = Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()?;
    Some(format.bind0(&formatter))
}

fn apply(formatter: Option<Function>, arguments: &[&JsValue]) -> Option<String> {
    let list: Array = arguments.iter().copied().collect();
    formatter?.apply(&JsValue::UNDEFINED, &list).ok()?.as_string()
}
