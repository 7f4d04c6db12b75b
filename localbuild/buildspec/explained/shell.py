"""LB30x and LB31x: what a shell makes of commands, and what of one reaches the next."""

from localbuild.buildspec.explained.model import Explanation, build, phases

SHELL: dict[str, Explanation] = {
    "LB301": Explanation(
        what="In version 0.1 every command runs in a shell of its own.",
        why="So a `cd` or `export` is gone with the next command. Join them with `&&`, or use "
        "version 0.2.",
        source="buildspec reference, versions",
        bad="version: 0.1  # localbuild: ignore LB218\nphases:\n  build:\n    commands:\n"
        "      - cd app\n      - make\n",
        good=build("cd app", "make"),
    ),
    "LB302": Explanation(
        what="Shell options, aliases and traps last for one command only.",
        why="Also in version 0.2: the next command runs without them. Put them into the same block "
        "as the commands they are for.",
        source="measured; each command is run by a new shell that gets directory and variables",
        bad=build("set -e", "make"),
        good=build("|\nset -e\nmake one\nmake two"),
    ),
    "LB303": Explanation(
        what="A command uses what bash knows and sh may not.",
        why="The default shell is sh; on Ubuntu images that is dash, which fails here or does "
        "something else. A line `#!/bin/bash` in a command changes nothing. Set `env.shell: bash`.",
        source="user guide, shells and commands in build environments",
        bad=build("echo ${CODEBUILD_RESOLVED_SOURCE_VERSION:0:7}"),
        good=build("echo $CODEBUILD_RESOLVED_SOURCE_VERSION | cut -c 1-7"),
    ),
    "LB304": Explanation(
        what="The shell cannot read a command as it stands.",
        why="A command is a script of its own: an `if` that is opened in one item of the list and "
        "closed in another, a quote or a here-document without its end are syntax errors. Write "
        "what belongs together below `- |`.",
        source="measured",
        bad=build('if [ "$STAGE" = test ]; then', "make test", "fi"),
        good=build('|\nif [ "$STAGE" = test ]; then\n  make test\nfi'),
    ),
    "LB305": Explanation(
        what="A command in the midst of others fails, and nobody hears of it.",
        why="The status of a command with several parts is that of its last part. Begin the block "
        "with `set -e`, join the parts with `&&`, or make them commands of their own.",
        source="measured",
        bad=build("|\nnpm test\nnpm run build"),
        good=build("|\nset -e\nnpm test\nnpm run build"),
    ),
    "LB306": Explanation(
        what="A command fails before a pipe, and nobody hears of it.",
        why="The status of a pipeline is that of its last command. bash has `set -o pipefail` for "
        "that, in the same command.",
        source="POSIX, Shell Command Language, Pipelines",
        bad=build("npm test | tee test.log"),
        good=build("set -o pipefail; npm test | tee test.log", more="env:\n  shell: bash"),
    ),
    "LB307": Explanation(
        what="Tests, or a check, can never fail the build.",
        why="`|| true` throws their failure away. `on-failure: CONTINUE` goes on, too, and the "
        "phase "
        "is shown as failed.",
        bad=build("npm test || true"),
        good=build("npm test"),
    ),
    "LB308": Explanation(
        what="`export NAME=$(command)` succeeds although the command fails.",
        why="The status is that of `export`, and the build goes on with an empty value. Leave "
        "`export` out: what a command assigns reaches the next one, and programs, all the same.",
        source="POSIX, export; measured",
        bad=build("export TOKEN=$(aws codeartifact get-authorization-token --domain team)"),
        good=build("TOKEN=$(aws codeartifact get-authorization-token --domain team)"),
    ),
    "LB309": Explanation(
        what="A function of one command is called in another.",
        why="Variables and the directory reach the next command, functions do not; and `nvm`, "
        "`deactivate` and `sdk` are functions of the files that are sourced.",
        source="measured",
        bad=build(". ~/.nvm/nvm.sh", "nvm use 22"),
        good=build("|\n. ~/.nvm/nvm.sh && nvm use 22"),
    ),
    "LB310": Explanation(
        what="A command waits for what another one has started.",
        why="Each has a shell of its own, which knows its own children only. Start and wait in one "
        "block, or keep the number of the process in a file.",
        source="measured",
        bad=build("nohup ./server > log 2>&1 &", "wait"),
        good=build("|\nnohup ./server > log 2>&1 &\nwait"),
    ),
    "LB311": Explanation(
        what="A program asks something, or wants a terminal.",
        why="A build has no terminal, and nobody who could answer: the program gives up, or waits "
        "until the build's time is over.",
        source="user guide; real logs: the input device is not a TTY",
        bad=build("terraform apply"),
        good=build("terraform apply -auto-approve"),
    ),
    "LB312": Explanation(
        what="A command, an option or an address is gone.",
        why="Images bring newer versions of their tools than when this was written.",
        bad=build("$(aws ecr get-login --no-include-email)"),
        good=build("aws ecr get-login-password | docker login -u AWS --password-stdin $REGISTRY"),
    ),
    "LB313": Explanation(
        what="`cd` to a directory in which the build already is.",
        why="In version 0.2 the directory lasts, also from phase to phase, so this looks for it in "
        "itself. Say where from: `cd $CODEBUILD_SRC_DIR/app`.",
        source="user guide, shells and commands in build environments",
        bad=phases(pre_build=("cd app", "npm ci"), build=("cd app", "npm test")),
        good=phases(pre_build=("cd app", "npm ci"), build=("npm test",)),
    ),
    "LB314": Explanation(
        what="A command is run with sudo.",
        why="That is not needed: commands run as root unless `run-as` says otherwise, and not "
        "every image has sudo.",
        source="user guide, shells and commands in build environments",
        bad=build("sudo make install"),
        good=build("make install"),
    ),
    "LB315": Explanation(
        what="A backslash that was to continue a line stands before a blank.",
        why="The shell takes both into the argument: the program gets ' --name' for '--name'. YAML "
        "joins the lines of a plain command itself, so there the backslashes are too many; in a "
        "block a blank follows the backslash.",
        source="YAML 1.1, plain and folded scalars",
        bad=build("aws s3 sync dist \\\n  --delete s3://$BUCKET"),
        good=build("|\naws s3 sync dist \\\n  --delete s3://$BUCKET"),
    ),
    "LB316": Explanation(
        what="A tool is installed in whatever version is the newest.",
        why="The build changes without a change of the source. Name a version.",
        bad=build("npm install -g aws-cdk@latest"),
        good=build("npm install -g aws-cdk@2.1030.0"),
    ),
    "LB317": Explanation(
        what="`apt-get install` without `apt-get update` before it.",
        why="Images are made without the lists of packages, so that none is found.",
        source="the Dockerfiles of CodeBuild's images",
        bad=build("apt-get install -y jq"),
        good=build("apt-get update && apt-get install -y jq"),
    ),
    "LB318": Explanation(
        what="A path has the number of one build's directory.",
        why="The next build has another number. Write `$CODEBUILD_SRC_DIR`.",
        source="real logs",
        bad=build("ls /codebuild/output/src123456789/src/app"),
        good=build('ls "$CODEBUILD_SRC_DIR/app"'),
    ),
    "LB319": Explanation(
        what="`latest` is another version with the next image.",
        why="The build changes without a change of the source. Name a version.",
        bad="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      nodejs: latest\n",
        good="version: 0.2\nphases:\n  install:\n    runtime-versions:\n      nodejs: 22\n",
    ),
}
