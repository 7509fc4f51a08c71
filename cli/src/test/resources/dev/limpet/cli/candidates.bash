# bash candidates.bash SCRIPT LINE...: what completion offers at the end of each line
source "$1" 2>/dev/null
shift
for line; do
  echo "line"
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _complete_limpet 2>/dev/null
  for each in "${COMPREPLY[@]}"; do echo "hit:$each"; done
done
