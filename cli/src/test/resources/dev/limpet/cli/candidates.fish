# fish --no-config candidates.fish SCRIPT LINE...: what completion offers at the end of each line
source $argv[1]
for line in $argv[2..]
    echo line
    for each in (complete -C "$line")
        echo hit:(string split -f 1 \t -- $each)
    end
end
