"""LB4xx: what a cache is given and what it is asked for."""

from localbuild.buildspec.explained.model import Explanation, build

_PATHS = "cache:\n  paths:\n    - '/root/.npm/**/*'\n"
_KEYED = f"version: 0.2\n{_PATHS}  key: npm-$(codebuild-hash-files package-lock.json)\n"

CACHE: dict[str, Explanation] = {
    "LB401": Explanation(
        what="A cache path without a pattern names one file.",
        why="A directory is cached with all that is in it when `/**/*` follows its name.",
        source="buildspec reference, cache/paths",
        bad="version: 0.2\ncache:\n  paths:\n    - node_modules\n",
        good="version: 0.2\ncache:\n  paths:\n    - node_modules/**/*\n",
        fixable=True,
    ),
    "LB402": Explanation(
        what="`fallback-keys` without a `key` is ignored.",
        why="Give the cache a key.",
        source="buildspec reference, cache/fallback-keys",
        bad=f"version: 0.2\n{_PATHS}  fallback-keys: [npm-]\n",
        good=f"{_KEYED}  fallback-keys: [npm-]\n",
    ),
    "LB403": Explanation(
        what="The cache's key never changes.",
        why="A cache under a key is saved once and never updated. Put what the cache depends on "
        "into "
        "the key, such as $(codebuild-hash-files package-lock.json).",
        source="user guide, Amazon S3 caching",
        bad=f"version: 0.2\n{_PATHS}  key: npm\n",
        good=_KEYED,
    ),
    "LB404": Explanation(
        what="A cache path leads out of the source, or can match nothing.",
        why="Paths are below the source, or absolute; there are no exceptions by `!`.",
        source="buildspec reference, cache/paths",
        bad="version: 0.2\ncache:\n  paths:\n    - '../shared/**/*'\n",
        good="version: 0.2\ncache:\n  paths:\n    - 'shared/**/*'\n",
    ),
    "LB405": Explanation(
        what="A command deletes what is cached.",
        why="`npm ci` removes node_modules before it installs, so that restoring them costs time "
        "and "
        "gives nothing: cache what npm has fetched. What POST_BUILD removes is not there when the "
        "cache is saved.",
        source="npm documentation, npm ci; measured",
        bad=build("npm ci") + "cache:\n  paths:\n    - 'node_modules/**/*'\n",
        good=build("npm ci") + _PATHS,
    ),
    "LB406": Explanation(
        what="The whole source is cached.",
        why="What is restored replaces files of the same name: the next build gets old sources "
        "over "
        "its own. Cache what tools have fetched.",
        source="real builds",
        bad="version: 0.2\ncache:\n  paths:\n    - '**/*'\n",
        good=f"version: 0.2\n{_PATHS}",
    ),
    "LB407": Explanation(
        what="The cache's key is a new one in nearly every build.",
        why="A build restores what has its own key or one of its fallback keys, so here nothing, "
        "and "
        "each build saves a cache of its own.",
        source="user guide, Amazon S3 caching",
        bad=f"version: 0.2\n{_PATHS}  key: npm-$CODEBUILD_BUILD_NUMBER\n",
        good=_KEYED,
    ),
    "LB408": Explanation(
        what="`$$` in a key is the number of a process.",
        why="It is another one in each build, so nothing is restored; `$$(command)` runs no "
        "command. "
        "Write `$(command)`.",
        source="POSIX, Shell Command Language, special parameters",
        bad=f"version: 0.2\n{_PATHS}  key: npm-$$(codebuild-hash-files package-lock.json)\n",
        good=_KEYED,
    ),
}
