"""Plants mistakes into copies of a book, one at a time; the audit has to find each. See README.md."""

import argparse
import os
import shutil
import sqlite3
import tempfile

from audit import audit

FIRST_PAYMENT = "(SELECT MIN(rowid) FROM payment WHERE status = 'succeeded')"
FIRST_FINAL = "(SELECT MIN(rowid) FROM invoice WHERE status = 'paid' AND tax > 0)"
MISTAKES = {
    "a payment is a cent more": f"UPDATE payment SET amount = amount + 1 WHERE rowid = {FIRST_PAYMENT}",
    "a refund is lost": "DELETE FROM refund WHERE rowid = (SELECT MIN(rowid) FROM refund)",
    "a payment pays a cent more than the invoice knows": "UPDATE allocation SET amount = amount + 1 WHERE rowid = (SELECT MIN(rowid) FROM allocation)",
    "tax is rounded the wrong way": f"UPDATE invoice SET tax = tax - 1, total = total - 1 WHERE rowid = {FIRST_FINAL}",
    "a number is left out": "UPDATE invoice SET series_number = series_number + 1000 WHERE rowid = (SELECT MAX(rowid) FROM invoice WHERE series IS NOT NULL)",
    "a line costs a cent less": f"UPDATE invoice_line SET net = net - 1 WHERE invoice_id = (SELECT id FROM invoice WHERE rowid = {FIRST_FINAL}) AND position = 1",
    "a buyer who accounts for the tax is exempt": "UPDATE invoice_line SET tax_category = 'E' WHERE rowid = (SELECT MIN(l.rowid) FROM invoice_line l \
        JOIN invoice i ON i.id = l.invoice_id WHERE l.tax_category = 'AE' AND l.quantity_nano > 0 AND i.subscription_id IS NOT NULL)",
    "a void invoice is open again": "UPDATE invoice SET status = 'open' WHERE rowid = (SELECT MIN(rowid) FROM invoice WHERE status = 'void')",
    "a sale is billed without its subscription": "UPDATE invoice SET subscription_id = NULL WHERE rowid = (SELECT MAX(rowid) FROM invoice \
        WHERE subscription_id IS NOT NULL AND status IN ('open', 'paid') AND net > 0)",
    "a payment came a month earlier": f"UPDATE payment SET received_on = date(received_on, '-1 month') WHERE rowid = {FIRST_PAYMENT}",
    "an invoice is due two months later": "UPDATE invoice SET due_on = date(due_on, '+2 months') WHERE rowid = (SELECT MIN(rowid) FROM invoice WHERE status = 'open')",
    "a cent less was written off": "UPDATE write_off SET amount = amount - 1 WHERE rowid = (SELECT MIN(rowid) FROM write_off WHERE amount > 1)",
    "an invoice was given up a month later": "UPDATE write_off SET written_on = date(written_on, '+1 month') WHERE rowid = \
        (SELECT MIN(rowid) FROM write_off)",
    "a subscription costs more than was agreed": "UPDATE change_value SET after = '7' WHERE rowid = (SELECT MAX(v.rowid) FROM change_value v \
        JOIN change c ON c.id = v.change_id WHERE c.operation = 'create_subscription' AND v.field = 'quantity' AND v.after <> '7' \
        AND c.subject_id IN (SELECT id FROM subscription WHERE status = 'active' AND version <= 2))",
    "a subscription belongs to another plan": "UPDATE subscription SET plan_id = (SELECT id FROM plan WHERE code = 'firm') WHERE rowid = \
        (SELECT MIN(s.rowid) FROM subscription s JOIN plan p ON p.id = s.plan_id WHERE s.status = 'active' AND s.price > 0 AND p.code = 'solo')",
    "a period counts as billed that was not": "UPDATE subscription SET billed_until = date(billed_until, '+1 month') WHERE rowid = \
        (SELECT MIN(rowid) FROM subscription WHERE status = 'active' AND billing_cycle = 'monthly' AND price > 0 AND NOT cancel_at_period_end)",
    "a subscription ends that goes on": "UPDATE subscription SET cancel_at_period_end = 1, ends_on = billed_until WHERE rowid = \
        (SELECT MIN(rowid) FROM subscription WHERE status = 'active' AND billing_cycle = 'monthly' AND price > 0 AND NOT cancel_at_period_end)",
}


def planted(book, mistake, folder):
    """A copy with the mistake."""
    copy = os.path.join(folder, "copy.db")
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(copy + suffix):
            os.remove(copy + suffix)
    shutil.copy(book, copy)
    db = sqlite3.connect(copy)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    met = db.execute(mistake).rowcount
    db.commit()
    db.close()
    if met != 1:
        raise SystemExit(f"the mistake met {met} rows: {mistake}")
    return copy


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--book", required=True)
    arguments.add_argument("--figures", required=True)
    given = arguments.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for name, mistake in MISTAKES.items():
            faults = audit(planted(given.book, mistake, folder), given.figures)
            print(f"{'found' if faults else 'MISSED'}: {name}" + (f" ({faults[0]})" if faults else ""))
            if not faults:
                missed.append(name)
    if missed:
        raise SystemExit(f"{len(missed)} of {len(MISTAKES)} mistakes were missed")


if __name__ == "__main__":
    main()
