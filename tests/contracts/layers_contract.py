"""What every engine promises that can add layers to images (`Layers` in `ports/engine.py`)."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from localbuild.container import tar
from localbuild.errors import EngineError
from localbuild.ports.engine import ContainerSpec, Engine, Image, Layers, NewLayer
from tests.contracts.source_contract import contents_of

Add = Callable[..., Image]


def member(name: str, data: bytes = b"") -> tuple[bytes, ...]:
    """A file after the directories above it, of some time and mode."""
    above = name.split("/")[:-1]
    directories = ["/".join(above[: at + 1]) + "/" for at in range(len(above))]
    headers = [tar.directory_header(d.encode(), 0o755, 1_000) for d in directories]
    header = tar.file_header(name.encode(), 0o640, len(data), 1_799_999_999, 123_456_789)
    return (*headers, header + data + tar.padding(len(data)))


def archive(*members: tuple[bytes, ...]) -> bytes:
    """A whole archive, which has no directory twice."""
    return b"".join(dict.fromkeys(piece for pieces in members for piece in pieces)) + tar.END


def own(engine: Layers) -> set[str]:
    """This suite's images that are there, and those that have lost their names."""
    names = {image.reference for image in engine.list_layers()}
    return {name for name in names if name.startswith(("localbuild/contract:", "sha256:"))}


class LayersContract:
    """Fixtures as in EngineContract."""

    @pytest.fixture
    def base(self, engine: Engine, reference: str) -> Image:
        found = engine.find_image(reference, "")
        assert found is not None
        return found

    @pytest.fixture
    def add(self, engine: Engine) -> Iterator[Add]:
        """Adds a layer of some members to an image; what is left of that is dropped at the end."""
        assert isinstance(engine, Layers)
        made = []

        def add(base: Image, *members: tuple[bytes, ...], removes: bool = False) -> Image:
            data = archive(*members)
            layer = NewLayer(
                base=base,
                reference=f"localbuild/contract:{uuid.uuid4().hex}",
                labels=(("contract.key", 'it\'s "$HOME" \\ \u00e9'),),
                size_bytes=len(data),
                archive=[data],
                removes=removes,
            )
            made.append(layer.reference)
            return engine.add_layer(layer)

        yield add
        for name in reversed(made):
            engine.drop_layer(name)

    def files(self, engine: Engine, spec: ContainerSpec, image: Image) -> dict[str, bytes]:
        """What a container of that image has in `/kept`."""
        other = replace(spec, name=f"contract-{uuid.uuid4().hex[:12]}", image=image)
        with engine.open_container(other) as container:
            return contents_of(container.take_tree(["/kept"]))

    def test_a_container_has_the_layers_files(
        self, engine: Engine, spec: ContainerSpec, base: Image, add: Add
    ) -> None:
        image = add(base, member("kept/dir/f", b"x" * 3000), member("kept/a b", b"y"))
        wanted = {"kept/dir/f": b"x" * 3000, "kept/a b": b"y"}
        assert self.files(engine, spec, image) == wanted
        assert self.files(engine, spec, base) == {}

    def test_the_image_is_its_base_and_one_layer_more(
        self, engine: Engine, base: Image, add: Add
    ) -> None:
        image = add(base, member("kept/f"))
        assert engine.find_image(image.reference, "") == image
        assert image.layers == base.layers + 1
        assert image.variables == base.variables
        assert image.platform == base.platform
        assert image.id != base.id
        assert dict(image.labels)["contract.key"] == 'it\'s "$HOME" \\ \u00e9'
        assert set(base.labels) <= set(image.labels)

    def test_it_is_listed_until_it_is_dropped(self, engine: Engine, base: Image, add: Add) -> None:
        assert isinstance(engine, Layers)
        data = archive(member("kept/f"))
        image = add(base, member("kept/f"))
        [listed] = [i for i in engine.list_layers() if i.reference == image.reference]
        assert (listed.id, listed.labels, listed.size_bytes) == (image.id, image.labels, len(data))
        assert engine.drop_layer(image.reference)
        assert not engine.drop_layer(image.reference)
        assert image.reference not in {i.reference for i in engine.list_layers()}
        assert engine.find_image(image.reference, "") is None

    def test_layers_stack(self, engine: Engine, spec: ContainerSpec, base: Image, add: Add) -> None:
        assert isinstance(engine, Layers)
        one = add(base, member("kept/a", b"1"), member("kept/b", b"1"))
        two = add(one, member("kept/b", b"2"))
        three = add(two, member("kept/dir/c", b"3"))
        assert three.layers == base.layers + 3
        wanted = {"kept/a": b"1", "kept/b": b"2", "kept/dir/c": b"3"}
        assert self.files(engine, spec, three) == wanted
        assert self.files(engine, spec, one) == {"kept/a": b"1", "kept/b": b"1"}
        assert engine.drop_layer(one.reference)
        assert self.files(engine, spec, three) == wanted

    def test_the_same_layer_twice_is_no_harm(
        self, engine: Engine, spec: ContainerSpec, base: Image, add: Add
    ) -> None:
        assert isinstance(engine, Layers)
        one, two = add(base, member("kept/a", b"1")), add(base, member("kept/a", b"1"))
        assert engine.drop_layer(one.reference)
        assert self.files(engine, spec, two) == {"kept/a": b"1"}

    @pytest.mark.parametrize("short", [-512, 512])
    def test_an_archive_of_another_size_leaves_nothing(
        self, engine: Engine, base: Image, short: int
    ) -> None:
        assert isinstance(engine, Layers)
        data = archive(member("kept/f", b"x" * 600_000))
        before = own(engine)
        layer = NewLayer(
            base=base,
            reference=f"localbuild/contract:{uuid.uuid4().hex}",
            labels=(),
            size_bytes=len(data) + short,
            archive=[data],
        )
        with pytest.raises(EngineError, match="layer"):
            engine.add_layer(layer)
        assert engine.find_image(layer.reference, "") is None
        assert own(engine) == before

    @pytest.mark.parametrize("error", [OSError("on purpose"), KeyError("on purpose")])
    def test_an_archive_that_fails_leaves_nothing(
        self, engine: Engine, base: Image, error: Exception
    ) -> None:
        assert isinstance(engine, Layers)
        data = archive(member("kept/f", b"x" * 600_000))

        def pieces() -> Iterator[bytes]:
            yield data[:400_000]
            raise error

        before = own(engine)
        layer = NewLayer(
            base=base,
            reference=f"localbuild/contract:{uuid.uuid4().hex}",
            labels=(),
            size_bytes=len(data),
            archive=pieces(),
        )
        with pytest.raises(type(error), match="on purpose"):
            engine.add_layer(layer)
        assert engine.find_image(layer.reference, "") is None
        assert own(engine) == before

    def test_what_is_used_is_not_dropped(
        self, engine: Engine, spec: ContainerSpec, base: Image, add: Add
    ) -> None:
        assert isinstance(engine, Layers)
        image = add(base, member("kept/f"))
        with engine.open_container(replace(spec, image=image)):
            assert not engine.drop_layer(image.reference)
            assert engine.find_image(image.reference, "") == image
        assert engine.drop_layer(image.reference)

    def test_only_layers_are_dropped(self, engine: Engine, base: Image) -> None:
        assert isinstance(engine, Layers)
        assert not engine.drop_layer(base.reference)
        assert not engine.drop_layer("localbuild/contract:absent")
        assert engine.find_image(base.reference, "") == base


class RemovingLayersContract:
    """What an engine promises that can also remove files with a layer; mixed in beside the above.

    Its own class: an engine that builds its layers cannot.
    """

    def test_whiteouts_remove_what_is_below(
        self, engine: Engine, spec: ContainerSpec, base: Image, add: Add
    ) -> None:
        below = add(
            base,
            *(member(f"kept/{name}", b"1") for name in ("a", "dir/x", "dir/sub/y", "other/z")),
        )
        image = add(
            below,
            *(member(f"kept/{name}") for name in (".wh.a", ".wh.dir", "other/.wh.z")),
            member("kept/new", b"2"),
            removes=True,
        )
        other = replace(spec, name=f"contract-{uuid.uuid4().hex[:12]}", image=image)
        with engine.open_container(other) as container:
            taken = contents_of(container.take_tree(["/kept"]))
        assert taken == {"kept/new": b"2"}
