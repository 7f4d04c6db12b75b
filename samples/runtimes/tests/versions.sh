# What the commands of the runtimes have exported is there in every command of the build.
failed=0

check() {
  if [ "$2" = "$3" ]; then echo "ok      $1 is $3"; else echo "not ok  $1 is '$2', not '$3'" && failed=1; fi
}

check PYTHON_VERSION "$PYTHON_VERSION" 3.12
check NODE_VERSION "$NODE_VERSION" 20
check JAVA_HOME "$JAVA_HOME" /opt/java/8
exit $failed
