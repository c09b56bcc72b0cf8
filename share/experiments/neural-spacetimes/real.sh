# real.sh FILE condense|break-cycles SEED [NAME]: one row of figures of a graph in exact order.
set -eu
here=$(dirname "$0")
name=${4-$(basename "$(dirname "$1")")/$(basename "$1" .csv)}
grep -Ev '^([^,]*),\1$' "$1" |
    dag-spacetime --quiet --threads 1 --steps "${STEPS:-3000}" --seed "$3" "--$2" --report - \
        -o /dev/null |
    awk -v label="$name $2" -f "$here/report.awk"
