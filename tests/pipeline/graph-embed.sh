# graph-embed: figures on graphs whose best embedding is known, models that are kept and applied,
# interrupted runs that go on to the same bytes, and wrong input.
. "$srcdir/tests/pipeline/lib.sh"

# metric NAME: a figure of report.json.
metric() {
    sed -nE "s/.*\"$1\":[[:space:]]*([-0-9.eE+]+).*/\1/p" report.json | head -n 1
}

# less A B
less() {
    awk "BEGIN { exit !($1 < $2) }"
}

graph-make path --nodes 12 > path.csv
graph-make cycle --nodes 12 > cycle.csv
graph-make tree --nodes 63 > tree.csv

check "a path on a line" graph-embed -d 1 --steps 300 --report report.json path.csv > points.csv
check "keeps every distance" less "$(metric average_distortion)" 0.01
check_output 13 sh -c 'wc -l < points.csv'

check "a tree in the plane" graph-embed -d 2 --steps 300 --report report.json tree.csv > flat.csv
flat=$(metric average_distortion)
check "a tree in the disc" graph-embed -g hyperbolic --steps 300 --report report.json tree.csv \
    > points.csv
check "fits the hyperbolic plane better" less "$(metric average_distortion)" "$flat"
check "within the disc" awk -F, 'NR > 1 && $2 * $2 + $3 * $3 >= 1 { exit 1 }' points.csv

# Products, spheres, snowflakes: all run, and the same seed gives the same bytes.
for space in spherical h2xs2xe1 snowflake snowflake:hyperbolic; do
    check "$space" graph-embed -g "$space" --steps 20 --seed 3 --threads 1 cycle.csv > first.csv
    check "$space again" graph-embed -g "$space" --steps 20 --seed 3 --threads 1 cycle.csv \
        > second.csv
    check "$space: the same bytes" cmp first.csv second.csv
done
check "a table of two" sh -c \
    'graph-embed --compare euclidean,h2 --steps 20 cycle.csv > table.csv && [ $(wc -l < table.csv) = 3 ]'

# A model gives its points back; names come back as they went in.
printf '"a, b",c d\nc d,é\né,"a, b"\n' > odd.csv
check "odd names" graph-embed --steps 20 --model m.safetensors odd.csv > points.csv
check_output 1 grep -c '^"a, b",' points.csv
check_output 1 grep -c '^é,' points.csv
check "load" graph-embed --load m.safetensors > again.csv
check "the points of the model" cmp points.csv again.csv

# Nodes that were not there in training are placed by their features.
awk 'BEGIN { print "node,p,q"; for (i = 0; i < 12; i++) print i "," i / 12 "," i % 2 }' > features.csv
check "encoder" graph-embed --features features.csv --hidden 8 --steps 50 --model e.safetensors \
    path.csv > points.csv
printf 'node,p,q\nnew,0.55,1\n' > unseen.csv
check "unseen nodes" graph-embed --load e.safetensors --features unseen.csv > placed.csv
check_output 1 grep -c '^new,' placed.csv
printf 'node,p\nnew,0.55\n' > narrow.csv
check_fails 65 'narrow.csv: .*expects 2' graph-embed --load e.safetensors --features narrow.csv

# A run that is taken up again ends as one that was not interrupted.
run="graph-embed -g hyperbolic --seed 1 --threads 1 --evaluate-every 10 --steps 60 cycle.csv"
check "in one go" $run > whole.csv
check "with a checkpoint" $run --checkpoint c > part.csv
check "checkpoints change nothing" cmp whole.csv part.csv
check "resumed at the end" $run --checkpoint c --resume > resumed.csv
check "resumed, the same bytes" cmp whole.csv resumed.csv

# An interrupt saves what there is.
graph-embed --steps 1000000000 --evaluate-every 10 --checkpoint k cycle.csv > interrupted.csv &
while [ ! -s k ] && kill -0 $! 2> /dev/null; do
    sleep 0.05
done
kill -TERM $!
wait $!
check_output 130 echo $?
check_output 13 sh -c 'wc -l < interrupted.csv'

check "log" graph-embed --steps 30 --evaluate-every 10 --log log.jsonl cycle.csv > /dev/null
check "a line per evaluation" test "$(wc -l < log.jsonl)" -ge 3

check_fails 64 "geometry 'x4'" graph-embed -g x4 path.csv
check_fails 64 "resume" graph-embed --resume path.csv
check_fails 64 "dim" graph-embed -d 0 path.csv
check_fails 65 'no edges' graph-embed /dev/null
printf 'a,b\nc,d\n' > apart.csv
check "a graph in two pieces" sh -c 'graph-embed --steps 5 apart.csv 2>&1 > /dev/null |
    grep -q "warning: .*4 pairs have no path"'
check "the largest component" graph-embed --largest-component --steps 5 apart.csv > /dev/null
check_fails 65 'safetensors' graph-embed --load path.csv
check_fails 66 'No such file' graph-embed --load nowhere.safetensors
check_fails 65 'apart.csv|weight' graph-embed --target weights --pairs all --features apart.csv path.csv

run_examples graph-embed
finish
