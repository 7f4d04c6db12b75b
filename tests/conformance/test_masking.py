"""Row 105: what a build must not show is `***` in its log."""

from tests.conformance.harness import build, spec
from tests.conformance.rows import row

PARAMETER = "value of a parameter/with+signs"
SECRET = '{"password": "s3cret value"}'
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
TEMPORARY_ID = "ASIAIOSFODNN7EXAMPLE"


@row(
    105,
    feature="masking",
    expectation="secrets, parameters and AWS key ids are shown as ***",
    decided="The guide says that they are hidden, and not how: real logs show asterisks. Encoded "
    "forms are masked too, since nobody wants to read them.",
)
def test_row_105_masking() -> None:
    text = spec(
        env={"parameter-store": {"P": "/conf/105"}, "secrets-manager": {"S": "conf/105"}},
        build=[
            'echo "<$P> <$S>"',
            f'echo "id $KEY {TEMPORARY_ID}."',
            'for i in 1 2 3; do printf "%s" "${P%with*}"; sleep 0.3; echo "${P#*/}"; done',
            'printf "user:%s" "$P" | base64',
            'echo "$P" | rev',
            'echo "$P" >&2; exit 3',
        ],
    )
    fakes = ("--fake-secret", f"P={PARAMETER}", "--fake-secret", f"S={SECRET}")
    built = build(text, *fakes, "-e", f"KEY={KEY_ID}")
    assert built.exit_code == 1
    assert built.said[:3] == ["<***> <***>\n", "id *** ***.\n", "***\n***\n***\n"]
    assert "***" in built.said[3]
    assert built.said[4] == f"{PARAMETER[::-1]}\n"
    assert built.said[5] == "***\n"
    assert 'Running command echo "id $KEY ***."' in built.agent
    assert TEMPORARY_ID not in built.log
    assert KEY_ID not in built.log
