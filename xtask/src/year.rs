//! A simulated year of a vendor, its audit, and the mistakes that the audit has to find: see `simulation/`.

use anyhow::{Result, bail};

use crate::{
    debian, place,
    step::{self, say},
};

/// Customers of a run that does not say.
const CUSTOMERS: &str = "200";

/// Runs it, in a folder of its own in the build folder, where the book stays to be looked at.
pub fn run(arguments: &[String]) -> Result<()> {
    let customers = match arguments {
        [] => CUSTOMERS,
        [name, number] if name == "--customers" => number,
        _ => bail!("after year comes --customers and a number, or nothing"),
    };
    debian::install_missing(debian::Purpose::Test)?;
    step::run(step::cargo().args(["build", "--package", "clientelectl"]))?;
    let folder = place::target().join("year");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let script = |name: &str| {
        let mut command = step::program("python3");
        command
            .arg(place::root().join("simulation").join(name))
            .arg("--book")
            .arg(folder.join("year.db"))
            .arg("--figures")
            .arg(folder.join("figures.json"));
        command
    };
    say(format!("Simulating a year with {customers} customers."));
    let program = place::target().join("debug/clientelectl");
    step::run(script("year.py").arg("--ctl").arg(program).args(["--customers", customers]))?;
    say("Computing every figure again from the tables.");
    step::run(&mut script("audit.py"))?;
    say("Planting mistakes.");
    step::run(&mut script("mutants.py"))
}
