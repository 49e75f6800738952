//! A throwaway Postgres: its own folder, its own port on loopback, gone when dropped.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    debian,
    step::{self, say},
};

/// A role that signs in with a password; the walks through the window know both.
const CLERK: &str = "clerk";
const CLERK_PASSWORD: &str = "paper boats on glass";
/// Who vouches for a server that is secured; a walk through the window knows it, too.
const AUTHORITY: &str = "Authority of the tests";

/// A running server. Dropping it ends the server and removes its folder.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<&'static str>,
    port: u16,
    child: Child,
    is_secured: bool,
}

/// How tests reach the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As it is.
    Plain,
    /// By TLS, with a certificate of an authority of its own that is verified, name and all.
    Secured,
}

impl Server {
    /// Starts one. It trusts everyone on loopback, which is right for a database that holds only what a test made.
    pub fn start(way: Way) -> Result<Self> {
        let programs = programs()?;
        // Postgres refuses to run as root.
        let user = if debian::is_root()? { Some(unprivileged()?) } else { None };
        // The walks through the window have one of each.
        let kind = if way == Way::Secured { "-secured" } else { "" };
        let folder = std::env::temp_dir().join(format!("clientele-postgres-{}{kind}", std::process::id()));
        // What one left that was killed under the same number.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        if let Some(user) = user {
            step::run(Command::new("chown").arg(user).arg(&folder))?;
        }
        let data = folder.join("data");
        let mut make = run_as(user, &programs.join("initdb"));
        make.arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        step::read(&mut make)?;

        // One role has to give a password, as people do.
        let rules = data.join("pg_hba.conf");
        let trusting = fs::read_to_string(&rules)?;
        fs::write(&rules, format!("host all {CLERK} 127.0.0.1/32 scram-sha-256\n{trusting}"))?;

        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = fs::File::create(folder.join("log"))?;
        let mut serve = run_as(user, &programs.join("postgres"));
        serve
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        // Nobody needs these records after a power cut, and the tests are several times faster so.
        for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"] {
            serve.args(["-c", setting]);
        }
        if way == Way::Secured {
            for setting in certificates(&folder, user)? {
                serve.args(["-c", &setting]);
            }
        }
        let child = serve
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("postgres could not be started")?;
        let mut server = Self {
            folder,
            programs,
            user,
            port,
            child,
            is_secured: way == Way::Secured,
        };
        server.wait_until_ready()?;
        server.make_clerk()?;
        Ok(server)
    }

    /// Where tests find it.
    pub fn url(&self) -> String {
        if self.is_secured {
            let authority = self.folder.join("authority.pem").display().to_string().replace('/', "%2F");
            format!(
                "postgres://postgres@localhost:{}/postgres?sslmode=verify-full&sslrootcert={authority}",
                self.port
            )
        } else {
            format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
        }
    }

    /// Makes the role that gives a password.
    fn make_clerk(&self) -> Result<()> {
        let sql = format!("CREATE ROLE {CLERK} LOGIN PASSWORD '{CLERK_PASSWORD}'; GRANT CREATE ON DATABASE postgres TO {CLERK}");
        let mut ask = Command::new(self.programs.join("psql"));
        ask.args([
            "-q",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-p",
            &self.port.to_string(),
            "-c",
            &sql,
        ]);
        step::read(&mut ask).map(|_| ())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        loop {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            if step::succeeds(ask.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])) {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || started.elapsed() > Duration::from_secs(60) {
                bail!(
                    "Postgres did not start:\n{}",
                    fs::read_to_string(self.folder.join("log")).unwrap_or_default()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = run_as(self.user, &self.programs.join("pg_ctl"));
        stop.args(["stop", "-m", "immediate", "-s", "-D"]).arg(self.folder.join("data"));
        if !step::succeeds(&mut stop) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes an authority and a certificate for this computer, by name and by address; answers with the settings that use them.
fn certificates(folder: &Path, user: Option<&str>) -> Result<[String; 3]> {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let mut authority = CertificateParams::new(Vec::<String>::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, AUTHORITY);
    let authority_key = KeyPair::generate()?;
    fs::write(folder.join("authority.pem"), authority.self_signed(&authority_key)?.pem())?;
    let key = KeyPair::generate()?;
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let certificate = CertificateParams::new(names)?.signed_by(&key, &Issuer::new(authority, authority_key))?;
    let paths = [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())].map(|(name, text)| (folder.join(name), text));
    for (path, text) in &paths {
        fs::write(path, text)?;
        step::run(Command::new("chmod").arg("600").arg(path))?;
        if let Some(user) = user {
            step::run(Command::new("chown").arg(user).arg(path))?;
        }
    }
    let [(certificate, _), (key, _)] = paths;
    Ok([
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", certificate.display()),
        format!("ssl_key_file={}", key.display()),
    ])
}

/// For a developer who runs single tests with `cargo test`.
pub fn serve_until_enter() -> Result<()> {
    let server = Server::start(Way::Plain)?;
    println!("export CLIENTELE_TEST_POSTGRES={}", server.url());
    say("Press Enter to end it.");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// The newest server that is installed; Debian keeps them off the search path.
fn programs() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        for version in versions.flatten() {
            let programs = version.path().join("bin");
            if let (Some(number), true) = (
                version.file_name().to_str().and_then(|name| name.parse().ok()),
                programs.join("initdb").is_file(),
            ) {
                found.push((number, programs));
            }
        }
    }
    let on_path = || crate::place::program("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    found
        .into_iter()
        .max()
        .map(|(_, programs)| programs)
        .or_else(on_path)
        .context("Postgres is not installed (Debian: postgresql)")
}

fn unprivileged() -> Result<&'static str> {
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| step::succeeds(Command::new("id").arg(user)))
        .context("Postgres refuses to run as root, and there is no user `postgres` or `nobody`")
}

/// The program as another user. `setpriv` becomes the program, so that its process id is the server's, and has it told
/// to end when we do.
fn run_as(user: Option<&str>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.current_dir("/").args(["--pdeathsig", "INT"]);
    if let Some(user) = user {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
        if user == "nobody" {
            command.args(["--regid", "nogroup"]);
        }
    }
    command.arg("--").arg(program);
    command
}
