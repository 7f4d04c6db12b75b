"""LB1xx: what a buildspec may say and where."""

from localbuild.buildspec.explained.model import Explanation, build

_BATCH = "version: 0.2\nbatch:\n  build-list:\n    - identifier: one\n"
_SECOND = (
    "version: 0.2\nartifacts:\n  files: [a]\n"
    "  secondary-artifacts:\n    docs: {files: [README.md]}\n"
)

GRAMMAR: dict[str, Explanation] = {
    "LB101": Explanation(
        what="`version` is missing.",
        why="An ordinary build refuses the file, a batch build accepts one that has a `batch` "
        "section "
        "and no phases. Begin the file with `version: 0.2`.",
        bad="phases:\n  build:\n    commands:\n      - make\n",
        good=build("make"),
        fixable=True,
    ),
    "LB102": Explanation(
        what="`version` is neither 0.1 nor 0.2.",
        why="Write `version: 0.2`.",
        bad=build("make").replace("0.2", "0.3"),
        good=build("make"),
    ),
    "LB103": Explanation(
        what="A phase has a name that the service does not know, so it refuses the file.",
        why="The phases are install, pre_build, build and post_build, with underscores.",
        bad="version: 0.2\nphases:\n  pre-build:\n    commands:\n      - make\n",
        good="version: 0.2\nphases:\n  pre_build:\n    commands:\n      - make\n",
        fixable=True,
    ),
    "LB104": Explanation(
        what="The service does not know this key here.",
        why="It ignores it with all that is below it. Look for a misspelling or a wrong "
        "indentation.",
        bad="version: 0.2\nphases:\n  build:\n    comands:\n      - make\n",
        good=build("make"),
        fixable=True,
    ),
    "LB105": Explanation(
        what="A command is a mapping or a list, not text.",
        why="Usually it holds `: ` or begins with `[`, which YAML reads as structure. Quote the "
        "whole "
        "command, or write it below `- |`.",
        bad=build("echo Version: $TAG"),
        good=build("'echo Version: $TAG'"),
        fixable=True,
    ),
    "LB106": Explanation(
        what="A value has another shape than the service expects.",
        why="A list where a mapping belongs, a mapping where text belongs, and so on. Usually the "
        "indentation or a `- ` is wrong.",
        bad="version: 0.2\nphases:\n  build:\n    - make\n",
        good=build("make"),
    ),
    "LB107": Explanation(
        what="A value must be a yes or a no (yes, no, true, false, on, off), or a whole number "
        "from 1.",
        why="Write one of them.",
        bad="version: 0.2\nartifacts:\n  files: ['**/*']\n  discard-paths: never\n",
        good="version: 0.2\nartifacts:\n  files: ['**/*']\n  discard-paths: no\n",
    ),
    "LB108": Explanation(
        what="A value is none of those that are known here.",
        why="An unknown report format is accepted by the service, and the report is lost; other "
        "unknown values are refused.",
        bad="version: 0.2\nreports:\n  unit:\n    files: ['*.xml']\n    file-format: JUNIT\n",
        good="version: 0.2\nreports:\n  unit:\n    files: ['*.xml']\n    file-format: JUNITXML\n",
    ),
    "LB109": Explanation(
        what="A single value stands where a list or a mapping belongs.",
        why="Variables to export are taken as a list of one; reports are ignored. Write it as "
        "documented.",
        bad=build("TAG=1", more="env:\n  exported-variables: TAG"),
        good=build("TAG=1", more="env:\n  exported-variables: [TAG]"),
        fixable=True,
    ),
    "LB110": Explanation(
        what="The buildspec asks for a Windows shell, and Windows builds do not run here.",
        why="Their images need a Windows host. Use a buildspec for Linux.",
        bad=build("make", more="env:\n  shell: powershell.exe"),
        good=build("make", more="env:\n  shell: bash"),
    ),
    "LB111": Explanation(
        what="`env.shell` names a shell that the service does not offer.",
        why="Use bash or /bin/sh.",
        bad=build("make", more="env:\n  shell: zsh"),
        good=build("make", more="env:\n  shell: bash"),
    ),
    "LB112": Explanation(
        what="Something that must be there is missing or empty.",
        why="Fill it in, or remove what asks for it.",
        bad="version: 0.2\nphases:\n  build:\n",
        good=build("make"),
    ),
    "LB113": Explanation(
        what="A batch build reads `version` as a number and refuses it in quotes.",
        why="An ordinary build accepts it. Write `version: 0.2`.",
        bad=_BATCH.replace("0.2", '"0.2"'),
        good=_BATCH,
        fixable=True,
    ),
    "LB114": Explanation(
        what="`on-failure` is none of ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex and "
        "RETRY-count-regex.",
        why="Or the count is not 0 to 100, or the pattern is no regular expression.",
        bad="version: 0.2\nphases:\n  build:\n    on-failure: STOP\n    commands: [make]\n",
        good="version: 0.2\nphases:\n  build:\n    on-failure: ABORT\n    commands: [make]\n",
    ),
    "LB115": Explanation(
        what="There are more entries than the service takes.",
        why="Five fallback keys, five report groups.",
        bad="version: 0.2\nreports:\n" + "".join(f"  g{n}: {{files: [a.xml]}}\n" for n in range(6)),
        good="version: 0.2\nreports:\n"
        + "".join(f"  g{n}: {{files: [a.xml]}}\n" for n in range(5)),
    ),
    "LB116": Explanation(
        what="A batch consists of exactly one of build-graph, build-list, build-matrix and "
        "build-fanout.",
        why="Keep one of them.",
        bad=_BATCH + "  build-fanout:\n    parallelism: 2\n",
        good=_BATCH,
    ),
    "LB117": Explanation(
        what="A build of a batch runs on a compute type or on a fleet, not on both.",
        why="Remove one.",
        bad=_BATCH
        + "      env:\n        compute-type: BUILD_GENERAL1_SMALL\n        fleet: mine\n",
        good=_BATCH + "      env:\n        compute-type: BUILD_GENERAL1_SMALL\n",
    ),
    "LB118": Explanation(
        what="Secondary artifacts have a name that is no identifier.",
        why="It is the name of their folder, so it is no path. Take letters, digits, `_` and `-`, "
        "at most 127; `primary` is what localbuild calls the first output.",
        source="API reference, ProjectArtifacts, artifactIdentifier",
        bad=_SECOND.replace("docs", "../docs"),
        good=_SECOND,
    ),
    "LB160": Explanation(
        what="A phase has GitHub Actions `steps`.",
        why="CodeBuild runs them in a runner of its own, which localbuild has not. Write the same "
        "work as `commands`.",
        source="user guide, GitHub Actions syntax in a buildspec",
        bad="version: 0.2\nphases:\n  build:\n    steps:\n      - run: make\n",
        good=build("make"),
    ),
}
