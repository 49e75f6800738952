//! Figures of many runs.

use serde_json::{Value, json};

/// Least, median, 95th percentile and most of some times.
pub fn spread(times: &[f64]) -> Value {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let last = sorted.len().saturating_sub(1);
        sorted.get((last * percent).div_ceil(100)).copied().unwrap_or(f64::NAN)
    };
    json!({ "runs": sorted.len(), "min": at(0), "median": at(50), "p95": at(95), "max": at(100) })
}

/// The numbers of an array.
pub fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .map(|values| values.iter().filter_map(Value::as_f64).collect())
        .unwrap_or_default()
}
