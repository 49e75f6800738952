//! Pictures of what is painted now.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    screen::Seen,
    webdriver::Handle,
    window::{PATIENCE, Window},
};

/// No token of the page has it.
const SPECK: [u8; 3] = [255, 0, 254];
/// Longer than the screen takes to show a frame.
const FRAME: Duration = Duration::from_millis(20);

impl Window {
    /// The picture of the page, as PNG: what a person sees on the screen. WebKit's own pictures do not come any more once a
    /// window that is painted without a graphics processor has had another size.
    ///
    /// The screen shows the frame that was painted last, which may be one from before the page changed. So a speck is put
    /// over the corner until it is painted, and taken away until that is painted: a frame that shows the end of this shows
    /// everything that came before it.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        let Some(speck) = Handle::of(&self.run(include_str!("speck.js"), &[])) else {
            panic!("the page takes no speck")
        };
        self.painted(|corner| corner == SPECK);
        self.run("arguments[0].remove()", &[speck.argument()]);
        match self.painted(|corner| corner != SPECK).png() {
            Ok(picture) => picture,
            Err(error) => panic!("no picture can be made: {error:#}"),
        }
    }

    /// The picture of whatever is on the screen.
    pub(crate) fn glance(&self) -> Result<Vec<u8>> {
        self.seen()?.png()
    }

    fn seen(&self) -> Result<Seen> {
        // What a browser has beside its page stands above it.
        let place = "return [screenX, screenY + outerHeight - innerHeight, innerWidth, innerHeight]";
        let place: [u32; 4] = serde_json::from_value(self.session.run(place, &[])?).context("the window has no place")?;
        self.screen.see(place)
    }

    /// Waits until the color of the corner is right and the screen shows the same twice: a frame comes to it part by part.
    #[track_caller]
    fn painted(&self, is_right: impl Fn([u8; 3]) -> bool) -> Seen {
        let started = Instant::now();
        let mut before = None;
        loop {
            let now = match self.seen() {
                Ok(seen) => seen,
                Err(error) => panic!("the screen cannot be seen: {error:#}"),
            };
            if now.corner().is_some_and(&is_right) && before.as_ref() == Some(&now) {
                return now;
            }
            assert!(started.elapsed() < PATIENCE, "the window is not painted");
            before = Some(now);
            thread::sleep(FRAME);
        }
    }
}
