"""A million notices of security over movables, searched. `script/bench secured`."""
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("THIENAN_SECURED_BENCH", ROOT / "build/release/thienan_secured_bench"))
NOTICES = 1_000_000
SEARCHES = 1000
BUDGET_MS = 10
WAYS = (("serial", "by serial"), ("grantor_number", "by number of the grantor"), ("grantor_name", "by name of the grantor"))


def said(*words, **environment):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def secured(table, databases, notices=NOTICES):
    """`databases`: pairs of a name and a way to have its address, entered for as long as it is used."""
    with tempfile.TemporaryDirectory(prefix="thienan-bench-") as folder:
        yard = said(PROGRAM, "yardstick", folder, notices, SEARCHES)
    table.row(f"yardstick: raw SQLite, one of {notices:,} rows by key", "", yard["p95"], "ms", notes=f"p50 {yard['p50']:.3f}, worst {yard['worst']:.2f} ms")
    for database, started in databases:
        with started() as address:
            own = said(PROGRAM, database, notices, SEARCHES, **({"THIENAN_TEST_POSTGRES": address} if address else {}))
        table.row("notices filed, 500 a COMMIT", database, own["notices_a_second"], "/s")
        for name, what in WAYS:
            found = own[name]
            notes = f"p50 {found['p50']:.2f}, worst {found['worst']:.2f} ms, {found['cpu_p95']:.2f} ms of CPU at p95; {found['hits'] / found['searches']:.1f} registrations each; {found['p95'] / yard['p95']:.0f} x raw"
            table.row(f"{notices:,} notices searched {what}: p95", database, found["p95"], "ms", BUDGET_MS, False, notes)
