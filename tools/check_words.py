#!/usr/bin/env python3
"""Checks the catalogues of words (words.vi.json, words.en.json) against each other and against what uses them.

Fails on: a key or a place {name} in only one language, a key given twice, an empty sentence, a key a template uses and
nobody defines, a key nobody uses, and on Vietnamese said outside the catalogues: in a string of C++ (but for tests, samples
of the API description and what spells the language itself) or in the text of a template. C++ uses a key as a string literal, or all keys below a literal that ends with a dot
or goes on with a place ("casework.weekday.{}"). Data packs bring their own words and use them in their own formats.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
SKIP = {"node_modules", "build", ".git"}
PLACE = re.compile(r"\{([\w.]+)")
USED_IN_TEMPLATE = re.compile(r"\{\{_\s*([\w.]+)\s*\}\}")
LITERAL = re.compile(r'"([a-z][\w]*(?:\.[\w]+)+\.?|[a-z]\w*\.)(?:"|\{)')

VIETNAMESE = re.compile("[\u00c0-\u00d5\u00d8-\u00f6\u00f8-\u01b0\u1ea0-\u1ef9]")
CPP_PIECE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.S)
SAMPLE = re.compile(r"\.(?:example|about) = $")
FOR_TESTS = re.compile(r"_(?:test|bench|fuzz)\.cpp$|for_tests?\.(?:cpp|h)$|/test_house\.cpp$")
# Spelling, old encodings and money are the language itself; the product has a name; case files act with made-up people.
SPEAKS_VIETNAMESE = {
    "engine/base/vietnamese.cpp",
    "engine/registers/name_words.cpp",
    "engine/base/old_encodings.cpp",
    "engine/base/dong.cpp",
    "engine/web/openapi.cpp",
    "engine/casework/case_world.cpp",
    "engine/registers/old_compare.h",  # what registers say of what nobody can read
}

# Papers of the law have its words.
LEGAL_PAPERS = {"extract.html"}


def files(*endings):
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in endings and not SKIP.intersection(part for part in path.relative_to(ROOT).parts):
            yield path


def read(path, faults):
    def unique(pairs):
        keys = [key for key, _ in pairs]
        for key in {key for key in keys if keys.count(key) > 1}:
            faults.append(f"{path}: {key} twice")
        return dict(pairs)

    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)


def load(faults):
    """All keys with the file that defines them."""
    defined = {}
    for vi_path in (path for path in files(".json") if path.name == "words.vi.json"):
        en_path = vi_path.with_name("words.en.json")
        vi, en = read(vi_path, faults), read(en_path, faults)
        for key in sorted(vi.keys() ^ en.keys()):
            faults.append(f"{vi_path.parent.relative_to(ROOT)}: {key} is in one language only")
        for key in sorted(vi.keys() & en.keys()):
            if not vi[key].strip() or not en[key].strip():
                faults.append(f"{vi_path.relative_to(ROOT)}: {key} is empty")
            if any(text.count("{") != text.count("}") for text in (vi[key], en[key])):
                faults.append(f"{vi_path.relative_to(ROOT)}: a brace of {key} is not closed")
            if set(PLACE.findall(vi[key])) != set(PLACE.findall(en[key])):
                faults.append(f"{vi_path.relative_to(ROOT)}: the places of {key} differ between the languages")
            # Folders of procedures each bring their own words: the same key in two of them is no clash.
            if key in defined and "procedures" not in vi_path.parts:
                faults.append(f"{vi_path.relative_to(ROOT)}: {key} is also in {defined[key]}")
            defined[key] = vi_path.relative_to(ROOT)
    return defined


def uses():
    """(keys used by templates with their file, literals of programs and data)"""
    in_templates, literals = {}, set()
    for path in files(".html"):
        for key in USED_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            in_templates.setdefault(key, path.relative_to(ROOT))
    for path in files(".cpp", ".h", ".json"):
        if not path.name.startswith("words."):
            literals.update(LITERAL.findall(path.read_text(encoding="utf-8", errors="replace")))
    return in_templates, literals


def said_in_code():
    """Faults: Vietnamese in strings of C++."""
    for path in files(".cpp", ".h"):
        name = path.relative_to(ROOT).as_posix()
        if FOR_TESTS.search(name) or name in SPEAKS_VIETNAMESE or name.startswith("tests/"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for piece in CPP_PIECE.finditer(text):
            if piece[0].startswith("/") or not VIETNAMESE.search(piece[0]) or SAMPLE.search(text, 0, piece.start()):
                continue
            yield f"{name}:{text.count(chr(10), 0, piece.start()) + 1}: says {piece[0]} itself"


def said_in_templates():
    """Faults: Vietnamese in templates beside their {{places}}."""
    for path in files(".html"):
        if path.name in LEGAL_PAPERS:
            continue
        text = re.sub(r"\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        for line in text.splitlines():
            if VIETNAMESE.search(line):
                yield f"{path.relative_to(ROOT)}: says {line.strip()[:80]} itself"


def main():
    faults = [*said_in_code(), *said_in_templates()]
    defined = load(faults)
    in_templates, literals = uses()
    prefixes = tuple(literal for literal in literals if literal.endswith("."))
    faults += [f"{path}: no words for {key}" for key, path in in_templates.items() if key not in defined]
    for key, path in defined.items():
        if path.parts[0] == "systems" and len(path.parts) > 3:
            continue
        if key not in in_templates and key not in literals and not key.startswith(prefixes):
            faults.append(f"{path}: nobody uses {key}")
    for fault in faults:
        print(fault)
    print(f"{len(defined)} keys in two languages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
