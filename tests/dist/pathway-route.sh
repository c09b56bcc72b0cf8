# Trees and cells that several ranks make together are those of one process, byte for byte.
. "$srcdir/tests/pipeline/lib.sh"

[ "${WITH_MPI-}" = yes ] || skip "configured without MPI (--with-mpi)"
command -v mpirun > /dev/null || skip "there is no mpirun"
mpirun --version | grep -q 'Open MPI' && set -- --allow-run-as-root --oversubscribe || set --

awk 'BEGIN { srand(1); print "a,b,y,kind"
    for (i = 0; i < 20000; i++) { a = rand() * 4 - 2; b = rand() * rand() * 4 - 2
        kind = a > 0 ? "east" : "west"
        printf "%.4f,%.4f,%.4f,%s\n", a, b, a * b, kind } }' > rows.csv

plain="--leaves 12 --branching 4 --target y --inputs a,b --halo 0.1 --passes 2"
balanced="--leaves 10 --balance 1.2 --supervision 1 --task classification"
balanced="$balanced --target kind --inputs a,b"
for options in "$plain" "$balanced"; do
    rm -rf one
    check "one process: $options" pathway-route $options --out one rows.csv
    for count in 2 3; do
        rm -rf several
        check "$count ranks: $options" mpirun "$@" -n "$count" pathway-route $options --threads 1 \
            --out several rows.csv
        check "the same bytes from $count ranks: $options" diff -r one several
    done
done
rm -rf several
check "a stream" sh -c 'cat rows.csv | mpirun "$@" -n 2 pathway-route --leaves 10 --balance 1.2 \
    --supervision 1 --task classification --target kind --inputs a,b --threads 1 --out several' - \
    "$@"
check "the same bytes of a stream" diff -r one several
check "ranks need a folder" sh -c 'mpirun "$@" -n 2 pathway-route --leaves 3 rows.csv 2>&1 |
    grep -q "expected --out"' - "$@"
check "bad data end all ranks" sh -c '! mpirun "$@" -n 2 pathway-route --target kind --out bad \
    rows.csv 2> said &&
    grep -q "is no number" said && ! ls -d bad* 2> /dev/null' - "$@"
finish
