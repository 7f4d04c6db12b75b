# codebuild-resume, of a build with a debug session: lets the one that is paused go on.
if [ -e @PAUSED@ ]; then
  rm -f @PAUSED@
else
  echo "codebuild-resume: the build is not paused"
fi
