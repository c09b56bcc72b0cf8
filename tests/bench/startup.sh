# How long every program takes to start (the median of --help) and how large it is without symbols.
# Wanted: less than 10 ms and less than 2 MB each.
. "$srcdir/tests/pipeline/lib.sh"
runs=${BENCH_RUNS:-21}

median_milliseconds() {
    i=0
    while [ "$i" -lt "$runs" ]; do
        began=$(date +%s%N)
        "$@" > /dev/null
        ended=$(date +%s%N)
        echo $(((ended - began) / 1000))
        i=$((i + 1))
    done | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] / 1000 }'
}

printf '%-20s %12s %14s\n' program 'start, ms' 'stripped, KB' >&3
for program in $PROGRAMS; do
    program=${program##*/}
    strip -o stripped "$builddir/bin/$program"
    printf '%-20s %12s %14s\n' "$program" "$(median_milliseconds "$program" --help)" \
        $(($(wc -c < stripped) / 1024)) >&3
done
