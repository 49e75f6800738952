//! What the book has for what is typed: one question for each kind, all at the same time. An answer is shown when those above it are
//! there, so that nothing moves any more once it can be read and customers need not wait for what is slower to find.

use std::rc::Rc;

use contract::{
    Error,
    customer::{CustomerRow, ListCustomers},
    domain::Domain,
    invoice::Invoice,
    license::License,
};
use yew::prelude::*;

use crate::{
    hooks::use_latest,
    ipc::{self, Lane},
    pages::{
        list_page::{Filter, Part, Records},
        records,
    },
};

/// So many of each kind are shown; what is not among them is found by typing more.
const MOST: u32 = 5;

/// What is looked for, in the order in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// By name, email or company.
    Customers,
    /// By name, registrar or customer.
    Domains,
    /// By key, customer or plan.
    Licenses,
    /// By number or customer.
    Invoices,
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Customers, Self::Domains, Self::Licenses, Self::Invoices];

    async fn ask(self, lane: &Lane, term: String) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Customers => {
                let request = ListCustomers {
                    search: Some(term),
                    limit: Some(MOST),
                    ..ListCustomers::default()
                };
                all(ipc::call_in(lane, &request).await?.items, Row::Customer)
            }
            Self::Domains => all(list::<records::Domains>(lane, term).await?, Row::Domain),
            Self::Licenses => all(list::<records::Licenses>(lane, term).await?, Row::License),
            Self::Invoices => all(list::<records::Invoices>(lane, term).await?, Row::Invoice),
        })
    }
}

/// The first ones of a list, as its page would list them.
async fn list<R: Records>(lane: &Lane, term: String) -> Result<Vec<R::Row>, Error> {
    let part = Part {
        limit: Some(MOST),
        ..Part::default()
    };
    let request = R::request(&Filter::<R>::default().searching(term), part);
    Ok(R::answer(ipc::call_in(lane, &request).await?).items)
}

fn all<T>(rows: Vec<T>, row: fn(Rc<T>) -> Row) -> Vec<Row> {
    rows.into_iter().map(|one| row(Rc::new(one))).collect()
}

/// Something that is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A customer.
    Customer(Rc<CustomerRow>),
    /// A domain.
    Domain(Rc<Domain>),
    /// A license.
    License(Rc<License>),
    /// An invoice.
    Invoice(Rc<Invoice>),
}

impl Row {
    /// Of which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Customer(_) => Kind::Customers,
            Self::Domain(_) => Kind::Domains,
            Self::License(_) => Kind::Licenses,
            Self::Invoice(_) => Kind::Invoices,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Without what stands around it.
    pub term: String,
    /// Where it is looked for.
    pub kinds: &'static [Kind],
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// What was asked.
    pub asked: Asked,
    /// What is found, in the order of the kinds; of those whose answer is still to come, what was found before.
    pub rows: Vec<Row>,
    /// Why one of the kinds could not be looked through, once all were.
    pub error: Option<Error>,
    /// Whether all answers are there.
    pub is_whole: bool,
}

/// The answers to the newest question that are there.
type Told = Vec<(Kind, Result<Vec<Row>, Error>)>;

#[derive(Default)]
struct Search {
    /// Number of the newest question; answers to older ones are dropped.
    newest: u32,
    coming: Option<(Asked, Told)>,
    shown: Option<Rc<Answers>>,
}

enum Step {
    Ask(u32, Option<Asked>),
    Answer(u32, Kind, Result<Vec<Row>, Error>),
}

/// What is shown of the answers that are there, and of what was found before.
fn shown(asked: &Asked, told: &Told, before: Option<&Answers>) -> Answers {
    let mut rows = Vec::new();
    let mut is_known = true;
    for kind in asked.kinds {
        let answer = told.iter().find(|(of, _)| of == kind).map(|(_, answer)| answer);
        is_known &= answer.is_some();
        match answer.filter(|_| is_known) {
            Some(answer) => rows.extend(answer.iter().flatten().cloned()),
            None => rows.extend(
                before
                    .iter()
                    .flat_map(|before| before.rows.iter().filter(|row| row.kind() == *kind).cloned()),
            ),
        }
    }
    let error = told.iter().find_map(|(_, answer)| answer.as_ref().err().cloned());
    Answers {
        asked: asked.clone(),
        rows,
        error: error.filter(|_| is_known),
        is_whole: is_known,
    }
}

impl Reducible for Search {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        match step {
            Step::Ask(newest, asked) => Rc::new(Self {
                newest,
                // What was found stays until there is something newer; a failure gives way to loading.
                shown: self.shown.clone().filter(|shown| asked.is_some() && shown.error.is_none()),
                coming: asked.map(|asked| (asked, Vec::new())),
            }),
            Step::Answer(number, kind, answer) => {
                let Some((asked, mut told)) = self.coming.clone().filter(|_| number == self.newest) else {
                    return self;
                };
                told.push((kind, answer));
                // Until the first kind has answered, what is there is what was asked before.
                let is_begun = asked.kinds.first().is_some_and(|first| told.iter().any(|(kind, _)| kind == first));
                Rc::new(Self {
                    newest: number,
                    shown: if is_begun {
                        Some(Rc::new(shown(&asked, &told, self.shown.as_deref())))
                    } else {
                        self.shown.clone()
                    },
                    coming: Some((asked, told)),
                })
            }
        }
    }
}

/// What was found last, which may be for what was typed before, and how to ask again.
pub struct Finding {
    /// The newest answers.
    pub answers: Option<Rc<Answers>>,
    /// Asks again.
    pub retry: Callback<()>,
}

/// Asks when what is asked changes: each question ends the one before it.
#[hook]
pub fn use_finding(asked: Option<Asked>) -> Finding {
    let search = use_reducer(Search::default);
    let lanes = use_memo((), |()| Kind::ALL.map(|kind| (kind, Rc::new(Lane::new()))));
    let attempt = use_state(|| 0_u32);
    let newest = use_mut_ref(|| 0_u32);
    {
        let dispatcher = search.dispatcher();
        use_effect_with((asked, *attempt), move |(asked, _)| {
            let number = newest.borrow().wrapping_add(1);
            newest.replace(number);
            dispatcher.dispatch(Step::Ask(number, asked.clone()));
            let Some(asked) = asked else { return };
            for (kind, lane) in lanes.iter().filter(|(kind, _)| asked.kinds.contains(kind)) {
                let (kind, lane, term, dispatcher) = (*kind, Rc::clone(lane), asked.term.clone(), dispatcher.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let answer = kind.ask(&lane, term).await;
                    dispatcher.dispatch(Step::Answer(number, kind, answer));
                });
            }
        });
    }
    let attempt = use_latest(attempt);
    let retry = use_callback((), move |(), ()| {
        let attempt = attempt.borrow().clone();
        attempt.set(attempt.wrapping_add(1));
    });
    Finding {
        answers: search.shown.clone(),
        retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(term: &str) -> Option<Asked> {
        Some(Asked {
            term: term.to_owned(),
            kinds: &[Kind::Customers, Kind::Domains],
        })
    }

    fn domain(name: &str) -> Row {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let domain = serde_json::json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "name": name, "unicode_name": name, "registrar": null, "registered_on": null,
            "expires_on": "2027-01-01", "auto_renew": true, "status": "registered", "created_at": "2026-11-22T09:00:00.000Z", "version": 1
        });
        Row::Domain(Rc::new(serde_json::from_value(domain).unwrap()))
    }

    fn after(steps: Vec<Step>) -> Rc<Search> {
        steps
            .into_iter()
            .fold(Rc::default(), |search: Rc<Search>, step| search.reduce(step))
    }

    /// For what the answers are that are shown, how many rows, whether they are whole, and why not.
    fn seen(search: &Search) -> Option<(&str, usize, bool, Option<&Error>)> {
        let shown = search.shown.as_ref()?;
        Some((shown.asked.term.as_str(), shown.rows.len(), shown.is_whole, shown.error.as_ref()))
    }

    #[test]
    fn an_answer_is_shown_when_those_above_it_are_there_and_late_ones_are_dropped() {
        let none = || Ok(Vec::new());
        let search = after(vec![
            Step::Ask(1, asked("ho")),
            Step::Answer(1, Kind::Domains, Ok(vec![domain("hof.example")])),
        ]);
        assert_eq!(seen(&search), None, "what stands above it is still to come");
        let search = search.reduce(Step::Answer(1, Kind::Customers, none()));
        assert_eq!(seen(&search), Some(("ho", 1, true, None)));
        let search = search
            .reduce(Step::Ask(2, asked("hof")))
            .reduce(Step::Answer(1, Kind::Customers, none()));
        assert_eq!(seen(&search), Some(("ho", 1, true, None)), "that one was late");
        let search = search.reduce(Step::Answer(2, Kind::Customers, none()));
        assert_eq!(seen(&search), Some(("hof", 1, false, None)), "the domains are those of before");
        let search = search.reduce(Step::Answer(2, Kind::Domains, none()));
        assert_eq!(seen(&search), Some(("hof", 0, true, None)));
        // Nothing typed, nothing found.
        assert_eq!(seen(&search.reduce(Step::Ask(3, None))), None);
    }

    #[test]
    fn what_fails_is_said_with_all_answers_and_gives_way_to_the_next_attempt() {
        let search = after(vec![
            Step::Ask(1, asked("ho")),
            Step::Answer(1, Kind::Customers, Err(Error::Locked)),
        ]);
        assert_eq!(seen(&search), Some(("ho", 0, false, None)));
        let search = search.reduce(Step::Answer(1, Kind::Domains, Ok(Vec::new())));
        assert_eq!(seen(&search), Some(("ho", 0, true, Some(&Error::Locked))));
        assert_eq!(seen(&search.reduce(Step::Ask(2, asked("ho")))), None);
    }
}
