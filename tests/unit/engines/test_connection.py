"""What is said when no engine answers."""

import os
import pwd

from localbuild.engines.docker.connection import refusal


def test_a_socket_that_keeps_us_out_names_the_group() -> None:
    said = refusal("unix:///d.sock", PermissionError(13, "Permission denied"))
    assert "permission denied on the engine's socket unix:///d.sock" in said.message
    assert any("usermod -aG docker" in hint for hint in said.hints)


def test_a_socket_that_is_not_there_says_how_to_start_one() -> None:
    said = refusal("unix:///d.sock", FileNotFoundError(2, "No such file"))
    assert said.message == "no Docker engine answers at unix:///d.sock"
    assert any("systemctl start docker" in hint for hint in said.hints)


def test_the_hint_names_who_runs_this() -> None:
    said = refusal("unix:///d.sock", PermissionError(13, "Permission denied"))
    name = pwd.getpwuid(os.getuid()).pw_name
    assert said.hints[0].startswith(f"sudo usermod -aG docker {name} ")
