use super::*;
use contract::Problem;

fn after(steps: Vec<DraftStep>) -> Rc<Draft> {
    let start = Rc::new(Draft::new([("name", String::new())]));
    steps.into_iter().fold(start, |draft, step| draft.reduce(step))
}

fn required() -> Vec<FieldError> {
    vec![FieldError {
        field: "name".to_owned(),
        problem: Problem::Required,
    }]
}

#[test]
fn an_error_is_said_when_the_field_was_left_with_something_in_it_or_all_was_submitted() {
    assert_eq!(after(vec![DraftStep::Leave("name")]).error("name", &required()), None);
    let typed = after(vec![DraftStep::Type("name", "x".to_owned()), DraftStep::Leave("name")]);
    assert!(typed.error("name", &required()).is_some());
    assert!(after(vec![DraftStep::Submit]).error("name", &required()).is_some());
}

#[test]
fn a_refusal_stands_until_the_field_changes() {
    let refused = after(vec![DraftStep::Refuse(required())]);
    assert!(refused.error("name", &[]).is_some());
    assert_eq!(refused.reduce(DraftStep::Type("name", "x".to_owned())).error("name", &[]), None);
}

fn typed(draft: Draft, field: &'static str, text: &str) -> Rc<Draft> {
    Rc::new(draft).reduce(DraftStep::Type(field, text.to_owned()))
}

#[test]
fn what_was_typed_stays_over_newer_values_and_theirs_is_told() {
    let values = |name: &str, code: &str| vec![("name", name.to_owned()), ("code", code.to_owned())];
    let draft = typed(Draft::new(values("Studio", "studio")), "name", "Studio 2");
    let draft = draft.reduce(DraftStep::Rebase(values("Studio X", "studio-x")));
    assert_eq!((draft.get("name"), draft.get("code")), ("Studio 2", "studio-x"));
    assert_eq!(draft.theirs("name").as_deref(), Some("Now saved: Studio X"));
    assert_eq!(draft.theirs("code"), None);
    let draft = draft.reduce(DraftStep::StartOver);
    assert_eq!((draft.get("name"), draft.is_changed()), ("Studio X", false));
}

#[test]
fn who_has_typed_nothing_is_not_told_what_another_has_saved_since() {
    let saved = |name: &str| vec![("name", name.to_owned())];
    let draft = Rc::new(Draft::new(saved("Studio"))).reduce(DraftStep::Rebase(saved("Studio X")));
    assert_eq!((draft.get("name"), draft.is_changed()), ("Studio X", false));
    let draft = draft.reduce(DraftStep::Type("name", "Studio 2".to_owned()));
    assert_eq!(draft.theirs("name"), None, "it was typed over what stands there now");
    // From then on it is.
    let draft = draft.reduce(DraftStep::Rebase(saved("Studio Y")));
    assert_eq!(draft.theirs("name").as_deref(), Some("Now saved: Studio Y"));
}

#[test]
fn a_draft_is_kept_for_its_person_and_record_until_it_is_saved() {
    let slot = |person: u128, of: &str| Slot::new(Some(CustomerId(uuid::Uuid::from_u128(person))), of.to_owned());
    let begin = || Draft::new([("name", String::new()), ("day", "1".to_owned())]);
    let draft = typed(begin(), "name", "x");
    keep(&slot(1, "a"), Some(&draft));
    let newer = Draft::new([("name", String::new()), ("day", "2".to_owned())]);
    let again = restored(&slot(1, "a"), newer);
    assert_eq!((again.get("name"), again.get("day"), again.is_restored()), ("x", "2", true));
    assert!(!restored(&slot(1, "b"), begin()).is_restored());
    assert!(!restored(&slot(2, "a"), begin()).is_restored());
    keep(&slot(1, "a"), Some(&begin()));
    assert!(
        !restored(&slot(1, "a"), begin()).is_restored(),
        "nothing that was typed is nothing to keep"
    );
}

/// A list of prices, as it is read.
fn lines(prices: &[&str]) -> Draft {
    let rows: Values = prices
        .iter()
        .enumerate()
        .map(|(at, price)| (row_field("lines", at, "price"), (*price).to_owned()))
        .collect();
    let known = [
        ("note", String::new()),
        ("lines", prices.len().to_string()),
        ("lines[]", rows_mark(&rows)),
    ];
    Draft::new(known.into_iter().chain(rows))
}

#[test]
fn what_was_typed_in_a_row_never_lands_on_another_one() {
    let draft = typed(lines(&["10", "20"]), row_field("lines", 1, "price"), "25");
    let draft = draft.reduce(DraftStep::Type("note", "Thanks".to_owned()));
    let same = draft.clone().reduce(DraftStep::Rebase(lines(&["10", "20"]).begun));
    assert_eq!(
        (same.get("lines[1].price"), same.get("note"), same.is_cut("lines")),
        ("25", "Thanks", false)
    );
    let others = draft.reduce(DraftStep::Rebase(lines(&["10", "15", "20"]).begun));
    assert_eq!(
        (others.get("lines"), others.get("lines[1].price"), others.get("note")),
        ("3", "15", "Thanks")
    );
    assert!(others.is_cut("lines") && !others.is_cut("note"));
    assert!(!others.reduce(DraftStep::StartOver).is_cut("lines"));
}

#[test]
fn rows_move_with_what_was_typed_in_them_last() {
    let (first, second) = (row_field("lines", 0, "price"), row_field("lines", 1, "price"));
    let move_up = move |draft: &Draft| vec![("lines", "1".to_owned()), (first, draft.get(second).to_owned())];
    // The row is taken out by a button that was rendered before the letter was.
    let draft = typed(lines(&["10", "20"]), second, "205").reduce(DraftStep::Change(Box::new(move_up)));
    assert_eq!((draft.get("lines"), draft.get(first)), ("1", "205"));
}

#[test]
fn rows_that_were_taken_out_are_not_taken_out_of_others() {
    let slot = Slot::new(Some(CustomerId(uuid::Uuid::from_u128(3))), "invoice".to_owned());
    keep(&slot, Some(&typed(lines(&["10", "20"]), "lines", "1")));
    assert_eq!(restored(&slot, lines(&["10", "20"])).get("lines"), "1");
    let others = restored(&slot, lines(&["10", "20", "30"]));
    assert_eq!(
        (others.get("lines"), others.is_restored(), others.is_cut("lines")),
        ("3", false, true)
    );
}

#[test]
fn a_row_of_a_record_keeps_its_name_and_what_is_typed_there() {
    let field = |record: u128| record_field("allocations", uuid::Uuid::from_u128(record), "amount");
    assert_eq!(field(1), "allocations[00000000-0000-0000-0000-000000000001].amount");
    let draft = typed(Draft::new([("amount", String::new())]), field(2), "5");
    let draft = draft.reduce(DraftStep::Rebase(vec![("amount", "1".to_owned())]));
    assert_eq!((draft.get(field(1)), draft.get(field(2))), ("", "5"));
}

#[test]
fn what_was_saved_takes_the_place_of_what_was_sent_but_not_of_what_was_typed_since() {
    let draft = typed(Draft::new([("name", String::new()), ("code", String::new())]), "name", " Studio ");
    let draft = draft.reduce(DraftStep::Submit).reduce(DraftStep::Type("code", "studio".to_owned()));
    let draft = draft.reduce(DraftStep::Renew(vec![("name", "Studio".to_owned()), ("code", String::new())]));
    assert_eq!((draft.get("name"), draft.get("code")), ("Studio", "studio"));
    assert!(draft.is_changed() && !draft.is_submitted());
}
