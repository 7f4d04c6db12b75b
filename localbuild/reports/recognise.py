"""Which format a file is of, by its first kilobytes; '' for a file that is no report. Pure."""

import re

HEAD_BYTES = 8_192
PATTERNS = ("**/*.xml", "**/*.trx", "**/*.json")
"""The files that may be reports."""

_ROOT = re.compile(
    r"\A(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE[^>\[]*+>)*+"
    r"<(?:[\w.\-]++:)?([\w.\-]++)([^>]*+)",
    re.DOTALL,
)
"""Nothing in it is ever tried in two ways: a file that is no report may be made to take long."""

_OF_ROOT = {
    "testsuites": "JUNITXML",
    "testsuite": "JUNITXML",
    "test-results": "NUNITXML",
    "test-run": "NUNIT3XML",
    "testng-results": "TESTNGXML",
    "TestRun": "VISUALSTUDIOTRX",
}
_CUCUMBER = re.compile(r'\A\s*\[\s*\{[^\[]*"(?:elements|uri|keyword)"\s*:')
_SIMPLECOV = re.compile(r'\A\s*\{\s*"[^"]{1,100}"\s*:\s*\{\s*"coverage"\s*:\s*\{')
_SIMPLECOV_JSON = re.compile(r'\A\s*\{\s*"meta"\s*:\s*\{\s*"simplecov_version"')


def recognise(head: bytes) -> str:
    """The format of a file that begins so, as `file-format` has it."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head[:HEAD_BYTES].decode(encoding, "replace").removeprefix("\ufeff")
    return _of_xml(text) if text.lstrip().startswith("<") else _of_json(text)


def _of_xml(text: str) -> str:
    found = _ROOT.match(text)
    if found is None:
        return ""
    root, attributes = found[1], found[2]
    if root == "coverage":
        return _of_coverage(attributes, text)
    if root == "report":
        return "JACOCOXML" if "jacoco" in text.lower() or "<sessioninfo " in text else ""
    return _OF_ROOT.get(root, "")


def _of_coverage(attributes: str, text: str) -> str:
    """Cobertura and Clover have the same root."""
    if "line-rate" in attributes:
        return "COBERTURAXML"
    return "CLOVERXML" if "<project" in text and "generated" in attributes else ""


def _of_json(text: str) -> str:
    if _SIMPLECOV.match(text) or _SIMPLECOV_JSON.match(text):
        return "SIMPLECOV"
    return "CUCUMBERJSON" if _CUCUMBER.match(text) and '"elements"' in text else ""
