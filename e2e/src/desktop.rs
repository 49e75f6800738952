//! A desktop of our own: a screen that nobody sees, a session bus, an open keyring, a home folder.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{process::Process, screen::Screen};

/// The rules of the session bus.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;
/// The keyring, locked.
const KEYRING: &[&str] = &["gnome-keyring-daemon", "--foreground", "--components=secrets"];

/// The settings of GTK, in the home folder.
const GTK_SETTINGS: &str = "config/gtk-3.0/settings.ini";

/// What may be the matter with a keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyringTrouble {
    /// There is none.
    Missing,
    /// It is locked, and nobody unlocks it.
    Locked,
    /// It does not answer.
    Silent,
}

/// A desktop session; gone when dropped.
pub struct Desktop {
    variables: Vec<(String, String)>,
    // Dropped in this order: what uses the screen and the bus first.
    keyring: Option<Process>,
    _bus: Process,
    _screen: Process,
    home: TempDir,
}

impl Desktop {
    /// Starts one, with the system set to light.
    pub fn start() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("clientele-e2e-").tempdir()?;
        let mut variables = Vec::new();
        let mut set = |name: &str, value: &str| variables.push((name.to_owned(), value.to_owned()));
        set("HOME", &path(home.path())?);
        for (name, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            let folder = home.path().join(folder);
            fs::create_dir(&folder)?;
            set(name, &path(&folder)?);
        }
        // What the app hands to other programs stays here, where a walk can look at it.
        let programs = home.path().join("bin");
        fs::create_dir(&programs)?;
        let opener = programs.join("xdg-open");
        fs::write(
            &opener,
            "#!/bin/sh\ncp \"$1\" \"$HOME/shown.part\" && mv \"$HOME/shown.part\" \"$HOME/shown\"\n",
        )?;
        fs::set_permissions(&opener, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let others = std::env::var("PATH").unwrap_or_default();
        set("PATH", &format!("{}:{others}", path(&programs)?));
        // Nothing moves: what is looked at while it fades in has other colors than it will have, and the same picture is taken twice
        // with the caret or twice without.
        fs::create_dir(home.path().join("config/gtk-3.0"))?;
        fs::write(
            home.path().join(GTK_SETTINGS),
            "[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n",
        )?;
        fs::set_permissions(home.path().join("run"), std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        for (name, value) in [
            ("GDK_BACKEND", "x11"),
            ("GSETTINGS_BACKEND", "memory"),
            ("LANG", "en_US.UTF-8"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            // Without an accessibility bus the toolkit waits for one at every start.
            ("NO_AT_BRIDGE", "1"),
            ("TZ", "UTC"),
        ] {
            set(name, value);
        }
        let memory = home.path().join("screen");
        fs::create_dir(&memory)?;
        let memory = path(&memory)?;
        let screen = [
            "Xvfb",
            "-displayfd",
            "1",
            "-screen",
            "0",
            "2560x1600x24",
            "-nolisten",
            "tcp",
            "-noreset",
            "-fbdir",
            &memory,
        ];
        let (screen, display) = Process::start_and_read_line(&screen, &variables)?;
        variables.push(("DISPLAY".to_owned(), format!(":{display}")));
        // A bus that starts no service by itself: whoever is on it was put there by the walk.
        let rules = home.path().join("bus.conf");
        fs::write(&rules, BUS.replace("SOCKET", &path(&home.path().join("run/bus"))?))?;
        let rules = format!("--config-file={}", path(&rules)?);
        let bus = ["dbus-daemon", &rules, "--nofork", "--nopidfile", "--print-address=1"];
        let (bus, address) = Process::start_and_read_line(&bus, &variables)?;
        variables.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), address));
        let keyring = open_keyring(&variables)?;
        Ok(Self {
            variables,
            keyring: Some(keyring),
            _bus: bus,
            _screen: screen,
            home,
        })
    }

    /// What a program needs to know to appear on this desktop.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone()
    }

    /// What a program that appears from now on finds in its environment under this name.
    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The desktop prefers what is dark, in GTK's settings, for whoever appears from now on.
    pub(crate) fn prefer_dark(&self) -> Result<()> {
        let file = self.home.path().join(GTK_SETTINGS);
        let mut settings = fs::read_to_string(&file)?;
        settings.push_str("gtk-application-prefer-dark-theme=1\n");
        fs::write(file, settings)?;
        Ok(())
    }

    /// Gives the input focus to the window with this in its title. No window manager is here to do it; while there is no such window
    /// yet, nothing happens.
    pub(crate) fn focus(&self, title: &str) -> Result<()> {
        Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", title, "windowfocus"])
            .envs(self.variables.iter().cloned())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("xdotool could not be started")?;
        Ok(())
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> Screen {
        Screen::kept_in(&self.home.path().join("screen"))
    }

    /// Something is the matter with the keyring from now on.
    pub(crate) fn trouble_keyring(&mut self, trouble: KeyringTrouble) -> Result<()> {
        match trouble {
            KeyringTrouble::Missing => self.keyring = None,
            KeyringTrouble::Silent => self.keyring.as_ref().context("no keyring to stop")?.stop()?,
            KeyringTrouble::Locked => {
                self.keyring = None;
                self.keyring = Some(Process::start(KEYRING, &self.variables, Stdio::null(), Stdio::null())?);
            }
        }
        Ok(())
    }

    /// The keyring is there and open, whatever was the matter with it.
    pub(crate) fn mend_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        self.keyring = Some(open_keyring(&self.variables)?);
        Ok(())
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }
}

/// Starts the keyring and opens it.
fn open_keyring(variables: &[(String, String)]) -> Result<Process> {
    let open = [KEYRING, &["--unlock"]].concat();
    let mut keyring = Process::start(&open, variables, Stdio::piped(), Stdio::null())?;
    keyring.input().context("the keyring takes no password")?.write_all(b"keyring")?;
    Ok(keyring)
}

fn path(path: &Path) -> Result<String> {
    path.to_str()
        .map(str::to_owned)
        .context("the temporary folder has a name that is no text")
}
