. "$srcdir/tests/pipeline/lib.sh"

edges_of() {
    graph-make "$@" > made.csv && echo $(($(wc -l < made.csv) - 1))
}

check_output 'source,target
0,1
1,2' graph-make path --nodes 3
check_output 5 edges_of cycle --nodes 5
check_output 4 edges_of star --nodes 5
check_output 10 edges_of complete --nodes 5
check_output 20 edges_of complete --nodes 5 --directed
check_output 17 edges_of grid --rows 3 --columns 4
check_output 12 edges_of grid --nodes 9
check_output 13 edges_of grid --nodes 10 --columns 4
check_output 1022 edges_of tree --nodes 1023
check_output 39 edges_of tree --nodes 40 --branching 3
check_output 200 edges_of watts-strogatz --nodes 100
check_output 291 edges_of barabasi-albert --nodes 100 --attach 3
check_output 4950 edges_of metric --points 100
check_output 435 edges_of erdos-renyi --nodes 30 --probability 1
check_output 0 edges_of erdos-renyi --nodes 30 --probability 0

# Numbers of random edges lie about their mean: within 5 standard deviations.
near() {
    found=$(edges_of "$@") && [ "$found" -gt "$low" ] && [ "$found" -lt "$high" ]
}
low=3684 high=4316
check "degree of erdos-renyi" near erdos-renyi --nodes 2000 --degree 4
check "degree of random-dag" near random-dag --nodes 1000 --degree 4
low=3000 high=4316
check "degree of geometric" near geometric --nodes 1000

# The same seed, the same bytes; another one, others.
for kind in erdos-renyi barabasi-albert watts-strogatz random-dag stochastic-block geometric metric
do
    graph-make "$kind" --seed 7 > first.csv
    graph-make "$kind" --seed 7 > second.csv
    graph-make "$kind" --seed 8 > third.csv
    check "$kind repeats itself" cmp first.csv second.csv
    check "$kind follows the seed" sh -c '! cmp -s first.csv third.csv'
done

# Weights are what they are called, of the points that are written.
graph-make metric --points 20 --point-dim 3 --weight exp-log --coordinates points.csv > edges.csv
check "weights of the coordinates" awk -F, '
    NR == FNR { if (FNR > 1) { x[$1] = $2; y[$1] = $3; z[$1] = $4 } next }
    FNR > 1 {
        t = sqrt((x[$1] - x[$2])^2 + (y[$1] - y[$2])^2 + (z[$1] - z[$2])^2)
        difference = 1 - exp(-(t - 1) / log(t)) - $3
        if (difference > 1e-5 || difference < -1e-5) exit 1
        pairs++
    }
    END { exit pairs != 190 }' points.csv edges.csv
check_output 'node,x0,x1,x2' head -n 1 points.csv
check_output 'source,target,weight' head -n 1 edges.csv
check_output 'source,target' sh -c 'graph-make geometric | head -n 1'
check_output 'source,target,weight' sh -c 'graph-make geometric --weight sqrt | head -n 1'

graph-make stochastic-block --nodes 90 --blocks 3 --labels nodes.csv --features features.npy \
    --feature-dim 5 -o blocks.csv
check_output '30 30 30' awk -F, 'NR > 1 { n[$2]++ } END { print n[0], n[1], n[2] }' nodes.csv
have_numpy && check_output '(90, 5) float32' "$PYTHON" -c '
import numpy; a = numpy.load("features.npy"); print(a.shape, a.dtype)'

# A large graph: exactly so many edges, none twice, and the share within groups that was asked for.
graph-make sbm --blocks 7 --nodes 1000 --edges 4321 --homophily 0.6 --features 5 --out big --seed 3
check_output '4321 0 2593' awk -F, 'NR > 1 {
        edges++; if ($1 >= $2 || seen[$1 "," $2]++) bad++
        if ($1 % 7 == $2 % 7) within++ }
    END { print edges, bad + 0, within }' big/edges.csv
check_output '1000 0 3' awk -F, 'NR > 1 { nodes++; if ($2 != $1 % 7) bad++; parts[$3]++ }
    END { for (p in parts) n++; print nodes, bad + 0, n }' big/nodes.csv
check_output 'node,label,split' head -n 1 big/nodes.csv
have_numpy && check_output '(1000, 5) float32 True True' "$PYTHON" -c '
import numpy; a = numpy.load("big/features.npy"); print(a.shape, a.dtype, abs(a.mean()) < 0.2,
                                                        abs(a.std() - 1) < 0.1)'
graph-make sbm --blocks 7 --nodes 1000 --edges 4321 --homophily 0.6 --features 5 --out big2 --seed 3
check "sbm repeats itself" diff -r big big2
graph-make sbm --blocks 7 --nodes 1000 --edges 4321 --homophily 0.6 --features 5 --out big2 --seed 4
for file in edges.csv nodes.csv features.npy; do
    check "$file follows the seed" sh -c '! cmp -s "$@"' - "big/$file" "big2/$file"
done
graph-make sbm --nodes 40 --edges 780 --homophily 0.230769 --out complete
check_output 781 sh -c 'wc -l < complete/edges.csv'
check_fails 64 'needs --out' graph-make sbm
check_fails 64 'sbm does not take --within' graph-make sbm --out x --within 0.5
check_fails 64 'path does not take --edges' graph-make path --edges 3
check_fails 64 'path does not take --edges' graph-make path --out x
check_fails 64 'not a whole number from 1' graph-make sbm --out x --features f.npy
echo > file
check_fails 73 'file is a file; expected a folder' graph-make sbm --out file
check_fails 64 'more classes than nodes' graph-make sbm --out x --nodes 3
check_fails 64 'edges between them are more than the 600 pairs' \
    graph-make sbm --out x --nodes 40 --edges 780 --homophily 0
check_fails 73 'cannot make the folder nowhere/x' graph-make sbm --out nowhere/x
check "nothing is left of what failed" test ! -e x

check_fails 64 'missing operand' graph-make
check_fails 64 "no kind of graph is called 'circle'" graph-make circle
check_fails 64 "path does not take --rows" graph-make path --rows 3
check_fails 64 "tree does not take --directed" graph-make tree --directed
check_fails 64 "metric does not take --radius" graph-make metric --radius 1
check_fails 64 "path does not take --labels" graph-make path --labels nodes.csv
check_fails 64 "path does not take --features" graph-make path --features f.csv
check_fails 64 "tree does not take --coordinates" graph-make tree --coordinates f.csv
check_fails 64 'need --features' graph-make stochastic-block --feature-dim 3
check_fails 64 'exclude each other' graph-make erdos-renyi --degree 3 --probability 0.1
check_fails 64 'larger than so few nodes' graph-make erdos-renyi --nodes 5 --degree 5
check_fails 64 'not the product' graph-make grid --nodes 5 --rows 2 --columns 3
check "a report" sh -c 'graph-make metric --points 5 --point-dim 3 --weight sqrt-log \
    --report r.json > m.csv'
check_output 10 metric edges r.json
check_output 5 sh -c 'sed -n "s/^.*\"metrics\".*/x/p; s/^\t\t\"nodes\":\t\([0-9]*\).*/\1/p" \
    r.json | tail -n 1'
check "its options" sh -c 'grep -q "\"point_dim\":.3" r.json &&
    grep -q "\"weight\":.\"sqrt-log\"" r.json'
check "a report of a large graph" sh -c 'graph-make sbm --nodes 50 --edges 100 --out reported \
    --report r.json'
check_output 100 metric edges r.json
check_fails 64 'even and below' graph-make watts-strogatz --neighbors 3
check_fails 64 'below --nodes' graph-make barabasi-albert --nodes 3 --attach 3
check_fails 64 'at least 3' graph-make cycle --nodes 2
check_fails 64 'not exceed' graph-make stochastic-block --nodes 2
check_fails 64 'needs --radius' graph-make geometric --distribution normal
check_fails 64 'not a whole number' graph-make path --nodes 0
check_fails 64 'not a whole number' graph-make path --nodes 4294967296
check_fails 64 'not one of euclidean' graph-make metric --weight cubic
check_fails 73 'nowhere/points.csv' graph-make metric --coordinates nowhere/points.csv
check_fails 73 'nowhere/edges.csv' graph-make path -o nowhere/edges.csv

# Each output has a place of its own.
check_fails 64 'both standard output' graph-make metric --points 4 --coordinates -
check_fails 64 'same file, both.csv' graph-make metric --points 4 --coordinates both.csv -o both.csv
check_fails 73 'no-folder' graph-make stochastic-block --labels no-folder/l.csv

run_examples graph-make
finish
