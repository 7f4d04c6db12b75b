"""Two hundred report files that mean no good: each a format, a name and its bytes."""

import json
from collections.abc import Iterator

CANARY = "canary-of-a-file"
HOSTILE_BYTES = 1_000_000

_XML = {
    "JUNITXML": ("testsuite", '<testcase name="{0}" time="{0}" line="{0}"/>'),
    "NUNITXML": ("test-results", '<test-case name="{0}" time="{0}" result="{0}"/>'),
    "NUNIT3XML": ("test-run", '<test-case name="{0}" duration="{0}" result="{0}"/>'),
    "TESTNGXML": ("testng-results", '<test-method name="{0}" duration-ms="{0}" status="{0}"/>'),
    "VISUALSTUDIOTRX": ("TestRun", '<UnitTestResult testName="{0}" duration="{0}" outcome="{0}"/>'),
    "JACOCOXML": (
        "report",
        '<sourcefile name="{0}"><counter type="LINE" covered="{0}" missed="{0}"/></sourcefile>',
    ),
    "COBERTURAXML": (
        "coverage",
        '<class name="{0}"><line number="{0}" hits="{0}" condition-coverage="({0}/{0})"/></class>',
    ),
    "CLOVERXML": (
        "coverage",
        '<file name="{0}"><line num="{0}" count="{0}"/><metrics statements="{0}"/></file>',
    ),
}
_VALUES = ("-1", "NaN", "1e400", "9" * 10_000, "\u202e\u2028", "A" * 1_000_000, "&#0;", "&#xD800;")


def hostile_files(canary: str) -> Iterator[tuple[str, str, bytes]]:
    """All of them. `canary`: the path of a file whose contents must not be found anywhere."""
    for file_format, (root, item) in _XML.items():
        for name, data in _xml_files(root, item, canary):
            yield file_format, name, data
    for file_format in ("CUCUMBERJSON", "SIMPLECOV"):
        for name, data in _json_files(file_format):
            yield file_format, name, data


def _xml_files(root: str, item: str, canary: str) -> Iterator[tuple[str, bytes]]:
    good = item.format("1")
    for value in _VALUES:
        yield f"value {value[:8]}", f"<{root}>{item.format(value)}</{root}>".encode()
    laughs = "".join(
        '<!ENTITY l{} "{}">'.format(i, f"&l{i - 1};" * 10 if i else "lol") for i in range(10)
    )
    subset = {
        "laughs": laughs,
        "quadratic": f'<!ENTITY l9 "{"x" * 100_000}">',
        "file": f'<!ENTITY l9 SYSTEM "file://{canary}">',
        "parameter": f'<!ENTITY % p SYSTEM "file://{canary}"> %p; <!ENTITY l9 "">',
        "recursive": '<!ENTITY l9 "&l8;"><!ENTITY l8 "&l9;">',
        "default": f'<!ATTLIST {root} a CDATA "{"x" * 100_000}"><!ENTITY l9 "">',
    }
    for name, declarations in subset.items():
        yield name, f"<!DOCTYPE r [{declarations}]><{root}>{'&l9;' * 50}{good}</{root}>".encode()
    yield "external", f'<!DOCTYPE r SYSTEM "file://{canary}"><{root}>&l9;{good}</{root}>'.encode()
    yield (
        "include",
        (
            f'<{root} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{canary}" '
            f'parse="text"/>{good}</{root}>'
        ).encode(),
    )
    yield "deep", f"<{root}>".encode() * 200_000
    yield "deep inside", (f"<{root}>" + item.format("1")[:-2] + ">" + "<x>" * 200_000).encode()
    yield "wide", f"<{root}>{'<x/>' * (HOSTILE_BYTES // 4)}".encode()
    yield "many", f"<{root}>{good * 40_000}</{root}>".encode()
    attributes = " ".join(f"a{i}=''" for i in range(200_000))
    yield "attributes", f"<{root} {attributes}/>".encode()
    yield "long tag", f"<{root} a='".encode() + b"x" * HOSTILE_BYTES * 3
    yield "long name", b"<" + b"n" * HOSTILE_BYTES + b"/>"
    yield "comment", f"<{root}><!--{'-x' * HOSTILE_BYTES}".encode()
    yield "section", f"<{root}><![CDATA[{'x' * HOSTILE_BYTES}]]>{good}</{root}>".encode()
    yield "cut", f"<{root}>{good}<test".encode()
    yield "nothing but blanks", b" " * HOSTILE_BYTES


def _json_files(file_format: str) -> Iterator[tuple[str, bytes]]:
    def cucumber(scenario: object) -> object:
        return [{"uri": "a", "elements": [scenario]}]

    def simplecov(lines: object) -> object:
        return {"R": {"coverage": {"/a.rb": {"lines": lines}}}}

    wrapped = cucumber if file_format == "CUCUMBERJSON" else simplecov
    odd: list[object] = [
        *(None, True, -1, 10**400, "x" * 1_000_000, [], {}, [[]], [{}], {"steps": 3}),
        *({"steps": [{"result": {"status": ["failed"], "duration": -(10**30)}}]}, {"name": {}}),
        *([10**4000, -5, 1e308, True, "1"], {"line": 10**30, "steps": []}, ["\ud800", "\u0000"]),
    ]
    for number, value in enumerate(odd):
        yield f"odd {number}", json.dumps(wrapped(value)).encode()
    texts = {
        "deep": "[" * 200_000,
        "deep objects": '{"a":' * 200_000,
        "nan": json.dumps(wrapped({"steps": [{"result": {"duration": 1}}]})).replace("1", "NaN"),
        "infinity": '{"R": {"coverage": {"/a.rb": {"lines": [Infinity, -Infinity, NaN]}}}}',
        "many": f"[{'{},' * 1_600_000}{{}}]",
        "cut": '[{"uri": "a", "elements": [{"name": "x',
        "digits": f"[{'9' * HOSTILE_BYTES}]",
        "twice": '{"R": {"coverage": {}}, "R": {"coverage": {"/a": [1]}}}',
        "nothing": "",
    }
    for name, text in texts.items():
        yield name, text.encode()
    yield "no text", bytes(range(256)) * 100
