//! The backups of the book: what there are, making one, going back to one.

use contract::{
    backup::{Backup, BackupList, BackupReason, BackupTrouble, ListBackups, MakeBackup, NoRoom, RestoreBackup},
    words,
    work::{WorkKind, WorkProblem, WorkState},
};
use yew::prelude::*;

use super::progress::{Progress, trouble};
use crate::{
    components::{Badge, Button, ButtonKind, Confirm, CopyButton, FailedState, Icon, Notice, SkeletonRows, Tone},
    format,
    hooks::{Query, use_end_of_work, use_formats, use_mutation, use_query, use_work},
};

/// The backups of the book.
#[component]
pub fn Backups() -> Html {
    let known = use_query(ListBackups {});
    let make = use_mutation::<MakeBackup>();
    let restore = use_mutation::<RestoreBackup>();
    let asked = use_state_eq(|| None::<Backup>);
    let work = use_work();
    // How it ended is told above the page, wherever the person is by then.
    use_end_of_work(&work, known.reload.reform(|_: WorkState| ()));
    let is_ours = matches!(work.state.kind, Some(WorkKind::Backup | WorkKind::Restore));
    let is_running = work.state.stage.is_running();
    let begin_backup = {
        let (make, follow) = (make.clone(), work.follow.clone());
        Callback::from(move |()| {
            let follow = follow.clone();
            make.run(MakeBackup {}, move |begun| follow.emit(begun));
        })
    };
    let ask = |backup: Option<Backup>| {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(backup.clone()))
    };
    let begin_restore = {
        let (restore, follow, asked) = (restore.clone(), work.follow.clone(), asked.clone());
        Callback::from(move |()| {
            let Some(backup) = &*asked else { return };
            let (follow, asked) = (follow.clone(), asked.setter());
            restore.run(RestoreBackup { name: backup.name.clone() }, move |begun| {
                asked.set(None);
                follow.emit(begun);
            });
        })
    };
    let folder = known.state.ready().and_then(|list| list.folder.clone());
    // What has just come of a try is said already.
    let is_said = is_ours && work.state.problem == Some(WorkProblem::Flawed);
    let lacking = known.state.ready().and_then(|list| list.no_room.clone());
    let is_flawed = !is_said && known.state.ready().is_some_and(|list| is_newest_flawed(list));
    // Of a copy that did not pass that is said, and what room lacks now.
    let missing = known.state.ready().and_then(|list| list.trouble.clone());
    let is_told = |problem| match problem {
        WorkProblem::Flawed => true,
        WorkProblem::DiskFull | WorkProblem::NoRoom => lacking.is_some(),
        _ => false,
    };
    let missing = missing.filter(|trouble| !is_told(trouble.problem));
    let body = match &known.state {
        Query::Loading => html! { <SkeletonRows label="Loading backups" rows={3} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={known.reload.clone()} /> },
        Query::Ready(list) if list.items.is_empty() && list.flawed.is_empty() => {
            let said = if list.trouble.is_some() {
                "There is none that can be read."
            } else {
                "There is none yet."
            };
            html! { <p class="panel__body panel__body--top muted">{ said }</p> }
        }
        Query::Ready(list) => {
            html! {
                <Table
                    items={list.items.clone()} flawed={list.flawed.clone()} is_off={is_running}
                    on_restore={let asked = asked.setter(); move |backup| asked.set(Some(backup))}
                />
            }
        }
    };
    html! {
        <section class="form-grid" aria-labelledby="backups-title">
            <div class="settings__head">
                <div>
                    <h2 class="section-title" id="backups-title">{ "Backups" }</h2>
                    <p class="section-text">{ "Each is read back and compared before it counts. A file on this computer gets one a day, and one before every update, move and restore." }</p>
                </div>
                <Button
                    label="Make a backup" icon={Some(Icon::Archive)} busy={(make.is_busy || is_ours && is_running).then_some(AttrValue::Static("Working…"))}
                    unavailable={is_running.then_some(AttrValue::Static("Something else runs already."))} on_press={begin_backup}
                />
            </div>
            <div class="contents">
                if let Some(error) = &make.error { { Notice::of_error(error, Tone::Danger) } }
                if let Some(error) = &known.reload_error { { Notice::of_error(error, Tone::Warning) } }
                if is_ours && is_running { <Progress work={(*work.state).clone()} is_canceling={work.is_canceling} on_cancel={work.cancel.clone()} /> }
                if is_ours { { trouble(&work.state) } }
                if is_flawed { { warning() } }
                if let Some(room) = &lacking { { no_room(room) } }
                if let Some(trouble) = &missing { <Missing trouble={trouble.clone()} /> }
            </div>
            <div class="panel" aria-busy={known.is_reloading.then_some("true")}>
                { body }
                if let Some(folder) = folder { <p class="panel__foot"><span class="grow mono wrap">{ folder.clone() }</span><CopyButton text={folder} noun="path" /></p> }
            </div>
            <div class="contents">
                if let Some(backup) = &*asked {
                    <Question backup={backup.clone()} busy={restore.is_busy} error={restore.error.clone()} on_confirm={begin_restore} on_keep={ask(None)} />
                }
            </div>
        </section>
    }
}

/// Whether the last copy that was checked did not pass. A book that was replaced is kept as it was.
fn is_newest_flawed(list: &BackupList) -> bool {
    let checked = list.items.iter().filter(|backup| backup.reason != BackupReason::Replaced);
    let passed = checked.map(|backup| backup.at).max();
    list.flawed.iter().any(|copy| passed.is_none_or(|passed| passed < copy.at))
}

/// What keeps the next backup from being made.
fn no_room(room: &NoRoom) -> Html {
    let text = format!(
        "On the disk of the folder below {}. Until then no backup is made, not by itself either, and none is removed. Remove old backups there by hand or move them to another disk, or put a link to a folder on another disk in the place of that folder. Nothing is wrong with the book.",
        words::no_room(room)
    );
    html! { <Notice title="There is no room for another backup" {text} tone={Tone::Warning} /> }
}

#[derive(Properties, PartialEq)]
struct MissingProps {
    trouble: BackupTrouble,
}

/// Why the backup of the day was not made, and what to do.
#[component]
fn Missing(props: &MissingProps) -> Html {
    let trouble = &props.trouble;
    let (at, said) = (use_formats().moment(trouble.at), words::work_problem(trouble.problem));
    let detail = trouble.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    html! {
        <Notice
            title="The backup of the day was not made" tone={if trouble.is_urgent { Tone::Danger } else { Tone::Warning }}
            text={format!("{at}: {}{detail}. {} It is tried again every quarter of an hour.", said.title, said.advice)}
        />
    }
}

/// What to do about a book whose copies do not pass.
fn warning() -> Html {
    let said = words::work_problem(WorkProblem::Flawed);
    html! {
        <Notice
            title={said.title} tone={Tone::Warning}
            text="It is marked below; going back to it would bring back what is wrong. clientelectl verify names what that is. Keep the older backups. If something is missing or wrong in the book, go back to one of them."
        />
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    items: Vec<Backup>,
    flawed: Vec<Backup>,
    is_off: bool,
    on_restore: Callback<Backup>,
}

#[component]
fn Table(props: &TableProps) -> Html {
    let formats = use_formats();
    let passed = props.items.iter().map(|backup| (backup, true));
    let mut copies: Vec<(&Backup, bool)> = passed.chain(props.flawed.iter().map(|copy| (copy, false))).collect();
    copies.sort_by(|(one, _), (other, _)| (other.at, &other.name).cmp(&(one.at, &one.name)));
    html! {
        <table class="dtable">
            <thead><tr>
                <th scope="col">{ "Made" }</th><th scope="col" class="n opt">{ "Customers" }</th><th scope="col" class="n">{ "Size" }</th>
                <th scope="col"><span class="sr-only">{ "Actions" }</span></th>
            </tr></thead>
            <tbody>
                { for copies.into_iter().map(|(backup, has_passed)| {
                    let (on_restore, chosen) = (props.on_restore.clone(), backup.clone());
                    let at = formats.moment(backup.at);
                    html! {
                        <tr key={backup.name.clone()}>
                            <td title={backup.name.clone()}>{ at.clone() }<small>{ words::backup_reason(backup.reason) }{ if backup.has_record { "" } else { " · without a record of what it holds" } }</small></td>
                            <td class="n opt">{ backup.customers.map_or_else(|| "–".to_owned(), format::count) }</td>
                            <td class="n">{ size(backup.bytes) }</td>
                            <td class="row-actions">
                                if has_passed {
                                    <Button
                                        label="Go back…" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(format!("Go back to the backup of {at}")))}
                                        unavailable={props.is_off.then_some(AttrValue::Static("Something else runs already."))} on_press={Callback::from(move |()| on_restore.emit(chosen.clone()))}
                                    />
                                } else {
                                    <Badge label="Did not pass" tone={Tone::Warning} title={Some(AttrValue::Static("The book did not pass its check when this copy was made."))} />
                                }
                            </td>
                        </tr>
                    }
                }) }
            </tbody>
        </table>
    }
}

#[derive(Properties, PartialEq)]
struct QuestionProps {
    backup: Backup,
    busy: bool,
    error: Option<contract::Error>,
    on_confirm: Callback<()>,
    on_keep: Callback<()>,
}

/// What going back means, before the password is asked for.
#[component]
fn Question(props: &QuestionProps) -> Html {
    let at = use_formats().moment(props.backup.at);
    html! {
        <Confirm
            title={format!("Go back to {at}?")} confirm_label="Go back" keep_label="Keep the book as it is" busy={props.busy.then_some(AttrValue::Static("Beginning…"))}
            error={props.error.clone()} on_confirm={props.on_confirm.clone()} on_keep={props.on_keep.clone()}
        >
            <p>{ "The book will be as it was then. Everything that was entered since is not in it any more; the book as it is now is kept in this list." }</p>
            <p>{ "Every row is compared before anything is replaced. Then you sign in again. Nobody else may have the book open." }</p>
        </Confirm>
    }
}

/// Bytes, as a person reads them.
fn size(bytes: u64) -> String {
    const STEPS: &[(u64, &str)] = &[(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    let Some((step, unit)) = STEPS.iter().find(|(step, _)| bytes >= *step) else {
        return format!("{bytes} bytes");
    };
    let tenths = bytes.saturating_mul(10) / step;
    if tenths >= 100 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use contract::Timestamp;

    use super::*;

    #[test]
    fn a_copy_that_did_not_pass_is_warned_of_until_a_newer_one_does() {
        let copy = |at: i64, reason| Backup {
            name: format!("book {at}"),
            at: Timestamp(at),
            reason,
            bytes: 1,
            customers: None,
            has_record: false,
        };
        let warns = |passed: &[i64], flawed: &[i64]| {
            let daily = |times: &[i64]| times.iter().map(|at| copy(*at, BackupReason::Daily)).collect::<Vec<_>>();
            let mut items = daily(passed);
            items.push(copy(9, BackupReason::Replaced));
            is_newest_flawed(&BackupList {
                folder: None,
                items,
                flawed: daily(flawed),
                no_room: None,
                trouble: None,
            })
        };
        assert!(warns(&[], &[5]) && warns(&[4, 3], &[5]));
        assert!(!warns(&[], &[]) && !warns(&[4], &[]) && !warns(&[6, 4], &[5]));
    }

    #[test]
    fn a_size_has_two_digits_at_least_and_its_unit() {
        let said = [0, 999, 1_000, 2_560_000, 14_700_000, 3_000_000_000].map(size);
        assert_eq!(said, ["0 bytes", "999 bytes", "1.0 KB", "2.5 MB", "14 MB", "3.0 GB"]);
    }
}
