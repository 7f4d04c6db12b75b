"""The script that gets a privileged container ready for a Docker daemon, and starts the image's.

Source: reference of CodeBuild's behaviour, 10.2; dockerd-entrypoint.sh of CodeBuild's images.
"""

from localbuild.container.scripts import read_script
from localbuild.plan.environment import DEFAULT_PATH
from localbuild.plan.local_cache import DOCKER_DATA, OWN_DOCKER_DATA
from localbuild.plan.script import ENV_FILE

ENTRY_POINT = "/usr/local/bin/dockerd-entrypoint.sh"
LOG = "/var/log/docker.log"
NO_ENTRY_POINT = 3
IN_USE = "in-use"
COPIES = "vfs"
"""The storage driver that copies files, which is slow and needs much room."""

_PLACES = {
    "GROUPS": "/sys/fs/cgroup",
    "SELF": "/proc/self/cgroup",
    "DATA": DOCKER_DATA,
    "OWN": OWN_DOCKER_DATA,
    "ENTRY": ENTRY_POINT,
    "DAEMON": "/usr/local/bin/dockerd",
    "LOG": LOG,
    "SAID": "/codebuild/output/dockerd-entrypoint.log",
    "ENV_FILE": ENV_FILE,
    "PATH": DEFAULT_PATH,
}


def daemon_script(*, start: bool, **places: str) -> str:
    """The script; `start` the image's daemon, too. `places` take the place of the usual paths.

    It prints IN_USE where another build has the project's layers, then the daemon's storage driver.
    It ends with NO_ENTRY_POINT where the image has none, and with 1 after all that was said where
    the daemon does not start.
    """
    text = read_script("docker_daemon.sh")
    words = {**_PLACES, **places, "START": "yes" if start else "no"}
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return f"{text}\n"
