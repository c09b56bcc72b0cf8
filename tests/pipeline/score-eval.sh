# score-eval: figures of samples against numpy, what they say of copies, bad input.
. "$srcdir/tests/pipeline/lib.sh"

awk 'BEGIN {
    print "x,y" > "train.csv"; print "x,y" > "test.csv"; print "x,y" > "far.csv"
    for (i = 0; i < 300; i++) {
        a = i * 2.39996; r = sqrt(i / 300)
        printf "%.5f,%.5f\n", r * cos(a), r * sin(a) > (i % 3 ? "train.csv" : "test.csv")
        if (i < 60) printf "%.5f,%.5f\n", 5 + r * cos(a), r * sin(a) > "far.csv"
    }
}'
# value METRIC: of metrics.csv.
value() {
    sed -n "s/^$1,//p" metrics.csv
}
check "copies" score-eval --reference test.csv --train train.csv train.csv -o metrics.csv
check_output 'metric,value' head -n 1 metrics.csv
check_output 0 value nearest_training_ratio
check_output 1 value memorised_share
check_output 1 value coverage
check "standard input" sh -c 'score-eval --reference test.csv --train train.csv < train.csv |
    cmp - metrics.csv'
check "one thread" sh -c 'score-eval --threads 1 --reference test.csv --train train.csv train.csv |
    cmp - metrics.csv'
check "what is far" score-eval --reference test.csv --train train.csv far.csv -o metrics.csv
check_output 0 value precision
check_output 0 value coverage
check "far from training" awk -F, '$1 == "nearest_training_ratio" { exit $2 < 10 }' metrics.csv
check "without training data" sh -c 'score-eval --reference test.csv far.csv |
    grep -c training | grep -qx 0'
check_output 11 sh -c 'score-eval -f json --reference test.csv --train train.csv far.csv |
    grep -c "\":"'
check "a report" score-eval --reference test.csv far.csv --report report.json -o metrics.csv
check "a report has the distance" grep -q '"kernel_distance"' report.json

if have_numpy; then
    score-sample --data train.csv --sigma 0.1 --count 150 -o samples.csv
    score-eval --reference test.csv --train train.csv --neighbors 4 samples.csv -o metrics.csv
    check "numpy agrees" "$PYTHON" - << 'PYTHON'
import csv, numpy
read = lambda name: numpy.loadtxt(name, delimiter=",", skiprows=1)
x, y, train, k = read("samples.csv"), read("test.csv"), read("train.csv"), 4
found = {name: float(value) for name, value in list(csv.reader(open("metrics.csv")))[1:]}
distance = lambda a, b: numpy.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))
def discrepancy(kernel):
    off = lambda a: (kernel(a, a).sum() - numpy.trace(kernel(a, a))) / len(a) / (len(a) - 1)
    return off(x) + off(y) - 2 * kernel(x, y).mean()
radius = lambda a: numpy.sort(distance(a, a), axis=1)[:, k]
pairs = distance(y, y)[numpy.triu_indices(len(y), 1)]
h = numpy.median(pairs)
within = distance(y, x) <= radius(y)[:, None] * (1 + 1e-6)
nearest = numpy.sort(distance(x, train), axis=1)
reference = numpy.sort(distance(y, train), axis=1)[:, 0]
expected = {
    "kernel_distance": discrepancy(lambda a, b: (a @ b.T / 2 + 1) ** 3),
    "rbf_kernel_distance": discrepancy(lambda a, b: numpy.exp(-distance(a, b) ** 2 / (2 * h * h))),
    "rbf_bandwidth": h,
    "precision": within.any(0).mean(),
    "recall": (distance(x, y) <= radius(x)[:, None] * (1 + 1e-6)).any(0).mean(),
    "density": within.sum() / (k * len(x)),
    "coverage": within.any(1).mean(),
    "nearest_training_distance": numpy.median(nearest[:, 0]),
    "reference_training_distance": numpy.median(reference),
    "nearest_training_ratio": numpy.median(nearest[:, 0]) / numpy.median(reference),
    "memorised_share": (3 * nearest[:, 0] < nearest[:, 1]).mean(),
}
assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
for name in expected:
    assert abs(found[name] - expected[name]) < 1e-5, (name, found[name], expected[name])
PYTHON
fi

check_fails 64 '\-\-reference is missing' score-eval train.csv
check_fails 65 'standard input: 1 records; expected at least 6' sh -c \
    'printf "1,2\n" | score-eval --reference test.csv'
check_fails 64 "neighbors: '0'" score-eval --neighbors 0 --reference test.csv train.csv
check_fails 64 'both standard input' score-eval --reference - < test.csv
printf '1,2,3\n' > wide.csv
printf '1,2\n3,4\n' > two.csv
check_fails 65 'two.csv: 2 records; expected at least 6' score-eval --reference test.csv two.csv
check_fails 65 'two.csv: 2 records; expected at least 6' score-eval --reference two.csv test.csv
check_fails 65 'wide.csv: records of 3 numbers; expected 2' score-eval --reference wide.csv test.csv
check_fails 65 'one.csv: 1 records; expected at least 2' \
    sh -c 'echo 1,2 > one.csv; score-eval --reference test.csv --train one.csv train.csv'
check_fails 65 'standard input: empty' sh -c 'score-eval --reference test.csv < /dev/null'
check_fails 66 'nowhere.csv' score-eval --reference nowhere.csv test.csv
check_fails 73 'nowhere/m.csv' score-eval --reference test.csv -o nowhere/m.csv train.csv
[ ! -c /dev/full ] || check_fails 74 'cannot write' \
    sh -c 'score-eval --reference test.csv train.csv > /dev/full'

run_examples score-eval
finish
