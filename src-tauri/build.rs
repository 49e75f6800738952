//! Makes every command need its permission: what is not listed in the app manifest, no window may call.

use std::{error::Error, process::ExitCode};

use tauri_build::{AppManifest, Attributes};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let operations = contract::operations::OPERATIONS.iter().map(|operation| operation.name);
    let commands: Vec<&'static str> = operations.chain(contract::desktop::REQUESTS.iter().copied()).collect();
    // The manifest asks for a list that lives as long as the program.
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(commands.leak()));
    tauri_build::try_build(attributes).map_err(|error| format!("{error:#}"))?;
    Ok(())
}
