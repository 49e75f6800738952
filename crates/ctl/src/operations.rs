//! The list of operations with what they are refused with and the JSON schemas of their requests and outputs.

use serde_json::{Value, json};

macro_rules! listed {
    ($(
        $(#[doc = $doc:literal])*
        $(#[refused($($refusal:literal),*)])?
        $name:ident($module:ident::$request:ident) -> $out_module:ident::$output:ident, $access:ident, $effect:ident;
    )*) => {
        /// Every operation, in the order of the contract's list.
        pub fn operations() -> Value {
            Value::Array(vec![$(json!({
                "name": stringify!($name),
                "doc": concat!($($doc),*).trim(),
                "access": contract::Access::$access,
                "effect": contract::Effect::$effect,
                "refusals": [$($($refusal),*)?],
                "common_refusals": contract::refusals::common(contract::Access::$access, contract::Effect::$effect),
                "request": schemars::schema_for!(contract::$module::$request),
                "output": schemars::schema_for!(contract::$out_module::$output),
            })),*])
        }
    };
}
contract::with_operations!(listed);
