. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
printf 'a,b,1\nb,c,2\na,"d,e",1\nf,c,1\n' > edges.csv
dag-spacetime -q --steps 300 edges.csv --model exact -o events.csv

# relations PAIRS...: what is answered, without distances.
relations() {
    printf '%s\n' "$@" | dag-query --load exact --relation-only
}
check_output 'a,c,before
c,a,after
b,"d,e",apart
a,a,same
f,c,before
f,a,apart' relations a,c c,a 'b,"d,e"' a,a f,c f,a
check_output 'a,b,before' relations u,v a,b
check_output 4 sh -c 'echo a,b | dag-query --load exact | tr , "\n" | wc -l'
check_output 5 sh -c 'echo a,b | dag-query --load exact --interval | tr , "\n" | wc -l'
check "distance" sh -c 'echo b,c | dag-query --load exact |
    awk -F, "{ exit !(\$4 > 1.9 && \$4 < 2.1) }"'
check "intervals have signs" sh -c 'printf "a,c\nc,a\nb,f\n" |
    dag-query --load exact --relation-only --interval |
    awk -F, "NR == 1 { ok = \$4 > 0 } NR == 2 { ok = ok && \$4 < 0 } NR == 3 { ok = ok && \$4 == 0 }
        END { exit !ok }"'

# Every pair of a random graph is answered as searches along its edges do.
graph-make dag --nodes 60 --probability 0.05 --seed 2 > random.csv
dag-spacetime -q --steps 5 random.csv --model random -o random-events.csv
graph-distance --directed random.csv |
    awk -F, 'NR == 1 { for (i = 2; i <= NF; i++) name[i] = $i; next }
        { for (i = 2; i <= NF; i++) if ($i != "inf") print $1 "," name[i] }' > reachable.csv
awk -F, 'NR > 1 { n[++k] = $1 } END { for (i = 1; i <= k; i++) for (j = 1; j <= k; j++)
    print n[i] "," n[j] }' random-events.csv > pairs.csv
check "exact" sh -c 'dag-query --load random --relation-only pairs.csv |
    grep -E ",(before|same)$" | cut -d, -f1,2 | sort > found.csv
    sort reachable.csv | cmp - found.csv'
check "threads" sh -c 'dag-query --threads 2 --load random pairs.csv > two.csv
    dag-query --threads 1 --load random pairs.csv | cmp - two.csv'

# Binary pairs are rows of the table of events; answers are codes, then distances.
if "$PYTHON" -c 'import numpy' 2> /dev/null; then
    check "npy" "$PYTHON" -c '
import numpy as np
np.save("pairs.npy", np.array([[0, 2], [2, 0], [0, 0], [1, 3]], dtype=np.uint32))
np.save("far.npy", np.array([[0, 6]], dtype=np.int64))
np.save("flat.npy", np.array([0, 5]))'
    check "answers" sh -c 'dag-query --load exact pairs.npy > answers.npy'
    check "codes" "$PYTHON" -c '
import numpy as np
with open("answers.npy", "rb") as file:
    relations, distances = (np.lib.format.read_array(file) for _ in range(2))
    assert file.read() == b""
assert relations.dtype == np.uint8 and relations.tolist() == [1, 2, 3, 0], relations
assert distances.dtype == np.float32 and distances[2] == 0 and distances[0] == distances[1]'
    check_output 'a,c,before' sh -c 'dag-query --load exact --relation-only -f csv pairs.npy |
        head -n 1'
    check_fails 65 'far.npy: row 0: no node 6 in the graph; expected one below 5' \
        dag-query --load exact far.npy
    check_fails 65 'flat.npy: expected integers of shape' dag-query --load exact flat.npy
fi

# Joined nodes are the same; models that are not exact say so.
printf 'a,b\nb,a\nb,c\n' | dag-spacetime -q --condense --steps 5 --model joined -o joined.csv
check_output 'a,b,same' sh -c 'echo a,b | dag-query --load joined --relation-only'
dag-spacetime -q --steps 5 --causality labels random.csv --model labels -o labels.csv
check "labels warn" sh -c 'echo 0,1 | dag-query --load labels 2>&1 >/dev/null |
    grep -q "no path is missed"'
check "labels tell their rate" sh -c 'echo 0,1 | dag-query --load labels 2>&1 >/dev/null |
    grep -q "each other [0-9.]* % are ([0-9]* pairs were checked)"'
check "labels are not exact" sh -c 'echo 0,1 | dag-query -q --load labels --report - -o answer |
    grep -q "\"exact\":[[:space:]]*0"'

# Nodes that were never seen are placed by their features.
graph-make dag --nodes 30 --probability 0.3 --weight sqrt --coordinates points.csv > weighted.csv
(cat points.csv && echo new,0.5,0.5) > more.csv
dag-spacetime -q --steps 20 --causality edges --features points.csv weighted.csv --model seen \
    -o seen.csv
check "unseen" sh -c 'echo new,3 | dag-query -q --load seen --features more.csv | grep -q "^new,3,"'
check "unseen are guesses" sh -c 'echo new,3 |
    dag-query --load seen --features more.csv 2>&1 >/dev/null |
    grep -q "it has not seen the model only guesses"'
check_fails 65 "no node 'new'" sh -c 'echo new,3 | dag-query -q --load seen'
check_fails 64 'no encoder' sh -c 'echo a,b | dag-query --load exact --features more.csv'

# What is wrong with input and models.
check_fails 65 "standard input:2: no node 'x' in the graph; expected one" \
    sh -c 'printf "a,b\na,x\n" | dag-query --load exact'
check_fails 65 'one field' sh -c 'echo a | dag-query --load exact'
check_fails 66 'nowhere' sh -c 'echo a,b | dag-query --load nowhere'
check_fails 64 'expected --load MODEL' dag-query edges.csv
graph-embed -q --steps 2 edges.csv --model other -o other.csv
check_fails 65 'other: not a model of dag-spacetime' dag-query --load other edges.csv
check_fails 65 'edges.csv' dag-query --load edges.csv edges.csv
head -c 2000 exact > cut
check_fails 65 'cut' dag-query --load cut edges.csv

check_fails 64 'are both standard input' sh -c 'echo a,b | dag-query --load -'
check_fails 64 'are the same file' dag-query --load exact --report x -o x edges.csv
check_fails 64 'not one of csv, npy' dag-query --load exact -f json edges.csv
gzip -c exact > exact.gz
check_output a,b,before sh -c 'echo a,b | dag-query --load exact.gz --relation-only'
(cat exact && echo) > long
check_fails 65 'long: bytes follow' dag-query --load long edges.csv

run_examples dag-query
finish
