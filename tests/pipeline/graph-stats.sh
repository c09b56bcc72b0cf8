. "$srcdir/tests/pipeline/lib.sh"

value_of() {
    metric=$1
    shift
    graph-stats "$@" > stats.csv &&
        awk -F, -v metric="$metric" '$1 == metric { print $2 }' stats.csv
}

graph-make tree --nodes 1023 > tree.csv
check_output 1023 value_of nodes tree.csv
check_output 1022 value_of edges tree.csv
check_output 1 value_of is_tree tree.csv
check_output 18 value_of diameter tree.csv
check_output 1 value_of diameter_exact tree.csv
check_output 1 value_of components tree.csv
check_output 0 value_of triangles tree.csv

graph-make complete --nodes 6 > complete.csv
check_output 20 value_of triangles complete.csv
check_output 1 value_of global_clustering complete.csv
check_output 1 value_of density complete.csv
check_output nan value_of degree_assortativity complete.csv
check_output 0 value_of is_tree complete.csv

graph-make random-dag --nodes 200 > dag.csv
check_output 1 value_of is_dag --directed dag.csv
check_output '' value_of is_dag dag.csv
graph-make cycle > cycle.csv
check_output 0 value_of is_dag --directed cycle.csv
check_output 1 value_of strong_components --directed cycle.csv
check_output 50 value_of diameter cycle.csv
graph-make path --nodes 1000 > path.csv
check_output 999 value_of diameter path.csv

# A lower bound where the search may not go on: two searches suffice for a tree, not for a cycle
# that was bent.
graph-make erdos-renyi --nodes 2000 --degree 3 > random.csv
check_output 0 value_of diameter_exact --effort 0 random.csv
check_output 1 value_of diameter_exact random.csv

# Self loops are counted, not refused.
printf '1,1\n1,2\n2,3\n' > loop.csv
check_output 1 value_of self_loops loop.csv
check_output 0 value_of is_tree loop.csv

# Labels: homophily, and nodes that have no edges.
printf 'node,label,split\n1,a,x\n2,a,x\n3,b,y\n4,b,y\n' > nodes.csv
check_output 0.5 value_of edge_homophily --labels nodes.csv loop.csv
check_output 4 value_of nodes --labels nodes.csv loop.csv
check_output 1 value_of isolated_nodes --labels nodes.csv loop.csv
check_output 2 value_of classes --labels nodes.csv loop.csv

# Standard input, JSON, the report.
check "standard input" sh -c 'graph-stats < tree.csv > found.csv && graph-stats tree.csv |
    cmp - found.csv'
check "JSON" sh -c 'graph-stats -f json tree.csv | grep -Eq "\"is_tree\":[[:space:]]*1"'
check "null in JSON" sh -c 'graph-stats -f json complete.csv |
    grep -Eq "\"degree_assortativity\":[[:space:]]*null"'
check "report" sh -c 'graph-stats --report report.json tree.csv > found.csv &&
    grep -Eq "\"program\":[[:space:]]*\"graph-stats\"" report.json &&
    grep -Eq "\"diameter\":[[:space:]]*18" report.json'

check_fails 65 'standard input: no edges' sh -c 'graph-stats < /dev/null'
printf '1,2,1\n2,1,3\n' > bad.csv
check_fails 65 'bad.csv:2: edge' graph-stats bad.csv
printf '1,2,nan\n' > bad.csv
check_fails 65 'bad.csv:1: weight nan' graph-stats bad.csv
printf 'node,label\n1,a\n' > few.csv
check_fails 65 "few.csv: no label for node '2'" graph-stats --labels few.csv loop.csv
printf 'node,label\n1,a\n1,b\n' > twice.csv
check_fails 65 "twice.csv:3: node '1' again" graph-stats --labels twice.csv loop.csv
check_fails 65 "no column 'node'" graph-stats --labels loop.csv loop.csv
check_fails 66 'nowhere.csv' graph-stats nowhere.csv
check_fails 66 'nowhere.csv' graph-stats --labels nowhere.csv loop.csv
check "help names the formats" sh -c 'graph-stats --help | grep -q "format: csv or json"'
check_fails 64 "'npy' is not one of csv, json" graph-stats -f npy loop.csv
check_fails 64 'unexpected operand' graph-stats loop.csv loop.csv

check_fails 64 'both standard input' sh -c 'graph-make path | graph-stats --labels -'

run_examples graph-stats
finish
