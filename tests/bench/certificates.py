"""Certificates of birth a second beside the bare page, signatures and COMMIT they stand on. `script/bench certificates`."""
import json
import os
import pathlib
import subprocess
import tempfile

from province import Server, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
YARDSTICK = ROOT / "build/release/thienan_paper_yardstick"
AS_OF = "2026-07-01T08:00"  # The original is electronic: signed by the leader, then by the agency.
STAGES = (
    ("entered", "entries with number and personal number"),
    ("signed", "decided, drawn as PDF, signed by the leader"),
    ("sealed", "signed by the agency"),
)


def certificates(table, count, seconds, databases):
    """`databases`: pairs of a name and a way to have its address, entered for as long as it is used."""
    print(f"{count:,} certificates of birth as of {AS_OF}; load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="thienan-bench-", dir=os.environ.get("THIENAN_BENCH_DIR")) as folder:
        done = subprocess.run([YARDSTICK, folder, str(max(1, round(seconds)))], capture_output=True, text=True, check=True)
        yard = json.loads(done.stdout)
        whole = yard["whole_a_second"]
        table.row("yardstick: a page by pango and cairo, one thread", "", yard["pages_a_second"], "/s", notes=f"{yard['bytes']:,} bytes")
        table.row("yardstick: page, two P-256 signatures, COMMIT", "sqlite", whole, "/s")
        for database, started in databases:
            with started() as address:
                data = pathlib.Path(folder) / database
                with Server(data, "--demo", "--as-of", AS_OF, *(["--database", address] if address else [])):
                    pass
                code, out, err = run("bench-certificates", "--data", data, "--as-of", AS_OF, "--count", count)
                if code != 0:
                    raise SystemExit(out + err)
                own = json.loads(out.splitlines()[-1])
                if own["sealed"] != count:
                    raise SystemExit(f"{own['sealed']} of {count} certificates are signed by leader and agency")
                for key, what in STAGES:
                    table.row(f"births {what}", database, own[f"{key}_a_second"], "/s")
                value = own["certificates_a_second"]
                notes = f"from the officer's entry to the agency's signature; {own['cpu_ms_each']:.0f} ms of CPU each; {value / whole:.2f} x the bare page, signatures and COMMIT"
                table.row("certificates of birth issued", database, value, "/s", notes=notes)
