//! A Postgres of its own, which can be killed, restarted and given certificates.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A server with its folder; both are gone when it is dropped. It ends with the thread that starts it, so that is the test's
/// own: one that the runtime lends for a while ends before the test.
pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    user: Option<&'static str>,
    pub port: u16,
    child: Option<Child>,
}

impl Server {
    /// Makes one and starts it with settings. Everybody may do everything over the socket; over TCP whatever `rules` say.
    pub fn start(settings: &[&str], rules: &str) -> Self {
        let versions = fs::read_dir("/usr/lib/postgresql").expect("Postgres is installed");
        let programs = versions.map(|version| version.unwrap().path().join("bin")).max().unwrap();
        let is_root = succeeds(Command::new("sh").args(["-c", "test $(id -u) = 0"]));
        let user = is_root.then_some("postgres");
        let folder = tempfile::tempdir().unwrap();
        if let Some(user) = user {
            assert!(succeeds(Command::new("chown").arg(format!("{user}:{user}")).arg(folder.path())));
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut server = Self {
            folder,
            programs,
            user,
            port,
            child: None,
        };
        let data = server.data();
        let made = server
            .command("initdb")
            .arg("-D")
            .arg(data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        fs::write(server.data().join("pg_hba.conf"), format!("local all all trust\n{rules}\n")).unwrap();
        server.run(settings);
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.current_dir("/").args(["--pdeathsig", "INT"]);
        if let Some(user) = self.user {
            command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
        }
        command.arg("--").arg(self.programs.join(program));
        command
    }

    /// Starts it, and waits until it answers.
    pub fn run(&mut self, settings: &[&str]) {
        let log = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string(), "-h", "127.0.0.1"]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let began = Instant::now();
        // A server that was killed leaves its lock until its last process has noticed.
        loop {
            let mut child = command
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log.try_clone().unwrap())
                .spawn()
                .unwrap();
            loop {
                let ready = succeeds(
                    Command::new(self.programs.join("pg_isready"))
                        .args(["-U", "postgres", "-p", &self.port.to_string(), "-h"])
                        .arg(self.folder.path()),
                );
                if ready {
                    self.child = Some(child);
                    return;
                }
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(120), "it neither answers nor ends");
                std::thread::sleep(Duration::from_millis(50));
            }
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(began.elapsed() < Duration::from_secs(30), "{log}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends it at once, with nothing written any more.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Puts a file of a certificate or a key where the server reads it.
    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        assert!(succeeds(Command::new("chmod").arg("600").arg(&path)));
        if let Some(user) = self.user {
            assert!(succeeds(Command::new("chown").arg(format!("{user}:{user}")).arg(&path)));
        }
        path
    }

    /// Over the socket, as the superuser.
    pub fn admin(&self) -> String {
        format!("postgres://postgres@{}:{}/postgres", encoded(self.folder.path()), self.port)
    }

    /// What it wrote into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        // Its processes notice that it is gone, and go, too.
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_ok() && began.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Runs SQL as the superuser. Fails if others hold what it needs, instead of waiting for them without end.
pub fn sql(url: &str, text: &str) {
    use sqlx::Connection;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            for text in ["SET lock_timeout = '30s'".to_owned(), text.to_owned()] {
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
            }
            connection.close().await.unwrap();
        });
}

fn encoded(path: &Path) -> String {
    path.to_str().unwrap().replace('/', "%2F")
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
