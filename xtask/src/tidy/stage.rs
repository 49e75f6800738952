//! Every dialog of the page is shown at a stage, so that the check of accessibility and the camera see it. The list says which stages
//! show it and what it is called there; whether it lies on screen then, the walk itself looks (`e2e/src/stages/mod.rs`).

use super::File;

const LIST: &str = "e2e/src/stages/shown.rs";
const STAGES: &str = "e2e/src/stages/";
const PAGE: &str = "ui/src/";
/// What dialogs are made of.
const PARTS: &str = "ui/src/components/";
/// What stands in a dialog that asks before it shows something, and how the name of a stage ends that shows it.
const STATES: [(&str, &str); 2] = [("<SkeletonRows", "loading"), ("<FailedState", "failed")];

/// A line of the list.
struct Shown<'a> {
    file: &'a str,
    title: &'a str,
    stages: Vec<&'a str>,
}

pub fn breaches(files: &[File]) -> Vec<String> {
    let Some(list) = files.iter().find(|file| file.path == LIST) else {
        return vec![format!("{LIST} is missing")];
    };
    let list = entries(&list.text);
    let mut found = Vec::new();
    for file in files {
        let Some(name) = file.path.strip_prefix(PAGE).filter(|_| !file.path.starts_with(PARTS)) else {
            continue;
        };
        let own: Vec<&Shown<'_>> = list.iter().filter(|entry| entry.file == name).collect();
        let titles = titles(&file.text);
        if own.is_empty() != titles.is_empty() {
            found.push(format!("{}: what has a dialog stands in {LIST}, and nothing else", file.path));
        } else if !own.is_empty() {
            found.extend(of_file(file, &titles, &own));
        }
    }
    for entry in &list {
        found.extend(of_entry(entry, files));
    }
    found
}

/// What the list lacks of a file with dialogs.
fn of_file(file: &File, titles: &[Option<&str>], own: &[&Shown<'_>]) -> Vec<String> {
    let named = |title: &str| own.iter().any(|entry| !entry.title.is_empty() && title.contains(entry.title));
    let unnamed = titles.iter().flatten().filter(|title| !named(title));
    let unnamed = unnamed.map(|title| format!("{}: the dialog {title:?} stands not in {LIST}", file.path));
    let unseen = STATES.iter().filter(|(mark, ending)| {
        let mut stages = own.iter().flat_map(|entry| &entry.stages);
        file.text.contains(mark) && !stages.any(|stage| stage.ends_with(ending))
    });
    let unseen = unseen.map(|(mark, ending)| format!("{}: no stage in {LIST} shows it {ending}, and it has {mark}", file.path));
    unnamed.chain(unseen).collect()
}

/// What is wrong with a line of the list itself.
fn of_entry(entry: &Shown<'_>, files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let path = format!("{PAGE}{}", entry.file);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // The name may be given to the dialog by what stands beside it.
    let beside = |file: &&File| file.path.rsplit_once('/').is_some_and(|(of, _)| of == folder);
    if !files.iter().any(|file| file.path == path) {
        found.push(format!("{LIST}: there is no {path}"));
    } else if !files.iter().filter(beside).any(|file| file.text.contains(entry.title)) {
        found.push(format!("{LIST}: nothing in {folder} is called {:?}", entry.title));
    }
    for stage in &entry.stages {
        let listed = format!("\"{stage}\"");
        let mut lists = files.iter().filter(|file| file.path.starts_with(STAGES) && file.path != LIST);
        if !lists.any(|file| file.text.contains(&listed)) {
            found.push(format!("{LIST}: there is no stage {stage}"));
        }
    }
    found
}

/// The lines of the list: `shown("file", "title", &["stage", …])`.
fn entries(list: &str) -> Vec<Shown<'_>> {
    let calls = list.split("shown(").skip(1).filter_map(|call| call.split(')').next());
    calls.filter_map(entry).collect()
}

fn entry(call: &str) -> Option<Shown<'_>> {
    let mut texts = call.split('"').skip(1).step_by(2);
    let (file, title) = (texts.next()?, texts.next()?);
    let stages: Vec<&str> = texts.collect();
    (!stages.is_empty()).then_some(Shown { file, title, stages })
}

/// The dialogs of a source, each with its title, or the beginning of its format, where that is written there.
fn titles(source: &str) -> Vec<Option<&str>> {
    let after = |tag: &'static str| source.split(tag).skip(1);
    let rests = after("<Dialog").chain(after("<Confirm"));
    rests.filter(|rest| rest.starts_with(char::is_whitespace)).map(title).collect()
}

fn title(rest: &str) -> Option<&str> {
    if rest.trim_start().starts_with("{title}") {
        return None;
    }
    let (_, value) = rest.split_once("title=")?;
    let text = value.strip_prefix('"').or_else(|| value.strip_prefix("{format!(\""))?;
    text.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "const fn shown(file: &'static str) {}\nshown(\"pages/a.rs\", \"Credit \", &[\"credit\", \"credit-loading\"]),\n";

    fn found(page: &str, list: &str, stages: &str) -> Vec<String> {
        breaches(&[
            File::of("ui/src/pages/a.rs", page),
            File::of("ui/src/components/confirm.rs", "<Dialog title=\"Sure?\">"),
            File::of(LIST, list),
            File::of("e2e/src/stages/billing.rs", stages),
        ])
    }

    #[test]
    fn a_dialog_with_its_stages_is_in_order() {
        let page = "<Dialog key=\"form\" title={format!(\"Credit {number}\")} {foot}><SkeletonRows /></Dialog>";
        assert_eq!(found(page, LISTED, "\"credit\", \"credit-loading\""), [""; 0]);
        let named_elsewhere = "let title = \"Credit \"; <Dialog {title} {foot}>";
        assert_eq!(found(named_elsewhere, LISTED, "\"credit\", \"credit-loading\""), [""; 0]);
    }

    #[test]
    fn a_dialog_that_no_stage_shows_is_found() {
        let stages = "\"credit\", \"credit-loading\"";
        assert_eq!(found("<Confirm\n    title=\"Sure?\">", "", stages).len(), 1);
        // A second one in the same file, and a state of the first.
        let second = "<Dialog title=\"Credit note\"><Confirm title=\"Sure?\">";
        let said = found(second, LISTED, stages);
        assert!(said.len() == 1 && said.iter().all(|one| one.contains("Sure?")), "{said:?}");
        let failing = "<Dialog title=\"Credit note\"><FailedState />";
        let said = found(failing, LISTED, stages);
        assert!(said.len() == 1 && said.iter().all(|one| one.contains("failed")), "{said:?}");
    }

    #[test]
    fn a_line_of_the_list_that_is_not_true_is_found() {
        let page = "<Dialog title=\"Credit note\">";
        assert_eq!(found(page, LISTED, "\"credit\"").len(), 1, "a stage that is not there");
        let other = LISTED.replace("Credit ", "Debit ");
        // It is not what the file says, and the dialog that the file has is missing.
        assert_eq!(found(page, &other, "\"credit\", \"credit-loading\"").len(), 2);
        assert_eq!(
            found("", LISTED, "\"credit\", \"credit-loading\"").len(),
            2,
            "no dialog, and no such title"
        );
    }
}
