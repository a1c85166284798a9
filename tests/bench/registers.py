"""Persons in a register of millions of entries beside SQLite's full-text search over the same names. `script/bench registers`."""
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/thienan_registers_bench"
QUERIES = 1000
YARD_QUERIES = 200
NAMED = "SELECT entry, name, mother FROM register_person WHERE role = 'child'"


def folded(text):
    """SQLite's tokenizer takes marks away, but leaves d with a stroke alone."""
    return text.replace("đ", "d").replace("Đ", "D")


def percentile(ms, share):
    return sorted(ms)[min(len(ms) - 1, int(share * len(ms)))]


def yardstick(table, path):
    """The same children's names in FTS5, searched for by all words, marks and order ignored; it finds no slip of the pen."""
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE yard USING fts5(name, mother, tokenize = 'unicode61 remove_diacritics 2')")
    began = time.monotonic()
    rows = ((row, folded(name), folded(mother)) for row, name, mother in sqlite3.connect(path).execute(NAMED))
    db.executemany("INSERT INTO yard (rowid, name, mother) VALUES (?, ?, ?)", rows)
    db.commit()
    made = time.monotonic() - began
    entries = db.execute("SELECT COUNT(*) FROM register_state").fetchone()[0]
    table.row("yardstick: FTS5 over names made, per million", "sqlite", made * 1e6 / entries, "s")
    step = max(1, entries // YARD_QUERIES)
    people = [(name, mother) for at, (_, name, mother) in enumerate(db.execute("SELECT rowid, name, mother FROM yard")) if at % step == 0]
    for what, both in (("a child's name", False), ("a child's and mother's name", True)):
        ms = []
        for name, mother in people:
            words = " ".join([f'name:"{word}"' for word in name.split()] + [f'mother:"{word}"' for word in mother.split() if both])
            began = time.perf_counter()
            db.execute("SELECT rowid FROM yard WHERE yard MATCH ? ORDER BY rank LIMIT 10", (words,)).fetchall()
            ms.append((time.perf_counter() - began) * 1000)
        notes = f"p50 {percentile(ms, 0.5):.1f}, worst {max(ms):.1f} of {len(ms)}"
        table.row(f"yardstick: FTS5, {what}, p95", "sqlite", percentile(ms, 0.95), "ms", notes=notes)


def registers(table, entries, databases):
    """`databases`: pairs of a name and a way to have its address, entered for as long as it is used."""
    print(f"persons among {entries:,} entries; load {os.getloadavg()[0]:.1f}", flush=True)
    for database, started in databases:
        with started() as address, tempfile.TemporaryDirectory(prefix="thienan-bench-", dir=os.environ.get("THIENAN_BENCH_DIR")) as folder:
            environment = {**os.environ, **({"THIENAN_TEST_POSTGRES": address} if address else {})}
            words = [PROGRAM, database, folder, str(entries), str(QUERIES)]
            done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=environment)
            if done.returncode != 0:
                raise SystemExit(done.stderr)
            own = json.loads(done.stdout)
            for key, what in (
                ("duplicates", "possible duplicates of a birth"),
                ("advanced_whole_name", "a person of the province by name and ten years"),
                ("advanced_given_name", "by given name, mother and ten years"),
            ):
                one = own[key]
                share = one.get("found_share", one.get("answered_share"))
                notes = f"p50 {one['p50_ms']:.1f}, p99 {one['p99_ms']:.1f}, worst {one['worst_ms']:.1f} of {QUERIES}; {share:.1%} found"
                table.row(f"{what}, p95", database, one["p95_ms"], "ms", 50, False, notes)
            for key, what in (("reindex_empty", "index of persons made"), ("reindex_beside", "index of persons made beside the one in use"), ("reindex_rested", "the same after a rest")):
                one = own[key]
                notes = f"{one['persons']:,} persons, {one['keys']:,} keys; {one['cpu_seconds_per_million']:.0f} s of CPU with the sweep; the old one swept after {one['seconds_swept']:.0f} s in all"
                table.row(f"{what}, per million", database, one["seconds_per_million"], "s", 30, False, notes)
            if database == "sqlite":
                yardstick(table, pathlib.Path(folder) / "registers.db")
