"""Every function of templates: what it comes to, what stands in, what is wrong."""

import pytest

from localbuild.errors import ProjectError
from localbuild.terms import VariableType
from tests.unit.project.support import HEAD, project_of, read, with_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("3.10", "3.10"),
        ("yes", "yes"),
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::AccountId", "000000000000"),
        ("!Ref AWS::StackName", "t"),
        ("!Ref Repo", "team/app"),
        ("!Sub 'a-${Stage}-${AWS::Region}'", "a-dev-eu-west-1"),
        ("!Sub ['${A}${Stage}', {A: !Ref Stage}]", "devdev"),
        ("!Sub '${!HOME} $HOME ${Stage}'", "${HOME} $HOME dev"),
        ("!Sub '${Wide}'", "a,b"),
        ("{'Fn::Sub': '${Stage}'}", "dev"),
        ("!Join ['-', [x, !Ref Stage, !Ref AWS::NoValue]]", "x-dev"),
        ("!Join ['', !Ref Wide]", "ab"),
        ("!Select [1, !Ref Wide]", "b"),
        ("!Select ['0', !Split ['/', 'p/q']]", "p"),
        ("!FindInMap [Sizes, !Ref Stage, image]", "small"),
        ("!FindInMap [Sizes, no, image, {DefaultValue: d}]", "d"),
        ("!Select [1, !FindInMap [Sizes, dev, list]]", "q"),
        ("!If [IsDev, y, n]", "y"),
        ("!If [IsProd, y, n]", "n"),
        ("!If [Both, y, n]", "n"),
        ("!If [Either, y, n]", "y"),
        ("!If [OnAws, y, n]", "n"),
        ("!Base64 ab", "YWI="),
        ("{'Fn::Length': !Ref Wide}", "2"),
        ("{'Fn::ToJsonString': {a: [!Ref Stage]}}", '{"a":["dev"]}'),
        ("!Select [0, !GetAZs '']", "eu-west-1a"),
        ("!Ref Bare", "Bare"),
        ("!Ref Plain", "Plain"),
        ("!GetAtt Role.Arn", "Role.Arn"),
        ("!GetAtt [Role, Arn]", "Role.Arn"),
        ("!ImportValue out", "out"),
        ("!Sub 's3://${Plain}/${Role.Arn}'", "s3://Plain/Role.Arn"),
        ("!Split ['/', !GetAtt Role.Arn]", "Role.Arn"),
        ("!Cidr [a, 1, 2]", ""),
        ("!Odd x", ""),
    ],
)
def test_a_value(value: str, text: str) -> None:
    (variable,) = read(with_value(value)).project.environment_variables
    assert (variable.value, variable.type) == (text, VariableType.PLAINTEXT)


@pytest.mark.parametrize(
    ("value", "note", "hint"),
    [
        ("!Ref Bare", "!Ref Bare: the parameter has no default", "Bare"),
        ("!Ref Plain", "!Ref Plain: only AWS knows it", "Plain"),
        ("!GetAtt Role.Arn", "!GetAtt Role.Arn: only AWS knows it", "Role.Arn"),
        ("!Sub '${Role.Arn}'", "${Role.Arn}: only AWS knows it", "Role.Arn"),
        ("!ImportValue out", "!ImportValue out: only the other stack knows it", "out"),
        ("!Ref AWS::AccountId", "!Ref AWS::AccountId: '000000000000' stands", "AWS::AccountId"),
        ("!If [OnAws, y, n]", "!GetAtt Role.Arn: only AWS knows it; a condition", "Role.Arn"),
    ],
)
def test_what_only_aws_knows_is_one_note_and_can_be_given(value: str, note: str, hint: str) -> None:
    (found,) = read(with_value(value)).notes
    assert found.message.startswith(note)
    assert found.hints == (f"--parameter {hint}=VALUE",)
    assert found.place is not None
    given = read(with_value(value), parameters={hint: "given"})
    assert given.notes == ()


@pytest.mark.parametrize(
    ("value", "type", "name"),
    [
        ("'{{resolve:ssm:/app/key}}'", VariableType.PARAMETER_STORE, "/app/key"),
        ("'{{resolve:ssm:/app/key:3}}'", VariableType.PARAMETER_STORE, "/app/key:3"),
        ("'{{resolve:ssm-secure:key:1}}'", VariableType.PARAMETER_STORE, "key:1"),
        ("'{{resolve:secretsmanager:app}}'", VariableType.SECRETS_MANAGER, "app"),
        (
            "'{{resolve:secretsmanager:app:SecretString:user}}'",
            VariableType.SECRETS_MANAGER,
            "app:user",
        ),
        (
            "'{{resolve:secretsmanager:app:SecretString:user:PREV:id}}'",
            VariableType.SECRETS_MANAGER,
            "app:user:PREV:id",
        ),
        (
            "'{{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:app:SecretString:k}}'",
            VariableType.SECRETS_MANAGER,
            "arn:aws:secretsmanager:r:1:secret:app:k",
        ),
        ("!Sub '{{resolve:ssm:/${Stage}/key}}'", VariableType.PARAMETER_STORE, "/dev/key"),
        ("!Ref Stored", VariableType.PARAMETER_STORE, "/app/key"),
    ],
)
def test_a_dynamic_reference_is_a_variable_of_that_type(
    value: str, type: VariableType, name: str
) -> None:
    found = read(with_value(value))
    (variable,) = found.project.environment_variables
    assert (variable.type, variable.value) == (type, name)
    assert found.notes == ()


def test_a_dynamic_reference_within_a_text_is_noted() -> None:
    (note,) = read(with_value("'a-{{resolve:ssm:/k}}'")).notes
    assert note.message == "V: {{resolve:ssm:/k}} is resolved in AWS only: it stands as it is"
    (note,) = read(project_of("Environment: {Image: '{{resolve:ssm:/image}}'}\n")).notes
    assert note.message.startswith("environment.image: {{resolve:ssm:/image}} is resolved in AWS")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("!Ref Stag", "!Ref Stag: there is no such parameter or resource"),
        ("!Ref [a]", "Ref takes a name"),
        ("!Ref AWS::Nothing", "!Ref AWS::Nothing: there is no such pseudo parameter"),
        ("!Sub '${HOME}'", "${HOME}: there is no such parameter or resource"),
        ("!Sub [a, b]", "Sub takes a map of names here"),
        ("!Sub [a, {}, c]", "Sub takes a list of 1 or 2 values"),
        ("!GetAtt Nobody.Arn", "!GetAtt Nobody.Arn: there is no such resource"),
        ("!GetAtt [a]", "GetAtt takes a list of 2 values"),
        ("!Join x", "Join takes a list of 2 values"),
        ("!Join ['', x]", "Join takes a list here"),
        ("!Join ['', [{a: b}]]", "only texts can be joined"),
        ("!Select [2, !Ref Wide]", "Select: the list of 2 has no '2'"),
        ("!Select [-1, !Ref Wide]", "Select: the list of 2 has no '-1'"),
        ("!Select [0, x]", "Select takes a list here"),
        ("!Split ['', x]", "Split takes a separator that is not empty"),
        ("!FindInMap [Sizes, no, image]", "FindInMap: there is no Sizes.no.image in Mappings"),
        ("!FindInMap [Sizes]", "FindInMap takes a list of 3 or 4 values"),
        ("!If [IsDev, y]", "If takes a list of 3 values"),
        ("!If [[x], y, n]", "If takes the name of a condition first"),
        ("!If [Nobody, y, n]", "there is no condition Nobody"),
        ("!If [Round, y, n]", "condition Round is made of itself"),
        ("{'Fn::Length': x}", "Length takes a list"),
        ("[a]", "environment.environmentVariables[0].value is a single value, not a list"),
    ],
)
def test_what_cloudformation_refuses_is_refused_with_its_place(value: str, message: str) -> None:
    with pytest.raises(ProjectError) as raised:
        read(with_value(value))
    assert [p.message for p in raised.value.problems] == [message]
    assert all(p.place.line > 1 and p.place.file == "t.yml" for p in raised.value.problems)


def test_every_problem_is_told_at_once_by_line() -> None:
    text = project_of(
        """\
        TimeoutInMinutes: soon
        Cache: {Type: DISK}
        Environment:
          PrivilegedMode: maybe
          Image: !Ref Nobody
        """
    )
    with pytest.raises(ProjectError) as raised:
        read(text)
    lines = [p.place.line for p in raised.value.problems]
    assert len(lines) == 4
    assert lines == sorted(lines)


def test_texts_that_double_at_every_level_are_stopped() -> None:
    value = "x"
    for _ in range(14):
        value = f"!Sub ['{'${a}' * 4}', {{a: {value}}}]"
    with pytest.raises(ProjectError, match="a text of more than 1048576 characters"):
        read(with_value(value))


def test_a_long_chain_of_conditions_is_stopped() -> None:
    chain = "".join(f"  C{n}: !Not [!Condition C{n + 1}]\n" for n in range(3000))
    head = f"Conditions:\n{chain}Resources:\n"
    with pytest.raises(ProjectError, match="made of more than 20 others"):
        read(project_of("Name: !If [C0, aa, bb]\n", head))


def test_a_hidden_parameter_is_masked_and_its_default_is_no_note() -> None:
    found = read(with_value("!Ref Hidden"))
    assert (found.masked, found.notes) == (("hunter22",), ())


def test_each_item_of_a_hidden_list_is_masked() -> None:
    head = HEAD.replace('Default: "a, b"', 'Default: "hunter22, hunter23", NoEcho: true')
    text = with_value("!Select [1, !Ref Wide]").replace(HEAD, head)
    assert read(text).masked == ("hunter22, hunter23", "hunter22", "hunter23")


def test_a_hidden_parameters_wrong_value_is_not_told() -> None:
    head = HEAD.replace("AllowedValues: [x, y]", "AllowedValues: [x, y], NoEcho: true")
    with pytest.raises(ProjectError) as raised:
        read(with_value("x").replace(HEAD, head), parameters={"Chosen": "hunter22"})
    assert raised.value.message == "--parameter Chosen: the value is none of x, y"


@pytest.mark.parametrize(
    ("value", "hints"),
    [
        ("!Sub '${HOST}'", ("for a shell variable write ${!HOST}",)),
        ("!Ref HOST", ()),
        ("!GetAtt HOST.Arn", ()),
        ("!Ref Stagee", ("did you mean Stage?",)),
    ],
)
def test_what_to_write_in_place_of_a_name_that_is_none(value: str, hints: tuple[str, ...]) -> None:
    with pytest.raises(ProjectError) as raised:
        read(with_value(value))
    assert raised.value.problems[0].hints == hints


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Stag": "x"}, "--parameter Stag: t.yml has no such parameter; did you mean 'Stage'?"),
        ({"Chosen": "z"}, "--parameter Chosen: 'z' is none of x, y"),
    ],
)
def test_a_wrong_parameter(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ProjectError) as raised:
        read(with_value("x"), parameters=parameters)
    assert raised.value.message == message


@pytest.mark.parametrize(
    ("value", "parameters", "origin"),
    [
        ("x", {}, "t.yml:24"),
        ("!Ref Stage", {}, "t.yml:24 (parameter Stage, default at t.yml:2)"),
        ("!Ref Stage", {"Stage": "prod"}, "t.yml:24 (--parameter Stage)"),
        ("!Sub '${Stage}-${Chosen}'", {"Stage": "prod"}, None),
        ("!If [IsDev, y, n]", {}, "t.yml:24 (IsDev holds)"),
        ("!Ref Repo", {}, "t.yml:24 (name of Repo at t.yml:19)"),
        ("!Ref AWS::Region", {}, "t.yml:24 (AWS::Region)"),
    ],
)
def test_the_origin_of_a_value(value: str, parameters: dict[str, str], origin: str | None) -> None:
    found = str(read(with_value(value), parameters=parameters).origins["variables.V"])
    both = "t.yml:24 (--parameter Stage; parameter Chosen, default at t.yml:7)"
    assert found == (origin or both)
