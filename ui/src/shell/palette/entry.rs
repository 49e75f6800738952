//! One line of the palette: something that is found, or a command.

use std::{iter, ops::Range};

use chrono::NaiveDate;
use yew::prelude::*;

use super::{
    Over,
    command::{Command, Group},
    found::Row,
};
use crate::{
    components::Icon,
    format,
    hooks::seek,
    pages::{
        customers::{self, details, details::status},
        list_page::{Opening, Records, Showing},
        records,
    },
    route::{self, Place, Route},
};

/// One line of the palette.
#[derive(Clone)]
pub struct Entry {
    /// What tells it apart.
    pub key: String,
    /// The heading that it stands under.
    pub group: &'static str,
    /// What it is called.
    pub title: String,
    icon: Icon,
    /// Whether the title is a key or a number.
    is_code: bool,
    /// The parts of the second line, each in its own direction.
    below: Vec<String>,
    end: Html,
    /// What Enter does.
    pub act: Callback<()>,
    /// What else it is called by.
    also: &'static str,
}

impl Entry {
    /// Something that is found: it opens as Enter opens it in its list.
    pub fn found(row: &Row, place: &Place, over: &Callback<Over>, showing: &Showing) -> Self {
        match row {
            Row::Customer(row) => {
                let (place, id) = (place.clone(), row.id);
                let act = Callback::from(move |()| {
                    come_back(place.route);
                    place.go(Route::Customers(Some((id, details::last_tab()))));
                });
                let below = iter::once(row.email.clone()).chain(row.company_name.clone()).collect();
                let key = format!("customer-{id}");
                Self::of(key, "Customers", Icon::User, row.full_name.clone(), below, act).ending(customers::status(row.is_active))
            }
            Row::Domain(row) => {
                let left = row.expires_on.map(|day| format::days_between(showing.today, day));
                let expiry = row
                    .expires_on
                    .map(|day| format!("{} {}", expires(day, showing.today), format::date(day)));
                let below = iter::once(row.customer_name.clone()).chain(expiry).collect();
                let act = opened::<records::Domains>(row, place, over);
                let key = format!("domain-{}", row.id);
                Self::of(key, "Domains", Icon::Globe, row.unicode_name.clone(), below, act).ending(status::of_domain(row.status, left))
            }
            Row::License(row) => {
                let below = vec![row.customer_name.clone(), row.plan_name.clone()];
                let act = opened::<records::Licenses>(row, place, over);
                let entry = Self::of(format!("license-{}", row.id), "Licenses", Icon::Key, row.key.clone(), below, act);
                Self { is_code: true, ..entry }.ending(status::of_license(row))
            }
            Row::Invoice(row) => {
                let below = vec![row.customer_name.clone(), format::money(row.total)];
                let act = opened::<records::Invoices>(row, place, over);
                let (title, is_code) = row
                    .number
                    .as_ref()
                    .map_or_else(|| ("Draft".to_owned(), false), |number| (number.clone(), true));
                let overdue = row.due_on.map_or(0, |due| format::days_between(due, showing.today));
                let entry = Self::of(format!("invoice-{}", row.id), "Invoices", Icon::Receipt, title, below, act);
                Self { is_code, ..entry }.ending(status::of_invoice(row, overdue))
            }
        }
    }

    /// A command: under the heading of its own while nothing is typed.
    pub fn command(command: Command, is_sought: bool) -> Self {
        let group = if is_sought { Group::Others } else { command.group };
        let end = command.keys.map(|keys| html! { <kbd aria-hidden="true">{ keys }</kbd> });
        Self {
            key: command.key,
            group: group.label(),
            title: command.title,
            icon: command.icon,
            is_code: false,
            below: Vec::new(),
            end: end.unwrap_or_default(),
            act: command.run,
            also: command.also,
        }
    }

    fn of(key: String, group: &'static str, icon: Icon, title: String, below: Vec<String>, act: Callback<()>) -> Self {
        Self {
            key,
            group,
            title,
            icon,
            is_code: false,
            below,
            end: Html::default(),
            act,
            also: "",
        }
    }

    fn ending(self, end: Html) -> Self {
        Self { end, ..self }
    }

    /// The id of its element.
    pub fn id(&self, of: &str) -> AttrValue {
        format!("{of}-{}", self.key).into()
    }

    /// Whether it is called exactly so.
    fn is_called(&self, term: &str) -> bool {
        let term = term.to_lowercase();
        self.title.to_lowercase() == term || self.also.to_lowercase() == term
    }

    /// As an option of the list.
    pub fn view(&self, of: &str, term: &str, is_active: bool, choose: Callback<()>) -> Html {
        html! {
            <div
                key={self.key.clone()}
                id={self.id(of)}
                class={classes!("option", self.below.is_empty().then_some("option--one"))}
                role="option"
                aria-selected={if is_active { "true" } else { "false" }}
                onclick={move |_: MouseEvent| choose.emit(())}
            >
                { self.icon.view() }
                <span class="option__text">
                    <span class={classes!("truncate", self.is_code.then_some("mono"))} title={self.title.clone()}><bdi>{ marked(&self.title, term) }</bdi></span>
                    if !self.below.is_empty() {
                        <span class="option__sub truncate" title={self.below.join(" · ")}>
                            { for self.below.iter().enumerate().map(|(at, part)| html! { <>if at > 0 { { " · " } }<bdi>{ part }</bdi></> }) }
                        </span>
                    }
                </span>
                <span class="option__end">{ self.end.clone() }</span>
            </div>
        }
    }
}

/// Whether a domain still expires on that day, or has.
fn expires(day: NaiveDate, today: NaiveDate) -> &'static str {
    if day < today { "expired" } else { "expires" }
}

/// Which one Enter takes by itself: the one that is called so, or else the first. Before anything is typed there is none, as Enter may
/// have been pressed once too often.
pub fn best(entries: &[Entry], term: &str) -> Option<usize> {
    if term.is_empty() {
        return None;
    }
    let called = entries.iter().position(|entry| entry.is_called(term));
    called.or_else(|| (!entries.is_empty()).then_some(0))
}

/// Opens a row as Enter does in its list.
fn opened<R: Records>(row: &R::Row, place: &Place, over: &Callback<Over>) -> Callback<()> {
    let id = R::id(row);
    match R::OPENING {
        Opening::Place(to) => {
            let (place, to) = (place.clone(), to(row));
            Callback::from(move |()| {
                come_back(place.route);
                seek(id);
                place.go(to);
            })
        }
        Opening::Dialog(dialog) => {
            let over = over.clone();
            Callback::from(move |()| over.emit(Over::from(move |on_close: Callback<()>| dialog(id, on_close))))
        }
    }
}

/// A record that is opened over one of the lists leads back there, as it would from a row.
fn come_back(here: Route) {
    let is_list = matches!(
        here,
        Route::Licenses | Route::Subscriptions | Route::Invoices | Route::Payments | Route::Domains | Route::Statistics
    );
    if is_list {
        route::come_back_to(here);
    } else {
        route::forget_origin();
    }
}

/// A text in which the words that are looked for are marked.
fn marked(text: &str, term: &str) -> Html {
    let mut done = 0;
    let mut parts = Vec::new();
    for at in places_of(text, term) {
        if let (Some(before), Some(word)) = (text.get(done..at.start), text.get(at.clone())) {
            parts.push(html! { <>{ before.to_owned() }<mark>{ word.to_owned() }</mark></> });
        }
        done = at.end;
    }
    html! { <>{ for parts }{ text.get(done..).unwrap_or_default().to_owned() }</> }
}

/// Where the words of a term are in a text, each once, from its beginning on; what overlaps is one.
fn places_of(text: &str, term: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = term.split_whitespace().filter_map(|word| place_of(text, word)).collect();
    found.sort_by_key(|at| at.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for at in found {
        match apart.last_mut() {
            Some(last) if at.start <= last.end => last.end = last.end.max(at.end),
            _ => apart.push(at),
        }
    }
    apart
}

/// Where a word is in a text, in capitals or not.
fn place_of(text: &str, word: &str) -> Option<Range<usize>> {
    let wanted: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    text.char_indices().find_map(|(start, _)| {
        let mut left = wanted.iter();
        let mut end = start;
        for letter in text.get(start..)?.chars() {
            if left.len() == 0 {
                break;
            }
            if !letter.to_lowercase().all(|lower| left.next() == Some(&lower)) {
                return None;
            }
            end += letter.len_utf8();
        }
        (left.len() == 0).then_some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_capitals_and_beside_any_letters() {
        let cases = [
            ("Lena Hoffmann", "hof", Some("Hof")),
            ("Kaffeehof Berlin", "HOF", Some("hof")),
            ("Žofie Hošková", "hoš", Some("Hoš")),
            ("İpek Yılmaz", "yıl", Some("Yıl")),
            ("Lena", "lenas", None),
            ("", "a", None),
        ];
        for (text, word, want) in cases {
            assert_eq!(place_of(text, word).and_then(|range| text.get(range)), want, "{word} in {text}");
        }
    }

    #[test]
    fn every_word_that_is_there_is_marked_once() {
        let marked = |text: &'static str, term: &str| places_of(text, term).into_iter().map(|at| &text[at]).collect::<Vec<_>>();
        assert_eq!(marked("Michał Wójcik", "wójcik michał"), ["Michał", "Wójcik"]);
        assert_eq!(marked("Lena Hoffmann", "hof hoffm lena"), ["Lena", "Hoffm"]);
        assert_eq!(marked("Lena Hoffmann", "souza"), [""; 0]);
    }

    #[test]
    fn a_domain_expires_until_the_end_of_its_day() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(expires(day(21), day(22)), "expired");
        assert_eq!(expires(day(22), day(22)), "expires");
        assert_eq!(expires(day(23), day(22)), "expires");
    }

    #[test]
    fn the_one_that_is_called_so_is_meant_before_the_first() {
        let entry = |title: &str, also: &'static str| Entry {
            also,
            ..Entry::of(title.to_owned(), "", Icon::User, title.to_owned(), Vec::new(), Callback::noop())
        };
        let entries = [entry("Lockwood Ltd", ""), entry("Lock", "screen"), entry("Go to Plans", "Plans")];
        assert_eq!(best(&entries, "lo"), Some(0));
        assert_eq!(best(&entries, "lock"), Some(1));
        assert_eq!(best(&entries, "plans"), Some(2));
        assert_eq!(best(&entries, ""), None);
        assert_eq!(best(&[], "lock"), None);
    }
}
