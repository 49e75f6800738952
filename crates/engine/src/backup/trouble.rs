//! Why a book has no backup of the day. Nobody has asked for that one, so it is told until there is one.

use contract::{
    Timestamp,
    backup::{Backup, BackupReason, BackupTrouble},
    work::WorkProblem,
};

/// How old the newest backup may become, in milliseconds, until its age is urgent.
const OLD: i64 = 2 * 24 * 60 * 60 * 1_000;

/// Why the backup of the day was not made at this time.
pub fn of_the_day(at: Timestamp, problem: WorkProblem, detail: &str) -> BackupTrouble {
    BackupTrouble {
        at,
        problem,
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        is_urgent: false,
    }
}

/// What there is to tell now, with the backups and with the copies that did not pass their check.
pub fn now(known: Option<BackupTrouble>, passed: &[Backup], flawed: &[Backup], now: Timestamp) -> Option<BackupTrouble> {
    // A book that was replaced is kept as it was, whether it would have passed or not.
    let checked = passed.iter().filter(|backup| backup.reason != BackupReason::Replaced);
    let newest = checked.map(|backup| backup.at).max();
    let is_older_than = |at: Timestamp| newest.is_none_or(|newest| newest < at);
    // Of a copy that did not pass the folder itself tells, also when the book was opened anew since.
    let copy = flawed.iter().map(|copy| copy.at).max();
    let of_copy = copy.map(|at| of_the_day(at, WorkProblem::Flawed, ""));
    let last = of_copy.into_iter().chain(known).max_by_key(|trouble| trouble.at);
    let trouble = last.filter(|trouble| is_older_than(trouble.at))?;
    Some(BackupTrouble {
        is_urgent: is_older_than(Timestamp(now.0.saturating_sub(OLD))),
        ..trouble
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn backup(day: i64, reason: BackupReason) -> Backup {
        Backup {
            name: format!("book {day}"),
            at: Timestamp(day * DAY),
            reason,
            bytes: 1,
            customers: None,
            has_record: true,
        }
    }

    fn told(failed: Option<i64>, passed: &[i64], flawed: &[i64]) -> Option<(WorkProblem, bool)> {
        let known = failed.map(|day| of_the_day(Timestamp(day * DAY), WorkProblem::DiskFull, ""));
        let of = |days: &[i64]| days.iter().map(|day| backup(*day, BackupReason::Daily)).collect::<Vec<_>>();
        let mut passed = of(passed);
        passed.push(backup(9, BackupReason::Replaced));
        let trouble = now(known, &passed, &of(flawed), Timestamp(10 * DAY))?;
        Some((trouble.problem, trouble.is_urgent))
    }

    #[test]
    fn it_is_told_until_there_is_a_newer_backup_and_urgent_after_two_days() {
        assert_eq!(told(None, &[], &[]), None, "nothing was tried");
        assert_eq!(told(None, &[1], &[]), None, "nothing has failed");
        assert_eq!(told(Some(10), &[], &[]), Some((WorkProblem::DiskFull, true)));
        assert_eq!(told(Some(10), &[7, 2], &[]), Some((WorkProblem::DiskFull, true)));
        assert_eq!(told(Some(10), &[8, 7], &[]), Some((WorkProblem::DiskFull, false)));
        assert_eq!(told(Some(8), &[9], &[]), None, "somebody else has made one since");
        assert_eq!(told(None, &[7], &[5, 8]), Some((WorkProblem::Flawed, true)));
        assert_eq!(told(None, &[8], &[9]), Some((WorkProblem::Flawed, false)));
        assert_eq!(told(None, &[9], &[8]), None);
        assert_eq!(told(Some(7), &[8], &[9]), Some((WorkProblem::Flawed, false)), "the last one counts");
    }
}
