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
[ "$(cat "$aot/failed" 2>/dev/null)" != "$key" ] || fail "it failed with these files before"
if ! mkdir "$aot/lock" 2>/dev/null; then
  if kill -0 "$(cat "$aot/lock/pid" 2>/dev/null)" 2>/dev/null; then
    printf 'another process makes them\n'
    exit 0
  fi
  rm -rf "$aot/lock"
  mkdir "$aot/lock" || exit 0
fi
printf '%s' "$BASHPID" >"$aot/lock/pid"
trap end EXIT
trap 'made=interrupted; exit 130' INT TERM HUP
renice -n 19 "$BASHPID" >/dev/null 2>&1
rm -rf "$aot"/new.*
mkdir -p "$new/data" || exit 1
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
