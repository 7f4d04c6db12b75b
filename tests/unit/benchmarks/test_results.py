"""Results that are measured anew replace their own group and nothing else."""

from benchmarks.measure import Finding
from benchmarks.results import HEAD, merge, section

ORDER = ("start", "cache-local", "cache-remote")


def finding(claim: str, kept: bool | None = True) -> Finding:
    return Finding(claim=claim, ours="1 s", theirs="2 s", found="2 ×", goal="≥ 1 ×", kept=kept)


def test_a_file_has_its_groups_in_order() -> None:
    sections = {name: section(name, "2026-11-25", "", [finding(name)]) for name in reversed(ORDER)}
    text = merge("", sections, ORDER)
    assert text.startswith(HEAD)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## start",
        "## cache-local",
        "## cache-remote",
    ]


def test_a_group_that_is_run_again_is_replaced_and_the_others_stay() -> None:
    old = {name: section(name, "yesterday", "Why.", [finding(f"{name} old")]) for name in ORDER}
    before = merge("", old, ORDER)
    new = section("cache-local", "today", "", [finding("new", kept=False)])
    after = merge(before, {"cache-local": new}, ORDER)
    assert after == merge("", {**old, "cache-local": new}, ORDER)
    assert "cache-local old" not in after
    assert "| start old | 1 s | 2 s | 2 × | ≥ 1 × | yes |" in after
    assert "| new | 1 s | 2 s | 2 × | ≥ 1 × | NO |" in after


def test_writing_a_file_anew_changes_nothing() -> None:
    text = merge("", {name: section(name, "day", "Why.", []) for name in ORDER}, ORDER)
    assert merge(text, {}, ORDER) == text


def test_a_group_that_nothing_measures_any_more_goes() -> None:
    text = merge("", {"gone": section("gone", "day", "", [finding("x")])}, ("gone",))
    assert merge(text, {}, ORDER).strip() == HEAD.strip()


def test_results_of_before_there_were_groups_go() -> None:
    old = "# Measured claims\n\n| claim |\n|---|\n| first command |\n"
    assert "first command" not in merge(old, {}, ORDER)


def test_what_is_only_to_be_known_is_neither_kept_nor_broken() -> None:
    assert finding("x", kept=None).row().endswith("| - |")
