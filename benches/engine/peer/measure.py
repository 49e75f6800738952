"""Fills the peer's database from a book, runs the peer on loopback, and prints its times as JSON.

measure.py BOOK DATABASE RARE COMMON: a term that one customer has, and one that five of a hundred have.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

PORT = int(os.environ.get("PEER_PORT", "8837"))


def fill(book: str, database: str) -> None:
    os.environ["PEER_DATABASE"] = f"sqlite:///{database}"
    sys.path.insert(0, str(Path(__file__).parent))
    import app

    app.Base.metadata.create_all(app.engine)
    db = sqlite3.connect(f"file:{database}", uri=True)
    # It is begun anew if this is killed. The identifiers arrive in no order: without a cache most of them wait for the disk.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("ATTACH ? AS book", (f"file:{book}?mode=ro",))
    instant = "strftime('%Y-%m-%d %H:%M:%f', created_at / 1000.0, 'unixepoch') || '000'"
    copies = [
        "customers SELECT lower(hex(id)), email, full_name, company_name, 'x', is_active, " + instant
        + " FROM book.customer WHERE is_admin = 0 AND deleted_at IS NULL AND archived_at IS NULL",
        f"licenses (key, created_at, id, customer_id, status) SELECT key, {instant}, lower(hex(id)), lower(hex(customer_id)), status FROM book.license",
        "subscriptions (id, customer_id, status) SELECT lower(hex(id)), lower(hex(customer_id)), status FROM book.subscription",
        "domains (id, customer_id, status) SELECT lower(hex(id)), lower(hex(customer_id)), 'active' FROM book.domain",
        "payments (amount, received_on, id, customer_id, status) SELECT amount, received_on, lower(hex(id)), lower(hex(customer_id)), status FROM book.payment",
        "invoices (id, customer_id, status) SELECT lower(hex(id)), lower(hex(customer_id)), status FROM book.invoice",
    ]
    for copy in copies:
        db.execute(f"INSERT INTO main.{copy}")
    db.commit()
    db.close()


def times(client: httpx.Client, path: str, runs: int) -> dict:
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        client.get(path).raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
    return {"runs": runs, "min": min(taken), "median": statistics.median(taken)}


def main() -> None:
    book, database, rare, common = sys.argv[1:5]
    if not Path(database).exists():
        # What a run has left that was killed.
        Path(database + ".new").unlink(missing_ok=True)
        fill(book, database + ".new")
        os.rename(database + ".new", database)
    environment = {**os.environ, "PEER_DATABASE": f"sqlite:///{database}"}
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(PORT), "--log-level", "warning"],
        cwd=Path(__file__).parent,
        env=environment,
    )
    try:
        client = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=300)
        for _ in range(300):
            try:
                client.get("/health")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        total = client.get("/stats").json()["total"]
        deep = total // 10 * 9
        found = {}
        for version in ("v1", "v2"):
            path = f"/{version}/customers?limit=50"
            found[f"{version} first page"] = times(client, path, 7)
            found[f"{version} page at 90 %"] = times(client, f"{path}&skip={deep}", 3)
            found[f"{version} search rare"] = times(client, f"{path}&search={rare}", 3)
            found[f"{version} search nobody"] = times(client, f"{path}&search=qxqvz", 3)
            found[f"{version} search common"] = times(client, f"{path}&search={common}", 5)
            found[f"{version} active with licenses"] = times(client, f"{path}&is_active=true&has_licenses=true", 5)
        found["stats"] = times(client, "/stats", 3)
        begun = time.perf_counter()
        new = {"email": f"peer{time.time()}@example.com", "full_name": "Peer", "password": "eight characters"}
        client.post("/v1/customers", json=new).raise_for_status()
        found["create"] = {"runs": 1, "median": (time.perf_counter() - begun) * 1000}
        print(json.dumps(found))
    finally:
        server.terminate()
        server.wait()


main()
