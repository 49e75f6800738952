"""A year of a small vendor, through `clientelectl serve`. See README.md."""

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys

PASSWORD = "quartz-lantern-otter-7"
ADMIN = "owner@example.com"
FIRST_DAY = dt.date(2025, 1, 1)
DAYS = 365


class Desk:
    """The app, asked line by line."""

    def __init__(self, program, book):
        self.base = [program, "--book", book]
        self.env = dict(os.environ, CLIENTELE_PASSWORD=PASSWORD)
        self.now = None
        self.served = None
        self.refused = {}

    def init(self, now):
        command = self.base + ["--now", now, "init", "--admin-email", ADMIN, "--admin-name", "Olivia Owner"]
        command += ["--test-clock", "--time-zone", "Europe/Berlin", "--name", "Simulated vendor"]
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)
        self.served = subprocess.Popen(
            self.base + ["--as", ADMIN, "serve"],
            env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )

    def ask(self, operation, **request):
        line = {"id": 1, "op": operation, "request": request, "now": self.now}
        self.served.stdin.write(json.dumps(line) + "\n")
        self.served.stdin.flush()
        return json.loads(self.served.stdout.readline())

    def do(self, operation, **request):
        """Asks for what has to succeed."""
        answer = self.ask(operation, **request)
        if "ok" not in answer:
            raise SystemExit(f"{self.now} {operation} {request} was refused: {answer}")
        return answer["ok"]

    def attempt(self, operation, **request):
        """Asks for what may be refused for a good reason: nothing to credit, nothing to change."""
        answer = self.ask(operation, **request)
        if "ok" in answer:
            return answer["ok"]
        error = answer["error"]
        if error["kind"] not in ("conflict", "invalid", "not_found"):
            raise SystemExit(f"{self.now} {operation} {request}: {answer}")
        kind = error.get("conflict", {}).get("conflict", error["kind"])
        self.refused[f"{operation} {kind}"] = self.refused.get(f"{operation} {kind}", 0) + 1
        return None

    def all(self, operation, **request):
        rows, after = [], None
        while True:
            page = self.do(operation, limit=500, after=after, **request)
            rows += page["items"]
            after = page["next"]
            if after is None:
                return rows

    def close(self):
        self.served.stdin.close()
        self.served.wait()


class Vendor:
    """What the vendor knows, and what is done on a day."""

    def __init__(self, desk, customers, seed):
        self.desk = desk
        self.chance = random.Random(seed)
        self.wanted = customers
        self.customers = []
        self.subscriptions = []
        self.pasts = {}

    def set_up(self):
        seller = {"name": "Simulated vendor", "street": "Lindenstr. 12", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"}
        steps = [{"days": d, "act": "remind"} for d in (-7, 0, 3, 7, 14)]
        steps += [{"days": 21, "act": "suspend"}, {"days": 45, "act": "cancel"}]
        self.desk.do(
            "update_billing_settings", version=1, seller=seller, tax_category="S", tax_rate=190_000,
            finalize_renewals=True, reminders=steps,
        )
        offers = [("solo", 900, 9_000, 0, "EUR"), ("team", 2_900, 29_900, 14, "EUR"), ("firm", 9_999, 99_990, 0, "EUR"), ("world", 1_500, 15_100, 0, "USD")]
        self.plans = [
            self.desk.do("create_plan", code=code, name=code.title(), currency=currency, price_monthly=monthly, price_yearly=yearly, trial_days=trial)
            for code, monthly, yearly, trial, currency in offers
        ]

    def day(self, day):
        self.desk.now = f"{day}T09:00:00.000Z"
        if day.day == 3:
            self.note(day)
        while self.desk.do("run_catch_up")["has_more"]:
            pass
        self.grow(day)
        for _ in range(1 + len(self.customers) // 25):
            self.something(day)
        self.collect(day)
        self.recover(day)

    def note(self, day):
        """What each account came to at the end of the month before; from now on nothing arrives that is dated before."""
        last = str(day.replace(day=1) - dt.timedelta(days=1))
        self.pasts[last] = closings(self.desk, self.customers, last)

    def grow(self, day):
        due = self.wanted * ((day - FIRST_DAY).days + 1) // DAYS
        while len(self.customers) < min(due + 1, self.wanted):
            number = len(self.customers)
            made = self.desk.do(
                "create_customer", email=f"c{number}@example.com", full_name=f"Customer {number}", password="eight characters",
                company_name=None if number % 3 else f"Company {number}", is_active=True,
            )
            self.customers.append(made["id"])
            # Some are businesses abroad that account for the tax themselves.
            if number % 7 == 3:
                self.desk.do(
                    "update_billing_address", customer_id=made["id"], version=made["version"], street="1 Rue de la Paix", city="Lyon",
                    country="FR", vat_id="FR12345678901", tax_treatment="AE",
                )
            if self.chance.random() < 0.9:
                self.subscribe(made["id"], day)

    def subscribe(self, customer, day):
        plan = self.chance.choices(self.plans, [4, 4, 1, 2])[0]
        request = {"quantity": self.chance.choice([1, 1, 1, 2, 5]), "create_license": self.chance.random() < 0.5}
        if self.chance.random() < 0.1:
            request["starts_on"] = str(day - dt.timedelta(days=self.chance.randrange(40)))
        cycle = self.chance.choice(["monthly", "monthly", "yearly"])
        made = self.desk.do("create_subscription", customer_id=customer, plan_id=plan["id"], billing_cycle=cycle, **request)
        self.subscriptions.append(made["id"])

    def something(self, day):
        act = self.chance.random()
        if not self.subscriptions:
            return
        one = self.chance.choice(self.subscriptions)
        if act < 0.15:
            self.subscribe(self.chance.choice(self.customers), day)
        elif act < 0.35:
            change = self.chance.choice([
                {"quantity": self.chance.randrange(1, 7)}, {"plan_id": self.chance.choice(self.plans)["id"]},
                {"billing_cycle": self.chance.choice(["monthly", "yearly"])},
            ])
            before = self.desk.attempt("preview_subscription_change", id=one, **change)
            if before:
                done = self.desk.do("change_subscription", id=one, **change)
                if done["settled"] != before:
                    raise SystemExit(f"{day}: the preview {before} is not the result {done['settled']}")
        elif act < 0.45:
            self.desk.attempt("pause_subscription", id=one)
        elif act < 0.55:
            self.desk.attempt("resume_subscription", id=one)
        elif act < 0.63:
            self.desk.attempt("cancel_subscription", id=one, at=self.chance.choice(["now", "period_end"]))
        elif act < 0.68:
            self.desk.attempt("restore_subscription", id=one)
        elif act < 0.80:
            self.invoice()
        elif act < 0.90:
            self.correct()
        elif act < 0.97:
            self.give_back(day)
        else:
            self.take_off()

    def invoice(self):
        lines = [
            {"text": "Consulting", "quantity": self.chance.choice(["0.25", "1", "1.5", "7"]), "unit_price": self.chance.randrange(1, 20_000)},
            {"text": "Handbook", "unit_price": 1_999, "tax_rate": 70_000},
        ][: self.chance.randrange(1, 3)]
        draft = self.desk.do(
            "create_invoice", customer_id=self.chance.choice(self.customers), lines=lines, prices_include_tax=self.chance.random() < 0.3,
            currency=self.chance.choice(["EUR", "EUR", "USD"]),
        )
        self.desk.do("finalize_invoice", id=draft["id"], version=draft["version"])

    def correct(self):
        found = self.desk.do("list_invoices", limit=40)["items"]
        final = [row for row in found if row["number"]]
        if not final:
            return
        row = self.chance.choice(final)
        act = self.chance.choice(["void_invoice", "credit_all", "credit_part", "set_invoice_uncollectible"])
        place = {"id": row["id"], "version": row["version"]}
        if act == "credit_all":
            self.desk.attempt("credit_invoice", reason="order_cancellation", **place)
        elif act == "credit_part":
            part = [{"position": 1, "net": self.chance.randrange(1, 900)}]
            self.desk.attempt("credit_invoice", reason="billing_error", lines=part, **place)
        elif act == "set_invoice_uncollectible":
            self.desk.attempt(act, uncollectible=True, **place)
        else:
            self.desk.attempt(act, **place)

    def give_back(self, day):
        found = self.desk.do("list_payments", limit=40)["items"]
        if found:
            row = self.chance.choice(found)
            left = row["amount"]["amount"] - row["refunded"]["amount"]
            if left > 0:
                amount = {"amount": self.chance.randrange(1, left + 1), "currency": row["amount"]["currency"]}
                self.desk.do("refund_payment", id=row["id"], amount=amount, refunded_on=str(day))

    def take_off(self):
        """A payment was put on the wrong invoice: all of it or a part is credit again."""
        found = [row for row in self.desk.do("list_payments", limit=40)["items"] if row["allocations"]]
        if found:
            row = self.chance.choice(found)
            part = self.chance.choice(row["allocations"])
            amount = dict(part["amount"], amount=self.chance.randrange(1, part["amount"]["amount"] + 1))
            amount = self.chance.choice([None, amount])
            self.desk.do("release_allocation", payment_id=row["id"], invoice_id=part["invoice_id"], amount=amount)

    def collect(self, day):
        """Most pay when due; some pay late, twice, in part, or never."""
        for row in self.desk.do("list_invoices", status="open", sort="due_on", limit=60)["items"]:
            late = (day - dt.date.fromisoformat(row["due_on"])).days
            if late < -10 or self.chance.random() > (0.25 if late < 0 else 0.12):
                continue
            owed, currency = row["payable"]["amount"], row["payable"]["currency"]
            if self.chance.random() < 0.1:
                used = self.desk.attempt("apply_credit", invoice_id=row["id"])
                owed -= used["used"]["amount"] if used else 0
            if owed <= 0:
                continue
            how = self.chance.random()
            part = max(1, owed // 2) if how < 0.15 else owed
            whole = part + (self.chance.randrange(1, 5_000) if how > 0.93 else 0)
            arrived = day - dt.timedelta(days=self.chance.randrange(3))
            money = lambda amount: {"amount": amount, "currency": currency}
            self.desk.do(
                "record_payment", customer_id=row["customer_id"], amount=money(whole), method=self.chance.choice(["bank_transfer", "card"]),
                received_on=str(arrived), allocations=[{"invoice_id": row["id"], "amount": money(part)}],
            )

    def recover(self, day):
        """Now and then somebody pays after all what was given up, in full or in part, or it is expected again."""
        for row in self.desk.do("list_invoices", status="uncollectible", limit=60)["items"]:
            if self.chance.random() > 0.02:
                continue
            left, currency = row["total"]["amount"] - row["paid"]["amount"] - row["credited"]["amount"], row["total"]["currency"]
            how = self.chance.random()
            if how < 0.2:
                self.desk.attempt("set_invoice_uncollectible", id=row["id"], version=row["version"], uncollectible=False)
            elif how < 0.4:
                self.desk.attempt("apply_credit", invoice_id=row["id"])
            else:
                part = {"amount": left if how > 0.7 else max(1, left // 2), "currency": currency}
                self.desk.do(
                    "record_payment", customer_id=row["customer_id"], amount=part, method="bank_transfer", received_on=str(day),
                    allocations=[{"invoice_id": row["id"], "amount": part}],
                )


def closings(desk, customers, to):
    """What accounts came to at the end of a day."""
    closing = lambda customer, currency: desk.do("get_statement", customer_id=customer, currency=currency, to=to)["closing"]["amount"]
    return {customer: {currency: closing(customer, currency) for currency in ("EUR", "USD")} for customer in customers}


def figures(desk, pasts):
    """What the app says of the year, also of what it has said before."""
    currencies = ["EUR", "USD"]
    return {
        "on": desk.now[:10],
        "recurring": desk.do("recurring_figures", months=12),
        "forecast": desk.do("renewal_forecast", months=12),
        "stats": desk.do("customer_stats"),
        "receivables": desk.do("receivables"),
        "billed": {currency: desk.do("billed_by_plan", months=12, currency=currency) for currency in currencies},
        "cohorts": {currency: desk.do("cohorts", months=12, currency=currency) for currency in currencies},
        "monthly": desk.do("monthly_figures", months=12),
        "numbers": desk.do("number_report"),
        "payments": {key: desk.do("list_payments")[key] for key in ("sum", "credit")},
        "statements": {
            row["id"]: {currency: desk.do("get_statement", customer_id=row["id"], currency=currency)["closing"]["amount"] for currency in currencies}
            for row in desk.all("list_customers")
        },
        "pasts": {last: {"then": then, "now": closings(desk, then, last)} for last, then in pasts.items()},
    }


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ctl", required=True)
    arguments.add_argument("--book", required=True)
    arguments.add_argument("--figures", required=True)
    arguments.add_argument("--customers", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    desk = Desk(given.ctl, given.book)
    desk.now = f"{FIRST_DAY}T08:00:00.000Z"
    desk.init(desk.now)
    vendor = Vendor(desk, given.customers, given.seed)
    vendor.set_up()
    for day in range(DAYS):
        vendor.day(FIRST_DAY + dt.timedelta(days=day))
    with open(given.figures, "w", encoding="utf-8") as file:
        json.dump(figures(desk, vendor.pasts), file, indent=1)
    desk.close()
    print(f"{len(vendor.customers)} customers, {len(vendor.subscriptions)} subscriptions; refused with reason: {sum(desk.refused.values())}")
    for what, count in sorted(desk.refused.items()):
        print(f"  {count:5} {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
