"""LB5xx: what must not be seen, and what must not be trusted."""

from localbuild.buildspec.explained.model import Explanation, build

_FETCHED = "env:\n  secrets-manager:\n    DB_PASSWORD: team/db:password"

SECRETS: dict[str, Explanation] = {
    "LB501": Explanation(
        what="A value in `env.variables` looks like a secret.",
        why="Everybody who can read the file or the project can read it, and it is not masked in "
        "logs. Keep it in `secrets-manager` or `parameter-store`, and change it: it has been "
        "published.",
        bad=build("make", more="env:\n  variables:\n    DB_PASSWORD: correct-horse"),
        good=build("make", more=_FETCHED),
    ),
    "LB502": Explanation(
        what="A command writes a secret into the log.",
        why="The service masks values of parameter-store and secrets-manager where it meets them "
        "as a "
        "whole; a part, another encoding, or a variable of the project in plain text is readable "
        "for "
        "all who can read the log.",
        source="user guide, env/secrets-manager",
        bad=build('echo "password is $DB_PASSWORD"', more=_FETCHED),
        good=build('echo "password is ${DB_PASSWORD:+set}"', more=_FETCHED),
    ),
    "LB503": Explanation(
        what="A command writes all variables into the log.",
        why="Also those that the project holds in plain text, which nobody masks. Write the ones "
        "that you want to see.",
        bad=build("env"),
        good=build('echo "$CODEBUILD_SOURCE_VERSION"'),
    ),
    "LB504": Explanation(
        what="A password stands on the command line.",
        why="Every process can read it there, and so can the log where commands are traced. Give "
        "it "
        "on stdin.",
        source="docker login",
        bad=build("docker login -u me -p $PASS"),
        good=build('echo "$PASS" | docker login -u me --password-stdin'),
    ),
    "LB505": Explanation(
        what="What is fetched is run at once, unseen.",
        why="Whoever can change what is served there has the build's credentials; and when it "
        "breaks "
        "off, half of it is run. Fetch one version to a file and check its sum before it is run.",
        bad=build("curl -sSL https://example.org/install.sh | bash"),
        good=build(
            "curl -sSfL -o install.sh https://example.org/v1.2/install.sh",
            "sha256sum -c install.sh.sum && sh install.sh",
        ),
    ),
    "LB506": Explanation(
        what="Certificates are not checked.",
        why="Whoever is between can read and change what is fetched. Add the certificate to those "
        "that are trusted.",
        bad=build("curl -k -o tool https://example.org/tool"),
        good=build("curl -f -o tool https://example.org/tool"),
    ),
    "LB507": Explanation(
        what="A secret stands in a command in plain text.",
        why="Everybody who can read the file can read it, and the service prints commands into the "
        "log. Keep it in `secrets-manager`, and change it: it has been published.",
        bad=build("git clone https://ghp_0123456789abcdefghijABCDEFGHIJ012345@github.com/a/b"),
        good=build("git clone https://$GITHUB_TOKEN@github.com/a/b"),
    ),
}
