//! A network between a desk and the server of the tests, which can be slow, fall silent or break.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use contract::session::SignIn;
use engine::{App, BookLocation, TlsMode};

use super::TestBook;

/// See the module. What is still open breaks when it is dropped.
pub struct Network(Arc<State>);

#[derive(Default)]
struct State {
    /// Both ends of every connection, in the order in which they were made.
    made: Mutex<Vec<[TcpStream; 2]>>,
    /// So many connections, from the first one, are silent.
    silent: AtomicUsize,
    /// Milliseconds that what is sent to the server is on its way.
    delay: AtomicU64,
}

impl Network {
    /// To a port of this computer. Answers with its own.
    fn to(server: u16) -> (Self, u16) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for desk in listener.incoming() {
                let (Ok(desk), Ok(server)) = (desk, TcpStream::connect(("127.0.0.1", server))) else {
                    continue;
                };
                let _ = (desk.set_nodelay(true), server.set_nodelay(true));
                let twice = |stream: &TcpStream| (stream.try_clone().unwrap(), stream.try_clone().unwrap());
                let number = {
                    let mut made = shared.made.lock().unwrap();
                    made.push([desk.try_clone().unwrap(), server.try_clone().unwrap()]);
                    made.len()
                };
                let ((from_desk, to_desk), (from_server, to_server)) = (twice(&desk), twice(&server));
                for (from, to, is_slow) in [(from_desk, to_server, true), (from_server, to_desk, false)] {
                    let state = Arc::clone(&shared);
                    thread::spawn(move || pass(from, to, (number, is_slow), &state));
                }
            }
        });
        (Self(state), port)
    }

    /// What is open is swallowed from now on, and nothing is closed. New connections work.
    pub fn lose(&self) {
        let made = self.0.made.lock().unwrap().len();
        self.0.silent.store(made, Ordering::SeqCst);
    }

    /// Everything is swallowed from now on, also on new connections.
    pub fn fall_silent(&self) {
        self.0.silent.store(usize::MAX, Ordering::SeqCst);
    }

    /// From now on a way to the server and back takes so long.
    pub fn delay(&self, millis: u64) {
        self.0.delay.store(millis, Ordering::SeqCst);
    }

    /// What is open breaks. New connections work.
    pub fn cut(&self) {
        for ends in self.0.made.lock().unwrap().iter() {
            for end in ends {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.cut();
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, (number, is_slow): (usize, bool), state: &State) {
    let mut buffer = [0; 16_384];
    let is_silent = || number <= state.silent.load(Ordering::SeqCst);
    loop {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(_) if is_silent() => {}
            Ok(read) => {
                if is_slow {
                    thread::sleep(Duration::from_millis(state.delay.load(Ordering::SeqCst)));
                }
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
        }
    }
    // An end is swallowed like everything else.
    if !is_silent() {
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}

/// A place on a server, reached over a network of its own.
pub fn over_a_network(place: &BookLocation) -> (BookLocation, Network) {
    let BookLocation::Server(mut server) = place.clone() else {
        panic!("a file has no network");
    };
    let (network, port) = Network::to(server.port);
    (server.host, server.port) = ("127.0.0.1".to_owned(), port);
    server.tls.mode = Some(TlsMode::Off);
    (BookLocation::Server(server), network)
}

impl TestBook {
    /// The server of the book, reached over a network of its own.
    pub fn over_a_network(&self) -> (BookLocation, Network) {
        over_a_network(&self.location)
    }

    /// Another desk of the owner, which reaches the server over a network of its own.
    pub async fn far(&self) -> (App, Network) {
        let (location, network) = self.over_a_network();
        let app = App::open(location, super::options()).await.unwrap();
        let sign_in = SignIn {
            email: super::OWNER_EMAIL.to_owned(),
            password: super::OWNER_PASSWORD.into(),
        };
        app.call(sign_in, None).await.unwrap();
        (app, network)
    }
}
