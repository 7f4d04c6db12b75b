"""Files of the real engine's containers, collected through the kernel and through tar alike."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from localbuild.artifacts.collector import ContainerCollector
from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.engine import DockerEngine
from localbuild.ports.collect import Selection
from localbuild.ports.engine import Container, Engine
from localbuild.ports.host_files import HostFiles
from tests.conftest import SMALL, STANDARD
from tests.contracts.busybox import provide_busybox
from tests.integration.cached_containers import find, new_source, opened, root_of, told

pytestmark = pytest.mark.docker

FILL = """
mkdir -p dist/deep /tmp/out && cd dist
echo one > a && echo two > deep/.b && chmod 755 a && ln a deep/same
ln -s ../dist/a link && ln -s deep folder && ln -s /etc/passwd passwd && ln -s / root
ln -s "$PWD" whole && mkfifo fifo && touch -- "-n" "a b" && echo three > /tmp/out/c
ln -s /tmp/out ../elsewhere && ln -s dist/deep ../base
"""


@pytest.fixture
def afar() -> Iterator[Engine]:
    """The real engine, as if it were on another machine."""
    engine = DockerEngine(replace(connect("", ""), shares_kernel=False))
    yield engine
    engine.close()


def contents(
    container: Container, source: str, *files: str, base: str = ""
) -> tuple[dict[str, bytes], str]:
    """What is collected, and all that is told of it."""
    collector = ContainerCollector(lambda: None)
    selection = Selection(directory=source, files=files, base_directory=base)
    found = collector.select(container, selection)
    read = {f.name: b"".join(pieces) for f, pieces in collector.read(container, found.files)}
    assert read.keys() == {f.name for f in found.files}
    return read, "; ".join((*found.warnings, found.failure))


def check_all(container: Container, source: str) -> None:
    told(container, f"cd {source} && {FILL}")
    found, said = contents(container, source, "**/*", base="dist")
    assert found == {
        "a": b"one\n",
        "a b": b"",
        "-n": b"",
        "deep/.b": b"two\n",
        "deep/same": b"one\n",
        "folder/.b": b"two\n",
        "folder/same": b"one\n",
        "link": b"one\n",
    }
    assert "passwd, root: skipped: a link that leads out" in said
    assert "whole: skipped: a link that leads back" in said
    assert "fifo: skipped" in said
    assert contents(container, source, "same", base="base")[0] == {"same": b"one\n"}
    assert contents(container, source, "/tmp/out/*")[0] == {"tmp/out/c": b"three\n"}
    assert contents(container, source, "**/*", base="/tmp/out")[0] == {"c": b"three\n"}
    assert contents(container, source, "dist/link", "none")[0] == {"dist/link": b"one\n"}
    assert contents(container, source, "*", base="elsewhere")[0] == {}
    assert contents(container, source, "dist/passwd", "dist/root/etc/passwd")[0] == {}
    told(container, f"cd / && rm -rf {source} && ln -s /etc {source}")
    assert contents(container, source, "passwd", "**/*")[0] == {}


@pytest.mark.parametrize("image", [SMALL, STANDARD])
def test_through_the_kernel(docker_engine: Engine, image: str) -> None:
    source = new_source()
    with opened(docker_engine, find(docker_engine, image), source) as container:
        root_of(container)
        assert isinstance(container, HostFiles)
        check_all(container, source)


@pytest.mark.parametrize("image", [SMALL, STANDARD, ""])
def test_through_tar(afar: Engine, image: str) -> None:
    source = new_source()
    with opened(afar, find(afar, image or provide_busybox()), source) as container:
        check_all(container, source)


def test_what_is_replaced_while_it_is_collected(docker_engine: Engine) -> None:
    """A child of the build that makes a directory a link, and back, all the time."""
    source = new_source()
    race = f"""
cd {source} && mkdir -p dist/d other && echo mine > dist/d/passwd && echo mine > dist/passwd
(while :; do
  mv dist/d other/d; ln -s /etc dist/d; rm dist/d; mv other/d dist/d
  ln -s /etc/passwd dist/p; mv dist/p dist/passwd; echo mine > dist/q; mv dist/q dist/passwd
done) > /dev/null 2>&1 &
"""
    with opened(docker_engine, find(docker_engine, SMALL), source) as container:
        told(container, race)
        for _ in range(100):
            found, _ = contents_of_race(container, source)
            assert set(found.values()) <= {b"mine\n"}


def contents_of_race(container: Container, source: str) -> tuple[dict[str, bytes], str]:
    collector = ContainerCollector(lambda: None)
    selection = Selection(directory=source, files=("**/*", "d/passwd"), base_directory="dist")
    found = collector.select(container, selection)
    read = {f.name: b"".join(pieces) for f, pieces in collector.read(container, found.files)}
    return read, found.failure
