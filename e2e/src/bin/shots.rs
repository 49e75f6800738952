//! Takes a picture of every page and dialog, light and dark, wide and narrow: into `shots/`, and those that the README
//! shows into `docs/pictures`. Words after the command take only pictures whose name contains one of them.

#![allow(clippy::print_stdout, reason = "a command line tool talks on standard output")]

use std::{fs, path::PathBuf};

use anyhow::Result;
use e2e::{App, Key};
use serde_json::json;

/// What the README shows.
const README: &[&str] = &["customers-1280-light", "dashboard-1280-dark", "details-licenses-1280-light"];

struct Camera {
    app: App,
    words: Vec<String>,
    root: PathBuf,
    wide: Vec<String>,
}

impl Camera {
    fn take(&mut self, name: &str) -> Result<()> {
        for width in [1280, 420] {
            for theme in ["light", "dark"] {
                let name = format!("{name}-{width}-{theme}");
                if !self.words.is_empty() && !self.words.iter().any(|word| name.contains(word.as_str())) {
                    continue;
                }
                self.app.resize(width, 800);
                self.app
                    .run("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)]);
                self.app.rest();
                self.wide
                    .extend(self.app.overflow().into_iter().map(|wide| format!("{name}: {wide}")));
                let picture = self.app.picture();
                for folder in ["shots"]
                    .into_iter()
                    .chain(README.contains(&name.as_str()).then_some("docs/pictures"))
                {
                    let folder = self.root.join(folder);
                    fs::create_dir_all(&folder)?;
                    fs::write(folder.join(format!("{name}.png")), &picture)?;
                }
                println!("{name}");
            }
        }
        self.app.resize(1280, 800);
        Ok(())
    }
}

fn main() -> Result<()> {
    let mut camera = Camera {
        app: App::start("shots")?,
        words: std::env::args().skip(1).collect(),
        root: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".."),
        wide: Vec::new(),
    };
    camera.app.resize(1280, 800);
    camera.app.button("Create administrator");
    camera.take("first-run")?;
    camera.app.button("Create administrator").click();
    camera.take("first-run-refused")?;
    camera.app.begin();
    for page in ["Dashboard", "Customers", "Plans"] {
        camera.app.visit(page);
        camera.take(&format!("{}-empty", page.to_lowercase()))?;
    }
    camera.app.link("Settings").click();
    for section in ["General", "Appearance", "Book", "People"] {
        camera.app.link(section).click();
        camera.app.find("heading", section);
        camera.take(&format!("settings-{}", section.to_lowercase()))?;
    }
    camera.app.type_text("?");
    camera.app.dialog("Keyboard shortcuts");
    camera.take("shortcuts")?;
    camera.app.escape();
    camera.app.gone("dialog", "Keyboard shortcuts");
    camera.app.press_with(Key::Control, 'l');
    camera.app.button("Unlock");
    camera.take("lock")?;
    camera.app.button("Sign out instead").click();
    camera.app.button("Sign in");
    camera.take("sign-in")?;
    camera.app.explore();
    sample(&mut camera)?;
    for wide in &camera.wide {
        println!("{wide}");
    }
    anyhow::ensure!(camera.wide.is_empty(), "something is wider than the window");
    Ok(())
}

/// The book with sample data.
fn sample(camera: &mut Camera) -> Result<()> {
    for page in ["Dashboard", "Plans", "Customers"] {
        camera.app.visit(page);
        loaded(&camera.app);
        camera.take(&page.to_lowercase())?;
    }
    let name = camera.app.first_customer();
    camera.app.open_customer(&name);
    for tab in [
        "Details",
        "Licenses",
        "Subscriptions",
        "Domains",
        "Invoices",
        "Payments",
        "Timeline",
    ] {
        camera.app.open_tab(tab);
        loaded(&camera.app);
        camera.take(&format!("details-{}", tab.to_lowercase()))?;
    }
    camera.app.open_tab("Licenses");
    camera.app.button("Add license").click();
    camera.app.field("Plan");
    camera.take("add-license")?;
    camera.app.escape();
    camera.app.gone("dialog", "Add license");
    camera.app.escape();
    camera.app.gone("dialog", &name);

    camera.app.button("New customer").click();
    camera.app.field("Full name");
    camera.take("new-customer")?;
    camera.app.button("Create customer").click();
    camera.take("new-customer-refused")?;
    camera.app.escape();
    camera.app.gone("dialog", "New customer");
    camera.app.row(&name).find("button", "Delete").click();
    camera.app.until("the question", || !camera.app.all("dialog").is_empty());
    camera.take("delete")?;
    camera.app.escape();
    camera.app.until("the end of the question", || camera.app.all("dialog").is_empty());
    camera.app.field("Search customers").fill("nobody is called so");
    camera.app.see("No customer");
    camera.take("customers-nothing-found")?;
    camera.app.visit("Plans");
    camera.app.button("New plan").click();
    camera.app.field("Code");
    camera.take("new-plan")
}

fn loaded(app: &App) {
    app.until("the end of loading", || app.all("[aria-busy=true], .skeleton").is_empty());
}
