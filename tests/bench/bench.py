#!/usr/bin/env python3
"""DESIGN 7 on this machine: the budgets of the program on both databases, beside yardsticks measured in the same run.
Called by script/bench. Each figure is also told as a ratio: to its budget, and to the yardstick that bounds it."""
import argparse
import collections
import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/operations"))
sys.path.insert(0, str(ROOT / "tests/bench"))
from province import Browser, Server, accounts, run, token  # noqa: E402
from certificates import certificates  # noqa: E402
from registers import registers  # noqa: E402
from secured import secured  # noqa: E402
from workflow import workflow  # noqa: E402

BUILD = ROOT / "build/release"
AS_OF = "2016-07-01T08:00"
SECONDS = 4.0      # Of each load, after half a second of warming up; --seconds.
DOSSIERS = 100_000  # --dossiers: fewer are for development, no figure of DESIGN 7.
DATABASES = ("sqlite", "postgres")
# Filing comes last: what it leaves to be sent would disturb the others.
NAMES = ["start", "pages", "visit", "track", "dossier", "queue", "search", "upload", "file"]
ONLY_ASKED = ["workflow", "registers", "secured", "certificates", "build"]
PDF_HEAD = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" \
           "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n% {n}\n"
PDF_TAIL = "\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


class Table:
    """Prints each row when it is measured and keeps it for the JSON file."""

    def __init__(self):
        self.rows = []
        print(f"{'what':52} {'database':9} {'measured':>12} {'budget':>12} {'x budget':>9}  notes", flush=True)

    def row(self, what, database, value, unit, budget=None, more_is_better=True, notes=""):
        """x budget: 1.00 and more keeps it."""
        ratio = None
        if budget and value:
            ratio = value / budget if more_is_better else budget / value
        self.rows.append({"what": what, "database": database, "value": value, "unit": unit, "budget": budget, "ratio": ratio, "notes": notes})
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        bound = "" if budget is None else f"{budget:,} {unit}"
        print(f"{what:52} {database:9} {shown + ' ' + unit:>12} {bound:>12} {'' if ratio is None else f'{ratio:.2f}':>9}  {notes}", flush=True)


def load(port, paths, *, connections=32, method="GET", headers=(), bodies=(), status=200, seconds=None, first=1):
    plan = {"port": port, "connections": connections, "milliseconds": int((seconds or SECONDS) * 1000), "method": method,
            "paths": paths, "headers": list(headers), "bodies": list(bodies), "status": status, "first": first}
    done = subprocess.run([BUILD / "thienan_load"], input=json.dumps(plan), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("load: " + done.stderr)
    answer = json.loads(done.stdout)
    wrong = sum(answer["other_status"].values())
    if wrong > answer["requests"] / 1000:
        raise SystemExit(f"{method} {paths[0]}: {answer['other_status']} instead of {status}: {answer['other_body']}")
    return answer


def cpu_seconds(pid):
    """Of the server alone: PostgreSQL has processes of its own."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def folded(text):
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def words_by_share(forms):
    """For each wanted share, the word of the children's names whose share of the titles is nearest."""
    counts = collections.Counter(word for form in forms for word in set(folded(form["form"]["child"]["full_name"]).split()))
    chosen = {}
    for wanted in (0.001, 0.01, 0.5):
        word, count = min(counts.items(), key=lambda one: abs(one[1] / len(forms) - wanted) / wanted)
        chosen[wanted] = (word, count / len(forms))
    return chosen


def copy_house(source, to):
    """A data folder and the key file beside it."""
    shutil.copytree(source, to)
    shutil.copy(f"{source}.keys", f"{to}.keys")


class Bench:
    def __init__(self, table, work, database, address, names):
        self.table, self.work, self.database, self.names = table, work, database, names
        self.data = work / database
        self.words = ["--database", address] if address else []
        self.yard = {}
        self.number = 1  # Of requests: no two of a run have one.

    def measure(self, what, budget, paths, **how):
        p99_budget = how.pop("p99", None)
        beside = how.pop("beside", None)
        notes = how.pop("notes", "")
        before = cpu_seconds(self.server.process.pid)
        answer = load(self.server.port, paths, first=self.number, **how)
        spent = cpu_seconds(self.server.process.pid) - before
        self.number += 10_000_000
        # What a busy machine does not change much. With the requests of the warming up and of the end.
        spent_each = f"{spent * 1000 / answer['asked']:.2f} ms of CPU each" if answer["asked"] else ""
        notes = "; ".join(part for part in (spent_each, notes) if part)
        if beside and self.yard.get(beside):
            notes = f"{answer['per_second'] / self.yard[beside]:.2f} x {beside}; {notes}"
        self.table.row(what, self.database, answer["per_second"], "/s", budget, notes=notes)
        if p99_budget:
            self.table.row(what + ": p99", self.database, answer["p99_ms"], "ms", p99_budget, False, f"p50 {answer['p50_ms']:.1f} ms")
        return answer

    def fill(self, keep):
        """A demo folder with the dossiers in it: made, or a copy of the one in `keep`."""
        kept = pathlib.Path(keep) / f"{self.database}-{DOSSIERS}" if keep and self.database == "sqlite" else None
        if kept and kept.exists():
            copy_house(kept, self.data)
        else:
            self.make()
            if kept:
                copy_house(self.data, kept)
        _, out, _ = run("bench-dossiers", "--data", self.data, "--as-of", AS_OF, "--count", 4000, "--print")
        self.forms = [json.loads(line) for line in out.splitlines()]

    def make(self):
        with Server(self.data, "--demo", "--as-of", AS_OF, *self.words):
            pass
        began = time.monotonic()
        code, out, err = run("bench-dossiers", "--data", self.data, "--as-of", AS_OF, "--count", DOSSIERS)
        if code != 0:
            raise SystemExit(err)
        print(f"  {self.database}: {DOSSIERS:,} dossiers filed by the command the portal uses, {DOSSIERS / (time.monotonic() - began):,.0f}/s", flush=True)

    def yardstick(self, address):
        words = ["sqlite", self.work / "yardstick.db"] if self.database == "sqlite" else ["postgres", address]
        done = subprocess.run([BUILD / "thienan_yardstick", *words, "3"], capture_output=True, text=True, check=True)
        name = "raw SQLite, 16 rows a COMMIT" if self.database == "sqlite" else "raw PostgreSQL, 32 connections, a row a COMMIT"
        self.yard["raw rows"] = float(done.stdout)
        self.table.row("yardstick: " + name, self.database, float(done.stdout), "rows/s")

    def start(self):
        os.system("sync")
        self.server = Server(self.data, "--demo", "--no-limits", "--as-of", AS_OF, *self.words)
        if "start" in self.names:
            time.sleep(2)
            self.table.row(f"cold start with {DOSSIERS:,} dossiers", self.database, self.server.start_seconds, "s", 1, False)
            self.table.row("idle memory", self.database, self.server.resident_mb(), "MB", 64, False)
        people = accounts(self.data)
        self.officer = next(line for line in people if "motcua" in line[0] and line[3])
        self.citizen = next(line for line in people if not line[2])
        browser = Browser(self.server.url)
        browser.sign_in(self.officer[0], self.officer[1])
        self.cookie = ["Cookie: " + browser.cookie_header()]
        self.codes = []
        path = "/ban-lam-viec/co-quan"
        while len(self.codes) < 200:
            _, page = browser.get(path)
            self.codes += re.findall(r'href="/ban-lam-viec/ho-so/([^"/?]+)"', page)
            more = re.search(r'href="(/ban-lam-viec/co-quan\?[^"]*sau=[^"]+)"', page)
            if not more:
                break
            path = more.group(1).replace("&amp;", "&")
        self.codes = sorted(set(self.codes))
        if not self.codes:
            raise SystemExit("the officer's queue is empty")
        _, home = browser.get("/")
        asset = re.search(r'href="(/[^"]+\.css)"', home).group(1)
        self.yard["static page"] = load(self.server.port, [asset])["per_second"]
        self.table.row("yardstick: a static file of this server", self.database, self.yard["static page"], "/s")

    def pages(self):
        self.measure("portal pages", 5000, ["/", "/thu-tuc?q=khai+sinh", "/thu-tuc/dang-ky-khai-sinh", "/tro-giup"], p99=20, beside="static page")

    def visit(self):
        script = ROOT / "tests/bench/visit.mjs"
        done = subprocess.run(["node", script, self.server.url, "/", "/thu-tuc/dang-ky-khai-sinh"], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        seen = json.loads(done.stdout)
        self.table.row("first visit", self.database, seen["first"] / 1000, "kB", 100, False)
        self.table.row("next visit", self.database, seen["next"] / 1000, "kB", 15, False)

    def file(self):
        bearer = token(self.data, self.citizen[0])
        browser = Browser(self.server.url, bearer)
        _, kept = browser.upload((PDF_HEAD + PDF_TAIL).encode())
        files = [{"paper": paper, "id": kept["id"]} for paper in ("birth_notification", "requester_identity")]
        bodies = [json.dumps({**form, "files": files}, ensure_ascii=False) for form in self.forms]
        self.measure("file a dossier through the API, 32 clients", 3000, ["/api/v1/dossiers"], method="POST", bodies=bodies, status=201, p99=50, beside="raw rows",
                     headers=["Authorization: Bearer " + bearer, "Content-Type: application/json", "Idempotency-Key: bench-{n}"])

    def track(self):
        self.measure("track a dossier by code (HTML)", 8000, [f"/tra-cuu?ma={code}" for code in self.codes], beside="static page")

    def dossier(self):
        self.measure("open a dossier at the desk, audited", 1500, [f"/ban-lam-viec/ho-so/{code}" for code in self.codes], headers=self.cookie, beside="static page")

    def queue(self):
        self.measure(f"the officer's queue, 50 of {DOSSIERS:,}", 2500, ["/ban-lam-viec/co-quan"], headers=self.cookie, beside="static page")

    def search(self):
        for wanted, (word, share) in words_by_share(self.forms).items():
            budget = 100 if wanted == 0.5 else 1000
            self.measure(f"search {DOSSIERS:,} titles, wanted {wanted:.1%}", budget, [f"/ban-lam-viec/tim?q={word}"], headers=self.cookie,
                         beside="static page", notes=f"'{word}' hits {share:.2%}")

    def upload(self):
        bearer = token(self.data, self.citizen[0])
        body = PDF_HEAD + "%" + "x" * (1024 * 1024 - len(PDF_HEAD) - len(PDF_TAIL) - 6) + PDF_TAIL
        before = self.server.resident_mb()
        answer = self.measure("receive a 1 MiB upload, 8 clients", 300, ["/api/v1/files"], method="POST", bodies=[body], status=201, connections=8,
                              headers=["Authorization: Bearer " + bearer, "Content-Type: application/pdf"])
        self.table.row("memory during uploads", self.database, self.server.resident_mb("VmHWM"), "MB", notes=f"{before:.0f} MB before, {answer['requests']} files")

    def all(self):
        self.start()
        try:
            for name in self.names:
                if name not in ("start", "build"):
                    getattr(self, name)()
        finally:
            self.server.stop()


@contextlib.contextmanager
def database_started(database):
    """The address of a PostgreSQL of our own; None for SQLite."""
    if database == "sqlite":
        yield None
        return
    started = subprocess.run([ROOT / "script/postgres-for-tests", "start"], capture_output=True, text=True, check=True)
    cluster = started.stderr.strip().splitlines()[-1]
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([ROOT / "script/postgres-for-tests", "stop", cluster], check=False)


def build_time(table):
    """From nothing, without the compiler cache."""
    with tempfile.TemporaryDirectory(prefix="thienan-bench-build-") as folder:
        began = time.monotonic()
        environment = {**os.environ, "CCACHE_DISABLE": "1"}
        subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=ROOT, check=True, capture_output=True, env=environment)
        subprocess.run(["ninja", "-C", folder, "thienan"], check=True, capture_output=True, env=environment)
        took = time.monotonic() - began
    files = subprocess.run(["git", "ls-files", "engine", "systems", "programs"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    lines = sum(len((ROOT / file).read_text().splitlines()) for file in files if re.search(r"\.(cpp|h)$", file) and not re.search(r"_(test|bench|fuzz)\.cpp$", file))
    table.row("build thienan from nothing", "", took, "s", 360, False, f"{lines:,} lines, {took / lines * 10_000:.0f} s per 10,000")


def main():
    global SECONDS, DOSSIERS
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--dossiers", type=int, default=DOSSIERS, metavar="N", help="fewer than 100000 for development")
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help="of each load")
    parser.add_argument("--keep", metavar="DIR", help="the filled SQLite folder stays in DIR and is taken from there the next time")
    parser.add_argument("--entries", type=int, default=2_000_000, metavar="N", help="of the register that persons are searched in")
    parser.add_argument("--certificates", type=int, default=2000, metavar="N", help="certificates of birth that are made")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*NAMES, *ONLY_ASKED]))
    asked = parser.parse_args()
    SECONDS, DOSSIERS = asked.seconds, asked.dossiers
    if unknown := set(asked.names) - {*NAMES, *ONLY_ASKED}:
        parser.error("unknown: " + ", ".join(unknown))
    os.environ["THIENAN"] = str(BUILD / "thienan")
    began = time.monotonic()
    table = Table()
    names = [name for name in NAMES if not asked.names or name in asked.names]
    databases = [one for one in DATABASES if asked.database in (None, one)]
    if names:
        print(f"rate limits raised to 1e9 a minute and connections of one address to all (--no-limits); business clock from {AS_OF}: 184 communes, all {DOSSIERS:,} dossiers in the three staffed ones; "
              f"{os.cpu_count()} cores, client on the same; load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="thienan-bench-", dir=os.environ.get("THIENAN_BENCH_DIR")) as folder:
        for database in databases if names else []:
            with database_started(database) as address:
                bench = Bench(table, pathlib.Path(folder), database, address, names)
                bench.yardstick(address)
                bench.fill(asked.keep)
                bench.all()
    if "workflow" in asked.names:
        workflow(table, SECONDS, [(one, functools.partial(database_started, one)) for one in databases])
    if "registers" in asked.names:
        registers(table, asked.entries, [(one, functools.partial(database_started, one)) for one in databases])
    if "secured" in asked.names:
        secured(table, [(one, functools.partial(database_started, one)) for one in databases])
    if "certificates" in asked.names:
        certificates(table, asked.certificates, SECONDS, [(one, functools.partial(database_started, one)) for one in databases])
    if "build" in asked.names:
        build_time(table)
    print(f"in {time.monotonic() - began:.0f} s")
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps({"cores": os.cpu_count(), "dossiers": DOSSIERS, "rows": table.rows}, ensure_ascii=False, indent=1) + "\n")


main()
