//! The driver itself, on a page of a few lines in WebKit's own small browser.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, path::PathBuf};

use e2e::{App, Key};

const PAGE: &str = r#"<!doctype html><title>Page</title><style>.away { display: none }</style>
<label for="name">Full name</label><input id="name">
<button class="away">Save</button><button onclick="said.textContent = 'Saved ' + document.querySelector('#name').value"><svg aria-hidden="true"></svg> Save </button>
<button aria-label="Close" onclick="document.querySelector('dialog').showModal()">×</button>
<select aria-label="Plan"><option>Basic, 9 EUR</option><option>Pro, 19 EUR</option></select>
<table><tr ondblclick="said.textContent = 'Opened'"><td>Ada</td><td>Active</td></tr></table>
<p id="said" role="status"></p>
<input aria-label="Keys" onkeydown="said.textContent = (event.ctrlKey ? 'Ctrl+' : '') + event.key" onfocus="said.textContent = 'focus'">
<dialog aria-label="Sure?"><button onclick="document.querySelector('dialog').close()">Yes, close</button></dialog>"#;

fn browser() -> PathBuf {
    let folders = fs::read_dir("/usr/lib")
        .unwrap()
        .flatten()
        .map(|entry| entry.path().join("webkit2gtk-4.1/MiniBrowser"));
    folders
        .into_iter()
        .find(|file| file.is_file())
        .expect("WebKit's MiniBrowser (Debian: libwebkit2gtk-4.1-0)")
}

#[test]
fn what_is_on_screen_is_found_by_role_and_name_and_answers_to_mouse_and_keyboard() {
    let page = tempfile::Builder::new().suffix(".html").tempfile().unwrap();
    fs::write(page.path(), PAGE).unwrap();
    let address = format!("file://{}", page.path().display());
    let app = App::start_program(&browser(), &["--automation"], "driver").unwrap();
    app.go(&address);

    app.field("Full name").fill("Ada");
    app.button("Save").click();
    app.see("Saved Ada");
    app.field("Full name").fill("Grace");
    app.button("Save").click();
    app.see("Saved Grace");

    app.field("Plan").choose("Pro");
    assert_eq!(app.field("Plan").value(), "Pro, 19 EUR");
    app.row("Ada").double_click();
    app.see("Opened");

    app.tab_to("field", "Keys");
    app.see("focus");
    app.press_with(Key::Control, 'l');
    app.see("Ctrl+l");

    app.button("Close").click();
    app.dialog("Sure?");
    assert!(!app.shows("button", "Save"), "a modal dialog hides what is behind it");
    app.press(&[Key::Escape]);
    app.gone("dialog", "Sure?");
    assert!(app.picture().starts_with(b"\x89PNG"));
}
