//! Every test: of each crate, on both databases, and of the built app in a real window.

use std::{collections::BTreeSet, process::Command, time::Duration};

use anyhow::{Result, bail};

use crate::{
    debian, faults, page, place, postgres,
    step::{self, say},
    walks::{self, LANES, Walks},
};

/// The packages with tests, in the order in which a failure tells most.
const NATIVE: &[&str] = &[
    "contract",
    "document",
    "migrations",
    "engine",
    "clientelectl",
    "ui",
    "clientele",
    "xtask",
];
const WINDOW: &str = walks::PACKAGE;
/// A compiler that has to begin from nothing says no word for a quarter of an hour; a test that does hangs.
const SILENT: Duration = Duration::from_secs(25 * 60);
/// More walks than these do not lose their page by chance.
const MOST_LOST: usize = 2;

/// How the names of the campaigns of faults begin.
const CAMPAIGN: &str = "test campaigns::";

/// Passed and failed tests so far, and what failed as a whole.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    broken: Vec<String>,
    campaigns: Campaigns,
}

/// How long the program with the small campaigns of faults takes, among all others.
#[derive(Default)]
struct Campaigns {
    /// Whether what is heard now comes from it.
    is_heard: bool,
    seconds: Option<u64>,
}

/// Runs the named suites, or all; what the tests are given follows `--`. With `--tls` instead of names, what asks the engine's
/// databases runs, and the server is reached by TCP and TLS.
pub fn test(names: &[String], arguments: &[String]) -> Result<()> {
    if names.iter().any(|name| name == "--tls") {
        if names.len() > 1 {
            bail!("--tls takes no names of suites: it is for the engine");
        }
        return secured(arguments);
    }
    let native: Vec<&str> = NATIVE
        .iter()
        .copied()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite))
        .collect();
    let window = names.is_empty() || names.iter().any(|name| name == WINDOW);
    if let Some(unknown) = names.iter().find(|name| !NATIVE.contains(&name.as_str()) && *name != WINDOW) {
        bail!("there is no suite {unknown:?}; there are: {} {WINDOW}", NATIVE.join(" "));
    }

    debian::install_missing(debian::Purpose::Test)?;
    let mut tally = Tally::default();
    if !native.is_empty() {
        say("Starting a throwaway Postgres.");
        let server = postgres::Server::start(postgres::Way::Plain)?;
        say(format!("Testing {}.", native.join(", ")));
        tally.run("the crates", crates(&native, &server).arg("--").args(arguments))?;
    }
    if window {
        match built_app() {
            Ok(()) => tally.window(arguments)?,
            Err(error) => tally.broken.push(format!("the app could not be built: {error:#}")),
        }
    }
    tally.close()
}

/// The tests of packages, with a server.
fn crates(packages: &[&str], server: &postgres::Server) -> Command {
    let mut tests = step::cargo();
    tests.args(["test", "--no-fail-fast"]).env("CLIENTELE_TEST_POSTGRES", server.url());
    for package in packages {
        tests.args(["--package", package]);
    }
    tests
}

/// The engine's tests and those beside the code, by TLS. All packages are named, so that nothing is built otherwise than for
/// their own tests.
fn secured(arguments: &[String]) -> Result<()> {
    debian::install_missing(debian::Purpose::Test)?;
    let server = postgres::Server::start(postgres::Way::Secured)?;
    say("Testing the engine with a server that is reached by TLS.");
    let mut tally = Tally::default();
    let mut tests = crates(NATIVE, &server);
    tests.args(["--lib", "--test", "engine", "--"]).args(arguments);
    tally.run("the engine by TLS", &mut tests)?;
    tally.close()
}

/// Builds the app as it ships, but for the switch that lets WebDriver drive the window.
pub fn built_app() -> Result<()> {
    page::build(page::Profile::Dev)?;
    say("Building the app for its tests in a window.");
    step::run(step::cargo().args(["build", "--package", "clientele", "--features", "custom-protocol,automation"]))?;
    // The walk through the window would otherwise be driven in an app that `cargo xtask run` rebuilt without the switch.
    std::fs::copy(place::target().join("debug/clientele"), app())?;
    Ok(())
}

/// The app that WebDriver drives.
pub fn app() -> std::path::PathBuf {
    place::target().join("debug/clientele-automation")
}

/// Brings axe-core, the accessibility checker, exactly as locked.
pub fn accessibility_checker() -> Result<()> {
    let e2e = place::root().join("e2e");
    let locked = std::fs::read(e2e.join("package-lock.json"))?;
    let stamp = e2e.join("node_modules/.locked");
    if std::fs::read(&stamp).is_ok_and(|known| known == locked) {
        return Ok(());
    }
    say("Fetching axe-core, the accessibility checker, by npm.");
    step::run(step::program("npm").current_dir(&e2e).args(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(stamp, locked)?;
    Ok(())
}

impl Tally {
    fn window(&mut self, arguments: &[String]) -> Result<()> {
        if let Err(error) = accessibility_checker() {
            self.broken.push(format!("axe-core is missing: {error:#}"));
            return Ok(());
        }
        say("Testing the app in a real window, with a throwaway Postgres beside it, and one that is secured.");
        let server = postgres::Server::start(postgres::Way::Plain)?;
        let secured = postgres::Server::start(postgres::Way::Secured)?;
        let around = [
            ("CLIENTELE_TEST_POSTGRES", server.url().into()),
            ("CLIENTELE_TEST_POSTGRES_TLS", secured.url().into()),
            ("CLIENTELE_APP", app().into_os_string()),
        ];
        let walks = Walks::build(&around)?;
        let mut lost = LostPages::default();
        self.walk(&walks, arguments, LANES, &mut lost);
        if lost.walks.is_empty() || lost.walks.len() > MOST_LOST {
            return Ok(());
        }
        let names: Vec<String> = lost.walks.into_iter().collect();
        say(format!(
            "The engine that runs the page has failed in {}: once more. A second time counts.",
            names.join(", ")
        ));
        self.failed = self.failed.saturating_sub(u64::try_from(names.len())?);
        let again: Vec<String> = std::iter::once("--exact".to_owned()).chain(names).collect();
        self.walk(&walks, &again, 1, &mut LostPages::default());
        Ok(())
    }

    fn walk(&mut self, walks: &Walks, arguments: &[String], lanes: usize, lost: &mut LostPages) {
        walks.run(arguments, lanes, SILENT, |walked| match walked {
            Ok(walked) => {
                println!("\n     Walked {}", walked.name);
                let failed_before = self.failed;
                for line in &walked.lines {
                    println!("{line}");
                    lost.read(line);
                    self.count(line);
                }
                if !walked.succeeded && self.failed == failed_before {
                    self.broken.push(format!("the walks of {} did not run to their end", walked.name));
                }
            }
            Err(error) => self.broken.push(format!("{error:#}")),
        });
    }

    fn count(&mut self, line: &str) {
        if let Some((passed, failed)) = counts(line) {
            self.passed += passed;
            self.failed += failed;
        }
    }

    fn run(&mut self, what: &str, tests: &mut Command) -> Result<()> {
        let failed_before = self.failed;
        let succeeded = step::follow(tests, SILENT, |line| {
            self.count(line);
            self.campaigns.read(line);
        })?;
        if !succeeded && self.failed == failed_before {
            self.broken.push(format!("the tests of {what} did not run to their end"));
        }
        Ok(())
    }

    fn close(mut self) -> Result<()> {
        if let Some(seconds) = self.campaigns.seconds {
            let most = faults::SMALL.as_secs();
            say(format!("The small campaigns of faults took {seconds} s, of {most} s at most."));
            if seconds > most {
                self.broken.push("the small campaigns of faults take too long".to_owned());
            }
        }
        for broken in &self.broken {
            println!("broken: {broken}");
        }
        let failed = self.failed + u64::try_from(self.broken.len())?;
        if self.passed + failed == 0 {
            bail!("no test was run");
        }
        println!("\n{} passed, {failed} failed", self.passed);
        if failed > 0 { bail!("the tests failed") } else { Ok(()) }
    }
}

impl Campaigns {
    fn read(&mut self, line: &str) {
        if line.starts_with(CAMPAIGN) {
            self.is_heard = true;
        } else if line.starts_with("test result: ") && std::mem::take(&mut self.is_heard) {
            self.seconds = seconds(line);
        }
    }
}

/// Walks in which the page was lost while the app ran on. WebKit does that now and then where it draws without a graphics
/// card, and very rarely reads beside the memory of WebAssembly; an app that ends itself is not among them, nor is a panic.
#[derive(Default)]
struct LostPages {
    /// Whose output is being read.
    section: Option<String>,
    walks: BTreeSet<String>,
}

impl LostPages {
    fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.section = Some(name.to_owned());
        } else if line == "The page is gone and the app runs on." {
            self.walks.extend(self.section.clone());
        } else if line.starts_with("failures:") || line.starts_with("test result: ") {
            self.section = None;
        }
    }
}

/// The counts in the closing line of a test binary.
fn counts(line: &str) -> Option<(u64, u64)> {
    let mut words = line.strip_prefix("test result: ")?.split_whitespace().skip(1);
    let mut count = |unit: &str| {
        let number = words.next()?.parse().ok()?;
        words.next()?.starts_with(unit).then_some(number)
    };
    Some((count("passed")?, count("failed")?))
}

/// The whole seconds in it.
fn seconds(line: &str) -> Option<u64> {
    let (_, took) = line.split_once("finished in ")?;
    took.split(['.', 's']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Campaigns, LostPages, counts};

    #[test]
    fn a_walk_whose_page_went_away_is_known_by_its_output() {
        let mut lost = LostPages::default();
        let lines = [
            "---- one stdout ----",
            "no such row",
            "---- two stdout ----",
            "no such window",
            "The page is gone and the app runs on.",
            "",
            "failures:",
            "    one",
            "    two",
            "The page is gone and the app runs on.",
        ];
        lines.iter().for_each(|line| lost.read(line));
        assert_eq!(lost.walks.into_iter().collect::<Vec<_>>(), ["two"]);
    }

    #[test]
    fn the_closing_line_of_a_test_binary_is_counted() {
        assert_eq!(
            counts("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s"),
            Some((12, 0))
        );
        assert_eq!(counts("test result: FAILED. 1 passed; 2 failed; 0 ignored"), Some((1, 2)));
    }

    #[test]
    fn the_time_of_the_campaigns_is_told_from_that_of_other_programs() {
        let mut campaigns = Campaigns::default();
        for line in [
            "test commands::a_command ... ok",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 900.00s",
        ] {
            campaigns.read(line);
        }
        assert_eq!(campaigns.seconds, None);
        for line in [
            "test campaigns::kill::a_write_that_is_killed has been running for over 60 seconds",
            "test result: ok. 30 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 512.34s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            campaigns.read(line);
        }
        assert_eq!(campaigns.seconds, Some(512));
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(counts("running 12 tests"), None);
        assert_eq!(counts("test result_is_kept ... ok"), None);
    }
}
