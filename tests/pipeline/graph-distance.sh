. "$srcdir/tests/pipeline/lib.sh"

printf 'source,target,weight\n007,b,1\nb,"c,d",2\n007,"c,d",4\ne,f,1\n' > named.csv
printf '0,1\n1,2\n2,0\n2,3\n' > cycle.csv

check_output 'node,007,b,"c,d",e,f
007,0,1,3,inf,inf
b,1,0,2,inf,inf
"c,d",3,2,0,inf,inf
e,inf,inf,inf,0,1
f,inf,inf,inf,1,0' graph-distance named.csv
check_output 'node,007,b,"c,d"
007,0,1,1
b,1,0,1
"c,d",1,1,0' graph-distance --unweighted --largest-component named.csv
check_output 'node,0,1,2,3
0,0,1,2,3
1,2,0,1,2
2,1,2,0,1
3,-1,-1,-1,0' graph-distance --directed --unreachable -1 cycle.csv
check_output 'node,0,1,2,3
3,2,2,1,0
0,0,1,1,2' graph-distance --sources 3,0 cycle.csv
check_output 'nan' sh -c 'graph-distance --unreachable nan named.csv | sed -n "2s/.*,//p"'

# Standard input, gzip, and files come to the same.
graph-distance cycle.csv > expected.csv
check "from standard input" sh -c 'graph-distance < cycle.csv | cmp - expected.csv'
check "from -" sh -c 'graph-distance - < cycle.csv | cmp - expected.csv'
check "gzipped" sh -c 'gzip -c cycle.csv | graph-distance | cmp - expected.csv'
check "to a file" sh -c 'graph-distance cycle.csv -o found.csv && cmp found.csv expected.csv'
check "one thread" sh -c 'graph-distance --threads 1 cycle.csv | cmp - expected.csv'

# Pairs, in their order.
printf 'source,target\nf,e\n007,"c,d"\nb,b\n007,e\n007,b\n' > pairs.csv
check_output 'source,target,distance
f,e,1
007,"c,d",3
b,b,0
007,e,inf
007,b,1' graph-distance --pairs pairs.csv named.csv
check_output 'source,target,distance
b,007,1' sh -c 'echo b,007 | graph-distance --pairs - named.csv'

# Landmarks: rows of the whole matrix, the same ones for the same seed.
graph-make erdos-renyi --nodes 300 --seed 1 > random.csv
graph-distance random.csv > whole.csv
graph-distance --landmarks 20 --names names.csv --seed 2 random.csv > part.csv
check_output 21 sh -c 'wc -l < part.csv'
check_output 0 sh -c 'grep -vxFf whole.csv part.csv | wc -l'
check_output 20 awk -F, 'NR > 1 && $2 != "" { n++ } END { print n }' names.csv
check "names tell the rows" awk -F, '
    NR == FNR { if (FNR > 1 && $2 != "") row[$2] = $1; next }
    FNR > 1 && row[FNR - 2] != $1 { exit 1 }' names.csv part.csv
check "another seed" sh -c 'graph-distance --landmarks 20 --seed 3 random.csv > other.csv
    ! cmp -s other.csv part.csv'
check "all nodes as landmarks" sh -c 'graph-distance --landmarks 1000 random.csv | cmp - whole.csv'

check "report" graph-distance --report report.json cycle.csv -o found.csv
check "report: reachable pairs" grep -Eq '"reachable_pairs":[[:space:]]*16' report.json
check "report: largest distance" grep -Eq '"largest_distance":[[:space:]]*2,?$' report.json

# NPY holds the same numbers, in blocks or not; weighted paths against Floyd and Warshall.
if have_numpy; then
    graph-distance -f npy random.csv > whole.npy
    graph-make geometric --nodes 200 --weight squared > squared.csv
    graph-distance -f npy squared.csv > squared.npy
    graph-distance -f npy --pairs pairs.csv named.csv > pairs.npy
    check "NPY" "$PYTHON" - <<'PYTHON'
import csv, numpy
whole = numpy.load("whole.npy")
rows = list(csv.reader(open("whole.csv")))
assert whole.dtype == numpy.float32
assert numpy.array_equal(whole, numpy.array([row[1:] for row in rows[1:]], dtype=float))
names, edges = {}, []
for source, target, weight in list(csv.reader(open("squared.csv")))[1:]:
    ends = [names.setdefault(name, len(names)) for name in (source, target)]
    edges.append(ends + [float(weight)])
n = len(names)
d = numpy.full((n, n), numpy.inf)
numpy.fill_diagonal(d, 0)
for a, b, w in edges:
    d[a, b] = d[b, a] = w
for k in range(n):
    d = numpy.minimum(d, d[:, k:k + 1] + d[k:k + 1])
assert numpy.allclose(numpy.load("squared.npy"), d, rtol=1e-6, atol=0)
assert numpy.array_equal(numpy.load("pairs.npy"), numpy.array([1, 3, 0, numpy.inf, 1]))
PYTHON
fi

printf '0,1\n1,1\n' > loop.csv
check_fails 65 'loop.csv:2: self loop at node .1.' graph-distance loop.csv
check_output 'node,0,1
0,0,1
1,1,0' graph-distance --allow-self-loops loop.csv
bad() {
    printf "$1" > bad.csv
    check_fails 65 "$2" graph-distance bad.csv
}
bad '' 'bad.csv: no edges'
bad 'source,target\n' 'bad.csv: no edges'
bad '0,1,1\n1,2,-1\n' 'bad.csv:2: weight -1; expected a positive number'
bad '0,1,1\n1,2,0\n' 'bad.csv:2: weight 0; expected a positive number'
bad '0,1,1\n1,2,nan\n' 'bad.csv:2: weight nan; expected a finite'
bad '0,1,1\n1,2,1e99\n' 'bad.csv:2: weight 1e99; expected a finite'
bad '0,1,1\n1,2,x\n' "bad.csv:2: weight 'x'; expected a number"
bad '0,1,1\n1,0,2\n' "bad.csv:2: edge '1','0' again with weight 2; expected 1"
bad '0,1\n1,2,3\n' 'bad.csv:2: 3 fields; expected 2'
bad '0,1\n1,\n' 'bad.csv:2: the target is empty'
check_fails 65 'standard input: no edges' sh -c 'graph-distance < /dev/null'
check_fails 65 "pairs.csv:2: no node 'f' in the graph" graph-distance --pairs pairs.csv cycle.csv
check_fails 65 'no pairs' sh -c 'echo source,target | graph-distance --pairs - cycle.csv'
check_fails 65 "no node '9' in the graph" graph-distance --sources 0,9 cycle.csv
check_fails 66 'nowhere.csv' graph-distance nowhere.csv
check_fails 66 'nowhere.csv' graph-distance --pairs nowhere.csv cycle.csv
check_fails 73 'nowhere/found.csv' graph-distance -o nowhere/found.csv cycle.csv
check_fails 64 'exclude each other' graph-distance --sources 0 --landmarks 2 cycle.csv
check_fails 64 "'json' is not one of csv, npy" graph-distance -f json cycle.csv
check_fails 64 'not of --pairs' graph-distance --pairs pairs.csv --names n.csv cycle.csv
[ ! -c /dev/full ] || check_fails 74 'cannot write' sh -c 'graph-distance cycle.csv > /dev/full'

# What cannot be done is told before anything is written.
printf 'a,b\nb,c\n' > abc.csv
check_fails 64 '(FILE and --pairs|--pairs and FILE) are both standard input' \
    graph-distance --pairs - < abc.csv
check_fails 64 'both standard output' graph-distance --names - abc.csv
check_fails 64 'same file' graph-distance --names n.csv --report n.csv abc.csv
check_fails 73 'no-folder/r.json: cannot create' graph-distance --report no-folder/r.json abc.csv
check_fails 73 'empty name' graph-distance -o '' abc.csv

# A first line with a weight that is wrong is no header.
printf 'a,b,0x10\nb,c,2\n' > hex.csv
check_fails 65 "hex.csv:1: weight '0x10'; expected a number" graph-distance hex.csv
printf 'a,b,2nd\nb,c,2\n' > second.csv
check_fails 65 "second.csv:1: weight '2nd'" graph-distance second.csv
check_fails 64 'unreachable.*beyond' graph-distance --unreachable 1e300 abc.csv
printf 'a,b\nc,d\n' > two.csv
check_output 'node,a,b,c,d
a,0,1,nan,nan' graph-distance --unreachable NaN --sources a two.csv

run_examples graph-distance
finish
