"""Every code that a finding about a buildspec can have: what it means, why it matters, how to mend.

LB0xx YAML · LB1xx the grammar · LB2xx meaning · LB3xx shell · LB4xx cache · LB5xx secrets.
A code is never reused for something else.
"""

RULES: dict[str, str] = {
    "LB001": (
        "The text is not valid YAML. The service refuses it with the parser's words and a line. "
        "The parser often notices an error only lines later: look at the indentation and the "
        "quotes from the named line upwards."
    ),
    "LB002": "The file is not UTF-8. Save it as UTF-8; UTF-16 is not read.",
    "LB003": (
        "The file is larger than any buildspec needs: over 1 MiB, or over 50,000 values. Move "
        "long scripts into files of their own and call them."
    ),
    "LB004": "The values are nested deeper than 64 levels. A buildspec needs fewer than ten.",
    "LB005": (
        "A YAML tag such as !Ref means nothing in a buildspec: the service does not resolve it. "
        "Resolve templates before they are handed over as a buildspec."
    ),
    "LB006": (
        "A YAML alias or merge key cannot be resolved: its anchor is missing, it stands inside "
        "what it refers to, it multiplies the file beyond 10,000 values, or `<<` merges something "
        "that is no mapping. A pattern such as *.js is not an alias: quote it."
    ),
    "LB007": "A buildspec is one YAML document. Remove the second `---` and what follows it.",
    "LB008": (
        "A key is there twice. The last one counts here; which one the service takes is not "
        "documented. Merge the two, or remove one."
    ),
    "LB009": (
        "A command begins with `&`, which YAML reads as an anchor, or with `!`, which it reads as "
        "a tag: that part is dropped, and another command runs than the one that was meant. Quote "
        "the command."
    ),
    "LB010": (
        "A key is a list or a mapping. This happens when text begins with {{ or [[: quote it."
    ),
    "LB011": (
        "A control character stands in the file, or a value holds a NUL, which no program can be "
        "given. Delete it, or write it as an escape that the program itself reads."
    ),
    "LB101": (
        "`version` is missing. An ordinary build refuses the file, a batch build accepts one that "
        "has a `batch` section and no phases. Begin the file with `version: 0.2`."
    ),
    "LB102": "`version` is neither 0.1 nor 0.2. Write `version: 0.2`.",
    "LB103": (
        "A phase has a name that the service does not know, so it refuses the file. The phases are "
        "install, pre_build, build and post_build, with underscores."
    ),
    "LB104": (
        "The service does not know this key here: it ignores it with all that is below it. "
        "Look for a misspelling or a wrong indentation."
    ),
    "LB105": (
        "A command is a mapping or a list, not text. Usually it holds `: ` or begins with `[`, "
        "which YAML reads as structure. Quote the whole command, or write it below `- |`."
    ),
    "LB106": (
        "A value has another shape than the service expects: a list where a mapping belongs, a "
        "mapping where text belongs, and so on. Usually the indentation or a `- ` is wrong."
    ),
    "LB107": (
        "A value must be a yes or a no (yes, no, true, false, on, off), or a whole number from 1."
    ),
    "LB108": (
        "A value is none of those that are known here. An unknown report format is accepted by the "
        "service, and the report is lost; other unknown values are refused."
    ),
    "LB109": (
        "A single value stands where a list or a mapping belongs. Variables to export are taken as "
        "a list of one; reports are ignored. Write it as documented."
    ),
    "LB110": (
        "The buildspec asks for a Windows shell, and Windows builds do not run here: their images "
        "need a Windows host. Use a buildspec for Linux."
    ),
    "LB111": "`env.shell` names a shell that the service does not offer. Use bash or /bin/sh.",
    "LB112": "Something that must be there is missing or empty.",
    "LB113": (
        "A batch build reads `version` as a number and refuses it in quotes, although an ordinary "
        "build accepts it. Write `version: 0.2`."
    ),
    "LB114": (
        "`on-failure` is none of ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex and "
        "RETRY-count-regex; or the count is not 0 to 100, or the pattern is no regular expression."
    ),
    "LB115": (
        "There are more entries than the service takes: five fallback keys, five report groups."
    ),
    "LB116": (
        "A batch consists of exactly one of build-graph, build-list, build-matrix and build-fanout."
    ),
    "LB117": "A build of a batch runs on a compute type or on a fleet, not on both. Remove one.",
    "LB201": "Two builds of a batch have the same identifier. Give each its own.",
    "LB202": "`depend-on` names a build that is not in this build-graph.",
    "LB203": "Builds of a graph depend on one another in a circle, so none of them can start.",
    "LB204": (
        "A variable is exported that nothing in the buildspec sets, so it is not exported unless "
        "the project sets it. Set it in `env` or in a command, or remove it from the list."
    ),
    "LB205": (
        "A phase has both `commands` and `steps`. A phase takes one of them: move the steps to "
        "another phase, or turn them into commands."
    ),
    "LB206": (
        "Files are missing: artifacts, secondary artifacts and report groups collect what `files` "
        "names. The service fails a build whose artifacts match nothing. `files` of the primary "
        "artifacts is required even where only secondary ones are wanted."
    ),
    "LB207": (
        "Names that begin with CODEBUILD_ are reserved for the service: it may set another value, "
        "and an override at the start of a build is refused. Take another prefix."
    ),
    "LB208": (
        "Values in `env.variables` are taken literally: `$NAME` and `$(command)` stay text. Set "
        "the variable in a command, which the shell expands."
    ),
    "LB209": (
        "A command looks like PowerShell or cmd.exe. Linux images have neither, and Windows builds "
        "do not run here. Where no command is for Linux alone, a build is refused at once; "
        "one that is for Linux all the same says so with `env.shell: bash`."
    ),
    "LB301": (
        "In version 0.1 every command runs in a shell of its own, so a `cd` or `export` is gone "
        "with the next command. Join them with `&&`, or use version 0.2."
    ),
    "LB302": (
        "Shell options, aliases and traps last for one command only, also in version 0.2: the next "
        "command runs without them. Put them into the same block as the commands they are for."
    ),
    "LB303": (
        "A command uses what bash knows and sh may not. The default shell is sh; on Ubuntu images "
        "that is dash, which fails here. Set `env.shell: bash`."
    ),
    "LB401": (
        "A cache path without a pattern names one file. A directory is cached with all that is in "
        "it when `/**/*` follows its name."
    ),
    "LB402": "`fallback-keys` without a `key` is ignored. Give the cache a key.",
    "LB403": (
        "The cache's key never changes, and a cache under a key is saved once and never updated. "
        "Put what the cache depends on into the key, such as "
        "$(codebuild-hash-files package-lock.json)."
    ),
    "LB501": (
        "A value in `env.variables` looks like a secret. Everybody who can read the file or the "
        "project can read it, and it is not masked in logs. Keep it in `secrets-manager` or "
        "`parameter-store`, and change it: it has been published."
    ),
    "LB210": (
        "A variable has a name that no shell can have, so the build does not get it. Names are "
        "letters, digits and `_`, and do not begin with a digit."
    ),
    "LB160": (
        "A phase has GitHub Actions `steps`. CodeBuild runs them in a runner of its own, which "
        "localbuild has not. Write the same work as `commands`."
    ),
    "LB601": (
        "`runtime-versions` selects nothing here: the image has no "
        "/codebuild/image/config/runtimes.yml, as CodeBuild's own images have it, or "
        "`--runtimes image` says so. The build uses the versions that its image has."
    ),
    "LB605": (
        "`runtime-versions` asks for a runtime or a version that the image does not have, for two "
        "that do not go together, or for a version in a variable that nothing sets. Ask for one of "
        "those that the message names, or build with the image's own: `--runtimes image`."
    ),
    "LB602": (
        "The cache has a `key`, and the project's cache is of type LOCAL, which keeps folders as "
        "they are and has no keys. Keys belong to a cache in S3 or in a directory: --cache."
    ),
    "LB604": (
        "A variable has its value in Parameter Store or Secrets Manager, and it is not to be had: "
        "it is not there, it is denied, or the service gives no answer. Nothing of the build was "
        "run. `--fake-secret NAME=VALUE` stands in for one without AWS."
    ),
    "LB700": (
        "A project's definition says something that CloudFormation or CodeBuild would refuse. "
        "`localbuild project show FILE` tells what comes of a definition."
    ),
    "LB701": (
        "A line of an env file gives no variable. A line is `NAME=VALUE`, where everything after "
        "the first `=` is the value, `NAME` for the host's value, a comment that begins with `#`, "
        "or blank: as `docker run --env-file` reads it. No quotes are taken off, and no value has "
        "several lines."
    ),
    "LB606": (
        "A privileged build asks the engine for every privilege, and this engine has not got all "
        "of them itself, as within some sandboxes. The build has the nearest that it gives. A "
        "Docker daemon works with that; what needs CAP_SYS_RESOURCE, or a device of the machine in "
        "/dev, does not. `localbuild doctor` says what an engine gives."
    ),
    "LB607": (
        "The Docker daemon of a privileged build could not use its storage driver overlay2 and was "
        "started with vfs, which copies all files of an image for each of its layers. Overlays "
        "need a file system below them that is none itself: give the build a volume on such a one, "
        "--volume NAME:/var/lib/docker."
    ),
    "LB608": (
        "CodeBuild starts the Docker daemon of its own images in a privileged build. The image "
        "that stands for one of them has no /usr/local/bin/dockerd-entrypoint.sh, so none was "
        "started. Let one with a daemon stand for it ([images] in localbuild.toml), or start it in "
        "install."
    ),
    "LB609": (
        "A command has failed because no Docker daemon answered it. A daemon runs only in a "
        "privileged build (--privileged), and CodeBuild starts it in its own images alone: in any "
        "other, also in one that was made from them, the buildspec has to start it in install."
    ),
    "LB610": (
        "The project's cache keeps the layers of the build's Docker daemon on a volume, and only "
        "one daemon can have it at a time. Another build of the project was running, so this one "
        "was given an empty volume that goes with it."
    ),
    "LB611": (
        "`exported-variables` names a variable that is never exported: one whose value lies in "
        "Parameter Store or Secrets Manager, or one that begins with `AWS_`. CodeBuild documents "
        "the first for variables of the project alone; localbuild exports none, wherever it is "
        "declared."
    ),
    "LB612": (
        "A secondary output has an identifier that none of the project's secondary artifacts has, "
        "so the service would not know where it goes. Give both the same artifactIdentifier."
    ),
    "LB603": (
        "LOCAL_DOCKER_LAYER_CACHE keeps the layers of an engine that runs inside the build, which "
        "it can only do in a privileged one: --privileged."
    ),
}
"""Code to one paragraph: what, why, how to mend."""
