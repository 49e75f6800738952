//! The scrolling of a grid: measures, moves what is rendered, and says which rows are seen.

use std::{cell::RefCell, ops::Range, rc::Rc};

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlElement, ResizeObserver};
use yew::prelude::*;

use super::geometry::{Geometry, Position};
use crate::format;

/// The elements of a grid.
#[derive(Clone, Default, PartialEq)]
pub struct Nodes {
    /// What scrolls.
    pub viewport: NodeRef,
    /// The head, which stays at the top.
    pub head: NodeRef,
    /// As high as a row.
    pub probe: NodeRef,
    /// As high as all rows, up to a limit.
    pub track: NodeRef,
    /// The rendered rows.
    pub window: NodeRef,
    /// Where the numbers of the seen rows stand.
    pub seen: NodeRef,
}

#[derive(Default)]
struct Live {
    geometry: Geometry,
    at: Position,
    rendered: Range<u64>,
    seen: Range<u64>,
}

/// The scrolling of a grid.
#[derive(Clone)]
pub struct Scroll {
    /// The rows to render.
    pub range: Range<u64>,
    nodes: Nodes,
    live: Rc<RefCell<Live>>,
    set_range: UseStateSetter<Range<u64>>,
}

impl Scroll {
    /// Rows that fit on screen.
    pub fn page(&self) -> u64 {
        self.live.borrow().geometry.page()
    }

    /// Rows of which something can be seen.
    pub fn seen(&self) -> Range<u64> {
        let live = self.live.borrow();
        live.seen.start.saturating_sub(1)..live.seen.end.saturating_add(1)
    }

    /// Scrolls until a row can be seen whole.
    pub fn reveal(&self, row: u64) {
        let to = {
            let live = self.live.borrow();
            live.geometry.revealing(row, live.at)
        };
        self.go(to);
    }

    fn go(&self, to: Position) {
        if self.live.borrow().at != to {
            self.live.borrow_mut().at = to;
            if let Some(viewport) = self.nodes.viewport.cast::<HtmlElement>() {
                viewport.set_scroll_top(whole(to.scroll));
            }
        }
        self.show();
    }

    /// Where the window is too low for all, the list is as high as the page and what stands above it scrolls away: as soon
    /// as somebody goes into the list, it takes the whole page.
    pub fn fill(&self) {
        let grid = self
            .nodes
            .viewport
            .cast::<HtmlElement>()
            .and_then(|viewport| viewport.parent_element());
        let Some(page) = grid.and_then(|grid| grid.parent_element()) else {
            return;
        };
        let end = page.scroll_height().saturating_sub(page.client_height());
        if end > 0 && page.scroll_top() < end {
            page.set_scroll_top(end);
        }
    }

    /// The person has scrolled.
    fn scrolled(&self) {
        let Some(viewport) = self.nodes.viewport.cast::<HtmlElement>() else {
            return;
        };
        let scroll = f64::from(viewport.scroll_top());
        let (from, geometry) = {
            let live = self.live.borrow();
            (live.at, live.geometry)
        };
        if is_same(scroll, from.scroll) {
            return;
        }
        if scroll > from.scroll {
            self.fill();
        }
        let to = geometry.moved(from, scroll);
        self.live.borrow_mut().at = to;
        if !is_same(to.scroll, scroll) {
            viewport.set_scroll_top(whole(to.scroll));
        }
        self.show();
    }

    /// Something has another size, or there are more or fewer rows.
    fn measure(&self, total: u64) {
        let height = |node: &NodeRef| {
            node.cast::<HtmlElement>()
                .map_or(0.0, |element| element.get_bounding_client_rect().height())
        };
        let row = height(&self.nodes.probe);
        let view = self
            .nodes
            .viewport
            .cast::<HtmlElement>()
            .map_or(0, |element| element.client_height());
        if row <= 0.0 || view == 0 {
            // Taken out of the document while the session is locked: the place is kept for when it is back.
            return;
        }
        let body = rest(f64::from(view), height(&self.nodes.head));
        let (before, at) = {
            let live = self.live.borrow();
            (live.geometry, live.at)
        };
        let geometry = Geometry { row, body, total };
        if geometry != before {
            self.live.borrow_mut().geometry = geometry;
            if let Some(track) = self.nodes.track.cast::<HtmlElement>() {
                // A refused height leaves the old one.
                let _ = track.style().set_property("height", &format!("{}px", geometry.track()));
            }
            self.go(geometry.kept(&before, at));
        }
    }

    /// Renders what has to be there, and puts what is there in its place.
    fn show(&self) {
        let (rendered, seen, is_new) = {
            let mut live = self.live.borrow_mut();
            let (rendered, seen) = (live.geometry.rendered(live.at), live.geometry.seen(live.at));
            let is_new = live.seen != seen;
            live.seen = seen.clone();
            (rendered, seen, is_new)
        };
        if is_new && let Some(element) = self.nodes.seen.cast::<HtmlElement>() {
            element.set_text_content(Some(&words(&seen)));
        }
        if self.live.borrow().rendered == rendered {
            self.place();
        } else {
            self.set_range.set(rendered);
        }
    }

    fn place(&self) {
        let live = self.live.borrow();
        if let Some(window) = self.nodes.window.cast::<HtmlElement>() {
            let top = live.geometry.top(Geometry::base(&live.rendered), live.at);
            // A refused place leaves the old one.
            let _ = window.style().set_property("transform", &format!("translateY({top}px)"));
        }
    }
}

/// The scrolling of a grid with so many rows.
#[hook]
pub fn use_scroll(nodes: &Nodes, total: u64) -> Scroll {
    let live = use_mut_ref(Live::default);
    let range = use_state_eq(|| 0..0);
    let scroll = Scroll {
        range: (*range).clone(),
        nodes: nodes.clone(),
        live,
        set_range: range.setter(),
    };
    let newest_total = crate::hooks::use_latest(total);
    {
        let scroll = scroll.clone();
        use_effect_with((), move |()| {
            let scrolled = scroll.clone();
            let listener = scroll
                .nodes
                .viewport
                .cast::<HtmlElement>()
                .map(|viewport| EventListener::new(&viewport, "scroll", move |_| scrolled.scrolled()));
            let nodes = scroll.nodes.clone();
            let resized = Closure::<dyn FnMut(JsValue)>::new(move |_| scroll.measure(*newest_total.borrow()));
            let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
            if let Some(observer) = &observer {
                for node in [&nodes.viewport, &nodes.probe, &nodes.head] {
                    if let Some(element) = node.cast::<HtmlElement>() {
                        observer.observe(&element);
                    }
                }
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop((listener, resized));
            }
        });
    }
    {
        let scroll = scroll.clone();
        use_effect_with(total, move |total| scroll.measure(*total));
    }
    {
        let scroll = scroll.clone();
        use_effect_with((*range).clone(), move |range| {
            scroll.live.borrow_mut().rendered = range.clone();
            scroll.place();
        });
    }
    scroll
}

/// `Rows 1 – 12`.
fn words(seen: &Range<u64>) -> String {
    if seen.is_empty() {
        return String::new();
    }
    format!("Rows {} – {}", format::count(seen.start.saturating_add(1)), format::count(seen.end))
}

#[allow(clippy::float_arithmetic, reason = "pixels are fractions")]
fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1.0
}

#[allow(clippy::float_arithmetic, reason = "pixels are fractions")]
fn rest(view: f64, head: f64) -> f64 {
    (view - head).max(0.0)
}

#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the scrollbar takes whole pixels, at most eight million"
)]
fn whole(pixels: f64) -> i32 {
    pixels.round() as i32
}
