#!/usr/bin/env python3
"""Proves the data of province/ and systems/: schemas, references, counts by day, XML, cases.

Prints what was counted and ends with `N passed, N failed`; exit 1 when something failed.
Needs python3-jsonschema (Debian) and xmllint (libxml2-utils).
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.chdir(ROOT)
passed = failed = 0
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TA = "{urn:thien-an:bpmn}"
PAPER = "{urn:thien-an:paper:1}"


def check(claim, good, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {claim}: {detail}")
    return good


def unique_pairs(pairs):
    keys = [key for key, _ in pairs]
    twice = [key for key, n in collections.Counter(keys).items() if n > 1]
    if twice:
        raise ValueError(f"key twice: {twice}")
    return dict(pairs)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=unique_pairs)


def merged(target, patch):
    """RFC 7396, as engine/casework/shared_files.cpp does it."""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merged(out.get(key), value)
    return out


def whole(value):
    """The value with every {"$shared": "file#/pointer"} in its place."""
    if isinstance(value, list):
        return [whole(v) for v in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$shared"), str):
        file, _, pointer = value["$shared"].partition("#")
        found = read(f"systems/shared/{file}")
        for token in pointer.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            found = found[int(token) if isinstance(found, list) else token]
        rest = {k: v for k, v in value.items() if k != "$shared"}
        return whole(merged(found, rest) if rest else found)
    return {k: whole(v) for k, v in value.items()}


def load(path):
    return whole(read(path)) if path.startswith("systems/") else read(path)


def on(rows, day):
    return [r for r in rows if r["valid_from"] <= day and (r["valid_to"] is None or day < r["valid_to"])]


def json_files():
    return sorted(glob.glob("province/**/*.json", recursive=True) + glob.glob("systems/**/*.json", recursive=True))


def check_schemas():
    n = 0
    for path in sorted(glob.glob("docs/standards/schemas/*.schema.json")):
        try:
            jsonschema.Draft202012Validator.check_schema(load(path))
            check(path, True)
        except Exception as error:  # noqa: BLE001 - the file is named and counted
            check(path, False, error)
    for path in json_files():
        try:
            data = load(path)
        except ValueError as error:
            check(path, False, error)
            continue
        if path.endswith(".form.schema.json") or path.endswith("/form.schema.json"):
            try:
                jsonschema.Draft202012Validator.check_schema(data)
                check(path, True)
            except jsonschema.SchemaError as error:
                check(path, False, error.message)
            continue
        schema = data.get("$schema") if isinstance(data, dict) else None
        if not schema:
            continue
        where = os.path.normpath(os.path.join(os.path.dirname(path), schema))
        if not check(f"{path} names a schema that is there", os.path.exists(where), where):
            continue
        errors = list(jsonschema.Draft202012Validator(load(where)).iter_errors(data))
        check(path, not errors, "; ".join(f"{e.json_path}: {e.message[:120]}" for e in errors[:3]))
        n += 1
    print(f"{n} files against their schemas")


def dated_rows(value, path=""):
    """Every list of objects with valid_from, with its place."""
    if isinstance(value, list):
        rows = [v for v in value if isinstance(v, dict) and "valid_from" in v]
        if rows:
            yield path, rows
    for key, inner in (value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []):
        yield from dated_rows(inner, f"{path}/{key}")


def key_of(row):
    """What may not hold twice on one day; None for lists where several rows may."""
    for key in ("code", "id", "key", "unit", "law"):
        if isinstance(row.get(key), str):
            return row[key]
    return ""


def check_dates():
    n = 0
    for path in json_files():
        for place, rows in dated_rows(load(path)):
            by_key = collections.defaultdict(list)
            for row in rows:
                n += 1
                if row["valid_to"] is not None and not row["valid_from"] < row["valid_to"]:
                    check(f"{path}{place} {key_of(row)}", False, "ends before it begins")
                by_key[key_of(row)].append(row)
            for key, same in by_key.items():
                same.sort(key=lambda r: r["valid_from"])
                for before, after in zip(same, same[1:]):
                    if before["valid_to"] is None or before["valid_to"] > after["valid_from"]:
                        check(f"{path}{place} {key}", False, f"two rows on {after['valid_from']}")
    check("dated rows do not overlap", True)
    print(f"{n} dated rows")


def check_units():
    rows = load("province/units.json")["units"]
    expected = [("2016-03-22", 14, 184), ("2020-03-01", 13, 176), ("2020-06-01", 13, 173), ("2025-01-15", 13, 170), ("2025-07-02", 0, 96)]
    for day, districts, communes in expected:
        now = {r["code"]: r for r in on(rows, day)}
        for unit in now.values():
            if unit["level"] != "province":
                check(f"parent of {unit['code']} on {day}", unit["parent"] in now, unit["parent"])

        def at_home(unit):
            while unit["parent"]:
                unit = now[unit["parent"]]
            return unit["code"] == "51"

        found = [sum(1 for u in now.values() if u["level"] == level and at_home(u)) for level in ("district", "commune")]
        check(f"units on {day}", found == [districts, communes], found)
        print(f"units of the province on {day}: {found[0]} districts, {found[1]} communes")
    ended = [r for r in rows if r["valid_to"] and r["level"] == "commune"]
    for row in ended:
        check(f"{row['code']} has a successor", bool(row.get("successors")), row["name"]["vi"])
        for successor in row.get("successors", []):
            check(f"successor of {row['code']}", any(r["code"] == successor["code"] for r in on(rows, row["valid_to"])), successor["code"])
    early = [r for r in ended if r["valid_to"] < "2025-07-01" and r["valid_from"] == "2016-01-01"]
    print(f"{len(ended)} commune rows ended, {len(early)} of 2016 before 2025-07, all with successors")
    return rows


def check_agencies(units):
    rows = load("province/agencies.json")["agencies"]
    for day in ("2016-03-22", "2020-03-01", "2020-06-01", "2025-01-15", "2025-07-02", "2026-11-22"):
        now = on(rows, day)
        ids = {r["id"] for r in now}
        codes = [r["code"] for r in now]
        check(f"codes of agencies on {day} are unique", len(codes) == len(set(codes)))
        check(f"parents of agencies on {day}", all(r["parent"] is None or r["parent"] in ids for r in now))
        live = {u["code"] for u in on(units, day)}
        check(f"units of agencies on {day}", all(r["unit"] in live for r in now))
        served = [r["unit"] for r in now if r["kind"] == "peoples_committee"]
        check(f"one committee a unit on {day}", len(served) == len(set(served)))
        print(f"agencies on {day}: {len(now)}, of them {sum(r['level'] == 'commune' for r in now)} of communes")
    ids = {r["id"] for r in rows}
    check("successors of agencies", all(s["id"] in ids for r in rows for s in r.get("successors", [])))


def check_calendar():
    import datetime

    data = load("province/calendars.json")
    days = {d["day"]: d for d in data["days"]}
    check("one row a day", len(days) == len(data["days"]))
    for day, row in days.items():
        weekday = datetime.date.fromisoformat(day).weekday()
        if row["kind"] == "swapped_work":
            check(f"{day} is a weekend day worked", weekday >= 5)
        if row["kind"] in ("compensation", "swapped_off"):
            check(f"{day} is a weekday off", weekday < 5)
        if "swapped_with" in row:
            check(f"{day} has its pair", days.get(row["swapped_with"], {}).get("swapped_with") == day)
    for calendar in data["calendars"]:
        for version in calendar["versions"]:
            for weekday, spans in version["hours"].items():
                flat = [t for span in spans for t in span]
                check(f"{calendar['id']} {weekday}", flat == sorted(flat) and len(set(flat)) == len(flat))
    print(f"{len(days)} special days, {len(data['calendars'])} calendars")


def laws_used():
    used = collections.defaultdict(set)

    def walk(value, path, key=None):
        if isinstance(value, dict):
            for k, v in value.items():
                walk(v, path, k)
        elif isinstance(value, list):
            for v in value:
                walk(v, path, key)
        elif isinstance(value, str) and key in ("law", "laws", "basis_from", "basis_to"):
            used[value.split("/")[0]].add(path)

    for path in json_files():
        walk(load(path), path)
    for path in glob.glob("systems/**/*.case", recursive=True):
        with open(path, encoding="utf-8") as file:
            first = file.readline()
        tail = re.search(r"\s{2,}(\S.*)$", first.strip())
        for law in tail.group(1).split(",") if tail else []:
            used[law.strip().split("/")[0]].add(path)
    return used


def check_laws():
    pages = "\n".join(open(p, encoding="utf-8").read() for p in sorted(glob.glob("docs/law/*.md")))
    known = set(re.findall(r"^#+ `([a-z0-9-]+)`", pages, re.M))
    used = laws_used()
    for law, where in sorted(used.items()):
        check(f"docs/law has {law}", law in known, sorted(where)[:2])
    print(f"{len(used)} laws named, {len(known)} in docs/law")


def xml_of(path):
    run = subprocess.run(["xmllint", "--noout", "--nonet", path], capture_output=True, text=True, check=False)
    if check(path, run.returncode == 0, run.stderr[:200]):
        return ElementTree.parse(path).getroot()
    return None


PAPER_ELEMENTS = {
    "paper": "title size landscape margin text numbers", "page": "", "box": "x y width height shrink border color fill padding valign",
    "paragraph": "style size bold italic upper color align indent left before after spacing rule leader",
    "table": "columns border padding width before after", "row": "header", "cell": "span align valign bold",
    "image": "name width height align", "qr": "value size align level", "line": "width thickness align dash color before after",
    "space": "height", "signature-place": "name width height align", "seal-place": "name size over width height align",
    "field": "name width sample", "b": "", "i": "", "u": "", "br": "",
}


def check_paper(path):
    root = xml_of(path)
    if root is None:
        return
    for element in root.iter():
        name = element.tag.removeprefix(PAPER)
        if not check(f"{path} element {name}", name in PAPER_ELEMENTS):
            continue
        allowed = set(PAPER_ELEMENTS[name].split()) | {"if", "each", "as", "only"}
        check(f"{path} attributes of {name}", set(element.attrib) <= allowed, sorted(set(element.attrib) - allowed))
    text = ElementTree.tostring(root, encoding="unicode")
    for path_in_text in re.findall(r"\{\{(.*?)\}\}", text):
        good = re.fullmatch(r"[a-z_]+(\.[a-z_]+)*\??(\|(day|full_day|words|number|dong|upper|capital))*", path_in_text)
        check(f"{path} value {path_in_text}", bool(good))


def check_process(path, folder, procedure):
    root = xml_of(path)
    if root is None:
        return
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    check(f"{path} ids are unique", len(ids) == len(set(ids)))
    known = set(ids)
    nodes = {}
    for process in root.iter(BPMN + "process"):
        for element in process.iter():
            if element.find(BPMN + "incoming") is not None or element.find(BPMN + "outgoing") is not None:
                nodes[element.get("id")] = element
        for flow in process.iter(BPMN + "sequenceFlow"):
            for end, place in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
                node = nodes.get(flow.get(end))
                listed = node is not None and flow.get("id") in [x.text for x in node.findall(BPMN + place)]
                check(f"{path} {flow.get('id')} {end}", listed, flow.get(end))
    drawn = {e.get("bpmnElement") for e in root.iter() if e.tag.endswith(("BPMNShape", "BPMNEdge"))}
    for flow in root.iter(BPMN + "sequenceFlow"):
        check(f"{path} draws {flow.get('id')}", flow.get("id") in drawn)
    for node in nodes:
        check(f"{path} draws {node}", node in drawn)
    lanes = [ref.text for ref in root.iter(BPMN + "flowNodeRef")]
    check(f"{path} lanes name nodes", set(lanes) <= known and len(lanes) == len(set(lanes)))
    posts = {p["id"] for p in load("province/posts.json")["post_kinds"]}
    tasks = {t.get("id"): t for t in root.iter(BPMN + "userTask")}
    for task_id, task in tasks.items():
        names = [o.get("name") for o in task.iter(TA + "outcome")]
        check(f"{path} outcomes of {task_id}", len(names) == len(set(names)) and names, names)
        candidates = "".join(c.text or "" for c in task.iter(TA + "candidates"))
        check(f"{path} candidates of {task_id}", set(re.findall(r"posts\.(\w+)", candidates)) <= posts and candidates)
        for form in task.iter(TA + "form"):
            check(f"{path} form of {task_id}", form.get("ref") in procedure["files"]["task_forms"])
    budgets = {t: "".join(b.text for b in task.iter(TA + "budget")) for t, task in tasks.items()}
    print(f"{os.path.basename(folder)}: {len(nodes)} nodes, {len(tasks)} tasks, budgets {budgets}")
    return set(tasks)


def pointer_exists(schema, pointer):
    for part in pointer.strip("/").split("/"):
        properties = schema.get("properties", {})
        if part not in properties:
            return False
        schema = properties[part]
    return True


CASE_WORDS = {
    "given": r"(now|agency|form) is \S+|/\S+ (= .+|is absent)|paper \w+ is (attached|missing)|personal numbers are (not )?connected|forms \w+ [A-Z]* ?\d+ to \d+|entry( /\S+ = (\".*?\"|\S+))+",
    "when": r"now is \S+|(\S+T\S+ )?(mother|father|citizen|one_stop_officer|justice_civil_status_officer|chairman|vice_chairman|clerk) "
            r"(files( online| counter)?|receives|completes \w+ with \w+( because \".*?\")?|takes the fee( receipt \".*?\")?|supplements|withdraws)( because \".*?\")?( [a-z_]+)*( /\S+ = (\".*?\"|\S+))*"
            r"|signing (finishes|fails)|the procedure changes (/\S+ = .+|\S+ \".+\" \".+\")|the population service (answers \"\d+\"|fails)",
    "then": r"state is \w+|tasks? (is|are) [\w ]+|no (task|problem|warning|entry)|due is \S+|clock is \w+|used is \d+ minutes|fee is \d+|fee is the \w+ of province/fees.json"
            r"|fee reason is \w+|timeliness is \w+|problem is [\w.]+( at /\S+)?|warning is [\w.]+|level is \w+|original is \w+|entry is (\d+/\d+|annulled)|entry /\S+ = (\".*?\"|\S+)"
            r"|paper \w+ (is made|says \".*?\")|notice \w+ is sent|(not )?escalated|forms \w+ (left|issued|spoiled|destroyed) is \d+|agency is \S+",
}


def check_cases(folder, tasks, form):
    names = sorted(glob.glob(folder + "/cases/*.case"))
    for path in names:
        lines = open(path, encoding="utf-8").read().splitlines()
        check(f"{path} begins with its claim", lines[0].startswith("# "))
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            word, rest = line.split(None, 1)
            parts = re.split(r", (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", rest) if word == "then" else [rest]
            for part in parts:
                check(f"{path}:{number}", word in CASE_WORDS and re.fullmatch(CASE_WORDS[word], part.strip()), part)
            for task in re.findall(r"completes (\w+) with|task is (?!for)(\w+)", rest):
                check(f"{path}:{number} task", (task[0] or task[1]) in tasks, task)
            if word == "given":
                for pointer in re.findall(r"^(/\S+)", rest):
                    check(f"{path}:{number} pointer", pointer_exists(form, pointer), pointer)
    for path in glob.glob(folder + "/cases/*.form.json"):
        errors = list(jsonschema.Draft202012Validator(form).iter_errors(load(path)))
        check(path, not errors, errors[:2])
    return len(names)


def file_at(folder, name):
    """A file procedure.json names: in its folder, or in systems/shared."""
    return f"systems/shared/{name[7:]}" if name.startswith("shared:") else f"{folder}/{name}"


def check_procedures():
    systems = {os.path.basename(os.path.dirname(p)): load(p) for p in glob.glob("systems/*/system.json")}
    registers = {load(p)["id"]: load(p) for p in glob.glob("systems/*/registers/*/register.json")}
    pages, codes, count = {}, collections.Counter(), collections.Counter()
    for path in sorted(glob.glob("systems/*/procedures/*/procedure.json")):
        folder, procedure = os.path.dirname(path), load(path)
        check(f"{path} id is its folder", procedure["id"] == os.path.basename(folder) and procedure["system"] == path.split("/")[1])
        check(f"{path} system", procedure["system"] in systems)
        check(f"{path} id is unique", procedure["id"] not in pages)
        pages[procedure["id"]] = path
        codes[procedure["national_code"]] += 1
        count["information only" if procedure["information_only"] else "run here"] += 1
        if procedure["information_only"]:
            continue
        files = procedure["files"]
        table = [procedure["fees"]["table"]] if "table" in procedure.get("fees", {}) else []
        for name in [files["form"], files["process"], *table, *files["task_forms"].values(), *files["papers"].values(), *files["words"].values()]:
            check(f"{folder}/{name}", os.path.exists(file_at(folder, name)))
        for name in procedure["code_lists"].values():
            check(f"{path} code list {name}", os.path.exists(name))
        form = load(file_at(folder, files["form"]))
        for step in form["x-steps"]:
            for pointer in step["fields"]:
                check(f"{folder} step {step['id']}", pointer_exists(form, pointer), pointer)
        tasks = check_process(file_at(folder, files["process"]), folder, procedure) or set()
        for name in table:
            xml_of(file_at(folder, name))
        for name in files["papers"].values():
            check_paper(file_at(folder, name))
        vi, en = load(file_at(folder, files["words"]["vi"])), load(file_at(folder, files["words"]["en"]))
        check(f"{folder} words agree", set(vi) == set(en), sorted(set(vi) ^ set(en)))
        for key in vi:
            check(f"{folder} word {key}", set(re.findall(r"\{\{\w+\}\}", vi[key])) == set(re.findall(r"\{\{\w+\}\}", en[key])))
        if "entry" in procedure:
            register = registers[procedure["entry"]["register"]]
            fields = {f["id"]: f for f in register["fields"]}
            check(f"{path} entry names fields", set(procedure["entry"]["fields"]) <= set(fields), sorted(set(procedure["entry"]["fields"]) - set(fields)))
            needed = {f for f, v in fields.items() if v["required"]}
            check(f"{path} entry fills what is required", needed <= set(procedure["entry"]["fields"]), sorted(needed - set(procedure["entry"]["fields"])))
            for field, source in procedure["entry"]["fields"].items():
                for pointer in [source[k] for k in ("address", "identity") if k in source] + ([source["from"]] if isinstance(source.get("from"), str) else source.get("from", [])):
                    check(f"{path} entry {field}", pointer_exists(form, pointer), pointer)
        count["cases"] += check_cases(folder, tasks, form)
    for register in registers.values():
        ids = {f["id"] for f in register["fields"]}
        check(f"register {register['id']} shows its own fields", set(register["extract"]["shows"]) | set(register["masked_by_default"]) <= ids)
    agencies = {a["id"] for a in load("province/agencies.json")["agencies"]}
    for name, system in systems.items():
        check(f"system {name}", system["id"] == name and system["owner"] in agencies, system["owner"])
    declared = {p["id"] for system in systems.values() for p in system.get("permissions", [])}
    posts = load("province/posts.json")["post_kinds"]
    roles = load("province/roles.json")["roles"]
    used = {p for post in posts for p in post["permissions"]} | {r["permission"] for register in registers.values() for r in register["rights"]}
    used |= {p for role in roles for grant in role["grants"] for p in grant["permissions"]}
    check("every permission is declared by a system", used <= declared, sorted(used - declared))
    kinds = {post["id"] for post in posts}
    check("roles and rights name kinds of posts", {r["post_kind"] for r in roles} | {p for g in registers.values() for r in g["rights"] for p in r["posts"]} <= kinds)
    print(f"{len(systems)} systems, {len(declared)} permissions, {len(registers)} registers, procedures: {dict(count)}")


def main():
    check_schemas()
    check_dates()
    units = check_units()
    check_agencies(units)
    check_calendar()
    check_laws()
    check_procedures()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
