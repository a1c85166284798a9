#!/usr/bin/env python3
"""Checks the catalogues of words (words.vi.json, words.en.json) against each other and against what uses them.

Fails on: a key or a place {name} in only one language, a key given twice, an empty sentence, a key a template uses and
nobody defines, a key nobody uses. C++ uses a key as a string literal, or all keys below a literal that ends with a dot
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
            if key in defined:
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


def main():
    faults = []
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
