//! A proxy between a desk and a server that does what networks do.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// What a desk sends to have a transaction kept.
const COMMIT: &[u8] = b"COMMIT";
/// How often an end that is swallowed looks whether the network is back.
const LOOK: Duration = Duration::from_millis(20);

/// What it does. Bytes are counted from the moment at which the fault is set, over all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Passes everything on.
    None,
    /// Closes the connection after so many bytes to the server.
    CutToServer(usize),
    /// Closes the connection after so many bytes to the desk.
    CutToDesk(usize),
    /// The same with a reset in both directions.
    Reset(usize),
    /// Swallows everything after so many bytes to the server, and closes nothing.
    BlackHole(usize),
    /// Swallows what comes after so many bytes to the desk. The server hears everything.
    MuteToDesk(usize),
    /// The same from the moment at which a transaction is to be kept: the server keeps it, and its answer is swallowed.
    MuteFromCommit,
    /// The same from the commit of a connection on which these words were sent before.
    MuteFromCommitAfter(&'static str),
    /// Closes the connection instead of passing that commit on, and every other one that sends something from then on.
    CutAtCommitAfter(&'static str),
    /// The server is gone after so many bytes to it; the desk is not told.
    HalfOpen(usize),
    /// Every piece comes late.
    Delay(Duration),
}

struct State {
    fault: Mutex<(Fault, usize, usize)>,
    to_server: Mutex<Vec<u8>>,
    records: AtomicBool,
    /// Both sides of every connection that is open.
    connections: Mutex<Vec<Weak<TcpStream>>>,
}

impl State {
    /// Whether everything that goes this way is swallowed, an end included.
    fn swallows(&self, is_to_server: bool) -> bool {
        let (fault, to_server, to_desk) = *self.fault.lock().unwrap();
        match fault {
            Fault::BlackHole(at) | Fault::HalfOpen(at) => to_server > at,
            Fault::MuteToDesk(at) => !is_to_server && to_desk >= at,
            _ => false,
        }
    }
}

/// A running proxy.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    /// To a server on this computer.
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            fault: Mutex::new((Fault::None, 0, 0)),
            to_server: Mutex::default(),
            records: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for desk in listener.incoming() {
                let (Ok(desk), Ok(server)) = (desk, TcpStream::connect(("127.0.0.1", server))) else {
                    continue;
                };
                desk.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let (desk, server) = (Arc::new(desk), Arc::new(server));
                let mut connections = shared.connections.lock().unwrap();
                connections.retain(|side| side.strong_count() > 0);
                connections.extend([Arc::downgrade(&desk), Arc::downgrade(&server)]);
                drop(connections);
                for is_to_server in [true, false] {
                    let (desk, server, state) = (Arc::clone(&desk), Arc::clone(&server), Arc::clone(&shared));
                    thread::spawn(move || pass(&desk, &server, is_to_server, &state));
                }
            }
        });
        Self { port, state }
    }

    /// Does this from now on, and counts anew.
    pub fn set(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = (fault, 0, 0);
    }

    /// What it does now.
    pub fn fault(&self) -> Fault {
        self.state.fault.lock().unwrap().0
    }

    /// Ends every connection, as the end of the desk's process would.
    pub fn hang_up(&self) {
        for side in self.state.connections.lock().unwrap().iter().filter_map(Weak::upgrade) {
            let _ = side.shutdown(Shutdown::Both);
        }
    }

    /// Bytes to the server and to the desk since the fault was set.
    pub fn counted(&self) -> (usize, usize) {
        let fault = self.state.fault.lock().unwrap();
        (fault.1, fault.2)
    }

    /// Keeps what is sent to the server from now on.
    pub fn record(&self) {
        self.state.records.store(true, Ordering::Relaxed);
        self.state.to_server.lock().unwrap().clear();
    }

    /// What was sent to the server since.
    pub fn recorded(&self) -> Vec<u8> {
        self.state.to_server.lock().unwrap().clone()
    }
}

fn pass(desk: &TcpStream, server: &TcpStream, is_to_server: bool, state: &State) {
    let (mut from, mut to) = if is_to_server { (desk, server) } else { (server, desk) };
    let mut buffer = [0; 16_384];
    let mut has_sent = false;
    let close = || {
        let _ = (desk.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    };
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) | Err(_) => {
                // The other side hears of it when the network is back.
                while state.swallows(is_to_server) {
                    thread::sleep(LOOK);
                }
                break close();
            }
            Ok(read) => read,
        };
        let (fault, before) = {
            let mut now = state.fault.lock().unwrap();
            let counted = if is_to_server { &mut now.1 } else { &mut now.2 };
            let before = *counted;
            *counted += read;
            // Before the server hears of it.
            if is_to_server {
                let has = |words: &[u8]| buffer[..read].windows(words.len()).any(|part| part == words);
                if let Fault::MuteFromCommitAfter(words) | Fault::CutAtCommitAfter(words) = now.0 {
                    has_sent |= has(words.as_bytes());
                }
                match now.0 {
                    Fault::MuteFromCommit if has(COMMIT) => now.0 = Fault::MuteToDesk(now.2),
                    Fault::MuteFromCommitAfter(_) if has_sent && has(COMMIT) => now.0 = Fault::MuteToDesk(now.2),
                    Fault::CutAtCommitAfter(_) if has_sent && has(COMMIT) => now.0 = Fault::CutToServer(before),
                    _ => {}
                }
            }
            (now.0, before)
        };
        let limit = match (fault, is_to_server) {
            (Fault::CutToServer(at) | Fault::Reset(at) | Fault::BlackHole(at) | Fault::HalfOpen(at), true)
            | (Fault::CutToDesk(at) | Fault::MuteToDesk(at), false) => Some(at),
            // What has been cut in one direction brings nothing back in the other.
            (Fault::BlackHole(_) | Fault::HalfOpen(_), false) if state.swallows(false) => Some(0),
            (Fault::Delay(pause), _) => {
                thread::sleep(pause);
                None
            }
            _ => None,
        };
        let passes = limit.map_or(read, |limit| limit.saturating_sub(before).min(read));
        if is_to_server && state.records.load(Ordering::Relaxed) {
            state.to_server.lock().unwrap().extend(&buffer[..passes]);
        }
        if to.write_all(&buffer[..passes]).is_err() {
            break close();
        }
        if passes == read {
            continue;
        }
        match fault {
            Fault::BlackHole(_) | Fault::MuteToDesk(_) => {}
            Fault::HalfOpen(_) => {
                let _ = server.shutdown(Shutdown::Both);
            }
            Fault::Reset(_) => {
                for stream in [desk, server] {
                    let _ = rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO));
                }
                break close();
            }
            _ => break close(),
        }
    }
}
