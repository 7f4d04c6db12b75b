"""What every place for artifacts promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from localbuild.ports.artifacts import Artifacts, Output
from localbuild.ports.collect import FoundFile

FILES = {"a": b"1", "d/b": b"", "d/e/c": b"x" * 100_000}


class BrokenOffError(Exception):
    """What reading may raise."""


def contents(files: dict[str, bytes]) -> Iterator[tuple[FoundFile, list[bytes]]]:
    for name, data in files.items():
        yield FoundFile(name=name, path=f"/{name}", size_bytes=len(data)), [data[:3], data[3:]]


class ArtifactsContract(ABC):
    """Subclasses give `artifacts`, and `there`: what is in the place, by path."""

    @abstractmethod
    def there(self) -> dict[str, bytes]:
        """The files of the place."""

    def test_files_are_there_under_their_names(self, artifacts: Artifacts) -> None:
        handed = artifacts.put(Output(), contents(FILES))
        assert self.there() == FILES
        assert (handed.files, handed.size_bytes) == (3, 100_001)
        assert (handed.sha256, handed.warnings) == ("", ())

    def test_parts_stand_before_names(self, artifacts: Artifacts) -> None:
        handed = artifacts.put(Output(parts=("x", "y z")), contents({"a": b"1"}))
        assert self.there() == {"x/y z/a": b"1"}
        assert handed.path.endswith("/x/y z")
        assert handed.location.endswith("/x/y z")

    def test_a_zip_is_one_file_and_the_same_again(self, artifacts: Artifacts) -> None:
        output = Output(parts=("x", "n.zip"), packaging="ZIP")
        first = artifacts.put(output, contents(FILES))
        before = self.there()
        again = artifacts.put(output, contents(dict(reversed(FILES.items()))))
        assert list(before) == ["x/n.zip"]
        assert self.there() == before
        assert (first.sha256, len(first.md5)) == (again.sha256, 32)

    def test_others_stay_and_the_same_makes_way(self, artifacts: Artifacts) -> None:
        artifacts.put(Output(), contents({"a": b"old", "b": b"stays"}))
        artifacts.put(Output(), contents({"a": b"new"}))
        assert self.there() == {"a": b"new", "b": b"stays"}

    @pytest.mark.parametrize("packaging", ["NONE", "ZIP"])
    def test_what_reading_raises_leaves_nothing_half(
        self, artifacts: Artifacts, packaging: str
    ) -> None:
        def broken() -> Iterator[tuple[FoundFile, Iterator[bytes]]]:
            yield FoundFile(name="b", path="/b"), pieces()

        def pieces() -> Iterator[bytes]:
            yield b"half"
            raise BrokenOffError

        parts = ("n",) if packaging == "ZIP" else ()
        output = Output(parts=parts, packaging="ZIP" if parts else "NONE")
        with pytest.raises(BrokenOffError):
            artifacts.put(output, broken())
        assert self.there() == {}

    def test_it_is_closed_twice(self, artifacts: Artifacts) -> None:
        artifacts.close()
        artifacts.close()
