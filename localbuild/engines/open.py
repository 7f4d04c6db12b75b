"""`open_engine`: the only place that names the engines."""

from localbuild.errors import UsageError
from localbuild.ports.engine import Engine


def open_engine(name: str = "docker", *, docker_host: str = "", context: str = "") -> Engine:
    """The engine of that name. Raises EngineUnavailableError, UsageError."""
    match name:
        case "docker":
            from localbuild.engines.docker.connection import connect
            from localbuild.engines.docker.engine import DockerEngine

            return DockerEngine(connect(docker_host, context))
        case "scripted":
            from localbuild.engines.scripted import ScriptedEngine

            return ScriptedEngine()
        case _:
            raise UsageError(f"there is no engine '{name}'", hints=("docker", "scripted"))
