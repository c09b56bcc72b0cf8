# graph-embed: figures on graphs whose best embedding is known, what every option does, models that
# are kept and applied, interrupted runs that go on to the same bytes, and wrong input.
. "$srcdir/tests/pipeline/lib.sh"

# Few threads and no progress: the graphs are small.
embed() {
    graph-embed --threads 1 --quiet "$@"
}

# less A B
less() {
    awk "BEGIN { exit !($1 < $2) }"
}

# about A B: within a thousandth
about() {
    awk "BEGIN { d = $1 - $2; exit !(d * d <= 1e-6 * $2 * $2) }"
}

differs() {
    ! cmp -s "$1" "$2"
}

graph-make path --nodes 12 > path.csv
graph-make cycle --nodes 12 > cycle.csv
graph-make tree --nodes 63 > tree.csv
graph-make metric --points 30 --weight sqrt-log > metric.csv

# --- geometries ---

check "a path on a line" embed -d 1 --steps 300 --report report.json path.csv > points.csv
check "keeps every distance" less "$(metric average_distortion)" 0.01
check "a path: 12 nodes in order" awk -F, '
    NR == 1 { exit $0 != "node,x0" }
    NR > 2 && (d = $2 - last) * sign <= 0 && NR > 3 { exit 1 }
    { if (NR == 3) sign = d; last = $2 }' points.csv
check_output 13 sh -c 'wc -l < points.csv'

check "a tree in the plane" embed -d 2 --steps 300 --report report.json tree.csv > flat.csv
flat=$(metric average_distortion)
check "a tree in the disc" embed -g hyperbolic --steps 300 --report report.json \
    tree.csv > points.csv
check "fits the hyperbolic plane better" less "$(metric average_distortion)" "$flat"
check "of negative curvature" less "$(metric curvature)" 0
check "within the disc" awk -F, 'NR > 1 && $2 * $2 + $3 * $3 >= 1 { exit 1 }' points.csv

check "a cycle on a sphere" embed -g s2 --steps 300 --report report.json cycle.csv > points.csv
check "keeps every distance" less "$(metric average_distortion)" 0.02
check "of positive curvature" less 0 "$(metric curvature)"
check "on the unit sphere" awk -F, '
    NR > 1 && ((d = $2 * $2 + $3 * $3 + $4 * $4 - 1) > 1e-5 || d < -1e-5) { exit 1 }' points.csv

# Products, snowflakes: all run, and the same seed gives the same bytes, another one others.
for space in spherical h2xs2xe1 snowflake snowflake:hyperbolic; do
    check "$space" embed -g "$space" --steps 20 --seed 3 cycle.csv > first.csv
    check "$space again" embed -g "$space" --steps 20 --seed 3 cycle.csv > second.csv
    check "$space: the same bytes" cmp first.csv second.csv
    check "$space: another seed" embed -g "$space" --steps 20 --seed 4 --start random cycle.csv \
        > second.csv
    check "$space: other bytes" differs first.csv second.csv
done
check_output 'node,x0,x1,x2,x3,x4,x5' sh -c \
    'graph-embed -q -g h2xs2xe1 --steps 1 cycle.csv | head -n 1'
check_output 'node,x0,x1,x2,x3,x4' sh -c 'graph-embed -q -d 5 --steps 1 cycle.csv | head -n 1'
check "two threads" graph-embed -q --threads 2 --steps 5 cycle.csv > points.csv

# --- the pipelines of the manual, some with fewer steps ---

check "a large tree" sh -c 'graph-make tree --nodes 1023 |
    graph-embed --geometry hyperbolic --dim 10 --seed 1 --steps 12 --threads 1 --report r.json \
        > points.csv'
check_output 1024 sh -c 'wc -l < points.csv'
check "all pairs of it" about "$(metric pairs r.json)" 522753
check "fits the tree" less "$(metric average_distortion r.json)" 0.2
check "a table of two" sh -c "graph-make metric --points 100 --weight 'sqrt-log' |
    graph-embed --target weights --compare euclidean,snowflake --dim 2 --steps 300 --threads 1 \
        > table.csv"
check "the snowflake is ten times better" awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    NR == 2 { flat = $column["mse"]; if ($1 != "euclidean") exit 1 }
    NR == 3 { exit !($1 == "snowflake" && $column["mse"] * 10 < flat) }' table.csv
cp "$TESSERAE_DATA/karate.csv" edges.csv
check "a picture" sh -c '
    graph-embed --geometry snowflake --dim 2 --steps 200 --model m.safetensors edges.csv |
        tensor-plot --kind graph --edges edges.csv -o karate.png && [ -s karate.png ]'
check "a matrix's shape" sh -c 'graph-distance edges.csv -f npy | tensor-info | grep -q "34"'
check "distances from a pipe" sh -c '
    graph-distance edges.csv -f npy | graph-embed --target matrix --steps 200 --report matrix.json \
        --threads 1 > matrix.csv'
check "distances from the graph" embed --steps 200 --loss mse --report report.json edges.csv \
    > points.csv
check "come to the same" about "$(metric pairs matrix.json)" "$(metric pairs)"
check "and fit as well" less "$(metric mse matrix.json)" \
    "$(awk "BEGIN { print $(metric mse) * 1.1 }")"
check "a matrix with names" sh -c '
    graph-distance edges.csv | graph-embed --target matrix --steps 5 -q | cut -d, -f 1 > names &&
    graph-distance edges.csv | cut -d, -f 1 | cmp - names'

# --- what options do: each changes what it should ---

check "the default" embed --steps 30 --warm-up 2 tree.csv > default.csv
changes() {
    check "$*" embed --steps 30 --warm-up 2 "$@" tree.csv > changed.csv
    check "$1 changes the points" differs default.csv changed.csv
}
changes --rate 0.01
changes --warm-up 5
changes --decay constant
changes --decay linear
changes --decay exponential
changes --decay step
changes --clip 0.0001
changes --loss mse
changes --loss distortion
changes --batch 100
changes --start random
changes --pairs edges
changes --pairs 300
changes --holdout 0.3
changes -g snowflake

check "layers and width" embed -g snowflake --layers 3 --width 5 --steps 3 --report report.json \
    cycle.csv > points.csv
check "are counted" about "$(metric parameters)" \
    "$((24 + 1 + 5 + 25 + 25 + 25 + 25 + 5 + 3 * 5 + 1))"
check "a metric" embed -g snowflake --metric --steps 30 --report report.json tree.csv > points.csv
check "has p = 0" grep -Eq '"snowflake_p":[[:space:]]*0,?$' report.json
check "square starts near p = 1" embed -g snowflake --start square --steps 1 --report report.json \
    tree.csv > points.csv
check "as the name says" less 0.9 "$(metric snowflake_p)"
check_fails 64 'start square needs a snowflake' embed --start square tree.csv
embed -g hyperbolic --start curved --steps 1 --report report.json tree.csv > points.csv
curved=$(metric curvature)
embed -g hyperbolic --start flat --steps 1 --report report.json tree.csv > points.csv
check "curved starts more curved" less "$curved" "$(metric curvature)"
check "restarts" embed --start random --restarts 4 --steps 60 --report report.json \
    tree.csv > points.csv
check "more pairs than landmarks give" embed --pairs 500 --landmarks 1 --steps 1 \
    --report report.json metric.csv > points.csv
check "one source" less "$(metric pairs)" 501
check "patience" embed --steps 100000 --rate 0 --evaluate-every 5 --patience 2 --log log.jsonl \
    cycle.csv > points.csv
check_output 3 sh -c 'wc -l < log.jsonl'
check "evaluations" embed --steps 30 --evaluate-every 10 --log log.jsonl cycle.csv > points.csv
check_output '10 20 30' sh -c 'sed -nE "s/.*\"step\":([0-9]+).*/\1/p" log.jsonl | paste -sd " " -'
check "profile" embed -g snowflake --steps 30 --profile f.csv cycle.csv > points.csv
check "increases from 0" awk -F, '
    NR == 1 { if ($0 != "distance,value") exit 1; next }
    NR == 2 { if ($1 != 0 || $2 != 0) exit 1; next }
    $1 <= d || $2 <= v { exit 1 } { d = $1; v = $2 } END { if (NR != 257) exit 1 }' f.csv
check "weights" embed --target weights -d 10 --steps 300 --report report.json \
    metric.csv > points.csv
check "are kept" less "$(metric average_distortion)" 0.2
check "not as paths" test "$(metric pairs)" = 435
check "progress" sh -c 'graph-embed --steps 5 cycle.csv 2>&1 > /dev/null | cat > messages'
check "quiet" sh -c 'graph-embed -q --steps 5 cycle.csv 2>&1 > /dev/null | cmp - /dev/null'

# --- reports, logs, formats ---

check "report" embed -g snowflake:h2xs2 --holdout 0.25 --steps 10 --seed 7 --report report.json \
    cycle.csv > points.csv
for key in pairs mse average_distortion worst_distortion rank_correlation; do
    check "train_$key" grep -q "\"train_$key\"" report.json
    check "test_$key" grep -q "\"test_$key\"" report.json
done
for key in mean_average_precision snowflake_exponents snowflake_p snowflake_distance \
    snowflake_value factors curvature parameters wall_s peak_bytes geometry holdout decay; do
    check "report: $key" grep -q "\"$key\"" report.json
done
check_output 7 metric seed
check "pairs held out" test "$(metric test_pairs):$(metric train_pairs)" = 16:50
check "report of several" embed --compare e2,h2 --steps 5 --report report.json cycle.csv > table.csv
check_output 2 grep -c average_distortion report.json
check "no splits without holdout" sh -c '! grep -q "\"train_" report.json'
embed --steps 10 -o points.csv cycle.csv
embed --steps 10 -f json -o points.json cycle.csv
embed --steps 10 -f npy -o points.npy cycle.csv
if have_numpy; then
    embed --steps 30 --evaluate-every 10 --log log.jsonl cycle.csv > /dev/null
    check "one embedding in three formats" "$PYTHON" - <<'PYTHON'
import csv, json, numpy
rows = list(csv.reader(open("points.csv")))
table = json.load(open("points.json"))
array = numpy.load("points.npy")
assert rows[0] == ["node", "x0", "x1"] and array.shape == (12, 2) and array.dtype == numpy.float32
assert [row[0] for row in rows[1:]] == [row["node"] for row in table] == [str(i) for i in range(12)]
assert numpy.array_equal(numpy.array([row[1:] for row in rows[1:]], numpy.float32), array)
assert numpy.array_equal(numpy.array([[r["x0"], r["x1"]] for r in table], numpy.float32), array)
lines = [json.loads(line) for line in open("log.jsonl")]
assert [line["step"] for line in lines] == [10, 20, 30]
assert all(line["loss"] > 0 and line["train_loss"] > 0 and line["learning_rate"] > 0
           for line in lines)
report = json.load(open("report.json"))
assert report["program"] == "graph-embed" and set(report["metrics"]) >= {"e2", "h2"}
PYTHON
    # The figures again, from the points alone.
    embed -d 2 --steps 300 --report report.json tree.csv > points.csv
    graph-distance tree.csv > distances.csv
    check "figures are those of the points" "$PYTHON" - <<'PYTHON'
import csv, json, numpy
points = numpy.array([row[1:] for row in list(csv.reader(open("points.csv")))[1:]], float)
wanted = numpy.array([row[1:] for row in list(csv.reader(open("distances.csv")))[1:]], float)
found = numpy.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
upper = numpy.triu_indices(63, 1)
d, g = found[upper], wanted[upper]
metrics = json.load(open("report.json"))["metrics"]
def close(name, value):
    assert abs(metrics[name] - value) <= 1e-4 * abs(value), (name, metrics[name], value)
close("mse", ((d - g) ** 2).mean())
close("average_distortion", abs(d / g - 1).mean())
close("worst_distortion", (d / g).max() / (d / g).min())
precision = []
for v in range(63):
    near = wanted[v] == 1
    others = numpy.arange(63) != v
    precision.append(numpy.mean([(near & (found[v] <= found[v, w])).sum() /
                                 (others & (found[v] <= found[v, w])).sum()
                                 for w in numpy.flatnonzero(near)]))
close("mean_average_precision", numpy.mean(precision))
PYTHON
fi

# --- models: points come back, names as they went in, unseen nodes by their features ---

printf '"a, b",007\n007,é\né,"say ""x"""\n"say ""x""",two words\n' > odd.csv
check "odd names" embed --steps 20 --model m.safetensors odd.csv > points.csv
check_output 'node "a, b" 007 é "say ""x""" two words ' sh -c \
    'sed -E "s/(,[-0-9.e]+){2}\$//; s/,x0,x1//" points.csv | tr "\n" " "'
check "load" graph-embed --load m.safetensors > again.csv
check "the points of the model" cmp points.csv again.csv
for space in snowflake h2xs2xe1; do
    embed -g "$space" --steps 20 --model m.safetensors odd.csv > points.csv
    check "$space: the points of the model" sh -c 'graph-embed --load m.safetensors |
        cmp - points.csv'
done
check_fails 64 'has no encoder' graph-embed --load m.safetensors --features odd.csv

awk 'BEGIN { print "node,p,q"; for (i = 11; i >= 0; i--) print i "," i / 12 "," i % 2 }' \
    > features.csv
check "encoder" embed -d 1 --features features.csv --hidden 8 --steps 300 --report report.json \
    --model e.safetensors path.csv > points.csv
check "learns" less "$(metric average_distortion)" 0.2
check "hidden layers" embed --features features.csv --hidden 8,4 --steps 3 --report report.json \
    path.csv > changed.csv
check "are counted" about "$(metric parameters)" "$((2 * 8 + 8 + 8 * 4 + 4 + 4 * 2 + 2 + 1))"
printf 'p,q,node\n0.5,0,6\n0.55,1,new\n0,0,0\n' > unseen.csv
check "unseen nodes" graph-embed --load e.safetensors --features unseen.csv > placed.csv
check_output 'node 6 new 0 ' sh -c 'cut -d, -f 1 placed.csv | tr "\n" " "'
check "known nodes stay" sh -c 'grep "^6," placed.csv > six && grep -qFxf six points.csv'
if have_numpy; then
    "$PYTHON" -c 'import numpy
rows = sorted(line.split(",") for line in open("features.csv").read().split()[1:])
numpy.save("features.npy", numpy.array(sorted(([float(x) for x in r] for r in rows)))[:, 1:])'
    check "features as NPY" embed -d 1 --features features.npy --hidden 8 --steps 300 path.csv \
        > changed.csv
    check "come to the same" cmp points.csv changed.csv
    graph-embed --load e.safetensors --features features.npy > placed.csv
    check "NPY to a model" sh -c '
        awk -F, "NR > 1 { print \$2 }" points.csv | sort > one
        awk -F, "NR > 1 { print \$2 }" placed.csv | sort | cmp - one'
fi

# --- interrupted and taken up again ---

run="graph-embed -q -g hyperbolic --seed 1 --threads 1 --evaluate-every 10 --steps 60 cycle.csv"
check "in one go" $run > whole.csv
check "with a checkpoint" $run --checkpoint c > part.csv
check "checkpoints change nothing" cmp whole.csv part.csv
check "resumed at the end" $run --checkpoint c --resume > resumed.csv
check "resumed, the same bytes" cmp whole.csv resumed.csv
check_fails 65 'c: a checkpoint of another run' embed --seed 2 -g hyperbolic --evaluate-every 10 \
    --steps 60 --checkpoint c --resume cycle.csv
check_fails 65 'c: a checkpoint of another run' $run --rate 0.2 --checkpoint c --resume
head -c 300 c > cut
check_fails 65 'cut: ' $run --checkpoint cut --resume
check_fails 66 'nowhere: .*No such file' $run --checkpoint nowhere --resume
check_fails 64 'resume needs --checkpoint' $run --resume

# interrupted SIGNAL COMMAND...: ends the command by the signal as soon as it has a checkpoint k.
interrupted() {
    rm -f k
    signal=$1
    shift
    "$@" --checkpoint k > interrupted.csv &
    pid=$!
    wait_until 1200 test -s k
    kill -"$signal" $pid
    wait $pid
}
interrupted TERM graph-embed -q --threads 1 --steps 1000000000 --evaluate-every 1000 cycle.csv
check_output 130 echo $?
check_output 13 sh -c 'wc -l < interrupted.csv'

# What runs in the background ignores SIGINT, unless env gives it back.
signal=TERM with_signal=
if env --default-signal=INT true 2> /dev/null; then
    signal=INT with_signal='env --default-signal=INT'
fi
for space in euclidean snowflake:hyperbolic; do
    run="$with_signal graph-embed -q -g $space --threads 1 --evaluate-every 200 --steps 20000"
    run="$run cycle.csv"
    $run > whole.csv
    interrupted $signal $run
    code=$?
    check_output 130 echo "$code"
    check "$space: resumed" $run --checkpoint k --resume > resumed.csv
    check "$space: as if uninterrupted" cmp whole.csv resumed.csv
done

# --- several components ---

printf 'a,b\nb,c\nd,e\n' > apart.csv
check "a warning" sh -c 'graph-embed --steps 5 apart.csv 2>&1 > /dev/null |
    grep -q "warning: apart.csv: 6 pairs have no path"'
check "no warning when quiet" sh -c 'graph-embed -q --steps 5 apart.csv 2>&1 > /dev/null |
    cmp - /dev/null'
check_output 'node a b c ' sh -c \
    'graph-embed -q --largest-component --steps 5 apart.csv | cut -d, -f 1 | tr "\n" " "'

# --- wrong input ---

bad() {
    printf "$1" > bad.csv
    pattern=$2
    shift 2
    check_fails 65 "$pattern" embed --steps 2 "$@" bad.csv
}
bad '' 'bad.csv: no edges'
bad 'a,b\nb,b\n' "bad.csv:2: self loop at node 'b'"
bad 'a,b,1\nb,c,nan\n' 'bad.csv:2: weight nan; expected'
bad 'a,b,1\nb,c,-1\n' 'bad.csv:2: weight -1; expected a positive'
bad 'a,b,1\nb,c,0\n' 'bad.csv:2: weight 0; expected a positive'
bad 'a,b,1\nb,a,2\n' "bad.csv:2: edge 'b','a' again with weight 2; expected 1"
bad 'a,b\nb,c,1\n' 'bad.csv:2: 3 fields; expected 2'
bad '0,1,2\n1,0,3\n' 'bad.csv: not a square matrix' --target matrix
bad '' 'bad.csv: ' --target matrix
bad 'x,y\n0,1\n2,0\n' 'bad.csv: row 1, column 2: the value 1 differs' --target matrix
bad 'x,y\n0,1\nnan,0\n' "bad.csv:3: column 1 \('x'\) is not finite" --target matrix
bad 'x,y\n0,-1\n-1,0\n' 'bad.csv: row 1, column 2: the value -1 is negative' --target matrix
bad 'x,y\n1,1\n1,1\n' 'bad.csv: row 1, column 1: the value 1 lies on the diagonal' --target matrix
bad 'x,y\n0,0\n0,0\n' 'no pair of nodes' --target matrix
bad_features() {
    printf "$1" > bad.csv
    check_fails 65 "$2" embed --steps 2 --features bad.csv odd.csv
}
bad_features 'node,p\n007,1\n' "bad.csv: node 'a, b' has no row"
bad_features 'id,p\n007,1\n' "bad.csv:1: there is no column 'node'"
bad_features 'node,p\n007,1\n007,2\n' "bad.csv: node '007' has two rows"
bad_features 'node,p\n"a, b",1\n007,inf\né,1\n"say ""x""",2\ntwo words,3\n' \
    "bad.csv:3: column 2 \('p'\) is not finite"
bad_features 'node,p\n"a, b",1\n007,red\né,1\n"say ""x""",2\ntwo words,3\n' \
    "bad.csv:3: column 2 \('p'\) is text \('red'\)"
bad_features '' 'bad.csv: empty'
printf 'node,p\nnew,0.55\n' > narrow.csv
check_fails 65 'narrow.csv: 1 columns of features; the model expects 2' \
    graph-embed --load e.safetensors --features narrow.csv
check_fails 64 'give them with --features' graph-embed --load e.safetensors
check_fails 65 'c: not a model of graph-embed' graph-embed --load c
head -c 500 m.safetensors > cut
check_fails 65 'cut: ' graph-embed --load cut
: > cut
check_fails 65 'cut: ' graph-embed --load cut
check_fails 65 'path.csv: ' graph-embed --load path.csv
check_fails 66 'nowhere.safetensors: .*No such file' graph-embed --load nowhere.safetensors
check_fails 66 'nowhere.csv: .*No such file' embed nowhere.csv
check_fails 66 'nowhere.csv: .*No such file' embed --features nowhere.csv path.csv
check_fails 73 'nowhere/' embed --steps 2 -o nowhere/points.csv path.csv
check_fails 73 'nowhere/' embed --steps 2 --model nowhere/m path.csv
[ ! -c /dev/full ] || check_fails 74 'cannot write' \
    sh -c 'graph-embed -q --steps 2 path.csv > /dev/full'

check_fails 64 "geometry 'x4': at character 1" embed -g x4 path.csv
check_fails 64 "geometry 'h2xq3': at character 4" embed -g h2xq3 path.csv
check_fails 64 "geometry 'q2': at character 1" embed -g snowflake:q2 path.csv
check_fails 64 'dim' embed -d 0 path.csv
check_fails 64 'steps' embed --steps 0 path.csv
check_fails 64 'steps' embed --steps many path.csv
check_fails 64 'rate' embed --rate -1 path.csv
check_fails 64 'holdout' embed --holdout 1 path.csv
check_fails 64 'layers' embed --layers 5 path.csv
check_fails 64 'width' embed --width 65 path.csv
check_fails 64 'hidden' embed --hidden 8,x --features features.csv path.csv
check_fails 64 'is not one of mse, relative, distortion' embed --loss absolute path.csv
check_fails 64 'is not one of' embed --target paths path.csv
check_fails 64 'is not one of' embed --decay slow path.csv
check_fails 64 'is not one of' embed --start here path.csv
check_fails 64 'pairs' embed --pairs some path.csv
check_fails 64 'no geometry is named' embed --compare , path.csv
check_fails 64 'does not go with --pairs' embed --target weights --pairs 10 path.csv
check_fails 64 'neither --pairs nor' embed --target matrix --pairs all path.csv

# What would not be heeded is refused, and what cannot be written, before training.
check_fails 64 'of the snowflake' graph-embed --layers 3 path.csv
check_fails 64 'of the snowflake' graph-embed --compare euclidean,h2 --metric path.csv
check "a snowflake among others" graph-embed --compare euclidean,snowflake --metric \
    --steps 2 path.csv
check_fails 64 'needs --features' graph-embed --hidden 8 path.csv
check_fails 64 'does not go with --geometry' graph-embed --compare euclidean,h2 -g s2 path.csv
check "a model" graph-embed --steps 2 --model flat.safetensors path.csv
check_fails 64 '--load does not train' graph-embed --load flat.safetensors --steps 5
check_fails 64 '--load does not train' graph-embed --load flat.safetensors -d 3
check_fails 73 'no-folder/m: cannot create' \
    graph-embed --steps 1000000000 --model no-folder/m path.csv
check_fails 73 'no-folder/c: cannot create' \
    graph-embed --steps 1000000000 --checkpoint no-folder/c path.csv
check_fails 64 'both standard output' graph-embed --steps 1000000000 --profile - path.csv

run_examples graph-embed
finish
