"""What a Docker engine keeps of a layer's files, and what a killed client leaves there: nothing."""

import signal
import subprocess
import sys
import uuid
from dataclasses import replace

import pytest

from localbuild.container import tar
from localbuild.engines.docker.connection import connect
from localbuild.ports.engine import ContainerSpec, Engine, Image, Layers, NewLayer
from tests.contracts.engine_contract import EngineContract, run
from tests.contracts.layers_contract import archive, own
from tests.contracts.on_docker import OnDocker

TIME = (1_799_999_999, 123_456_789)
MEMBERS = (
    tar.directory_header(b"kept/", 0o751, *TIME),
    tar.file_header(b"kept/f", 0o6640, 3, *TIME) + b"abc" + tar.padding(3),
    tar.hard_link_header(b"kept/hard", b"kept/f", 0o6640, *TIME),
    tar.link_header(b"kept/soft", b"no/where", *TIME),
    tar.directory_header(b"kept/empty/", 0o1777, *TIME),
    tar.file_header(b"kept/it's [x] *\xff\n", 0o400, 0, *TIME),
    tar.file_header(b"kept/" + b"n" * 200, 0o644, 0, 5, 0),
)
STAT = "cd /kept && stat -c '%n %a %.Y %h %u %g %F' . f hard soft empty it* nn* && readlink soft"
FACTS = """\
. 751 1799999999.123456789 3 0 0 directory
f 6640 1799999999.123456789 2 0 0 regular file
hard 6640 1799999999.123456789 2 0 0 regular file
soft 777 1799999999.123456789 1 0 0 symbolic link
empty 1777 1799999999.123456789 2 0 0 directory
it's [x] *\udcff
 400 1799999999.123456789 1 0 0 regular empty file
{} 644 5.000000000 1 0 0 regular empty file
no/where
""".format("n" * 200)

KILLED = """
import sys, time
from localbuild.engines.open import open_engine
from localbuild.ports.engine import NewLayer
from localbuild.container import tar

SIZE = 64 << 20

def archive():
    yield tar.file_header(b"kept", 0o644, SIZE, 0)
    for at in range(SIZE >> 20):
        if at == int(sys.argv[2]):
            print("now", flush=True)
            time.sleep(600)
        yield bytes(1 << 20)
    yield tar.END

engine = open_engine("docker")
base = engine.find_image("localbuild/small:1", "")
size = SIZE + 512 + len(tar.END)
layer = NewLayer(
    base=base, reference=sys.argv[1], labels=(), size_bytes=size, archive=archive()
)
engine.add_layer(layer)
"""


@pytest.mark.docker
class TestDockerLayers(OnDocker):
    """On the real engine."""

    spec = EngineContract.spec

    @pytest.mark.lone_layers
    def test_files_keep_what_they_are(
        self, engine: Engine, spec: ContainerSpec, reference: str
    ) -> None:
        assert isinstance(engine, Layers)
        image = add(engine, spec.image, archive(MEMBERS))
        try:
            with engine.open_container(replace(spec, image=image)) as container:
                end, said = run(container, STAT)
        finally:
            assert engine.drop_layer(image.reference)
        assert said.decode("utf-8", "surrogateescape") == FACTS
        assert end.exit_status == 0

    @pytest.mark.lone_layers
    def test_a_directory_can_take_the_place_of_one(
        self, engine: Engine, spec: ContainerSpec
    ) -> None:
        """An opaque one: nothing of the directory below shines through."""
        assert isinstance(engine, Layers)
        one = add(engine, spec.image, archive(MEMBERS))
        headers = (
            tar.directory_header(b"kept/", 0o700, 5),
            tar.file_header(b"kept/.wh..wh..opq", 0o644, 0, 0),
            tar.file_header(b"kept/new", 0o644, 0, 0),
        )
        two = add(engine, one, archive(headers), removes=True)
        try:
            with engine.open_container(replace(spec, image=two)) as container:
                assert run(container, "ls -A /kept")[1] == b"new\n"
        finally:
            assert engine.drop_layer(two.reference)
            assert engine.drop_layer(one.reference)

    def test_the_image_starts_as_its_base_does(self, engine: Engine, spec: ContainerSpec) -> None:
        assert isinstance(engine, Layers)
        api = connect("", "").api
        image = add(engine, spec.image, archive(MEMBERS))
        try:
            old, new = api.inspect_image(spec.image.id), api.inspect_image(image.reference)
        finally:
            assert engine.drop_layer(image.reference)
            api.close()
        assert settings(new) == settings(old)
        for key in ("Architecture", "Os", "Variant"):
            assert new.get(key) == old.get(key)
        assert new["RootFS"]["Layers"][:-1] == old["RootFS"]["Layers"]

    @pytest.mark.parametrize("when", ["0", "1", "40", "63"])
    def test_a_killed_client_leaves_nothing(self, engine: Engine, when: str) -> None:
        assert isinstance(engine, Layers)
        reference = f"localbuild/contract:{uuid.uuid4().hex}"
        before = own(engine)
        command = [sys.executable, "-c", KILLED, reference, when]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as client:
            try:
                assert client.stdout is not None
                assert client.stdout.readline() == b"now\n"
            finally:
                client.send_signal(signal.SIGKILL)
        assert engine.find_image(reference, "") is None
        assert own(engine) == before


def add(engine: Engine, base: Image, data: bytes, *, removes: bool = False) -> Image:
    assert isinstance(engine, Layers)
    layer = NewLayer(
        base=base,
        reference=f"localbuild/contract:{uuid.uuid4().hex}",
        labels=(),
        size_bytes=len(data),
        archive=[data],
        removes=removes,
    )
    return engine.add_layer(layer)


def settings(found: dict[str, dict[str, object]]) -> dict[str, object]:
    """What a container of an image begins with; nothing can be told as [], {}, '' or null."""
    return {key: value for key, value in found["Config"].items() if value and key != "Labels"}
