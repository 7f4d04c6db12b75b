"""LB2xx: what a buildspec says that cannot be meant."""

from localbuild.buildspec.explained.model import Explanation, build, phases

_GRAPH = "version: 0.2\nbatch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n"

MEANING: dict[str, Explanation] = {
    "LB201": Explanation(
        what="Two builds of a batch have the same identifier.",
        why="Give each its own.",
        bad=_GRAPH.replace("two", "one"),
        good=_GRAPH,
    ),
    "LB202": Explanation(
        what="`depend-on` names a build that is not in this build-graph.",
        why="Look for a misspelling.",
        bad=_GRAPH + "      depend-on: [three]\n",
        good=_GRAPH + "      depend-on: [one]\n",
    ),
    "LB203": Explanation(
        what="Builds of a graph depend on one another in a circle, so none of them can start.",
        why="Remove one of the dependencies.",
        bad=_GRAPH.replace("two", "two\n      depend-on: [two]"),
        good=_GRAPH + "      depend-on: [one]\n",
    ),
    "LB204": Explanation(
        what="A variable is exported that nothing in the buildspec sets.",
        why="So it is not exported unless the project sets it. Set it in `env` or in a command, or "
        "remove it from the list.",
        bad=build("make", more="env:\n  exported-variables: [TAG]"),
        good=build("TAG=$(git describe)", "make", more="env:\n  exported-variables: [TAG]"),
    ),
    "LB205": Explanation(
        what="A phase has both `commands` and `steps`.",
        why="A phase takes one of them: move the steps to another phase, or turn them into "
        "commands.",
        source="user guide, GitHub Actions syntax in a buildspec",
        bad="version: 0.2\nphases:\n  build:\n    commands: [make]\n    steps:\n"
        "      - run: make  # localbuild: ignore LB160\n",
        good=build("make"),
    ),
    "LB206": Explanation(
        what="Artifacts, secondary artifacts or a report group have no `files`.",
        why="They collect what `files` names. The service fails a build whose artifacts match "
        "nothing. `files` of the primary artifacts is required even where only secondary ones are "
        "wanted.",
        source="buildspec reference, artifacts/files and reports/files",
        bad="version: 0.2\nartifacts:\n  base-directory: dist\n",
        good="version: 0.2\nartifacts:\n  base-directory: dist\n  files: ['**/*']\n",
    ),
    "LB207": Explanation(
        what="A variable's name begins with CODEBUILD_, which is reserved for the service.",
        why="It may set another value, and an override at the start of a build is refused. Take "
        "another prefix.",
        source="buildspec reference, env",
        bad=build("make", more="env:\n  variables:\n    CODEBUILD_STAGE: test"),
        good=build("make", more="env:\n  variables:\n    STAGE: test"),
    ),
    "LB208": Explanation(
        what="Values in `env.variables` are taken literally: `$NAME` and `$(command)` stay text.",
        why="Set the variable in a command, which the shell expands.",
        source="buildspec reference, env/variables",
        bad=build("make", more="env:\n  variables:\n    TAG: $CODEBUILD_BUILD_NUMBER"),
        good=build("TAG=$CODEBUILD_BUILD_NUMBER", "make"),
    ),
    "LB209": Explanation(
        what="A command looks like PowerShell or cmd.exe.",
        why="Linux images have neither, and Windows builds do not run here. Where no command is "
        "for "
        "Linux alone, a build is refused at once; one that is for Linux all the same says so with "
        "`env.shell: bash`.",
        bad=build("Get-ChildItem Env"),
        good=build("ls"),
    ),
    "LB211": Explanation(
        what="POST_BUILD deploys or publishes without asking whether the build has failed.",
        why="It runs after a BUILD that failed, too, and then hands out what is old, half or "
        "broken. "
        "Ask CODEBUILD_BUILD_SUCCEEDING first, or let BUILD have `on-failure: ABORT`.",
        source="user guide, build phase transitions",
        bad=phases(build=("npm test",), post_build=("aws s3 sync dist s3://$BUCKET",)),
        good=phases(
            build=("npm test",),
            post_build=(
                'test "$CODEBUILD_BUILD_SUCCEEDING" = 1',
                "aws s3 sync dist s3://$BUCKET",
            ),
        ),
    ),
    "LB212": Explanation(
        what="CODEBUILD_BUILD_SUCCEEDING is compared with something that it never is.",
        why="It is 1 or 0. `[ $CODEBUILD_BUILD_SUCCEEDING ]` is always true, as neither is empty.",
        source="user guide, environment variables in build environments",
        bad=phases(post_build=('if [ "$CODEBUILD_BUILD_SUCCEEDING" = true ]; then make ship; fi',)),
        good=phases(post_build=('if [ "$CODEBUILD_BUILD_SUCCEEDING" = 1 ]; then make ship; fi',)),
    ),
    "LB213": Explanation(
        what="Artifacts or reports want a file that is not in the source and that nothing makes.",
        why="The service fails a build whose artifacts match nothing. It is told only where the "
        "source is at hand and every command is known to make no other files than it names.",
        source="real logs: no matching artifact paths found",
        bad=build("docker build -t app .") + "artifacts:\n  files:\n    - imagedefinitions.json\n",
        good=build("docker build -t app .", "echo '[]' > imagedefinitions.json")
        + "artifacts:\n  files:\n    - imagedefinitions.json\n",
    ),
    "LB214": Explanation(
        what="`runtime-versions` names a runtime that no image of CodeBuild has.",
        why="The service refuses it: `Unknown runtime named …`.",
        source="the images' runtimes.yml; real logs",
        bad="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      node: 22\n",
        good="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      nodejs: 22\n",
    ),
    "LB215": Explanation(
        what="`runtime-versions` asks for a version that no maintained image has.",
        why="An image that does not list a version downloads it in every build, or refuses it; and "
        "old images are no longer kept on the hosts, so that builds start slowly.",
        source="the images' runtimes.yml",
        bad="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      nodejs: 12\n",
        good="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      nodejs: 22\n",
    ),
    "LB216": Explanation(
        what="A report's files do not look like its `file-format`.",
        why="It is JUNITXML where nothing is said. A file of another format gives no report, and "
        "the "
        "build does not fail for it.",
        source="buildspec reference, reports/file-format",
        bad="version: 0.2\nreports:\n  coverage:\n    files:\n      - "
        "target/site/jacoco/jacoco.xml\n",
        good="version: 0.2\nreports:\n  coverage:\n    files:\n      - "
        "target/site/jacoco/jacoco.xml\n"
        "    file-format: JACOCOXML\n",
    ),
    "LB217": Explanation(
        what="A variable's name is nearly that of one of CodeBuild's own.",
        why="The shell puts nothing in its place, and says nothing.",
        source="user guide, environment variables in build environments",
        bad=build("echo $CODEBUILD_RESOLVED_SOURCE_VERISON"),
        good=build("echo $CODEBUILD_RESOLVED_SOURCE_VERSION"),
    ),
    "LB218": Explanation(
        what="Version 0.1 runs each command in a shell of its own.",
        why="Neither the directory nor variables reach the next command. 0.2 keeps both.",
        source="buildspec reference, versions",
        bad=build("make").replace("0.2", "0.1"),
        good=build("make"),
    ),
    "LB219": Explanation(
        what="A variable is set in two of variables, parameter-store and secrets-manager.",
        why="Which of them counts is documented nowhere. Remove one.",
        bad=build(
            "make", more="env:\n  variables:\n    URL: x\n  parameter-store:\n    URL: /app/url"
        ),
        good=build("make", more="env:\n  parameter-store:\n    URL: /app/url"),
    ),
    "LB220": Explanation(
        what="`discard-paths` puts all files of the source into one folder.",
        why="Of two files with the same name one is lost.",
        source="buildspec reference, artifacts/discard-paths",
        bad="version: 0.2\nartifacts:\n  files: ['**/*']\n  discard-paths: yes\n",
        good="version: 0.2\nartifacts:\n  files: [target/app.jar, appspec.yml]\n  discard-paths: "
        "yes\n",
    ),
    "LB221": Explanation(
        what="A comment is to silence a finding, and silences none.",
        why="`# localbuild: ignore` wants the codes of findings behind it, and there is none with "
        "that code. `localbuild explain` lists them.",
        bad=build("make  # localbuild: ignore LB999"),
        good=build("make  # localbuild: ignore LB302"),
    ),
}
