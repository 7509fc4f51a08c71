# zsh -f candidates.zsh SCRIPT LINE...: what completion offers at the end of each line. Completion
# runs only in an interactive shell, so one is started on a terminal of its own; each candidate is
# printed on its way to the list. A line is typed only when the prompt is there: what the terminal
# itself gets before that, it edits in its own way.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT= RPROMPT="
zpty -w shell "autoload -Uz compinit && compinit -u -D && source ${(q)1}"
zpty -w shell 'compadd() {
  builtin compadd "$@"
  local -a hits; builtin compadd -A hits "$@"
  print -rl -- "hit:"${^hits}
}'
zpty -w shell 'offer() { _main_complete; compstate[insert]=; compstate[list]=; }'
zpty -w shell 'zle -C offer complete-word offer; bindkey "^I" offer; PROMPT="<as""k>"'
zpty -r shell answer '*<ask>'
shift
for line; do
  print line
  zpty -w -n shell "$line"$'\t'
  zpty -w shell $'\C-uprint do""ne'
  while zpty -r shell answer && [[ $answer != *done* ]]; do
    [[ $answer == *hit:* ]] && print -r -- "hit:"${${answer##*hit:}%%$'\r'*}
  done
  zpty -r shell answer '*<ask>'
done
zpty -d shell
