"""Artifacts of whole builds on the real engine: in a bucket, with a stop, with hostile files."""

import os
import signal
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conformance.harness import build, spec
from tests.integration.builds import Build, project
from tests.s3.servers import BUCKET, Server
from tests.trees.compare import describe

pytestmark = pytest.mark.docker

MAKE = "mkdir -p d && for n in 1 2 3 4 5 6 7 8 9; do echo $n > d/$n; done"
LARGE = "dd if=/dev/urandom of=d/large bs=1M count=20 2> /dev/null"


def objects(server: Server, prefix: str) -> dict[str, tuple[int, dict[str, str]]]:
    """The size and the metadata of each object below a prefix."""
    import boto3

    client = boto3.client("s3", endpoint_url=server.endpoint_url, region_name="us-east-1")
    try:
        listed = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        heads = ((o["Key"], client.head_object(Bucket=BUCKET, Key=o["Key"])) for o in listed)
        return {
            key.removeprefix(prefix): (head["ContentLength"], head["Metadata"])
            for key, head in heads
        }
    finally:
        client.close()


@pytest.mark.s3
def test_artifacts_go_to_a_bucket(moto_server: Server) -> None:
    server = ("--endpoint-url", moto_server.endpoint_url, "--region", "us-east-1")
    text = spec(build=[MAKE, LARGE], more={"artifacts": {"files": ["d/*"]}})
    built = build(text, "-a", f"s3://{BUCKET}/artifacts/", *server)
    assert built.exit_code == 0, built.stderr
    found = objects(moto_server, "artifacts/")
    assert {k: size for k, (size, _) in found.items()} == {
        **{f"d/{n}": 2 for n in range(1, 10)},
        "d/large": 20 << 20,
    }
    arn = built.document["arn"]
    assert {tuple(metadata.items()) for _, metadata in found.values()} == {
        (("codebuild-buildarn", arn),)
    }
    assert built.document["artifacts"]["location"] == f"arn:aws:s3:::{BUCKET}/artifacts"
    own = built.document["localbuild"]["artifacts"]
    assert (own[0]["path"], own[0]["files"]) == (f"s3://{BUCKET}/artifacts", 10)
    zipped = ("--artifacts-override", "type=S3,packaging=ZIP,path=x,name=n.zip")
    built = build(text, "-a", f"s3://{BUCKET}/zips", *server, *zipped)
    assert list(objects(moto_server, "zips/")) == ["x/n.zip"]
    assert len(built.document["artifacts"]["sha256sum"]) == 64


@pytest.mark.s3
def test_a_bucket_that_is_not_there_ends_the_build_with_5(moto_server: Server) -> None:
    server = ("--endpoint-url", moto_server.endpoint_url, "--region", "us-east-1")
    text = spec(build=[MAKE], more={"artifacts": {"files": ["d/*"]}})
    built = build(text, "-a", "s3://no-such-bucket-here", *server)
    assert (built.exit_code, built.status) == (5, "FAILED")
    code, message = built.context("UPLOAD_ARTIFACTS")
    assert (code, message.startswith("artifacts: s3://no-such-bucket-here")) == (
        "CLIENT_ERROR",
        True,
    )


def test_a_stop_while_artifacts_are_collected(tmp_path: Path) -> None:
    """No half file under its name, nothing of ours is left."""
    commands = ["mkdir d", "for n in 1 2 3 4; do truncate -s 3G d/$n; done"]
    text = spec(build=commands, more={"artifacts": {"files": ["d/*"]}})
    source = project(tmp_path / "src", text)
    zipped = ("--artifacts-override", "type=S3,packaging=ZIP,name=n")
    with Build(source, "-a", str(tmp_path / "out"), *zipped) as running:
        running.wait_for("Found 4 file(s)")
        running.signal(signal.SIGINT)
        ended = running.end()
    assert ended.code == 130
    assert ended.phases["UPLOAD_ARTIFACTS"] == "STOPPED"
    assert not (tmp_path / "out").exists()


HOSTILE = r"""
mkdir -p d/deep "$(printf 'new\nline')" -- -rf && cd d
ln -s /etc/shadow shadow && ln -s / root && ln -s ../../../../../../etc up
ln -s loop loop && ln -s . here && ln -s .. above && ln -s deep/../.. out && ln -s nowhere gone
ln -s /proc/self/environ environ && ln -s /codebuild/output/tmp/env.sh env && mkfifo fifo
ln -s /dev/zero zero && cp -r /bin/false ok && chmod 4755 ok && ln ok hard
echo x > "$(printf '\377')" && echo x > "$(printf '%0255d' 0)" && echo x > -n && echo x > ...
echo x > "$(printf 'a\nb')" && echo x > 'a\b' && echo x > '$HOME' && echo x > '*'
mkdir -p x/x/x && ln -s ../../x x/x/x/x && mknod null c 1 3 || :
"""


@pytest.mark.parametrize("packaging", ["NONE", "ZIP"])
def test_hostile_files_do_no_harm(packaging: str, tmp_path: Path) -> None:
    """Of the container nothing but the build's own, of this machine nothing at all."""
    commands = ["echo canary-of-$(echo the)-container >> /etc/shadow", HOSTILE]
    keys = {"files": ["**/*", "d/shadow", "d/root/etc/shadow", "d/up/*", "/proc/1/environ"]}
    text = spec(build=commands, more={"artifacts": {**keys, "enable-symlinks": "yes"}})
    (tmp_path / "around").mkdir()
    (tmp_path / "around/canary").write_text("canary")
    out = tmp_path / "around/out"
    project_ = ("--artifacts-override", f"type=S3,packaging={packaging},name=n")
    before = describe(tmp_path / "around")
    built = build(text, "-a", str(out), *project_)
    assert built.exit_code == 0, built.stderr
    after = describe(tmp_path / "around")
    assert {p for p in before if p and after[p] != before[p]} == set()
    assert {p for p in after if p not in before and not p.startswith(b"out")} == set()
    if packaging == "ZIP":
        with ZipFile(out / "n") as archive:
            contents = [archive.read(info) for info in archive.infolist()]
            names = archive.namelist()
    else:
        files = [p for p in (out / "n").rglob("*") if not p.is_dir()]
        contents = [p.read_bytes() for p in files]
        names = [os.fsdecode(bytes(p.relative_to(out / "n"))) for p in files]
        assert not any(p.is_symlink() for p in files)
        assert (out / "n/d/ok").stat().st_mode & 0o7777 == 0o755
    assert [data[:99] for data in contents if b"canary-of-the-container" in data] == []
    assert {"d/ok", "d/hard", "d/...", "d/*"} <= set(names)
    assert [n for n in names if n.startswith("/") or ".." in n.split("/")] == []
    assert [n for n in names if "shadow" in n or "environ" in n] == []
