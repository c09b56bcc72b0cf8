. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
infer() {
    graph-infer --quiet --spaces e4,h3 --k 5 "$@"
}
alone() {
    graph-infer --quiet --spaces none "$@"
}

# Three clouds in six dimensions, far enough from each other that neighbours tell the class.
graph-make stochastic-block --nodes 150 --blocks 3 --within 0.15 --between 0.01 --separation 1.2 \
    --feature-dim 6 --seed 1 --labels numbers.csv --features features.npy > edges.csv
awk -F, 'BEGIN { OFS = ","; split("oak ash elm", word, " ")
    split("train validation test", part, " ") }
    NR == 1 { print "node,label,split0,split1"; next }
    { print $1, word[$2 + 1], part[NR % 3 + 1], part[(NR + 1) % 3 + 1] }' numbers.csv > nodes.csv

check "train" infer --labels nodes.csv --epochs 60 features.npy --report report.json --model model \
    --edges-out inferred.csv --history history.csv --log log.jsonl -o predictions.csv
check_output 'node,predicted,ash,elm,oak' head -n 1 predictions.csv
check_output 151 sh -c 'wc -l < predictions.csv'
check "test accuracy" at_least test_accuracy 0.8 report.json
check "test ROC-AUC" at_least test_roc_auc 0.9 report.json
check "rows add up" awk -F, 'NR > 1 { sum = $3 + $4 + $5
    if (sum < 0.999 || sum > 1.001) exit 1 }' \
    predictions.csv

# The inferred graphs: five others for each item, nearest first, mostly of its own class.
check_output 'source,target,probability,layer,space' head -n 1 inferred.csv
check "lists of neighbours" awk -F, 'NR == 1 { next }
    $1 == $2 || $3 < 0 || $3 > 1 { exit 1 }
    { key = $4 "," $5 "," $1; if (key == last && $3 > p) exit 1; last = key; p = $3; n[key]++ }
    END { for (k in n) { if (n[k] != 5) exit 1; lists++ } exit lists != 300 }' inferred.csv
check "neighbours are of a class" awk -F, 'NR == FNR { class[$1] = $2; next }
    FNR > 1 { same += class[$1] == class[$2]; n++ } END { exit !(same > 0.6 * n) }' \
    nodes.csv inferred.csv
check "graph programs read them" sh -c '
    awk -F, "\$4 == 1 && \$5 == \"h3\" { print \$1 \",\" \$2 }" inferred.csv |
        graph-stats | grep -q "^nodes,150"'

# The history: attention and gradient shares are shares; the second layer draws no graphs of its
# own.
check "history" awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
    { delete sum
      for (i = 2; i <= NF; i++) { key = name[i]; sub(/_[^_]*$/, "", key); sum[key] += $i }
      for (k in sum) if ((sum[k] < 0.999 || sum[k] > 1.001) && k != "gradient_share_2") exit 1 }
    END { exit !(NR > 5) }' history.csv
check "the log has it too" grep -q '"attention_1_h3"' log.jsonl
check "and the report" grep -q '"gradient_share"' report.json

# Every option trains; each changes what comes out.
infer --labels nodes.csv --epochs 4 features.npy | cksum > sums
for switch in '--spaces e4' '--spaces s3,f3' '--spaces h2xs2' '--spaces snowflake:h3' '--k 9' \
    '--join directed' '--self no' '--graphs each' '--graphs each --hidden-share 0.1' \
    '--edges edges.csv' '--edges edges.csv --embed linear' '--edges edges.csv --directed' \
    '--edges edges.csv --self-loop 3' '--layers 1' '--layers 3' '--hidden 8' '--dropout 0.1' \
    '--input-dropout 0.3' '--lr 0.1' '--weight-decay 0.1' '--graph-loss probability' \
    '--graph-weight 30' '--graph-rate 0.2' '--accuracy-decay 0.1' '--overlap 0.9' '--draws 3' \
    '--draws 0' '--seed 5' '--split 0.2,0.3,0.5' '--split-column split1' '--feature-scaling none' \
    '--warm-up 3'; do
    check "$switch" infer --labels nodes.csv --epochs 4 $switch features.npy --report switch.json \
        -o switch.csv
    cksum < switch.csv >> sums
done
for switch in '' '--edges edges.csv'; do
    check "no space $switch" alone --labels nodes.csv --epochs 4 $switch features.npy -o switch.csv
    cksum < switch.csv >> sums
done
check_output '' sh -c 'sort sums | uniq -d'

# The same seed gives the same bytes, and so does a run that was interrupted.
check "train again" sh -c 'graph-infer -q --spaces e4,h3 --k 5 --labels nodes.csv --epochs 60 \
    features.npy | cmp - predictions.csv'
steps="graph-infer -q --spaces e2 --k 2 --hidden 8 --draws 1 --labels nodes.csv --epochs 1000
    --evaluate-every 20"
check "the whole of it" $steps --checkpoint whole --history whole.csv --model whole.model \
    features.npy -o whole-p.csv
$steps --checkpoint state features.npy > interrupted.csv &
training=$!
wait_until 1200 test -s state
kill -TERM $training
wait $training
check "it was interrupted" test $? -eq 130
check "go on" $steps --checkpoint state --resume --history resumed.csv --model resumed.model \
    features.npy -o resumed-p.csv
check_output '' cmp whole-p.csv resumed-p.csv
check_output '' cmp whole.csv resumed.csv
check_output '' cmp whole.model resumed.model
check_fails 65 'state' $steps --seed 2 --checkpoint state --resume features.npy
check "go on with what is done" $steps --checkpoint state --resume --history done.csv features.npy \
    -o done-p.csv
check_output '' cmp whole-p.csv done-p.csv
check_output '' cmp whole.csv done.csv

# Repeats go over seeds and splits.
check "repeat" infer --labels nodes.csv --epochs 4 --repeat 3 features.npy --report repeat.json \
    -o r.csv
check "mean and deviation" grep -q '"std"' repeat.json

# New items; and the old ones as new ones.
graph-make stochastic-block --nodes 90 --blocks 3 --within 0.15 --between 0.01 --separation 1.2 \
    --feature-dim 6 --seed 1 --labels new-numbers.csv --features new.npy > new-edges.csv
check "old items" sh -c 'graph-infer --load model --labels nodes.csv --report judged.json \
    features.npy > old.csv'
check_output 151 sh -c 'wc -l < old.csv'
check "test accuracy of old items" at_least test_accuracy 0.8 judged.json
check "new items" sh -c 'graph-infer --load model new.npy > new-p.csv'
check_output 91 sh -c 'wc -l < new-p.csv'

# Names, items without labels, one format into another.
{ echo node,a,b,c,d,e,f; tensor-convert -f csv features.npy |
    awk '$1 ~ /[0-9]/ { print "n" NR - 1 "," $0 }'; } \
    > features.csv
sed '1!s/^/n/' nodes.csv | awk 'NR % 10 != 5' > named.csv
check "names, from standard input" sh -c 'graph-infer -q --spaces e4,h3 --k 5 --labels named.csv \
    --epochs 10 < features.csv > named-p.csv'
check "an item without a label" grep -q '^n3,' named-p.csv
check "probabilities alone" sh -c '
    infer() { graph-infer -q --spaces e4 --labels nodes.csv --epochs 3 "$@"; }
    infer -f npy features.npy | tensor-info | grep -q "150"'
gzip -k features.npy
check "gzipped features" infer --labels nodes.csv --epochs 3 features.npy.gz -o gz.csv

# Counted words: only directions count.
awk 'BEGIN { srand(4); print "node,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r"
    for (i = 0; i < 120; i++) { line = "w" i
        for (j = 0; j < 18; j++) line = line "," (int(j / 6) == i % 3 && j % 6 == int(rand() * 6) ||
            rand() < 0.02 ? 1 : 0)
        print line } }' > words.csv
awk 'BEGIN { print "node,label"; for (i = 0; i < 120; i++) print "w" i ",c" i % 3 }' > topics.csv
check "counted words" infer --labels topics.csv --epochs 60 words.csv --report words.json \
    -o words-p.csv
check "test accuracy of words" at_least test_accuracy 0.6 words.json

# Several labels.
awk -F, 'NR == 1 { print "node,first,odd,split"; next }
    { print $1 "," ($2 == 0) "," ($2 == 1) "," \
        (NR % 3 ? "train" : NR % 2 ? "validation" : "test") }' \
    numbers.csv > several.csv
check "several labels" infer --labels several.csv --label-columns first,odd --metric roc-auc \
    --epochs 40 features.npy --report several.json --model several.model -o several-p.csv
check "test ROC-AUC of several" at_least test_roc_auc 0.85 several.json
check "judge several labels" graph-infer --load several.model --labels several.csv \
    --report judged.json features.npy -o judged.csv

# Bad input.
check_fails 64 "character 4: 'q3'" infer --labels nodes.csv --spaces e4,q3 features.npy
check_fails 64 'expected --labels' graph-infer features.npy
check_fails 64 'stands twice' infer --labels nodes.csv --spaces e4,e4 features.npy
check_fails 64 'expected --edges' infer --labels nodes.csv --self-loop 2 features.npy
check_fails 64 'infers no graph' infer --labels nodes.csv --spaces none features.npy
check_fails 64 'expected --graphs each' infer --labels nodes.csv --hidden-share 2 features.npy
check_fails 64 'expected --edges' infer --labels nodes.csv --embed gcn features.npy
check_fails 64 'exclude each other' infer --labels nodes.csv --epochs 3 --steps 4 features.npy
check_fails 64 'does not train' graph-infer --load model --k 5 features.npy
check_fails 64 'expected --report' graph-infer --load model --labels nodes.csv features.npy
check_fails 64 'other than none' alone --labels nodes.csv --edges edges.csv \
    --edges-out x.csv features.npy
check_fails 65 '150 rows of features for --k 150' infer --labels nodes.csv --k 150 features.npy
printf 'node,label,split\n0,a,train\n900,b,test\n' > unknown.csv
check_fails 65 "unknown.csv:3: unknown node '900'" infer --labels unknown.csv features.npy
printf '0,900\n' > far.csv
check_fails 65 "far.csv:1: unknown node '900'" infer --labels nodes.csv --edges far.csv features.npy
sed '5s/,[^,]*/,nan/' features.csv > nan.csv
check_fails 65 'nan.csv:5' infer --labels named.csv nan.csv
check_fails 65 "standard input:3: column 2 \\('x'\\) is text \\('red'\\)" sh -c \
    'printf "node,x\n0,1\n1,red\n" | graph-infer --labels nodes.csv'
check_fails 65 "standard input: node '1', column 'x': 1e\\+300 is beyond the range" sh -c \
    'printf "node,x\n0,1\n1,1e300\n" | graph-infer --labels nodes.csv'
awk -F, 'BEGIN { OFS = "," } NR > 1 { for (i = 2; i <= NF; i++) $i = 3 } { print }' \
    features.csv > constant.csv
check "constant features" infer --labels named.csv --epochs 3 constant.csv -o constant-p.csv
head -c 300 model > cut.model
check_fails 65 'cut.model' graph-infer --load cut.model features.npy
check_fails 65 'not a model of graph-infer' graph-infer --load state features.npy
check_fails 65 'the model expects 6' sh -c 'cut -d, -f1-4 features.csv > narrow.csv
    graph-infer --load model narrow.csv'
alone --labels nodes.csv --edges edges.csv --epochs 3 --model only-given features.npy > og.csv
check_fails 64 'infers no graph' graph-infer --load only-given features.npy
check_fails 65 'empty|no rows|no data' infer --labels nodes.csv /dev/null

run_examples graph-infer
finish
