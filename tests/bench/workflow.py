"""The bars of processes and expressions beside bpmn-elements and feelin, in one run. `script/bench workflow`."""
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/bench/workflow"
PROGRAM = ROOT / "build/release/thienan_workflow_bench"
CLIENTS = 64
INSTANCES_KEPT = 5000  # Played to their ends to weigh one.
ELEMENTS, FEELIN = "bpmn-elements", "feelin"


def installed():
    """The yardsticks, as the lock file has them; only this bench wants them."""
    mark = HERE / "node_modules/.package-lock.json"
    if not mark.exists() or mark.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)


def said(*words, **environment):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def beside(table, what, database, value, yard, yard_name, bar, notes=""):
    """A figure whose bar is a multiple of the yardstick of this run."""
    told = f"{value / yard:.1f} x {yard_name}, asked {bar} x"
    table.row(what, database, value, "/s", round(bar * yard), notes=f"{told}; {notes}" if notes else told)


def expressions(table, seconds):
    given = HERE / "expressions.json"
    yard = said("node", HERE / "feelin.mjs", given, seconds)
    table.row("yardstick: feelin, FEEL parsed and evaluated", "", yard["parse_and_evaluate"], "/s")
    table.row("yardstick: feelin's inside, FEEL evaluated alone", "", yard["parsed"], "/s", notes="no call of its own gives this")
    own = said(PROGRAM, "feel", given, seconds)
    both = yard["parse_and_evaluate"]
    beside(table, "FEEL parsed and evaluated", "", own["parse_and_evaluate"], both, FEELIN, 50)
    alone = f"{own['compiled'] / yard['parsed']:.1f} x feelin's inside"
    beside(table, "FEEL compiled before, evaluated", "", own["compiled"], both, FEELIN, 300, alone)


def processes(table, model, seconds, database, address, yard):
    environment = {"THIENAN_TEST_POSTGRES": address} if address else {}
    for clients, what, bar in ((1, "five user tasks, a command at a time", 20), (CLIENTS, f"five user tasks, {CLIENTS} clients", 100)):
        own = said(PROGRAM, "instances", database, model, clients, seconds, **environment)
        value = own["instances_a_second"]
        notes = f"{value / yard['durable']:.1f} x with its state synced; {own['cpu_ms_each']:.2f} ms of CPU each"
        beside(table, what, database, value, yard["memory"], ELEMENTS, bar, notes)


def weight(table, model):
    kept = said(PROGRAM, "storage", model, INSTANCES_KEPT)
    parts = ", ".join(f"{name} {value:.0f}" for name, value in kept["tables"].items() if value >= 5)
    table.row("a finished instance with its history", "sqlite", kept["bytes_an_instance"] / 1000, "kB", 1.5, False, parts)


def workflow(table, seconds, databases):
    """`databases`: pairs of a name and a way to have its address, entered for as long as it is used."""
    installed()
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    model = HERE / "five_tasks.bpmn"
    print(f"processes and expressions; yardsticks on node {version}, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="thienan-bench-") as folder:
        yard = said("node", HERE / "elements.mjs", model, pathlib.Path(folder) / "state.json", seconds)
    table.row("yardstick: bpmn-elements in memory", "", yard["memory"], "/s")
    table.row("yardstick: bpmn-elements, state synced each command", "", yard["durable"], "/s", notes=f"{yard['state_bytes']} bytes of state at the end")
    for database, started in databases:
        with started() as address:
            processes(table, model, seconds, database, address, yard)
    weight(table, model)
    expressions(table, seconds)
