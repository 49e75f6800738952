//! Says how this build is closed off, so that a release can be checked instead of trusted.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tauri::{Context, Runtime};

use crate::{commands, window};

/// The facts, as JSON.
pub fn facts<R: Runtime>(context: &Context<R>) -> String {
    let config = context.config();
    let security = &config.app.security;
    let permissions: Vec<Value> = security.capabilities.iter().map(|capability| json!(capability)).collect();
    let pragmas: BTreeMap<&str, &str> = engine::PRAGMAS.iter().copied().collect();
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "identifier": config.identifier,
        "devtools": window::HAS_DEVTOOLS,
        "automation": cfg!(feature = "automation"),
        "embedded_page": !cfg!(dev),
        "debug_assertions": cfg!(debug_assertions),
        "with_global_tauri": config.app.with_global_tauri,
        "freeze_prototype": security.freeze_prototype,
        "asset_protocol": security.asset_protocol.enable,
        "windows_by_configuration": config.app.windows.len(),
        "csp": security.csp.as_ref().map(ToString::to_string),
        "headers": security.headers,
        "capabilities": permissions,
        "operations": commands::OPERATIONS,
        "requests": commands::REQUESTS,
        "sqlite": engine::sqlite_version(),
        // Read back on every connection; one that differs is not used.
        "pragmas": pragmas,
    });
    format!("{facts:#}")
}
