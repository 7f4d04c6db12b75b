# codebuild-breakpoint, of a build with a debug session: pauses it until codebuild-resume is called in
# its container, @CONTAINER@. @PAUSED@ is a file that is there meanwhile, @ENV_FILE@ has the variables.
: > @PAUSED@ || exit 1
echo "codebuild-breakpoint: the build is paused; its time limit goes on"
echo "  a shell in it:     localbuild shell"
echo "  or without it:     docker exec -it -w '$PWD' @CONTAINER@ sh   # variables: . @ENV_FILE@"
echo "  to let it go on:   codebuild-resume in that shell, or"
echo "                     docker exec @CONTAINER@ @RESUME@"
while [ -e @PAUSED@ ]; do
  sleep 0.2 2> /dev/null || sleep 1
done
echo "codebuild-breakpoint: the build goes on"
