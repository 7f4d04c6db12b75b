"""Who wins over whom in a build's environment, and what CodeBuild adds."""

import re

from localbuild.plan.environment import BuildIdentity, compose_environment
from localbuild.plan.model import BuildPlan, EnvironmentPlan, Origin, PlannedVariable, SourcePlan

IDENTITY = BuildIdentity(uuid="u-u-i-d", number=3, started_ms=1700000000123)


def environment(*variables: tuple[str, str], ca: bool = False, commit: str = "") -> dict[str, str]:
    plan = BuildPlan(
        project="p",
        version="0.2",
        buildspec="buildspec.yml",
        buildspec_location="/x",
        environment=EnvironmentPlan(image="asked", image_reference="found", ca_bundle=ca),
        source=SourcePlan(
            location="/here", directory="/codebuild/output/src1/src", resolved_version=commit
        ),
        variables=tuple(
            PlannedVariable(name=n, value=v, origin=Origin.BUILDSPEC) for n, v in variables
        ),
    )
    found = compose_environment(plan, IDENTITY, ["PATH=/opt/bin", "FROM_IMAGE=1", "SHARED=image"])
    return {v.name: v.value for v in found}


def test_the_images_variables_come_first() -> None:
    found = environment(("SHARED", "spec"))
    assert found["FROM_IMAGE"] == "1"
    assert found["SHARED"] == "spec"


def test_path_has_the_helpers_at_its_end() -> None:
    assert environment()["PATH"] == "/opt/bin:/codebuild/user/bin"


def test_a_path_of_the_buildspec_is_taken_literally() -> None:
    assert environment(("PATH", "$PATH:/x"))["PATH"] == "$PATH:/x"


def test_reserved_names_are_codebuilds() -> None:
    assert environment(("CODEBUILD_BUILD_NUMBER", "99"))["CODEBUILD_BUILD_NUMBER"] == "3"
    assert environment(("CODEBUILD_OWN", "x"))["CODEBUILD_OWN"] == "x"


def test_identity_is_in_it() -> None:
    found = environment()
    assert found["CODEBUILD_BUILD_ID"] == "p:u-u-i-d"
    assert found["CODEBUILD_BUILD_ARN"] == (
        "arn:aws:codebuild:us-east-1:000000000000:build/p:u-u-i-d"
    )
    assert re.fullmatch(r"\d{13}", found["CODEBUILD_START_TIME"])
    assert found["CODEBUILD_BUILD_IMAGE"] == "asked"
    assert found["HOME"] == "/root"


def test_versions_are_absent_where_there_is_none() -> None:
    assert "CODEBUILD_RESOLVED_SOURCE_VERSION" not in environment()
    found = environment(commit="abc")
    assert found["CODEBUILD_RESOLVED_SOURCE_VERSION"] == "abc"


def test_tools_are_pointed_at_the_ca_bundle() -> None:
    assert "PIP_CERT" not in environment()
    found = environment(("PIP_CERT", "/mine"), ca=True)
    assert found["PIP_CERT"] == "/mine"
    assert found["SSL_CERT_FILE"] == "/codebuild/readonly/ca-bundle.crt"
