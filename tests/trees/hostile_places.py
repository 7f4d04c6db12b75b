"""Hostile places: entries that are well made and lie outside what the buildspec declares."""

from tests.trees.hostile_lines import (
    Cases,
    a_directory,
    a_file,
    a_hard_link,
    a_link,
    restored,
    skipped,
)

_PATHS = (
    b"/etc/passwd",
    b"/etc/shadow",
    b"/etc/ld.so.preload",
    b"/etc/cron.d/x",
    b"/root/.ssh/authorized_keys",
    b"/root/.bashrc",
    b"/root/.m2x/settings.xml",
    b"/root/.m2.xml",
    b"/root/.m2-evil",
    b"/root/.m2 /x",
    b"/root/.m2\\x",
    b"/root/.m2\n/x",
    b"/root/.m",
    b"/root/.M2/x",
    b"/root/x/.m2/x",
    b"/home/root/.m2/x",
    b"root/.m2/x",
    b"/bin/sh",
    b"/usr/local/bin/git",
    b"/tmp/x",
    b"/dev/shm/x",
    b"/dev/null",
    b"/proc/self/mem",
    b"/proc/1/root/etc/passwd",
    b"/sys/kernel/uevent_helper",
    b"/var/run/docker.sock",
    b"/codebuild/output/x",
    b"/node_modules/x",
    b".git/hooks/pre-commit",
    b".git/config",
    b".git",
    b".gitmodules",
    b".npmrc",
    b"buildspec.yml",
    b"package.json",
    b"src/main.py",
    b"src/node_modules/x",
    b"node_modules2/x",
    b"node_modules.js",
    b"node_modules /x",
    b"node_modules\\x",
    b"node_modules\n/x",
    b"node_module/x",
    b"Node_Modules/x",
    b"NODE_M~1/x",
    "node\u200b_modules/x".encode(),
    "node_modules\ufeff/x".encode(),
    b"node_modules\xff/x",
    b".wh.node_modules",
    b"/root/.wh..m2",
    b"/root/.wh..wh..opq",
    b"/.wh.etc",
    b".localbuild/builds/x",
    b"*",
    b"-rf",
)
_NFC, _NFD = "caf\u00e9", "cafe\u0301"

PLACES: Cases = {
    **{f"outside: {path!a}": skipped(a_file(path)) for path in _PATHS},
    "outside: a directory with another mode": skipped(a_directory(b"/etc", 0o777)),
    "outside: the directory above the base": skipped(a_directory(b"/root", 0o777)),
    "outside: a directory in the source": skipped(a_directory(b"src", 0o000)),
    "outside: a link": skipped(a_link(b"/etc/resolv.conf", b"/root/.m2/resolv.conf")),
    "outside: a link beside the base": skipped(a_link(b"node_modules2", b"node_modules")),
    "outside: a hard link": skipped(a_hard_link(b"zz/passwd", b"node_modules/good")),
    "outside: many": skipped(*(a_file(b"src/%d.py" % number) for number in range(500))),
    "outside: another base than today's": skipped(
        a_file(b"/root/.m2/x"), declared=("node_modules/**/*",)
    ),
    "outside: a base with a twin": skipped(
        a_file(f"{_NFD}/x".encode()), declared=("node_modules/**/*", f"{_NFC}/**/*")
    ),
    "outside: hooks, where the source's every depth is declared": skipped(
        a_file(b".git/hooks/pre-commit", 0o755),
        declared=("**/node_modules/**/*", "node_modules/**/*"),
    ),
    "outside: a source file, where its every depth is declared": skipped(
        a_file(b"src/main.py"), declared=("**/node_modules/**/*", "node_modules/**/*")
    ),
    "outside: a directory, where files of the source are declared": skipped(
        a_directory(b"src", 0o777), declared=("**/*.lock", "node_modules/**/*")
    ),
    "outside: a link, where files of the source are declared": skipped(
        a_link(b"src", b"/etc"), declared=("**/*.lock", "node_modules/**/*")
    ),
    "outside: hooks, where files of the source are declared": skipped(
        a_file(b".git/hooks/post-checkout", 0o755),
        declared=("*.lock", "node_modules/**/*"),
    ),
    "fine: below the base, not of the pattern's own": restored(
        a_file(b"node_modules/.bin/x", 0o755), a_file(b"/root/.m2/repository/a/b.jar")
    ),
}
