"""Env files and `localbuild.toml`s made by chance: mostly sound, some odd, some with bytes torn."""

import json
from collections.abc import Sequence
from random import Random

from localbuild.cli.layers import KEYS

_NAMES = (
    "A",
    "STAGE",
    "_x9",
    "HOME",
    "export A",
    "CODEBUILD_A",
    "1A",
    "a.b",
    "",
    " A",
    "É",
    "A" * 99,
)
_VALUES = (
    "",
    "1",
    "a b ",
    '"q"',
    "'",
    "$HOME # x",
    "=",
    "é\U0001f600\u2028",
    "\x1b[2J",
    "x" * 5_000,
    "\r",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw",
)
_LINES = (
    "",
    "# x",
    "\t",
    "STAGE",
    "NOT_SET",
    "-----BEGIN KEY-----",
    "export",
    "::set-env::x",
    "##",
)
_ENDS = ("\n", "\n", "\n", "\r\n", "\r", "\n\n")
_STARTS = (b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\0")
_TEXTS = (
    '""',
    '"dev"',
    "'*'",
    '"\\u001b[2J\\n::x"',
    '"s3://bucket/x"',
    '"off"',
    '"30m"',
    '"/a:/b:ro"',
    '"linux/amd64"',
    '"\\u0000"',
    '"a=b"',
    '"""two\nlines"""',
)
_SOUND = {
    **dict.fromkeys(("name", "image", "network", "region", "profile"), '"dev"'),
    **dict.fromkeys(("privileged", "cache-required", "fail-on-cache-miss"), "true"),
    **dict.fromkeys(("source-version", "cache-namespace"), "'a b'"),
    "buildspec": '"buildspec.yml"',
    "pull": '"never"',
    "platform": '"linux/amd64"',
    "compute-type": '"BUILD_GENERAL1_SMALL"',
    "cpus": "1.5",
    "memory": '"2g"',
    "timeout": '"30m"',
    "volume": '["data:/data:ro"]',
    "parameter": '["A=b"]',
    "cache": '["/var/cache/x", "s3://bucket/team"]',
    "skip": '"post-build"',
    "stub": '["aws=1"]',
}
_SCALARS = ("true", "0", "-1", "1.10", "nan", "inf", "1e999", "1979-05-27", "07:32:00", "9" * 5_000)


def make_env_file(seed: int) -> bytes:
    """An env file, or nearly so."""
    random = Random(seed)
    lines = "".join(_line(random) + random.choice(_ENDS) for _ in range(random.randint(0, 6)))
    start = random.choice(_STARTS) if random.random() < 0.3 else b""
    return _torn(random, start + lines.encode("utf-16" if random.random() < 0.03 else "utf-8"))


def make_toml(seed: int) -> bytes:
    """A `localbuild.toml`, or nearly so."""
    random = Random(seed)
    keys = sorted(KEYS) if random.random() < 0.3 else sorted(_SOUND)
    lines = [_setting(random, key) for key in random.sample(keys, 3)]
    if random.random() < 0.1:
        lines.append(f"{random.choice(sorted(KEYS))}{'.a' * random.choice((1, 3, 500))} = 1")
    if random.random() < 0.1:
        lines.append(f"{_quoted(random, _NAMES)} = {_toml(random, 1)}")
    if random.random() < 0.05:
        deep = random.choice((3, 5_000))
        lines.append(f"name = {'[' * deep}{']' * deep}")
    for table in random.sample(("env", "images"), 2):
        lines.append(f"[{table}]")
        lines += [_entry(random, name) for name in random.sample(_NAMES, 2)]
    if random.random() < 0.1:
        lines.append(random.choice(("[cache]", "[env.A]", "[[env]]", "[x]")))
    if random.random() < 0.1:
        random.shuffle(lines)
    return _torn(random, random.choice(("\n", "\n", "\r\n")).join(lines).encode())


def _setting(random: Random, key: str) -> str:
    value = _SOUND.get(key, "'x'") if random.random() < 0.9 else _toml(random, 2)
    return f"{key} = {value}"


def _entry(random: Random, name: str) -> str:
    value = random.choice(_TEXTS) if random.random() < 0.9 else _toml(random, 2)
    return f"{json.dumps(name, ensure_ascii=False)} = {value}"


def _line(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice(_LINES)
    name = _NAMES[random.randrange(3)] if random.random() < 0.8 else random.choice(_NAMES)
    return f"{name}={random.choice(_VALUES)}"


def _toml(random: Random, depth: int) -> str:
    if random.random() < 0.5:
        return random.choice(_TEXTS)
    match random.randint(0, 3 if depth else 0):
        case 0:
            return random.choice(_SCALARS)
        case 1:
            items = (_toml(random, depth - 1) for _ in range(random.randint(0, 3)))
            return f"[{', '.join(items)}]"
        case 2:
            type = random.choice(('"PLAINTEXT"', '"PARAMETER_STORE"', '"S3"', '"LOCAL"'))
            return f"{{type = {type}, value = {_toml(random, depth - 1)}}}"
        case _:
            return f"{{{_quoted(random, sorted(KEYS))} = {_toml(random, depth - 1)}}}"


def _quoted(random: Random, names: Sequence[str]) -> str:
    return json.dumps(random.choice(names), ensure_ascii=False)


def _torn(random: Random, data: bytes) -> bytes:
    """In one of five, a few bytes are lost, doubled or changed."""
    if random.random() < 0.8 or not data:
        return data
    torn = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(torn) or 1)
        match random.randint(0, 2):
            case 0:
                del torn[at : at + random.randint(1, 20)]
            case 1:
                torn[at:at] = torn[at : at + random.randint(1, 20)]
            case _:
                torn[at : at + 1] = bytes([random.randrange(256)])
    return bytes(torn)
