"""Computes the figures of a book again, from its raw tables alone, and compares. See README.md."""

import argparse
import datetime as dt
import json
import sqlite3
from collections import defaultdict
from fractions import Fraction
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
RUNNING = ("trialing", "active", "past_due")


class Audit:
    """One book. What differs is collected in `faults`."""

    def __init__(self, path, said):
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row
        self.said = said
        self.today = dt.date.fromisoformat(said["on"])
        self.faults = []

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def same(self, what, app, own):
        if app != own:
            self.faults.append(f"{what}: the app says {str(app)[:200]}, the tables say {str(own)[:200]}")

    def run(self):
        self.invoices()
        self.treatments()
        self.numbers()
        self.money()
        self.statements()
        self.pasts()
        self.receivables()
        self.cohorts()
        self.billed()
        self.recurring()
        self.forecast()
        return self.faults

    # Invoices: lines, tax by group, what was credited and paid.

    def invoices(self):
        lines = defaultdict(list)
        for line in self.rows("SELECT * FROM invoice_line"):
            lines[line["invoice_id"]].append(line)
        credited = dict(self.rows("SELECT invoice_id, SUM(total) FROM credit_note GROUP BY invoice_id"))
        paid = dict(self.rows("SELECT invoice_id, SUM(amount) FROM allocation GROUP BY invoice_id"))
        written_off = dict(self.rows("SELECT invoice_id, SUM(amount) FROM write_off GROUP BY invoice_id"))
        for row in self.rows("SELECT * FROM invoice"):
            name = row["number"] or "a draft"
            groups = defaultdict(int)
            for line in lines[row["id"]]:
                groups[line["tax_category"], line["tax_rate_micro"]] += line["net"]
                if not row["prices_include_tax"]:
                    price = half_away(Fraction(line["quantity_nano"], 10**9) * line["unit_price"])
                    self.same(f"{name}, line {line['position']}", line["net"], price)
            net = sum(groups.values())
            tax = sum(half_away(Fraction(base * rate, 10**6)) for (_, rate), base in groups.items())
            self.same(f"{name}, net", row["net"], net)
            self.same(f"{name}, tax", row["tax"], tax)
            self.same(f"{name}, total", row["total"], net + tax + row["rounding"])
            if row["prices_include_tax"]:
                gross = sum(half_away(Fraction(l["quantity_nano"], 10**9) * l["unit_price"]) for l in lines[row["id"]])
                self.same(f"{name}, total of its prices", row["total"], gross)
            self.same(f"{name}, credited", row["credited"], credited.get(row["id"], 0))
            self.same(f"{name}, paid", row["paid"], paid.get(row["id"], 0))
            left = row["total"] - row["paid"] - row["credited"]
            self.same(f"{name}, written off", written_off.get(row["id"], 0), left if row["status"] == "uncollectible" else 0)
            if row["status"] in ("open", "paid") and (left > 0) != (row["status"] == "open"):
                self.faults.append(f"{name} is {row['status']} with {left} to pay")
            if left < 0 and row["status"] != "draft":
                self.faults.append(f"{name} is paid {-left} too much")

    def treatments(self):
        """What is billed by itself is taxed as the change log says of the customer, else as the settings do."""
        treated = defaultdict(list)
        sql = "SELECT c.subject_id, c.at, v.after FROM change c JOIN change_value v ON v.change_id = c.id \
               WHERE c.noun = 'customer' AND v.field = 'tax_treatment' ORDER BY c.number"
        for row in self.rows(sql):
            treated[row["subject_id"]].append((row["at"], json.loads(row["after"])))
        settings = self.rows("SELECT tax_category, tax_rate_micro FROM billing")[0]
        # What a line takes off goes with the tax that it was billed with.
        sql = "SELECT i.customer_id, i.created_at, i.number, l.* FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id \
               WHERE i.subscription_id IS NOT NULL AND l.quantity_nano > 0"
        for line in self.rows(sql):
            category = None
            for since, said in treated[line["customer_id"]]:
                category = said if since <= line["created_at"] else category
            own = (category, 0) if category else tuple(settings)
            name = f"{line['number'] or 'a draft'}, tax of line {line['position']}"
            self.same(name, (line["tax_category"], line["tax_rate_micro"]), own)

    def numbers(self):
        series = defaultdict(list)
        for kind in ("invoice", "credit_note"):
            for row in self.rows(f"SELECT series, series_number, issued_on FROM {kind} WHERE series IS NOT NULL ORDER BY series_number"):
                series[kind, row["series"]].append((row["series_number"], row["issued_on"]))
        for key, found in series.items():
            self.same(f"numbers of {key}", [number for number, _ in found], list(range(1, len(found) + 1)))
            days = [day for _, day in found]
            self.same(f"days of {key}", days, sorted(days))
        own = sorted((kind, name, len(found)) for (kind, name), found in series.items())
        app = sorted((row["kind"], row["name"], row["count"]) for row in self.said["numbers"]["series"])
        self.same("series", app, own)

    # Payments less refunds are what invoices took and what is left.

    def money(self):
        received, refunded, used = defaultdict(int), defaultdict(int), defaultdict(int)
        by_month = defaultdict(int)
        refunds = dict(self.rows("SELECT payment_id, SUM(amount) FROM refund GROUP BY payment_id"))
        allocated = dict(self.rows("SELECT payment_id, SUM(amount) FROM allocation GROUP BY payment_id"))
        payers = defaultdict(set)
        for row in self.rows("SELECT * FROM payment WHERE status = 'succeeded'"):
            back, taken = refunds.get(row["id"], 0), allocated.get(row["id"], 0)
            received[row["currency"]] += row["amount"]
            refunded[row["currency"]] += back
            used[row["currency"]] += taken
            by_month[row["currency"], row["received_on"][:7]] += row["amount"]
            payers[row["currency"]].add(row["customer_id"])
            self.same("refunded of a payment", row["refunded"], back)
            if back + taken > row["amount"]:
                self.faults.append(f"a payment of {row['amount']} gave {back} back and pays {taken}")
        for row in self.rows("SELECT currency, refunded_on, amount FROM refund"):
            by_month[row["currency"], row["refunded_on"][:7]] -= row["amount"]
        net = {currency: received[currency] - refunded[currency] for currency in received}
        credit = {currency: net[currency] - used[currency] for currency in net}
        paid = dict(self.rows("SELECT currency, SUM(paid) FROM invoice GROUP BY currency"))
        for currency in net:
            self.same(f"what invoices took in {currency}", paid.get(currency, 0), used[currency])
        self.same("payments less refunds", amounts(self.said["payments"]["sum"]), nonzero(net))
        self.same("credit", amounts(self.said["payments"]["credit"]), nonzero(credit))
        self.same("total revenue", amounts(self.said["stats"]["total_revenue"]), nonzero(net))
        average = {currency: half_away(Fraction(net[currency], len(payers[currency]))) for currency in net}
        self.same("average", amounts(self.said["stats"]["average_customer_value"]), nonzero(average))
        for month in self.said["monthly"]["months"]:
            own = {currency: by_month[currency, month["month"][:7]] for currency in net}
            self.same(f"revenue of {month['month']}", amounts(month["revenue"]), nonzero(own))

    def statements(self):
        owed = defaultdict(int)
        for row in self.rows("SELECT * FROM invoice WHERE status <> 'draft'"):
            left = {"void": 0, "uncollectible": row["paid"] + row["credited"]}.get(row["status"], row["total"])
            owed[row["customer_id"], row["currency"]] += left
        for table, sign in (("credit_note", -1), ("refund", 1)):
            for row in self.rows(f"SELECT * FROM {table}"):
                owed[row["customer_id"], row["currency"]] += sign * row["total" if table == "credit_note" else "amount"]
        for row in self.rows("SELECT * FROM payment WHERE status = 'succeeded'"):
            owed[row["customer_id"], row["currency"]] -= row["amount"]
        for customer, closing in self.said["statements"].items():
            for currency, app in closing.items():
                self.same(f"statement of {customer} in {currency}", app, owed[blob(customer), currency])

    def pasts(self):
        """What an account came to at the end of a month is the same now as it was then, and what the days of the records say."""
        moves = []
        for row in self.rows("SELECT * FROM invoice WHERE status <> 'draft'"):
            owner = (row["customer_id"], row["currency"])
            moves.append((owner, row["issued_on"], row["total"]))
            if row["status"] == "void":
                voided_on = dt.datetime.fromtimestamp(row["voided_at"] / 1000, ZONE).date().isoformat()
                moves.append((owner, max(voided_on, row["issued_on"]), -row["total"]))
        for columns, table, sign in (
            ("issued_on, total", "credit_note", -1),
            ("received_on, amount", "payment WHERE status = 'succeeded'", -1),
            ("refunded_on, amount", "refund", 1),
            ("written_on, amount", "(SELECT w.*, customer_id, currency FROM write_off w JOIN invoice i ON i.id = w.invoice_id)", -1),
        ):
            for customer, currency, on, amount in self.rows(f"SELECT customer_id, currency, {columns} FROM {table}"):
                moves.append(((customer, currency), on, sign * amount))
        for last, said in self.said["pasts"].items():
            self.same(f"the accounts of {last}", said["now"], said["then"])
            owed = defaultdict(int)
            for owner, on, amount in moves:
                owed[owner] += amount if on <= last else 0
            for customer, closing in said["now"].items():
                for currency, app in closing.items():
                    self.same(f"account of {customer} in {currency} on {last}", app, owed[blob(customer), currency])

    def receivables(self):
        ages = defaultdict(lambda: [0] * 5)
        for row in self.rows("SELECT * FROM invoice WHERE status = 'open'"):
            late = (self.today - dt.date.fromisoformat(row["due_on"])).days
            at = 0 if late <= 0 else 1 if late <= 30 else 2 if late <= 60 else 3 if late <= 90 else 4
            ages[row["currency"]][at] += row["total"] - row["paid"] - row["credited"]
        app = {own["total"]["currency"]: [age["amount"]["amount"] for age in own["ages"]] for own in self.said["receivables"]["currencies"]}
        self.same("receivables by age", app, {currency: own for currency, own in ages.items() if sum(own)})

    def cohorts(self):
        for currency, said in self.said["cohorts"].items():
            paid, moved = defaultdict(set), defaultdict(lambda: defaultdict(int))
            for row in self.rows("SELECT * FROM payment WHERE status = 'succeeded' AND currency = ?", currency):
                paid[row["customer_id"]].add(row["received_on"][:7])
                moved[row["customer_id"]][row["received_on"][:7]] += row["amount"]
            for row in self.rows("SELECT * FROM refund WHERE currency = ?", currency):
                moved[row["customer_id"]][row["refunded_on"][:7]] -= row["amount"]
            for cohort in said["cohorts"]:
                first = cohort["month"][:7]
                members = [customer for customer, months in paid.items() if min(months) == first]
                self.same(f"customers first in {first} {currency}", cohort["customers"], len(members))
                for ahead, shown in enumerate(cohort["months"]):
                    month = shifted(first, ahead)
                    own = (sum(month in paid[c] for c in members), sum(moved[c][month] for c in members))
                    self.same(f"{first} in {month} {currency}", (shown["paying"], shown["revenue"]["amount"]), own)

    def billed(self):
        """What the lines of final invoices come to, less those of credit notes, in all and without a subscription."""
        first = shifted(self.today.isoformat()[:7], -11)
        billed, documents = defaultdict(lambda: defaultdict(int)), defaultdict(set)
        for table, key, sign in (("invoice", "i.id", 1), ("credit_note", "i.invoice_id", -1)):
            sql = f"SELECT i.id, i.currency, i.issued_on, l.net, o.subscription_id, o.status FROM {table} i \
                    JOIN {table}_line l ON l.{table}_id = i.id JOIN invoice o ON o.id = {key}"
            for row in self.rows(sql):
                if row["status"] in ("draft", "void") or row["issued_on"][:7] < first:
                    continue
                billed[row["currency"]][row["subscription_id"] is not None] += sign * row["net"]
                documents[row["currency"]].add(row["id"])
        for currency, said in self.said["billed"].items():
            own = billed[currency]
            self.same(f"billed {currency}", (said["total"]["amount"], said["documents"]), (own[True] + own[False], len(documents[currency])))
            once = sum(plan["billed"]["amount"] for plan in said["plans"] if plan["plan_id"] is None)
            self.same(f"billed {currency} without a plan", once, own[False])
            self.same(f"plans of what was billed {currency}", sum(plan["billed"]["amount"] for plan in said["plans"]), said["total"]["amount"])

    # Recurring revenue, replayed from the change log: not from the table that the app keeps for it.

    def recurring(self):
        history = self.replay()
        owner = dict(self.rows("SELECT id, customer_id FROM subscription"))
        currency = dict(self.rows("SELECT id, currency FROM subscription"))

        def monthly(subscription, day):
            value = Fraction(0)
            for since, state in history[subscription]:
                if since <= day:
                    value = state
            return value

        for own in self.said["recurring"]["currencies"]:
            code = own["currency"]
            mine = [subscription for subscription in history if currency[subscription] == code]
            by_customer = defaultdict(list)
            for subscription in mine:
                by_customer[owner[subscription]].append(subscription)
            on = lambda customer, day: sum((monthly(s, day) for s in by_customer[customer]), Fraction(0))
            now = sum((on(customer, self.today) for customer in by_customer), Fraction(0))
            self.same(f"MRR {code}", own["mrr"]["amount"], half_away(now))
            self.same(f"ARR {code}", own["arr"]["amount"], half_away(12 * now))
            self.worth(own, now, [customer for customer in by_customer if on(customer, self.today) > 0])
            self.plans(own, {subscription: monthly(subscription, self.today) for subscription in mine})
            ever = defaultdict(bool)
            for month in own["months"]:
                start = dt.date.fromisoformat(month["month"]) - dt.timedelta(days=1)
                end = dt.date.fromisoformat(month["until"])
                totals, counts = defaultdict(Fraction), defaultdict(int)
                for customer in by_customer:
                    before, after = on(customer, start), on(customer, end)
                    ever[customer] |= any(since <= start and state > 0 for s in by_customer[customer] for since, state in history[s])
                    totals["start"] += before
                    totals["end"] += after
                    counts["customers_at_start"] += before > 0
                    counts["customers_at_end"] += after > 0
                    if not before and after:
                        kind = "reactivation" if ever[customer] else "new"
                        counts["customers_reactivated" if ever[customer] else "customers_new"] += 1
                    elif before and not after:
                        kind = "churn"
                        counts["customers_lost"] += 1
                    else:
                        kind = "expansion" if after > before else "contraction"
                    totals[kind] += abs(after - before)
                for edge in ("start", "end"):
                    self.same(f"{month['month']} {edge} {code}", month[edge]["amount"], half_away(totals[edge]))
                # What is shown adds up to the minor unit, however it was rounded.
                signs = {"start": 1, "new": 1, "reactivation": 1, "expansion": 1, "contraction": -1, "churn": -1}
                led = sum(sign * month[part]["amount"] for part, sign in signs.items())
                self.same(f"{month['month']} end by its movements {code}", month["end"]["amount"], led)
                for kind in ("new", "reactivation", "expansion", "contraction", "churn"):
                    # Parts of a rounded sum are given out, so each may be off by less than one.
                    if abs(month[kind]["amount"] - totals[kind]) >= 1:
                        self.same(f"{month['month']} {kind} {code}", month[kind]["amount"], str(totals[kind]))
                for count in ("customers_at_start", "customers_new", "customers_reactivated", "customers_lost", "customers_at_end"):
                    self.same(f"{month['month']} {count} {code}", month[count], counts[count])
                lost, base = counts["customers_lost"], counts["customers_at_start"]
                with_new = base + counts["customers_new"] + counts["customers_reactivated"]
                gone = totals["churn"] + totals["contraction"]
                for name, part, whole in (
                    ("logo_churn", lost, base),
                    ("logo_churn_with_new", lost, with_new),
                    ("gross_churn", gone, totals["start"]),
                    ("net_churn", gone - totals["expansion"], totals["start"]),
                ):
                    self.same(f"{month['month']} {name} {code}", month[name], half_away(Fraction(part * 10**6) / whole) if whole else None)

    def worth(self, own, now, customers):
        """What a customer is worth: on average, by the churn of the full months, and by what was paid."""
        code = own["currency"]
        self.same(f"customers {code}", own["customers"], len(customers))
        average = half_away(now / len(customers)) if customers else None
        self.same(f"ARPA {code}", own["arpa"] and own["arpa"]["amount"], average)
        full = [month["logo_churn"] for month in own["months"] if next_day(month["until"]).day == 1 and month["logo_churn"] is not None]
        by_churn = half_away(Fraction(average * len(full) * 10**6, sum(full))) if customers and sum(full) else None
        self.same(f"lifetime value {code}", own["lifetime_value"] and own["lifetime_value"]["amount"], by_churn)
        received = self.rows("SELECT customer_id, amount FROM payment WHERE status = 'succeeded' AND currency = ?", code)
        back = sum(row["amount"] for row in self.rows("SELECT amount FROM refund WHERE currency = ?", code))
        payers = len({row["customer_id"] for row in received})
        paid = sum(row["amount"] for row in received) - back
        self.same(f"paid {code}", (own["paid"]["amount"], own["payers"]), (paid, payers))
        observed = half_away(Fraction(paid, payers)) if payers else None
        self.same(f"observed value {code}", own["observed_value"] and own["observed_value"]["amount"], observed)

    def plans(self, own, worth):
        plan_of = dict(self.rows("SELECT id, plan_id FROM subscription"))
        exact, counts = defaultdict(Fraction), defaultdict(int)
        for subscription, monthly in worth.items():
            if monthly:
                exact[plan_of[subscription]] += monthly
                counts[plan_of[subscription]] += 1
        self.same(f"plans {own['currency']}", {blob(p["plan_id"]): p["subscriptions"] for p in own["plans"]}, dict(counts))
        self.same(f"sum of plans {own['currency']}", sum(p["mrr"]["amount"] for p in own["plans"]), own["mrr"]["amount"])
        for plan in own["plans"]:
            # Parts of a rounded sum are given out, so each may be off by less than one.
            if abs(plan["mrr"]["amount"] - exact[blob(plan["plan_id"])]) >= 1:
                self.same(f"plan {plan['plan_name']}", plan["mrr"]["amount"], str(exact[blob(plan["plan_id"])]))

    def forecast(self):
        """Each period that begins within the months and is not billed, at its price; what is due already counts in the first."""
        months = [month["month"][:7] for month in self.said["forecast"]["months"]]
        found = defaultdict(lambda: [0, 0])
        for row in self.rows("SELECT * FROM subscription WHERE status IN ('trialing', 'active', 'past_due')"):
            length = 1 if row["billing_cycle"] == "monthly" else 12
            anchor, billed = dt.date.fromisoformat(row["anchor"]), dt.date.fromisoformat(row["billed_until"])
            begins = lambda number: add_months(anchor, number * length)
            number = 0
            while begins(number + 1) <= billed:
                number += 1
            while True:
                start, end = begins(number), begins(number + 1)
                if row["cancel_at_period_end"] and dt.date.fromisoformat(row["ends_on"]) <= start or start.isoformat()[:7] > months[-1]:
                    break
                begun = max(billed, start)
                # After a pause only the rest of a period is billed, in billionths of it.
                part = Fraction((end - begun).days * row["quantity"], (end - start).days)
                amount = half_away(Fraction(half_away(part * 10**9), 10**9) * row["price"])
                sums = found[max(begun.isoformat()[:7], months[0]), row["currency"]]
                sums[0] += 1
                sums[1] += amount
                number += 1
        for month in self.said["forecast"]["months"]:
            app = {own["amount"]["currency"]: [own["renewals"], own["amount"]["amount"]] for own in month["currencies"]}
            own = {currency: sums for (of, currency), sums in found.items() if of == month["month"][:7]}
            self.same(f"renewals of {month['month']}", app, own)

    def replay(self):
        """Of each subscription: from which day on it is worth how much a month."""
        terms = {}
        history = defaultdict(list)
        facts = {row["id"]: row for row in self.rows("SELECT id, anchor, trial_end, starts_on FROM subscription")}
        sql = "SELECT c.subject_id, c.at, c.operation, v.field, v.after FROM change c JOIN change_value v ON v.change_id = c.id \
               WHERE c.noun = 'subscription' AND v.position > 0 ORDER BY c.number, v.position"
        events, order = {}, []
        for row in self.rows(sql):
            key = (row["subject_id"], row["at"], row["operation"])
            if key not in events:
                events[key] = {}
                order.append(key)
            events[key][row["field"]] = json.loads(row["after"]) if row["after"] else None
        for subject, at, _ in order:
            fields = events[subject, at, _]
            state = terms.setdefault(subject, {"ends_on": None})
            day = dt.datetime.fromtimestamp(at / 1000, ZONE).date()
            if "starts_on" in fields:
                day = dt.date.fromisoformat(fields["starts_on"])
            if "changed_on" in fields:
                day = dt.date.fromisoformat(fields["changed_on"])
            for name in ("status", "quantity", "billing_cycle"):
                state[name] = fields.get(name, state.get(name))
            if "price" in fields:
                state["price"] = fields["price"]["amount"]
            # What is billed follows the clock of the trial, not the day on which the app took note of its end.
            trial = facts[subject]["trial_end"]
            if trial and dt.date.fromisoformat(trial) > day and state["status"] in RUNNING:
                history[subject].append((day, Fraction(0)))
                day = dt.date.fromisoformat(trial)
            months = 1 if state["billing_cycle"] == "monthly" else 12
            value = Fraction(state["price"] * state["quantity"], months) if state["status"] in RUNNING else Fraction(0)
            # A later event takes the place of what was to come.
            history[subject] = [(since, old) for since, old in history[subject] if since < day] + [(day, value)]
        return history


def next_day(text):
    return dt.date.fromisoformat(text) + dt.timedelta(days=1)


def add_months(day, months):
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def half_away(value):
    """Rounded half away from zero."""
    value = Fraction(value)
    doubled = abs(value) * 2
    return (int((doubled + 1) // 2)) * (1 if value >= 0 else -1)


def amounts(moneys):
    return {money["currency"]: money["amount"] for money in moneys}


def nonzero(sums):
    return {currency: amount for currency, amount in sums.items() if amount}


def blob(text):
    return bytes.fromhex(text.replace("-", ""))


def shifted(month, ahead):
    year, number = int(month[:4]), int(month[5:7]) - 1 + ahead
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def audit(path, figures):
    with open(figures, encoding="utf-8") as file:
        return Audit(path, json.load(file)).run()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--book", required=True)
    arguments.add_argument("--figures", required=True)
    given = arguments.parse_args()
    faults = audit(given.book, given.figures)
    for fault in faults[:40]:
        print(fault)
    if faults:
        raise SystemExit(f"{len(faults)} figures differ")
    print("every figure agrees")


if __name__ == "__main__":
    main()
