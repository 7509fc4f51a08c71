# Sourced: sets java to that of a JDK 25, from the usual folders or JAVA_HOME.
jdk=$(find /usr/lib/jvm /usr/java "$HOME/.sdkman/candidates/java" "$HOME/.jdks" -maxdepth 1 -mindepth 1 2>/dev/null |
  while read -r home; do grep -qs '^JAVA_VERSION="25' "$home/release" && echo "$home" && break; done) || true
# shellcheck disable=SC2034 # for whoever sources this
java=${jdk:-${JAVA_HOME:?set JAVA_HOME to a JDK 25}}/bin/java
