"""Makes warm layers: before localbuild ends, or in a process of its own that goes on after it.

Run as a module it reads one order from its standard input and carries it out.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from localbuild.cache.layer_care import LIMIT_BYTES, drop_layers, drop_superseded, read_layers
from localbuild.cache.layer_failures import note_failure, tell_failure
from localbuild.cache.layer_order import read_order, write_order
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.layer_turns import Patience, turn
from localbuild.cache.open import CacheOptions, layer_uses, open_tiers, touch_layer
from localbuild.cache.stores.open import StoreSettings
from localbuild.errors import LocalbuildError
from localbuild.ports.engine import Engine, Layers

_NICE = 10
_NOT_MADE = "cache: no warm layer was made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warming:
    """How layers are made: from which stores, on which engine, and after what wait."""

    options: CacheOptions
    docker_host: str = ""
    context: str = ""
    patience: Patience = field(default_factory=Patience)

    def now(self, plan: LayerPlan) -> str:
        """Make a layer; why it could not be made, '' where it was."""
        from localbuild.engines.open import open_engine

        try:
            with turn(self.options.state, plan, self.patience) as needed:
                if not needed:
                    return ""
                engine = open_engine("docker", docker_host=self.docker_host, context=self.context)
                try:
                    self._make(plan, engine)
                finally:
                    engine.close()
        except (LocalbuildError, OSError, ValueError) as error:
            return f"{_NOT_MADE}: {error}"
        return ""

    def later(self, plan: LayerPlan) -> str:
        """Have a process make it that goes on after us; why none could be started.

        Or why the last one could not make its layer, which nobody was there to be told.
        """
        order = {"plan": write_order(plan), "warming": _written(self)}
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "localbuild.cli.warming"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
            if process.stdin is not None:
                with process.stdin as stream:
                    stream.write(json.dumps(order).encode())
        except OSError as error:
            return f"{_NOT_MADE}: {error}"
        process.returncode = 0  # nobody waits for it
        failed = tell_failure(self.options.state)
        return f"{_NOT_MADE} after an earlier build: {failed}" if failed else ""

    def _make(self, plan: LayerPlan, engine: Engine) -> None:
        if not isinstance(engine, Layers) or engine.find_image(plan.reference, "") is not None:
            return
        tiers = open_tiers(self.options)
        tiers.only_read()
        try:
            from localbuild.cache.layers import make_layer

            below = engine.find_image(plan.below, "") if plan.below else None
            make_layer(replace(plan, stores=self.options.urls), tiers.store, engine, below)
        finally:
            tiers.close()
        touch_layer(self.options.state, plan.reference)
        drop_superseded(engine, plan.manifest.name, plan.manifest.content)
        layers = read_layers(engine, lambda names: layer_uses(self.options.state, names))
        spare = frozenset({plan.reference})
        drop_layers(engine, layers, limit_bytes=LIMIT_BYTES, spare=spare)


def _written(warming: Warming) -> dict[str, object]:
    options = asdict(warming.options)
    options["state"] = str(warming.options.state)
    return {"options": options, "host": warming.docker_host, "context": warming.context}


def _read(found: Mapping[str, Any]) -> Warming:
    options = dict(found["options"])
    return Warming(
        options=CacheOptions(
            urls=tuple(options["urls"]),
            settings=StoreSettings(**options["settings"]),
            state=Path(options["state"]),
            tool=options["tool"],
        ),
        docker_host=found["host"],
        context=found["context"],
    )


def main() -> int:
    """Carry out the order on standard input; 1 where it could not be, which is noted."""
    os.nice(_NICE)
    order = json.loads(sys.stdin.buffer.read())
    warming = _read(order["warming"])
    try:
        why = warming.now(read_order(order["plan"])).removeprefix(f"{_NOT_MADE}: ")
    except Exception as bug:
        why = f"a bug in localbuild: {type(bug).__name__}"
    note_failure(warming.options.state, why)
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
