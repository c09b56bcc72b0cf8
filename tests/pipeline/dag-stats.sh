. "$srcdir/tests/pipeline/lib.sh"

value_of() {
    metric=$1
    shift
    dag-stats "$@" > stats.csv &&
        awk -F, -v metric="$metric" '$1 == metric { print $2 }' stats.csv
}

# A tree: as wide as it has leaves, and its own Hasse diagram.
graph-make tree --nodes 1023 > tree.csv
check_output 1023 value_of nodes tree.csv
check_output 1022 value_of edges tree.csv
check_output 1 value_of sources tree.csv
check_output 512 value_of sinks tree.csv
check_output 512 value_of width tree.csv
check_output 1 value_of width_exact tree.csv
check_output 10 value_of height tree.csv
check_output 9 value_of longest_path tree.csv
check_output 8194 value_of closure_size tree.csv
check_output 1022 value_of reduction_size tree.csv
check_output 1 value_of dimension_at_most_two tree.csv

# A path is a total order, whatever edges are added that skip nodes.
{ graph-make path --nodes 50; printf '0,49\n3,17\n'; } > path.csv
check_output 1 value_of width path.csv
check_output 1 value_of order_density path.csv
check_output 51 value_of edges path.csv
check_output 49 value_of reduction_size path.csv
check "reduction" sh -c 'dag-stats --reduce hasse.csv -o stats.csv path.csv &&
    graph-make path --nodes 50 | cmp - hasse.csv'
printf 'source,target,weight\na b,"c,d",2\na b,e,3.5\ne,"c,d",0.25\n' > weights.csv
check_output 'source,target,weight
a b,e,3.5
e,"c,d",0.25' sh -c 'dag-stats --reduce hasse.csv -o stats.csv weights.csv && cat hasse.csv'

# The standard example of dimension three: a below b', c'; and so on.
printf 'a,y\na,z\nb,x\nb,z\nc,x\nc,y\n' > three.csv
check_output 0 value_of dimension_at_most_two three.csv
check_output 3 value_of width three.csv
check "antichain and chains" sh -c 'dag-stats --antichain apart.csv --chains chains.csv \
    three.csv > stats.csv && [ "$(wc -l < apart.csv)" -eq 4 ] &&
    [ "$(wc -l < chains.csv)" -eq 7 ] &&
    [ "$(tail -n +2 chains.csv | cut -d, -f2 | sort -u | wc -l)" -eq 3 ]'

# Cycles: refused by name, joined, broken.
printf 'x,a,1\na,b,2\nb,c,3\nc,a,1\nc,y,1\n' > ring.csv
check_fails 65 "ring.csv: the graph has a cycle, 'a' -> 'b' -> 'c' -> 'a'" dag-stats ring.csv
check_output 3 value_of nodes --condense ring.csv
check_output 3 value_of joined_nodes --condense ring.csv
check_output 3 value_of height --condense ring.csv
check_output 5 value_of nodes --break-cycles ring.csv
check_output 1 value_of dropped_edges --break-cycles ring.csv
check "what was joined" sh -c 'dag-stats --condense ring.csv 2>&1 > stats.csv |
    grep -q "warning: joined 3 nodes into 1, the largest of 3, with 3 edges inside"'
check "what was dropped" sh -c 'dag-stats --break-cycles ring.csv 2>&1 > stats.csv |
    grep -q "warning: dropped 1 of 5 edges to break cycles"'
check_output '' sh -c 'dag-stats --quiet --condense ring.csv 2>&1 > stats.csv'
printf 'a,a\na,b\n' > loop.csv
check_fails 65 "loop.csv:1: self loop at node 'a'" dag-stats loop.csv
check_output 1 value_of dropped_self_loops --condense loop.csv
check_output 1 value_of dropped_self_loops --break-cycles loop.csv

# Where effort ends there are bounds, and what is left out is said to be.
graph-make dag --nodes 3000 --degree 4 > dag.csv
check_output 0 value_of width_exact --effort 0 dag.csv
check_output nan value_of closure_size --effort 0 dag.csv
check "bounds hold the width" sh -c 'dag-stats --threads 1 dag.csv > exact.csv &&
    dag-stats --effort 0 --quiet dag.csv > bound.csv &&
    awk -F, "FNR == NR { exact[\$1] = \$2; next } { bound[\$1] = \$2 }
        END { exit !(bound[\"width_lower\"] <= exact[\"width\"] &&
                     exact[\"width\"] < bound[\"width\"]) }" exact.csv bound.csv'
check "warnings" sh -c 'dag-stats --effort 0 dag.csv 2>&1 > stats.csv |
    grep -q "the width is between" &&
    dag-stats --effort 0 dag.csv 2>&1 > stats.csv | grep -q "left out closure_size"'
check "the reduction is made where it is wanted" sh -c 'dag-stats --effort 0 --reduce hasse.csv \
    --quiet dag.csv > stats.csv && dag-stats hasse.csv > again.csv &&
    [ "$(grep closure_size again.csv)" = "$(grep closure_size exact.csv)" ]'
check "same figures from any threads" sh -c 'dag-stats --threads 2 dag.csv | cmp - exact.csv'

# Standard input, JSON, the report.
check "standard input" sh -c 'dag-stats < tree.csv > found.csv && dag-stats tree.csv |
    cmp - found.csv'
check "JSON" sh -c 'dag-stats -f json tree.csv | grep -Eq "\"width\":[[:space:]]*512"'
check "null in JSON" sh -c 'dag-stats -f json -q --effort 0 tree.csv |
    grep -Eq "\"closure_size\":[[:space:]]*null"'
check "report" sh -c 'dag-stats --report report.json tree.csv > found.csv &&
    grep -Eq "\"program\":[[:space:]]*\"dag-stats\"" report.json &&
    grep -Eq "\"width\":[[:space:]]*512" report.json'

check_fails 65 'standard input: no edges' sh -c 'dag-stats < /dev/null'
printf 'a,b,1\na,b,3\n' > bad.csv
check_fails 65 'bad.csv:2: edge' dag-stats bad.csv
printf 'a,b,0\n' > bad.csv
check_fails 65 'bad.csv:1: weight 0' dag-stats --condense bad.csv
check_fails 66 'nowhere.csv' dag-stats nowhere.csv
check_fails 73 'nowhere/hasse.csv' dag-stats --reduce nowhere/hasse.csv tree.csv
check_fails 64 'exclude each other' dag-stats --condense --break-cycles tree.csv
check_fails 64 'not one of csv, json' dag-stats -f npy tree.csv

check_fails 64 'are the same file' dag-stats --reduce x --chains x /dev/null

run_examples dag-stats
finish
