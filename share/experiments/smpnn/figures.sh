# figures.sh REPORT NAME...: metrics of a report of graph-classify, on one line separated by commas;
# of repeated runs mean and deviation. What is not there is empty.
set -eu
report=$(tr -d '\n\t' < "$1")
shift
line=
for name in "$@"; do
    value=$(printf '%s' "$report" | sed -nE "s/.*\"$name\":(\{[^}]*\}|[^,}]*).*/\1/p")
    mean=$(printf '%s' "$value" | sed -nE 's/.*"mean":([^,}]*).*/\1/p')
    std=$(printf '%s' "$value" | sed -nE 's/.*"std":([^,}]*).*/\1/p')
    line="$line,${mean:-$value},${std:-}"
done
echo "${line#,}"
