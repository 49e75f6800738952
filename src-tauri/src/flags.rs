//! What may follow the name of the program.

use std::{io::Write, process::ExitCode};

/// How to start.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// Open the window.
    Window,
    /// Say the version.
    Version,
    /// Say how this build is closed off, as JSON.
    SecuritySelftest,
}

/// Reads the arguments.
///
/// # Errors
/// The argument that is not known.
pub fn read(arguments: impl Iterator<Item = String>) -> Result<Start, String> {
    let mut start = Start::Window;
    for argument in arguments {
        start = match argument.as_str() {
            "--version" | "-V" => Start::Version,
            "--security-selftest" => Start::SecuritySelftest,
            _ => return Err(argument),
        };
    }
    Ok(start)
}

/// Writes a line for whoever started the program.
pub fn say(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Refuses an argument.
pub fn refuse(argument: &str) -> ExitCode {
    eprintln!("Clientele does not know {argument:?}. It takes --version, --security-selftest, or nothing.");
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(arguments: &[&str]) -> Result<Start, String> {
        read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn nothing_opens_the_window_and_an_unknown_argument_is_refused() {
        assert_eq!(start(&[]), Ok(Start::Window));
        assert_eq!(start(&["--version"]), Ok(Start::Version));
        assert_eq!(start(&["--security-selftest"]), Ok(Start::SecuritySelftest));
        assert_eq!(start(&["--devtools"]), Err("--devtools".to_owned()));
    }
}
