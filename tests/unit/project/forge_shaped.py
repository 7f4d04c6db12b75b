"""Projects in CloudFormation's shape with functions in their right places, made by chance."""

from random import Random

_IMAGES = ("aws/codebuild/standard:7.0", "python:3.12", "x@sha256:0", "", "-x", "a b", "\x1b[2J")
_NAMES = ("web", "STAGE", "A", "CODEBUILD_X", "a.b", "É", "::x", "x" * 300)
_PLAIN = ("dev", "", "a/b", "${Stage}", "${Role.Arn}-x", "${!x}", "{{resolve:ssm:/a:1}}", "%\n##")
_BUILDSPECS = (
    "",
    "ci/buildspec.yml",
    "arn:aws:s3:::bucket/spec.yml",
    "version: 0.2\nphases:\n  build:\n    commands: [a]\n",
    "version: 0.2\nphases: {build: {comands: [a]}}\n",
    '{"version": 0.2, "phases": {"build": {"commands": ["a"]}}}',
    "\t- {",
)


def make_properties(random: Random) -> dict[str, object]:
    """The properties of an AWS::CodeBuild::Project."""
    found: dict[str, object] = {
        "Name": text(random, _NAMES),
        "Description": text(random, _PLAIN),
        "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
        "TimeoutInMinutes": random.choice((5, 15, "60", 2160, {"Ref": "Bare"})),
        "AutoRetryLimit": random.choice((0, 2, "1")),
        "SourceVersion": text(random, ("main", "pr/1", "refs/heads/x")),
        "Source": _source(random),
        "Artifacts": {"Type": "S3", "Location": text(random, _PLAIN), "Path": "p"},
        "Environment": _environment(random),
        "Cache": _cache(random),
        "VpcConfig": {"VpcId": text(random, _PLAIN), "Subnets": [text(random, _PLAIN)]},
        "SecondarySources": [{**_source(random), "SourceIdentifier": f"s{n}"} for n in range(2)],
        "SecondarySourceVersions": [{"SourceIdentifier": "s0", "SourceVersion": "v1"}],
        "FileSystemLocations": [
            {"Type": "EFS", "Identifier": "data", "MountPoint": "/mnt", "Location": "fs-1:/"}
        ],
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": text(random, _NAMES)}},
        "Tags": [{"Key": "a", "Value": text(random, _PLAIN)}],
    }
    kept = random.sample(sorted(found), random.randint(3, len(found)))
    return {key: found[key] for key in kept}


def text(random: Random, choices: tuple[str, ...], depth: int = 2) -> object:
    """A text, or a function that comes to one."""
    if depth == 0 or random.random() < 0.5:
        return random.choice(choices)
    inner = [text(random, choices, depth - 1) for _ in range(2)]
    return random.choice(
        (
            {"Ref": random.choice(("Stage", "Bare", "Role", "AWS::Region", "AWS::StackName"))},
            {"Fn::GetAtt": random.choice((["Role", "Arn"], "Role.Arn"))},
            {"Fn::Sub": random.choice(_PLAIN)},
            {"Fn::Sub": ["${x}-${Stage}", {"x": inner[0]}]},
            {"Fn::Join": [random.choice(("", "-")), inner]},
            {"Fn::Select": [random.choice((0, "1")), inner]},
            {"Fn::Select": ["0", {"Fn::Split": ["/", inner[0]]}]},
            {"Fn::If": [random.choice(("Always", "Never", "OnAws")), *inner]},
            {"Fn::FindInMap": ["Texts", "k", "k"]},
            {"Fn::ImportValue": inner[0]},
            {"Fn::Base64": inner[0]},
        )
    )


def _source(random: Random) -> dict[str, object]:
    return {
        "Type": random.choice(("GITHUB", "CODEPIPELINE", "NO_SOURCE", "S3", "CODECOMMIT")),
        "Location": text(random, ("https://h.example/a.git", "bucket/key.zip")),
        "BuildSpec": text(random, _BUILDSPECS, depth=1),
        "GitCloneDepth": random.choice((0, 1, "25")),
    }


def _environment(random: Random) -> dict[str, object]:
    types = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")
    return {
        "Type": random.choice(("LINUX_CONTAINER", "LINUX_CONTAINER", "ARM_CONTAINER")),
        "Image": text(random, _IMAGES),
        "ComputeType": random.choice(("BUILD_GENERAL1_SMALL", "BUILD_LAMBDA_1GB")),
        "PrivilegedMode": random.choice((True, False, "true")),
        "EnvironmentVariables": [
            {"Name": name, "Value": text(random, _PLAIN), "Type": random.choice(types)}
            for name in random.sample(_NAMES, 3)
        ],
    }


def _cache(random: Random) -> dict[str, object]:
    found: tuple[dict[str, object], ...] = (
        {"Type": "NO_CACHE"},
        {"Type": "S3", "Location": text(random, ("bucket/prefix", "arn:aws:s3:::b/x"))},
        {"Type": "LOCAL", "Modes": ["LOCAL_CUSTOM_CACHE"]},
    )
    return random.choice(found)
