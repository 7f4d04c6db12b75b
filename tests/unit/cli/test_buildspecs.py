"""Which buildspec a build uses, and what is said where there is none."""

import io
from pathlib import Path

import pytest

from localbuild.cli.buildspecs import (
    BuildspecChoice,
    choose_buildspec,
    is_in_s3,
    read_chosen,
)
from localbuild.errors import BuildspecError


class Tree:
    """A source below a folder to stand in."""

    def __init__(self, path: Path) -> None:
        self.cwd = path
        self.source = path / "app"
        inside = ("app/buildspec.yml", "app/ci/b.yml", "app/both.yml")
        for name in (*inside, "outside.yml", "both.yml"):
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_text(name)

    def choose(self, asked: str, stdin: bytes = b"") -> BuildspecChoice:
        """Choose."""
        return choose_buildspec(asked, self.source, self.cwd, io.BytesIO(stdin))

    def read(self, asked: str, stdin: bytes = b"") -> bytes:
        """Choose and read."""
        return read_chosen(self.choose(asked, stdin), self.source, "/codebuild/src")

    def refusal(self, asked: str) -> BuildspecError:
        """The refusal of what cannot be read."""
        with pytest.raises(BuildspecError) as caught:
            self.read(asked)
        return caught.value


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree."""
    return Tree(tmp_path)


@pytest.mark.parametrize(
    ("asked", "file", "path"),
    [
        ("", "app/buildspec.yml", "buildspec.yml"),
        ("ci/b.yml", "app/ci/b.yml", "ci/b.yml"),
        ("ci/../ci/b.yml", "app/ci/b.yml", "ci/b.yml"),
        ("app/ci/b.yml", "app/ci/b.yml", "ci/b.yml"),
        ("both.yml", "app/both.yml", "both.yml"),
        ("outside.yml", "outside.yml", ""),
        ("../outside.yml", "outside.yml", ""),
    ],
)
def test_a_file_within_the_source_comes_first(asked: str, file: str, path: str, tree: Tree) -> None:
    choice = tree.choose(asked)
    assert (choice.file, choice.path) == (file, path)
    assert tree.read(asked).decode() == file


def test_an_absolute_path(tree: Tree) -> None:
    assert tree.choose(str(tree.source / "ci/b.yml")).path == "ci/b.yml"
    assert tree.choose(str(tree.cwd / "outside.yml")).path == ""


def test_stdin(tree: Tree) -> None:
    assert tree.choose("-").file == "<stdin>"
    assert tree.read("-", b"version: 0.2") == b"version: 0.2"


@pytest.mark.parametrize("text", ["version: 0.2\nphases: {}", '{"version": 0.2}', " version: 0.2"])
def test_a_text(text: str, tree: Tree) -> None:
    assert tree.choose(text).path == ""
    assert tree.read(text) == text.encode()


@pytest.mark.parametrize("arn", ["arn:aws:s3:::bucket/key.yml", "arn:aws-cn:s3:::b/k"])
def test_an_object_in_s3_is_told_apart(arn: str) -> None:
    assert is_in_s3(arn)
    assert not is_in_s3(arn.removeprefix("arn:"))


def test_no_buildspec_in_the_service_s_words(tree: Tree) -> None:
    (tree.source / "buildspec.yml").unlink()
    error = tree.refusal("")
    assert error.message == "YAML file does not exist"
    assert error.hints == ("there is no app/buildspec.yml", "name one: localbuild run -f FILE")


def test_a_missing_file_is_named_as_the_container_would_have_it(tree: Tree) -> None:
    error = tree.refusal("ci/none.yml")
    path = "/codebuild/src/ci/none.yml"
    assert error.message == f"stat {path}: no such file or directory"
    assert error.hints == ("there is no app/ci/none.yml", "localbuild run -f buildspec.yml")


def test_other_files_are_offered(tree: Tree) -> None:
    (tree.source / "buildspec.yml").rename(tree.source / "buildspec.yaml")
    (tree.source / "ci/buildspec-test.yml").write_text("")
    (tree.source / ".hidden").mkdir()
    (tree.source / ".hidden/buildspec.yml").write_text("")
    assert tree.refusal("").hints == (
        "there is no app/buildspec.yml",
        "localbuild run -f buildspec.yaml",
        "localbuild run -f ci/buildspec-test.yml",
    )


def test_a_buildspec_further_up_is_offered(tree: Tree) -> None:
    (tree.source / "buildspec.yml").unlink()
    (tree.cwd / "buildspec.yml").write_text("")
    assert tree.refusal("").hints == ("there is one at ../buildspec.yml: localbuild run -C ..",)


def test_a_folder_is_no_buildspec(tree: Tree) -> None:
    assert tree.refusal("ci").message == "cannot read app/ci: Is a directory"
    assert tree.refusal("ci").hints == ()
    (tree.source / "ci/buildspec.yml").write_text("")
    assert tree.refusal("ci").hints == ("localbuild run -f ci/buildspec.yml",)


def test_an_object_in_s3_is_offered_by_its_arn(tree: Tree) -> None:
    hints = tree.refusal("s3://bucket/ci/buildspec.yml").hints
    assert hints[1:] == ("localbuild run -f arn:aws:s3:::bucket/ci/buildspec.yml",)
