# codebuild-breakpoint and codebuild-resume, of a build without a debug session.
echo "${0##*/}: ignored: the build has no debug session (localbuild run --debug-session)"
