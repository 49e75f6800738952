//! Where things are: the repository, and the build folder that is kept between runs.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// Outside the checkout, so that a fresh clone finds the dependencies already built.
pub fn target() -> PathBuf {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("CARGO_TARGET_DIR").unwrap_or_else(|| {
        absolute("XDG_CACHE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
            .map_or_else(|| root().join("target"), |cache| cache.join("clientele/target"))
    })
}

/// The build folder of the page; its own, because another compiler may build it.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// A program on the search path.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
