#!/usr/bin/env python3
"""Groups the sources of a folder so that each group compiles as one file: headers are read once a group, not once a source.

usage: tools/unity.py OUT NAME ROOT SOURCE...      writes OUT/NAME_1.cpp... and prints the sources to compile, ;-separated

Two sources may stand together when no name that one of them keeps to itself (unnamed namespaces, static) occurs in the
other at all: coarse, but never wrong in the dangerous direction, and new code needs no care. A source with a #define of
its own stays alone.
"""
import pathlib
import re
import sys

LINES_MAX = 2200  # A group of more keeps one core busy while the other waits.

# What a class keeps to its source ('struct Server::State') may hold types of an unnamed namespace: GCC takes an included source
# for a header and warns.
quiet = '#if defined(__GNUC__) && !defined(__clang__)\n#pragma GCC diagnostic ignored "-Wsubobject-linkage"\n#endif\n'

digits = re.compile(r"(?<=[0-9])'(?=[0-9A-Fa-f])")
spoken = re.compile(r'(//[^\n]*|/\*.*?\*/)|R"(\w*)\(.*?\)\2"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
word = re.compile(r'[A-Za-z_]\w*')
keywords = set('''alignas auto bool char class concept const consteval constexpr constinit double enum explicit extern false final
float for friend if inline int long namespace noexcept nullptr operator override private public requires return short signed
sizeof static static_assert struct switch template this true typedef typename union unsigned using virtual void volatile while
std string string_view size_t int64_t uint8_t'''.split())


def code_of(raw):
    """The text without comments and without what stands in quotes."""
    return spoken.sub(lambda found: ' ' if found.group(1) else '""', digits.sub('', raw))


def unnamed(text):
    """What stands in the unnamed namespaces of a file, by its braces."""
    for start in re.finditer(r'^namespace \{', text, re.M):
        depth = 1
        for brace in re.finditer(r'[{}]', text[start.end():]):
            depth += 1 if brace.group() == '{' else -1
            if depth == 0:
                yield text[start.end():start.end() + brace.start()]
                break


def own_names(text):
    """Names declared in unnamed namespaces, at the beginning of a line or as an enumerator or alias."""
    names = set()
    for body in unnamed(text):
        for line in body.split('\n'):
            if not line or line[0] in ' }#)':
                continue
            declared = re.match(r'(?:template\s*<.*?>\s*)?(?:struct|class|enum class|enum|union|using|namespace|concept)\s+(\w+)', line)
            if declared:
                names.add(declared.group(1))
                continue
            head = re.split(r'[({=;\[]', line, maxsplit=1)[0]
            found = [w for w in word.findall(head) if w not in keywords]
            if found:
                names.add(found[-1])
    for line in re.findall(r'^static [^\n]*', text, re.M):
        found = [w for w in word.findall(re.split(r'[({=;\[]', line, maxsplit=1)[0]) if w not in keywords]
        if found:
            names.add(found[-1])
    return names - keywords - {'fs', 'TEST_CASE', 'TEST_DATABASES', 'TEST_POSTGRES'}


class Source:
    def __init__(self, path):
        self.path = path
        raw = path.read_text()
        self.lines = raw.count('\n')
        text = code_of(raw)
        self.alone = bool(re.search(r'^\s*#\s*define', text, re.M))
        self.own = own_names(text)
        self.nested = bool(re.search(r'^(?:struct|class) \w+::\w+', text, re.M))
        self.words = set(word.findall(text))


class Group:
    def __init__(self):
        self.sources = []
        self.lines = 0

    def takes(self, source):
        return not source.alone and self.lines + source.lines <= LINES_MAX and all(
            not one.alone and not one.own & source.words and not source.own & one.words for one in self.sources)

    def add(self, source):
        self.sources.append(source)
        self.lines += source.lines


def main():
    out, name, root = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    sources = sorted((Source(pathlib.Path(one).resolve()) for one in sys.argv[4:]), key=lambda s: (-s.lines, str(s.path)))
    groups = []
    for source in sources:
        for group in groups:
            if group.takes(source):
                break
        else:
            group = Group()
            groups.append(group)
        group.add(source)
    out.mkdir(parents=True, exist_ok=True)
    listed = []
    for number, group in enumerate(groups, 1):
        if len(group.sources) == 1:
            listed.append(str(group.sources[0].path))
            continue
        file = out / f'{name}_{number}.cpp'
        text = ''.join(f'#include "{one.path.relative_to(root)}"\n' for one in group.sources)
        if any(one.nested for one in group.sources):
            text = quiet + text
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        listed.append(str(file))
    print(';'.join(listed), end='')


main()
