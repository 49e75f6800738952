//! Pictures of what is painted now.

use std::{
    io::Cursor,
    thread,
    time::{Duration, Instant},
};

use base64::Engine;

use crate::{
    webdriver::Handle,
    window::{PATIENCE, Window},
};

/// No token of the page has it.
const SPECK: [u8; 3] = [255, 0, 254];

impl Window {
    /// The picture of the page, as PNG.
    ///
    /// The driver answers with the frame that was painted last, which may be one from before the page changed. So a speck
    /// is put over the corner until it is painted, and taken away until that is painted: a frame that shows the end of
    /// this shows everything that came before it.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        let Some(speck) = Handle::of(&self.run(include_str!("speck.js"), &[])) else {
            panic!("the page takes no speck")
        };
        self.painted(|corner| corner == SPECK);
        self.run("arguments[0].remove()", &[speck.argument()]);
        self.painted(|corner| corner != SPECK)
    }

    /// Takes pictures until the color of the corner is right.
    #[track_caller]
    fn painted(&self, is_right: impl Fn([u8; 3]) -> bool) -> Vec<u8> {
        let started = Instant::now();
        loop {
            let answer = self.must(self.session.get("/screenshot"));
            let picture = base64::engine::general_purpose::STANDARD.decode(answer.as_str().unwrap_or_default());
            if let Ok(picture) = picture
                && corner(&picture).is_some_and(&is_right)
            {
                return picture;
            }
            assert!(started.elapsed() < PATIENCE, "the window is not painted");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The color in the upper left corner of a PNG.
fn corner(picture: &[u8]) -> Option<[u8; 3]> {
    let mut reader = png::Decoder::new(Cursor::new(picture)).read_info().ok()?;
    let row = reader.next_row().ok()??;
    row.data().get(..3)?.try_into().ok()
}
