"""LB6xx, LB7xx, LB210: what a build, a project or an env file is told, and no lint rule."""

BUILDS: dict[str, str] = {
    "LB210": (
        "A variable has a name that no shell can have, so the build does not get it. Names are "
        "letters, digits and `_`, and do not begin with a digit."
    ),
    "LB601": (
        "`runtime-versions` selects nothing here: the image has no "
        "/codebuild/image/config/runtimes.yml, as CodeBuild's own images have it, or "
        "`--runtimes image` says so. The build uses the versions that its image has."
    ),
    "LB602": (
        "The cache has a `key`, and the project's cache is of type LOCAL, which keeps folders as "
        "they are and has no keys. Keys belong to a cache in S3 or in a directory: --cache."
    ),
    "LB603": (
        "LOCAL_DOCKER_LAYER_CACHE keeps the layers of an engine that runs inside the build, which "
        "it can only do in a privileged one: --privileged."
    ),
    "LB604": (
        "A variable has its value in Parameter Store or Secrets Manager, and it is not to be had: "
        "it is not there, it is denied, or the service gives no answer. Nothing of the build was "
        "run. `--fake-secret NAME=VALUE` stands in for one without AWS."
    ),
    "LB605": (
        "`runtime-versions` asks for a runtime or a version that the image does not have, for two "
        "that do not go together, or for a version in a variable that nothing sets. Ask for one of "
        "those that the message names, or build with the image's own: `--runtimes image`."
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
}
"""Code to one paragraph: what, why, how to mend."""
