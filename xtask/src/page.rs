//! The page: compiled for WebAssembly, bound to JavaScript, laid into `ui/dist` beside its styles.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    place,
    step::{self, say},
    wasm,
};

/// The optimizer that npm brings; Debian's is too old for what rustc writes.
const BINARYEN: &str = "binaryen@132.0.0";
/// Every feature that rustc uses, by name: with `--all-features` the result does not load in WebKit.
const OPTIMIZE: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// How the page is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub fn release_if(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The name of the Cargo profile and of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm",
        }
    }
}

/// Builds the page into `ui/dist`.
pub fn build(profile: Profile) -> Result<()> {
    let toolchain = wasm::toolchain()?;
    say("Building the page.");
    step::run(
        toolchain
            .cargo()
            .args(["build", "--package", "ui", "--target", wasm::TARGET, "--profile", profile.name()]),
    )?;

    let compiled = place::wasm_target().join(wasm::TARGET).join(profile.name()).join("ui.wasm");
    let bound = place::wasm_target().join("page").join(profile.name());
    bind(&compiled, &bound, profile)?;

    let mut files = BTreeMap::new();
    gather(&bound, Path::new(""), &mut files)?;
    let ui = place::root().join("ui");
    let read = |name: &str| fs::read_to_string(ui.join(name)).with_context(|| format!("ui/{name}"));
    let (index, styles) = one_stylesheet(&read("index.html")?, read)?;
    for (name, text) in [("index.html", index), ("styles.css", styles), ("boot.js", read("boot.js")?)] {
        files.insert(PathBuf::from(name), text.into_bytes());
    }
    if lay_out(&ui.join("dist"), &files)? {
        // The app embeds ui/dist in a macro whose inputs Cargo does not see.
        touch(&place::root().join("src-tauri/src/lib.rs"))?;
    }
    Ok(())
}

/// Makes `ui.js` and `ui_bg.wasm`, unless those that are there come from the very same input.
fn bind(compiled: &Path, bound: &Path, profile: Profile) -> Result<()> {
    let about = fs::metadata(compiled).with_context(|| compiled.display().to_string())?;
    let stamp = format!("{} {:?}", about.len(), about.modified()?);
    let stamp_file = bound.with_extension("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return Ok(());
    }
    if bound.exists() {
        fs::remove_dir_all(bound)?;
    }
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(compiled)
        .web(true)?
        // The one-line boot script gives no address, so the loader must know its own.
        .omit_default_module_path(false)
        .typescript(false)
        .out_name("ui")
        .keep_debug(false)
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release)
        .generate(bound)
        .map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
    if profile == Profile::Release {
        optimize(&bound.join("ui_bg.wasm"))?;
    }
    fs::write(stamp_file, stamp)?;
    Ok(())
}

fn optimize(file: &Path) -> Result<()> {
    if place::program("npm").is_none() {
        say("Leaving the page as compiled: wasm-opt would make it smaller, but npm is not here to bring it.");
        return Ok(());
    }
    say("Making the page smaller with wasm-opt.");
    let mut command = step::program("npm");
    command
        .args(["exec", "--yes", "--package", BINARYEN, "--", "wasm-opt"])
        .args(OPTIMIZE)
        .arg(file)
        .arg("-o")
        .arg(file);
    if step::run(&mut command).is_err() {
        say("wasm-opt could not be run; the page stays as compiled.");
    }
    Ok(())
}

/// The page with one stylesheet in place of many, and that one: the first paint waits for each file that has to be fetched.
fn one_stylesheet(index: &str, read: impl Fn(&str) -> Result<String>) -> Result<(String, String)> {
    let (mut page, mut styles) = (String::new(), String::new());
    for line in index.lines() {
        let name = line
            .trim()
            .strip_prefix("<link rel=\"stylesheet\" href=\"")
            .and_then(|rest| rest.strip_suffix("\">"));
        match name {
            Some(name) => {
                if styles.is_empty() {
                    page.push_str("  <link rel=\"stylesheet\" href=\"styles.css\">\n");
                }
                styles.push_str(&read(name)?);
            }
            None => {
                page.push_str(line);
                page.push('\n');
            }
        }
    }
    Ok((page, styles))
}

fn gather(folder: &Path, under: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = under.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &name, files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Makes the folder hold these files and no others. Whether anything had to change.
fn lay_out(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<bool> {
    let mut present = BTreeMap::new();
    if folder.is_dir() {
        gather(folder, Path::new(""), &mut present)?;
    }
    for name in present.keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, bytes) in files.iter().filter(|(name, bytes)| present.get(*name) != Some(bytes)) {
        let file = folder.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(&present != files)
}

fn touch(file: &Path) -> Result<()> {
    #[allow(clippy::disallowed_methods, reason = "the time of a file is the computer's, not the book's")]
    let now = std::time::SystemTime::now();
    fs::File::options()
        .append(true)
        .open(file)
        .and_then(|file| file.set_modified(now))
        .with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::one_stylesheet;

    #[test]
    fn the_styles_are_one_file_in_the_order_of_the_page() {
        let index = "<head>\n  <link rel=\"stylesheet\" href=\"b.css\">\n  <link rel=\"stylesheet\" href=\"a.css\">\n</head>\n";
        let (page, styles) = one_stylesheet(index, |name| Ok(format!("/* {name} */"))).unwrap_or_default();
        assert_eq!(page, "<head>\n  <link rel=\"stylesheet\" href=\"styles.css\">\n</head>\n");
        assert_eq!(styles, "/* b.css *//* a.css */");
    }
}
