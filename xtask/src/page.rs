//! The page: compiled for WebAssembly, bound to JavaScript, laid into `ui/dist` beside its styles.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    place,
    step::{self, say},
    wasm,
};

/// Names a `wasm-opt` that makes the page of a release smaller. Nothing is fetched for it, and without it the page stays as
/// compiled: what ships depends on what a person asked for and not on what happens to be installed.
const OPTIMIZER: &str = "CLIENTELE_WASM_OPT";
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

/// Makes `ui.js` and `ui_bg.wasm`, unless those that are there were made in the very same way of the very same input.
fn bind(compiled: &Path, bound: &Path, profile: Profile) -> Result<()> {
    let optimizer = env::var_os(OPTIMIZER).filter(|program| profile == Profile::Release && !program.is_empty());
    let about = fs::metadata(compiled).with_context(|| compiled.display().to_string())?;
    let stamp = format!("{} {:?} {optimizer:?}", about.len(), about.modified()?);
    let stamp_file = bound.with_extension("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return Ok(());
    }
    // The stamp goes first: what is half made must not be taken for whole.
    for gone in [fs::remove_file(&stamp_file), fs::remove_dir_all(bound)] {
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
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
    if let Some(optimizer) = optimizer {
        optimize(&optimizer, &bound.join("ui_bg.wasm"))?;
    }
    fs::write(stamp_file, stamp)?;
    Ok(())
}

/// Makes the page smaller. It was asked for, so that it cannot be done is a failure.
fn optimize(optimizer: &OsStr, file: &Path) -> Result<()> {
    say(format!("Making the page smaller with {}.", optimizer.display()));
    let smaller = file.with_extension("smaller");
    step::run(step::program(optimizer).args(OPTIMIZE).arg(file).arg("-o").arg(&smaller))?;
    fs::rename(smaller, file)?;
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
