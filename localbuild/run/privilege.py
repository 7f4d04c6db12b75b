"""A build's container: privileged where it is to be, or as near to that as the engine comes.

What an engine can give is found out by asking for it: the next is tried only where the engine
says that it cannot give the one before.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from secrets import token_hex

from localbuild.errors import ContainerStartError, PrivilegeRefusedError
from localbuild.ports.engine import Container, ContainerSpec, Engine, Image, Privilege
from localbuild.run.provision import BUILD_LABEL

NOT_FULL = "LB606"
NOT_FULL_MESSAGE = (
    "this engine cannot give a container every privilege: it has no CAP_SYS_RESOURCE, and the "
    "machine's devices are not in its /dev"
)
_LESS = {Privilege.FULL: Privilege.NEAREST}
_HINTS = (
    "use an engine that may: localbuild run --docker-host URL, or --context NAME",
    "or build without Docker: localbuild run --no-privileged --stub docker",
)

OnLess = Callable[[str], None]
"""Called once where a container has not every privilege, with what is to be said about it."""


@contextmanager
def open_privileged(engine: Engine, spec: ContainerSpec, on_less: OnLess) -> Iterator[Container]:
    """The container of a spec; one that asks for FULL gets the most that the engine gives.

    Raises ContainerStartError; PrivilegeRefusedError, with hints, where no privilege is to be had.
    """
    with ExitStack() as stack:
        try:
            container = stack.enter_context(engine.open_container(spec))
        except PrivilegeRefusedError as refusal:
            less = _LESS.get(spec.privilege)
            if less is None:
                message = f"this engine starts no privileged container: {refusal.message}"
                raise PrivilegeRefusedError(message, hints=_HINTS) from refusal
            given = replace(spec, privilege=less)
            container = stack.enter_context(open_privileged(engine, given, on_less))
            on_less(NOT_FULL_MESSAGE)
        yield container


def try_privilege(engine: Engine, image: Image) -> str:
    """Start a container of an image and nothing else; what is to be said where it has less.

    Raises ContainerStartError; PrivilegeRefusedError, with hints.
    """
    name = f"localbuild-privilege-{token_hex(4)}"
    spec = ContainerSpec(
        name=name, image=image, labels=((BUILD_LABEL, name),), privilege=Privilege.FULL
    )
    less: list[str] = []
    with open_privileged(engine, spec, less.append):
        return "".join(less)


@contextmanager
def open_build_container(
    engine: Engine,
    spec: ContainerSpec,
    image: Image,
    on_less: OnLess,
    give_up_layer: Callable[[str], None],
) -> Iterator[Container]:
    """The build's container; where it does not start from a layer of the cache, from `image`."""
    with ExitStack() as stack:
        try:
            container = stack.enter_context(open_privileged(engine, spec, on_less))
        except ContainerStartError as error:
            if spec.image == image or isinstance(error, PrivilegeRefusedError):
                raise
            give_up_layer(f"its layer cannot be used: {error.message}")
            bare = replace(spec, image=image)
            container = stack.enter_context(open_privileged(engine, bare, on_less))
        yield container
