//! axe-core and what is painted, on every page and dialog in each of its states, in both themes, wide and narrow.
//!
//! This runs with each change and must not take long, so the dark theme is asked only by the rules that read colors. The others look at
//! elements, roles, names, order and sizes, and no theme changes those: it sets custom properties and nothing else, which
//! `cargo xtask check` sees to (`xtask/src/tidy/theme.rs`). `cargo xtask shots` does not take that on trust: it asks every rule in both
//! themes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use e2e::stages::Part;

/// Looks at every stage of a part.
fn keeps_nobody_out(part: &str) {
    let mut found = Vec::new();
    let part = Part::named(part).unwrap();
    part.walk(&mut |app, stage| {
        for width in stage.widths {
            app.resize(*width, 800);
            for theme in ["light", "dark"] {
                app.paint(theme);
                let place = format!("{}, {width}, {theme}", stage.name);
                // The other theme has other colors and nothing else; see above.
                let violations = if theme == "light" {
                    app.violations()
                } else {
                    app.color_violations()
                };
                for violation in violations {
                    found.push(format!("{place}: {}\n    {}", violation.rule, violation.places.join("\n    ")));
                }
                found.extend(app.painted_wrong().into_iter().map(|wrong| format!("{place}: {wrong}")));
            }
        }
        app.resize(1280, 800);
    })
    .unwrap();
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_way_in_keeps_nobody_out() {
    keeps_nobody_out("gate");
}

#[test]
fn a_book_that_does_not_open_says_so_to_everyone() {
    keeps_nobody_out("problems");
}

#[test]
fn an_empty_book_keeps_nobody_out() {
    keeps_nobody_out("empty");
}

#[test]
fn the_pages_keep_nobody_out() {
    keeps_nobody_out("pages");
}

#[test]
fn the_details_keep_nobody_out() {
    keeps_nobody_out("details");
}

#[test]
fn the_dialogs_keep_nobody_out() {
    keeps_nobody_out("dialogs");
}

#[test]
fn what_is_sold_keeps_nobody_out() {
    keeps_nobody_out("selling");
}

#[test]
fn billing_keeps_nobody_out() {
    keeps_nobody_out("billing");
}

#[test]
fn where_the_book_is_keeps_nobody_out() {
    keeps_nobody_out("database");
}
