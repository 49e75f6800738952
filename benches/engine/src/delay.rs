//! A server that is further away: whatever is said to it or by it arrives later. What follows is not held up by what was said
//! before, as in a long cable.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How much later, in either direction.
pub const LATER: Duration = Duration::from_millis(20);

/// A port of this computer that leads to a server, for as long as this program runs.
pub fn before(host: &str, port: u16) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let own = listener.local_addr()?.port();
    let host = host.to_owned();
    thread::spawn(move || {
        for near in listener.incoming() {
            // A connection that cannot be had ends here, and whoever asked for it is told by that.
            let _ = near.and_then(|near| join(&near, &TcpStream::connect((host.as_str(), port))?));
        }
    });
    Ok(own)
}

fn join(near: &TcpStream, far: &TcpStream) -> io::Result<()> {
    for side in [near, far] {
        side.set_nodelay(true)?;
    }
    carry(near.try_clone()?, far.try_clone()?);
    carry(far.try_clone()?, near.try_clone()?);
    Ok(())
}

/// Carries one direction: one thread takes down when each piece is due, the other waits for that.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    let (sender, pieces) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if sender.send((Instant::now() + LATER, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, piece) in pieces {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
