"""LB0xx: what is wrong with a text before it is looked at as a buildspec."""

from localbuild.buildspec.explained.model import Explanation, build

_GOOD = build("make")

YAML: dict[str, Explanation] = {
    "LB001": Explanation(
        what="The text is not valid YAML.",
        why="The service refuses it with the parser's words and a line. The parser often notices "
        "an "
        "error only lines later: look at the indentation and the quotes from the named line "
        "upwards.",
        bad="version: 0.2\nartifacts:\n  files:\n    - %TEMP%/app.zip\n",
        good="version: 0.2\nartifacts:\n  files:\n    - '%TEMP%/app.zip'\n",
        fixable=True,
    ),
    "LB002": Explanation(
        what="The file is not UTF-8.",
        why="Save it as UTF-8; UTF-16 is not read.",
    ),
    "LB003": Explanation(
        what="The file is larger than any buildspec needs: over 1 MiB, or over 50,000 values.",
        why="Move long scripts into files of their own and call them.",
    ),
    "LB004": Explanation(
        what="The values are nested deeper than 64 levels.",
        why="A buildspec needs fewer than ten.",
        bad=f"version: 0.2\nphases: {'[' * 70}{']' * 70}\n",
        good=_GOOD,
    ),
    "LB005": Explanation(
        what="A YAML tag such as !Ref means nothing in a buildspec.",
        why="The service does not resolve it. Resolve templates before they are handed over as a "
        "buildspec.",
        bad=build("aws s3 cp app.zip !Ref").replace("aws s3 cp app.zip !Ref", "!Ref Command"),
        good=build('aws s3 cp app.zip "s3://$BUCKET"'),
    ),
    "LB006": Explanation(
        what="A YAML alias or merge key cannot be resolved.",
        why="Its anchor is missing, it stands inside what it refers to, it multiplies the file "
        "beyond "
        "10,000 values, or `<<` merges something that is no mapping. A pattern such as *name is no "
        "alias: quote it.",
        bad="version: 0.2\nartifacts:\n  files:\n    - *jar\n",
        good="version: 0.2\nartifacts:\n  files:\n    - '*jar'\n",
        fixable=True,
    ),
    "LB007": Explanation(
        what="A buildspec is one YAML document.",
        why="Remove the second `---` and what follows it.",
        bad="version: 0.2\n---\nversion: 0.2\n",
        good=_GOOD,
    ),
    "LB008": Explanation(
        what="A key is there twice.",
        why="The last one counts here; which one the service takes is not documented. Merge the "
        "two, "
        "or remove one.",
        bad="version: 0.2\nphases:\n  build:\n    commands: [make]\n    commands: [make test]\n",
        good=build("make", "make test"),
    ),
    "LB009": Explanation(
        what="A command begins with `&` or `!`, which YAML takes away.",
        why="It reads `&` as an anchor and `!` as a tag: that part is dropped, and another command "
        "runs than the one that was meant. Quote the command.",
        bad=build("! grep -r debugger src"),
        good=build("'! grep -r debugger src'"),
        fixable=True,
    ),
    "LB010": Explanation(
        what="A key is a list or a mapping.",
        why="This happens when text begins with {{ or [[: quote it.",
        bad="version: 0.2\nenv:\n  variables:\n    NAME: {{name}}\n",
        good="version: 0.2\nenv:\n  variables:\n    NAME: '{{name}}'\n",
        fixable=True,
    ),
    "LB011": Explanation(
        what="A control character stands in the file, or a value holds a NUL.",
        why="No program can be given a NUL. Delete it, or write it as an escape that the program "
        "itself reads.",
        bad=build(r'"printf \0"'),
        good=build(r"printf '\0'"),
    ),
}
