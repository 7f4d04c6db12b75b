"""Where a source lies: which words mean a git repository, and which an object of S3. Pure."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

SCHEMES = ("https", "http", "ssh", "git", "file")

_URL = re.compile(r"(?P<scheme>[a-z0-9+.-]+)://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_SCP = re.compile(r"[A-Za-z0-9_.-]+@(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>(?!//).+)")
_ARN = re.compile(r"arn:aws[a-z-]*:s3:::(?P<rest>.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REPOSITORY = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)+")
_CODECOMMIT = re.compile(r"git-codecommit(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_HOSTS = {"github.com": "GITHUB", "gitlab.com": "GITLAB", "bitbucket.org": "BITBUCKET"}
_VERSION = "?versionId="


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRepository:
    """A git repository by its URL, which may hold credentials: `shown` does not.

    `version`: what stands behind `#`, '' for none. `kind`: the API's SourceType where somebody has
    said it.
    """

    url: str = field(repr=False)
    version: str = ""
    kind: str = ""

    @property
    def type(self) -> str:
        """The API's SourceType by its host; GIT for a host that the service does not know."""
        if self.kind:
            return self.kind
        return "CODECOMMIT" if _CODECOMMIT.fullmatch(self.host) else _HOSTS.get(self.host, "GIT")

    @property
    def host(self) -> str:
        """The host's name in small letters, '' for a path of this machine."""
        return self._parts[0]

    @property
    def shown(self) -> str:
        """The URL without credentials and query; who signs in by SSH is no secret."""
        scheme, sign, rest = self.url.partition("://")
        if not sign:
            return self.url
        user, _, host, path = _split(rest)
        keeps = bool(user) and "ssh" in scheme.lower().split("+")
        return f"{scheme}://{user + '@' if keeps else ''}{host}{path.split('?', 1)[0]}"

    @property
    def base(self) -> tuple[str, str]:
        """The start of the URL with its credentials, and without; twice '' where it has none."""
        scheme, sign, rest = self.url.partition("://")
        user, password, host, _ = _split(rest)
        if not sign or scheme == "ssh" or not (user or password):
            return "", ""
        userinfo = rest[: rest.rindex("@", 0, len(rest.split("/", 1)[0]))]
        return f"{scheme}://{userinfo}@{host}/", f"{scheme}://{host}/"

    @property
    def signs_in(self) -> tuple[str, str]:
        """User and password, decoded; twice '' where `base` is."""
        if not self.base[1]:
            return "", ""
        user, password, _, _ = _split(self.url.partition("://")[2])
        return unquote(user), unquote(password)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What of the URL nobody may see, as written and decoded."""
        scheme, sign, rest = self.url.partition("://")
        if not sign:
            return ()
        user, password, _, _ = _split(rest)
        found = password or ("" if scheme in ("ssh", "git") else user)
        return tuple(dict.fromkeys(filter(None, (found, unquote(found)))))

    @property
    def repository(self) -> str:
        """`host/path` without `.git`; '' where there is none, or one that is no folder's name."""
        host, path = self._parts
        found = f"{host}/{path.strip('/')}" if host and path else ""
        dotted = {".", ".."} & set(found.split("/"))
        return found if _REPOSITORY.fullmatch(found) and not dotted else ""

    @property
    def name(self) -> str:
        """What a folder of it would be called."""
        return self._parts[1].rsplit("/", 1)[-1]

    @property
    def _parts(self) -> tuple[str, str]:
        """Its host without user and port, and its path without query and `.git`."""
        if found := _SCP.fullmatch(self.url):
            return found["host"].lower(), _bare(found["path"])
        scheme, _, rest = self.url.partition("://")
        _, _, host, path = _split(rest)
        host = "" if scheme == "file" else host.partition(":")[0].lower()
        return host, _bare(path.split("?", 1)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Object:
    """A ZIP file in S3, or with a slash at the end of `key` a folder. `version`: its version id."""

    bucket: str
    key: str
    version: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it is all that lies below `key`."""
        return self.key.endswith("/") or not self.key

    @property
    def shown(self) -> str:
        """The API's `location`: `bucket/key`."""
        return f"{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """What a folder of it would be called."""
        last = self.key.rstrip("/").rsplit("/", 1)[-1]
        return last.removesuffix(".zip") or self.bucket


Place = GitRepository | S3Object
"""Somewhere that is no directory of this machine."""


def read_place(text: str) -> Place | None:
    """The place that a text names; None where it can only be a directory. Raises ValueError.

    `URL#REF` names a version of a repository, `s3://…?versionId=ID` one of an object.
    """
    if found := _ARN.fullmatch(text):
        return read_object(found["rest"])
    if _SCP.fullmatch(text):
        return _repository(text)
    found = _URL.fullmatch(text)
    if found is None:
        if "::" in text:
            raise ValueError(f"'{text.partition('::')[0]}::' is no way to a source")
        return None
    scheme = found["scheme"].lower().removeprefix("git+")
    if scheme == "s3":
        return read_object(found["rest"])
    if scheme not in SCHEMES:
        raise ValueError(f"'{scheme}://' is no way to a source: {', '.join((*SCHEMES, 's3'))}")
    return _repository(f"{scheme}://{found['rest']}")


def read_object(text: str) -> S3Object:
    """`bucket/key.zip` or `bucket/folder/`, as the API's `location` has it. Raises ValueError."""
    text = text.removeprefix("s3://")
    if found := _ARN.fullmatch(text):
        text = found["rest"]
    path, _, version = text.partition(_VERSION)
    bucket, slash, key = path.partition("/")
    if not slash or not path.isprintable():
        raise ValueError(f"'{path}' is no object of S3: write s3://BUCKET/KEY.zip")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError(f"'{bucket}' is no name of a bucket: write s3://BUCKET/KEY.zip")
    return S3Object(bucket=bucket, key=key, version=version)


def _repository(text: str) -> GitRepository:
    url, _, version = text.partition("#")
    found = GitRepository(url=url, version=version)
    host = found.host
    no_place = not found.name or (not host and not url.startswith("file://"))
    is_plain = url.isprintable() and " " not in url and "".join(found.signs_in).isprintable()
    if no_place or host.startswith("-") or not is_plain:
        raise ValueError(f"'{found.shown}' is no URL of a repository")
    return found


def _bare(path: str) -> str:
    return path.rstrip("/").removesuffix(".git").rstrip("/")


def _split(rest: str) -> tuple[str, str, str, str]:
    """What follows `://`: user, password, host with its port, path with its slash."""
    authority, slash, path = rest.partition("/")
    userinfo, _, host = authority.rpartition("@")
    user, _, password = userinfo.partition(":")
    return user, password, host, slash + path
