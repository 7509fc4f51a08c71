# Makes the AOT caches of what is built; ./limpet runs this in a shell of its own. A gateway, a node and
# commands rehearse a machine's first minute while their JVMs record. What they recorded counts only if
# the class path is still the same afterwards. It replaces what was there in one step.
# shellcheck shell=bash disable=SC2154 # root, jdk, cli and aot are ./limpet's
set +e

fail() { printf 'make-caches: %s\n' "$*"; exit 1; }

ready_url() { # ready_url FILE PID
  local tries word url
  for ((tries = 0; tries < 1200; tries++)); do
    if read -r word url <"$1" && [ "$word" = ready ] && [ -n "$url" ]; then
      printf '%s\n' "$url"
      return 0
    fi
    kill -0 "$2" || return 1
    sleep 0.1
  done
  return 1
}

end() {
  local each
  for each in "$gateway" "$node"; do [ -z "$each" ] || kill -9 "$each" 2>/dev/null; done
  # Where it failed with these very files it would fail again; what was interrupted may be tried again.
  [ "$made" != no ] || printf '%s' "$key" >"$aot/failed"
  rm -rf "$new" "$aot/lock"
}

record() { # record ROLE ARGUMENTS...: runs that command and records it
  local role=$1
  shift
  LIMPET_SUPERVISED=1 LIMPET_AOT_RECORD=$new/$role.aot LIMPET_JAVA_OPTS='' LIMPET_JAVA_OPTS_NODE='' \
    LIMPET_JAVA_OPTS_GATEWAY='' exec "$root/limpet" "$@"
}

# Libraries would take their native parts out of jars at each start, and one asks `uname` for the system. Here they lie
# beside the caches, as much bound to the content of the jars; on other systems the libraries do as they did.
native_libraries() {
  local folder=$new/native machine
  grep -qs '^LIBC="gnu"' "$jdk/release" && [ "$(uname -s)" = Linux ] || return 0
  machine=$(uname -m)
  mkdir -p "$folder"
  (
    cd "$folder" || exit
    "$jdk/bin/jar" xf "$cli"/lib/sqlite-jdbc-[0-9]*.jar "org/sqlite/native/Linux/$machine"
    "$jdk/bin/jar" xf "$cli"/lib/netty-transport-native-epoll-*-linux-"${machine/aarch64/aarch_64}".jar META-INF/native
    mv "org/sqlite/native/Linux/$machine"/*.so META-INF/native/*.so .
    rm -rf org META-INF
  )
}

rehearse() {
  local gateway_url node_url
  record gateway gateway --listen 127.0.0.1:0 --dir "$new/data/gateway" >"$new/gateway.out" &
  gateway=$!
  gateway_url=$(ready_url "$new/gateway.out" $gateway) || fail "the gateway does not start"
  record node node --listen 127.0.0.1:0 --dir "$new/data/node" --gateway "$gateway_url" >"$new/node.out" &
  node=$!
  node_url=$(ready_url "$new/node.out" $node) || fail "the node does not start"
  (record command rehearsal "$gateway_url" "$node_url" "$root/functions-examples") || fail "the commands failed"
  # They write their records before they end; so does the node's compiler, which ends after it.
  kill "$node" && wait "$node"
  node=
  kill "$gateway" && wait "$gateway"
  gateway=
}

gateway='' node='' made=no new=$aot/new.$BASHPID
key=$(hash_of_class_path) && [ -n "$key" ] || fail "no hash of the class path"
state=$(state_of_class_path) || fail "no state of the class path"
mkdir -p "$aot" || exit 1
[ "$(cat "$aot/failed" 2>/dev/null)" != "$key" ] || exit 1 # the log is still that of the failure
if ! mkdir "$aot/lock" 2>/dev/null; then
  maker=$(cat "$aot/lock/pid" 2>/dev/null)
  if kill -0 "$maker" 2>/dev/null; then
    # Who asked for them gets them, whoever makes them.
    for ((tries = 0; tries < 3000; tries++)); do
      [ "${LIMPET_AOT:-on}" = make ] && kill -0 "$maker" 2>/dev/null || exit 0
      sleep 0.1
    done
    exit 1
  fi
  rm -rf "$aot/lock"
  mkdir "$aot/lock" || exit 0
fi
printf '%s' "$BASHPID" >"$aot/lock/pid"
exec >"$cli/aot.log" # not before the lock is held: the log is that of who makes them
exec 2>&1
trap end EXIT
trap 'made=interrupted; exit 130' INT TERM HUP
renice -n 19 "$BASHPID" >/dev/null 2>&1
rm -rf "$aot"/new.*
mkdir -p "$new/data" || exit 1
native_libraries
rehearse
# Nobody can wait for a grandchild; as long as it works on its cache this file is there, too.
for ((tries = 0; tries < 1200; tries++)); do
  [ -e "$new/compiler.aot.config" ] || [ ! -s "$new/compiler.aot" ] || break
  sleep 0.1
done
for role in command gateway node compiler; do [ -s "$new/$role.aot" ] || fail "no record of the $role"; done
[ "$(hash_of_class_path)" = "$key" ] && [ "$(state_of_class_path)" = "$state" ] || {
  made=interrupted
  fail "the class path changed meanwhile"
}
rm -rf "$new/data" "$new"/*.out
[ -d "$aot/$key" ] || mv "$new" "$aot/$key" || exit 1
printf '%s\n%s' "$key" "$state" >"$aot/current.$BASHPID" && mv "$aot/current.$BASHPID" "$aot/current" || exit 1
made=yes
rm -f "$aot/failed"
for each in "$aot"/*/; do
  case $each in "$aot/$key/" | "$aot/lock/") ;; *) rm -rf "$each" ;; esac
done
