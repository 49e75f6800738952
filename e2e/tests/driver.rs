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

const BADLY_PAINTED: &str = r#"<!doctype html><title>Page</title><style>
body { background: white; color: black; font: 16px sans-serif }
.panel { border: 1px solid black; width: 200px; margin: 10px } .tag { display: inline-block; background: #ddd; width: 20px }
.cut { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; width: 60px } .wide { white-space: nowrap }
.pale { color: #999 } .faint { opacity: .4 } .large { font-size: 30px; color: #888 } .scroll { overflow: auto }
</style><body>
<div class="panel"><p class="wide">A sentence that is longer than its panel is wide</p></div>
<div class="panel wide">Another that is much longer than its panel is</div>
<div class="panel"><span class="tag">badge</span></div>
<div class="cut">Cut off and lost</div><p class="pale">Too pale</p><p class="faint">Faded away</p>
<button class="panel pale">Pressed</button>
<div class="cut" title="Cut off but told">Cut off but told</div><p class="large">Large and gray</p><button class="panel pale" disabled>Not to be pressed</button>
<div class="panel scroll wide">A sentence that is longer than its panel, which scrolls</div><div class="panel">Fits</div>"#;

#[test]
fn what_reaches_out_is_cut_off_or_too_pale_is_found_and_nothing_else() {
    let page = tempfile::Builder::new().suffix(".html").tempfile().unwrap();
    fs::write(page.path(), BADLY_PAINTED).unwrap();
    let app = App::start_program(&browser(), &["--automation"], "painted").unwrap();
    app.go(&format!("file://{}", page.path().display()));
    app.see("Fits");
    let found = app.painted_wrong();
    for sign in [
        "p.wide \"A sentence that is longer than its panel\" reaches out of div.panel",
        "div.panel.wide \"Another that is much longer than its pan\" is narrower than its text",
        "span.tag \"badge\" is narrower than its text",
        "div.cut \"Cut off and lost\" cuts off",
        "p.pale \"Too pale\" has a contrast of 2.85",
        "p.faint \"Faded away\" has a contrast of",
        "button.panel.pale \"Pressed\" has a contrast of",
    ] {
        assert!(found.iter().any(|one| one.contains(sign)), "{sign} is not in {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
}
