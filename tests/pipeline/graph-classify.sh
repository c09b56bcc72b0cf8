. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
classify() {
    graph-classify --quiet --features features.npy "$@"
}

# Three blocks whose features say little; words as classes; two splits and one more.
graph-make stochastic-block --nodes 150 --blocks 3 --within 0.15 --between 0.01 --separation 0.4 \
    --feature-dim 6 --seed 1 --labels numbers.csv --features features.npy > edges.csv
awk -F, 'BEGIN { OFS = ","; split("oak ash elm", word, " ")
    split("train validation test", part, " ") }
    NR == 1 { print "node,label,split0,split1"; next }
    { print $1, word[$2 + 1], part[NR % 3 + 1], part[(NR + 1) % 3 + 1] }' numbers.csv > nodes.csv

# The whole graph, and what message passing is worth.
check "train" classify --labels nodes.csv --epochs 40 edges.csv --report report.json --model model \
    -o predictions.csv
check_output 'node,predicted,ash,elm,oak' head -n 1 predictions.csv
check_output 151 sh -c 'wc -l < predictions.csv'
check "test accuracy" at_least test_accuracy 0.9 report.json
check "test macro F1" at_least test_macro_f1 0.9 report.json
check "test ROC-AUC" at_least test_roc_auc 0.97 report.json
check "without the graph" classify --labels nodes.csv --network mlp edges.csv --report mlp.json \
    -o mlp.csv
check "the graph helps" awk -v with="$(metric test_accuracy report.json)" \
    -v without="$(metric test_accuracy mlp.json)" 'BEGIN { exit !(with > without + 0.1) }'
# The table agrees with the report: the largest probability is the class, and the classes are right.
awk -F, 'NR == FNR { if ($3 == "test") label[$1] = $2; next }
    FNR == 1 { for (i = 3; i <= NF; i++) name[i] = $i; next }
    { best = 3; sum = 0
      for (i = 3; i <= NF; i++) { sum += $i; if ($i > $best) best = i }
      if (name[best] != $2 || sum < 0.999 || sum > 1.001) bad++
      if ($1 in label) { n++; right += label[$1] == $2 } }
    END { print bad + 0, right / n }' nodes.csv predictions.csv > counted
check "rows add up" grep -q '^0 ' counted
check "as counted" awk -v reported="$(metric test_accuracy report.json)" \
    '{ d = $2 - reported; exit !(d < 1e-9 && d > -1e-9) }' counted

# Every network and switch trains; each changes what comes out.
classify --labels nodes.csv --epochs 8 edges.csv | cksum > sums
for switch in '--network gcn' '--network sgc' '--conv sage' '--conv none' '--no-residual' \
    '--no-norm' '--norm-epsilon 0.001' '--block-rate 0.001' '--alpha vector' '--alpha 0.5' \
    '--alpha-rate 0.01' \
    --attention '--dropout 0.1' '--input-dropout 0.3' \
    '--layers 1' '--hidden 8' '--self-loop 3' '--directed' '--feature-scaling rows' \
    '--weight-decay 0.1' '--lr 0.02' '--seed 5' '--batch-nodes 40' '--batch-nodes 20 --fanout 3' \
    '--split 0.2,0.3,0.5' '--split-column split1'; do
    check "$switch" classify --labels nodes.csv --epochs 8 $switch edges.csv --report switch.json \
        -o switch.csv
    cksum < switch.csv >> sums
done
check_output '' sh -c 'sort sums | uniq -d'

# Repeats go over seeds and splits.
check "repeat" classify --labels nodes.csv --epochs 5 --repeat 4 edges.csv \
    --report repeat.json -o r.csv
check_output 3 sh -c "tr -d '\n\t' < repeat.json |
    sed 's/.*\"test_accuracy\"[^[]*\[\([^]]*\)\].*/\1/' |
    tr -cd , | wc -c"
check "mean and deviation" grep -q '"std"' repeat.json

# The pipelines of the overview, as written.
cp nodes.csv labels3.csv
sed -i 's/split0/split2/; s/split1/split3/' labels3.csv
gzip -k features.npy
check "gzipped features" sh -c 'graph-classify -q --features features.npy.gz --labels nodes.csv \
    --epochs 3 --repeat 2 --report r.json edges.csv > predictions-gz.csv &&
    grep -q test_accuracy r.json'
check "a split by name" sh -c 'graph-classify -q --features features.npy --labels labels3.csv \
    --split-column split3 --layers 6 --hidden 64 --epochs 3 \
    --model m.safetensors < edges.csv > p.csv'
graph-make stochastic-block --nodes 90 --blocks 3 --within 0.15 --between 0.01 --separation 0.4 \
    --feature-dim 6 --seed 2 --features new.npy > new-edges.csv
check "another graph" sh -c \
    'graph-classify --load m.safetensors --features new.npy < new-edges.csv > new.csv'
check_output 91 sh -c 'wc -l < new.csv'
check "the model says what its training said" sh -c \
    'graph-classify --load model --features features.npy edges.csv | cmp - predictions.csv'

# A model judged on labels: as its training judged it, and on another graph, where
# all count as test.
check "judge a model" sh -c 'graph-classify --load model --features features.npy \
    --labels nodes.csv --report judged.json edges.csv | cmp - predictions.csv'
for part in train validation test; do
    for figure in accuracy macro_f1 roc_auc loss; do
        check_output "$(metric ${part}_$figure report.json)" metric ${part}_$figure judged.json
    done
done
graph-classify --load model --features features.npy --labels nodes.csv --split-column split1 \
    --report other.json edges.csv > other.csv
check "by another split" sh -c '! cmp -s judged.json other.json && grep -q "\"split1\"" other.json'
graph-make stochastic-block --nodes 90 --blocks 3 --within 0.15 --between 0.01 --separation 0.4 \
    --feature-dim 6 --seed 2 --labels new-numbers.csv --features new.npy > new-edges.csv
awk -F, 'BEGIN { OFS = ","; split("oak ash elm", word, " ") }
    NR == 1 { print "node,label"; next }
    NR % 4 { print $1, word[$2 + 1] }' new-numbers.csv > new-nodes.csv
check "judge on another graph" graph-classify --load model --features new.npy \
    --labels new-nodes.csv --report new.json -o new.csv new-edges.csv
awk -F, 'NR == FNR { label[$1] = $2; next }
    FNR > 1 && $1 in label { n++; right += label[$1] == $2 }
    END { print right / n }' new-nodes.csv new.csv > counted
check "as counted" awk -v reported="$(metric test_accuracy new.json)" \
    '{ d = $1 - reported; exit !(d < 1e-5 && d > -1e-5) }' counted
check_output '' metric train_accuracy new.json
sed '3s/,.*/,beech/' new-nodes.csv > beech.csv
check_fails 65 "beech.csv:3: unknown class 'beech'; expected one of the 3 of the model" \
    graph-classify --load model --features new.npy --labels beech.csv --report b.json new-edges.csv
check_fails 64 'expected --report' graph-classify --load model --features new.npy \
    --labels new-nodes.csv new-edges.csv
check_fails 64 'does not train' graph-classify --load model --features features.npy \
    --labels nodes.csv --split 0.5,0.2,0.3 --report b.json edges.csv
check_fails 64 'expected --labels' graph-classify --load model --features features.npy \
    --split-column split1 --report b.json edges.csv

# Features and names from CSV: any order, any names; isolated nodes are predicted too.
tensor-convert features.npy -f csv | awk -F, 'BEGIN { OFS = "," }
    NR == 1 && $1 !~ /[0-9]/ { next } { print "n" n++, $0 }' > rows
{ echo node,a,b,c,d,e,f && sort -t, -k2 rows && echo lonely,0,0,0,0,0,1; } > features.csv
sed '1!s/^/n/' nodes.csv > named.csv
awk -F, 'NR == 1 { print; next } { print "n" $1 ",n" $2 }' edges.csv > named-edges.csv
check "names" graph-classify -q --features features.csv --labels named.csv --epochs 40 \
    named-edges.csv --report named.json -o named-p.csv
check "test accuracy" at_least test_accuracy 0.9 named.json
check "the isolated node" grep -q '^lonely,' named-p.csv

# Several labels.
awk -F, 'NR == 1 { print "node,first,odd,split"; next }
    { print $1 "," ($2 == 0) "," ($2 == 1) "," \
        (NR % 3 ? "train" : NR % 2 ? "validation" : "test") }' numbers.csv > several.csv
check "several labels" classify --labels several.csv --label-columns first,odd --metric roc-auc \
    --epochs 40 edges.csv --report several.json --model several.model -o several-p.csv
check "judge several labels" graph-classify --load several.model --features features.npy \
    --labels several.csv --report judged.json -o judged.csv edges.csv
check_output "$(metric test_roc_auc several.json)" metric test_roc_auc judged.json
check_fails 65 "nodes.csv:1: no column 'first'" graph-classify --load several.model \
    --features features.npy --labels nodes.csv --report b.json edges.csv
check_output 'node,predicted,first,odd' head -n 1 several-p.csv
check "test ROC-AUC" at_least test_roc_auc 0.95 several.json
check "test accuracy" at_least test_accuracy 0.85 several.json

# Formats, log, diagnosis.
check "json" classify --labels nodes.csv --epochs 2 -f json edges.csv -o p.json
check_output 150 sh -c 'grep -c "\"predicted\":\"[aeo][a-z]*\",\"probabilities\":{\"ash\":" p.json'
check "npy" classify --labels nodes.csv --epochs 2 -f npy edges.csv -o p.npy
check_output 150x3 sh -c 'tensor-info p.npy | tail -n 1 | cut -d, -f3'
check "log" classify --labels nodes.csv --epochs 6 --evaluate-every 2 --log log.jsonl \
    edges.csv -o l.csv
check_output 3 grep -c '"train_accuracy":.*"validation_macro_f1":' log.jsonl
# An epoch of the whole graph is a step, however many are asked for.
check "steps" classify --labels nodes.csv --steps 250 --evaluate-every 250 --report steps.json \
    edges.csv -o l.csv
check_output 250 metric best_epoch steps.json
# What depth does to a network that has not learned: with residuals next to nothing.
check "diagnosis" classify --labels nodes.csv --epochs 1 --lr 0 --layers 24 --diagnose deep.csv \
    edges.csv -o d.csv
check "diagnosis without residuals" classify --labels nodes.csv --epochs 1 --lr 0 --layers 24 \
    --no-residual --diagnose flat.csv edges.csv -o d.csv
check_output 27 sh -c 'wc -l < deep.csv'
check "residuals keep the nodes apart" awk -F, 'FNR == 26 { spread[FILENAME] = $3 }
    END { exit !(spread["flat.csv"] < 0.5 * spread["deep.csv"]) }' deep.csv flat.csv

# Early stopping; a run that goes on from a checkpoint ends like one that was never interrupted.
check "patience" classify --labels nodes.csv --epochs 400 --patience 3 --log short.jsonl \
    edges.csv -o s.csv
check "it stopped early" sh -c '[ "$(wc -l < short.jsonl)" -lt 300 ]'
for how in '' '--batch-nodes 40' '--batch-nodes 20 --fanout 4'; do
    classify --labels nodes.csv --epochs 400 $how edges.csv -o whole.csv
    rm -f state
    graph-classify -q --features features.npy --labels nodes.csv --epochs 400 --checkpoint state \
        $how edges.csv -o first.csv & # which ignores SIGINT there
    pid=$!
    wait_until 1200 test -s state
    kill -TERM $pid
    wait $pid
    check "interrupted $how" test $? -eq 130
    check "resume $how" classify --labels nodes.csv --epochs 400 --checkpoint state --resume $how \
        edges.csv -o resumed.csv
    check "the same predictions" cmp resumed.csv whole.csv
done
check_fails 65 'another run' classify --labels nodes.csv --epochs 400 --seed 9 --checkpoint state \
    --resume --batch-nodes 20 --fanout 4 edges.csv

# What is wrong with the input.
check_fails 65 "far.csv:[0-9]*: unknown node '150'; expected one of the 150 that are known" \
    sh -c 'cat edges.csv > far.csv && echo 3,150 >> far.csv &&
    graph-classify --features features.npy --labels nodes.csv far.csv'
check_fails 65 "unknown.csv:3: unknown node '999'" sh -c \
    'printf "node,label\n1,a\n999,b\n" > unknown.csv &&
    graph-classify --features features.npy --labels unknown.csv edges.csv'
head -n 100 features.csv > few.csv
check_fails 65 "named-edges.csv:[0-9]*: unknown node 'n" graph-classify --features few.csv \
    --labels named.csv named-edges.csv
sed '5s/,[^,]*$/,nan/' features.csv > nan.csv
check_fails 65 "huge.csv: node 'c', column 'x': -1e\\+39 is beyond the range" sh -c \
    'printf "node,x\na,1\nb,2\nc,-1e39\n" > huge.csv; printf "a,b\nb,c\n" |
     graph-classify --features huge.csv --labels named.csv'
check_fails 65 'nan.csv:.*finite|nan.csv:.*nan' graph-classify --features nan.csv \
    --labels named.csv named-edges.csv
sed 's/train/none/g' nodes.csv > nothing.csv
check_fails 65 'no training node has a label' classify --labels nothing.csv edges.csv
awk -F, 'NR == 3 { print $1 ",ash,learn,test"; next } { print }' nodes.csv > bad.csv
check_fails 65 "bad.csv:3: 'learn' in column 'split0'" classify --labels bad.csv edges.csv
check_fails 65 'weight' sh -c 'printf "0,1,-1\n" |
    graph-classify --features features.npy --labels nodes.csv'
head -c 2000 features.npy.gz > cut.npy.gz
check_fails 65 'cut.npy.gz: damaged gzip: it is truncated' graph-classify --features cut.npy.gz \
    --labels nodes.csv edges.csv
head -c 2000 features.npy > cut.npy
check_fails 65 'cut.npy: record 1: truncated' graph-classify --features cut.npy \
    --labels nodes.csv edges.csv
cut -d, -f2-6 features.csv | tensor-convert -f npy -o narrow.npy
check_fails 65 'expects 6' graph-classify --load model --features narrow.npy edges.csv
check_fails 65 'safetensors' graph-classify --load nodes.csv --features features.npy edges.csv
check_fails 65 'state: not a model of graph-classify' graph-classify --load state \
    --features features.npy edges.csv
# Warned of, and stated in the manual: an absent class, no validation node.
awk -F, '$2 == "elm" && $3 == "train" { print $1 "," $2 ",none,none"; next }
    { print }' nodes.csv > absent.csv
check "a class absent from training" sh -c 'graph-classify --features features.npy --epochs 3 \
    --labels absent.csv edges.csv 2> said > a.csv &&
    grep -q "class .elm. has no training node" said'
sed 's/validation/none/g' nodes.csv > blind.csv
check "no validation node" sh -c 'graph-classify --features features.npy --epochs 3 \
    --labels blind.csv edges.csv 2> said > b.csv && grep -q "no validation node" said'

# What is wrong with the options.
check_fails 64 'expected --features' graph-classify --labels nodes.csv edges.csv
check_fails 64 'expected --labels' classify edges.csv
check_fails 64 'exclude each other' classify --labels nodes.csv --split 0.5,0.2,0.3 \
    --split-column split1 edges.csv
check_fails 64 'exclude each other' classify --labels nodes.csv --epochs 3 --steps 3 edges.csv
check_fails 64 'does not train' classify --load model --epochs 3 edges.csv
check_fails 64 'are of blocks' classify --labels nodes.csv --network gcn --conv sage edges.csv
check_fails 64 'are of blocks' classify --labels nodes.csv --network mlp --block-rate 0.1 edges.csv
check_fails 64 'exclude each other' classify --labels nodes.csv --no-norm \
    --norm-epsilon 0.1 edges.csv
check_fails 64 'expected --batch-nodes' classify --labels nodes.csv --fanout 3 edges.csv
check_fails 64 '3 numbers for 2 layers' classify --labels nodes.csv --layers 2 --batch-nodes 5 \
    --fanout 3,2,1 edges.csv
check_fails 64 'does not go with --repeat' classify --labels nodes.csv --repeat 2 \
    --checkpoint c edges.csv
check_fails 64 'split' classify --labels nodes.csv --split 0.5,0.6,0.1 edges.csv
check_fails 64 'network' classify --labels nodes.csv --network transformer edges.csv
check_fails 64 'alpha' classify --labels nodes.csv --alpha vectors edges.csv
check_fails 64 'of alphas that are learned' \
    classify --labels nodes.csv --alpha 0.5 --alpha-rate 0.1 edges.csv

# Another order of work changes nothing of what a model predicts, nor the order of its rows.
same() {
    awk -F, 'NR == FNR { line[FNR] = $0; lines = FNR; next }
        { n = split(line[FNR], other)
          if ($1 != other[1]) exit 1
          for (i = 3; FNR > 1 && i <= n; i++)
              if ($i - other[i] > 1e-4 || other[i] - $i > 1e-4) exit 1 }
        END { exit lines != FNR || lines < 10 }' "$1" "$2"
}
graph-classify --load model --features features.npy edges.csv > as-they-stand.csv
graph-classify --load model --features features.npy --reorder edges.csv > reordered.csv
check "the same predictions in another order of work" same as-they-stand.csv reordered.csv
check "trains in another order" classify --labels nodes.csv --reorder \
    --epochs 3 --report reordered.json -o trained.csv edges.csv
check "its rows are in the order of the features" \
    sh -c 'cut -d, -f1 "$1" > names; cut -d, -f1 "$2" | cmp - names' - as-they-stand.csv trained.csv
check "the report tells" grep -q '"reorder":.*1' reordered.json

# What does not fit into the memory that is allowed lies in a file, and changes nothing.
graph-make sbm --nodes 6000 --edges 12000 --features 4 --out large
graph-classify -q --features large/features.npy --labels large/nodes.csv --hidden 64 --layers 1 \
    --epochs 1 --model large.model -o large.csv large/edges.csv
check_output '' sh -c 'graph-classify --load large.model --features large/features.npy --memory 1M \
    large/edges.csv | cmp - large.csv'
check_fails 73 'cannot make a temporary file of 1536000 bytes in nowhere' env TMPDIR=nowhere \
    graph-classify --load large.model --features large/features.npy --memory 1M large/edges.csv

check "a rate of 0 ends" classify --labels nodes.csv --epochs 2 --lr 0 edges.csv

run_examples graph-classify
finish
