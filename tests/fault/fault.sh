# Fault injection: every allocation and every step of writing fails in turn, in a small real job of
# every program. Whatever fails, the program must end with the exit code for it and leave nothing
# behind; or, where a library can do without what it asked for, produce the same bytes as ever.
#
# FAULT_LIMIT (default 120) is about how many allocations of a job are made to fail: the first
# hundred, and the rest at regular distances.
. "$srcdir/tests/pipeline/lib.sh"

[ "${SANITIZERS-}" != yes ] || skip "sanitizers bring an allocator of their own"
shim=$builddir/tests/fault/fail_nth.so
[ -f "$shim" ] || skip "fail_nth.so was not built"
OMP_NUM_THREADS=1
OPENBLAS_NUM_THREADS=1
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS
limit=${FAULT_LIMIT:-120}

inputs=$PWD/inputs
. "$srcdir/tests/fault/jobs.sh"

# attempt VARIABLE=VALUE: runs $job in the empty folder `job` with the fault; sets code and message.
# Messages come by a pipe, which has no limit of size.
attempt() {
    rm -rf job && mkdir job
    message=$(cd job && sh -c "exec env LD_PRELOAD='$shim' $1 $job" 2>&1 > /dev/null < /dev/null)
    code=$?
}

# Whether every file that the last attempt left is complete: the reference has the same one.
left_complete_files() {
    for file in $(ls -A job); do
        cmp -s "job/$file" "reference/$file" || return 1
    done
}

# Whether the last attempt ended as it may: with one of the given codes and a message, or with
# success and all files; in both cases, with no file that is not complete.
ended_well() {
    case " $* " in
    *" $code "*) left_complete_files && [ "${message#"$program: "}" != "$message" ] ;;
    *) [ "$code" -eq 0 ] && [ "$(ls -A job)" = "$(ls -A reference)" ] && left_complete_files ;;
    esac
}

# inject KIND COUNT CODE...: fails calls 1 to COUNT of a kind, one in each run.
inject() {
    kind=$1 count=$2
    shift 2
    n=1 faults=0 bad=0 failures_seen=0
    stride=$(((count - 100) / (limit > 100 ? limit - 100 : 1) + 1))
    while [ "$n" -le "$count" ]; do
        attempt "$kind=$n"
        faults=$((faults + 1))
        [ "$code" -eq 0 ] || failures_seen=$((failures_seen + 1))
        if ! ended_well "$@"; then
            bad=$((bad + 1))
            [ "$bad" -gt 3 ] ||
                say "    $kind=$n: exit code $code, left: $(ls -A job | tr '\n' ' ')," \
                    "said: $message"
        fi
        n=$((n < 100 || stride < 1 ? n + 1 : n + stride))
    done
    if [ "$bad" -eq 0 ] && [ "$failures_seen" -gt 0 ]; then
        passed "$kind, $faults of $count: $job"
    else
        failed "$kind, $bad of $faults runs ended badly ($failures_seen noticed): $job"
    fi
}

# Every limit on the size of the output is a disk that is full at that byte.
inject_full_disk() {
    bytes=$(wc -c < "reference/$output")
    bad=0
    for n in 0 1 $((bytes / 2)) $((bytes - 1)); do
        [ "$n" -lt "$bytes" ] || continue
        attempt "FAIL_BYTES=$n"
        if ! ended_well 73 74 || [ "$code" -eq 0 ]; then
            bad=$((bad + 1))
            say "    FAIL_BYTES=$n: exit code $code, left: $(ls -A job | tr '\n' ' ')," \
                "said: $message"
        fi
    done
    if [ "$bad" -eq 0 ]; then
        passed "full disk: $job"
    else
        failed "full disk, $bad runs ended badly: $job"
    fi
}

# The same job, printing to a device that is full.
print_to_full_device() {
    check_fails 74 'No space left on device' sh -c "${job% -o *} > /dev/full"
}

run_job() {
    program=${job%% *}
    output=${job##* }
    [ "$output" != . ] || output=features.npy # the last of several files in a folder
    if ! command -v "$program" > /dev/null; then
        failed "$program is not there: $job"
        return
    fi
    attempt "FAIL_COUNT=$scratch/counts"
    if [ "$code" -ne 0 ] || [ ! -s "job/$output" ]; then
        failed "does not even run without a fault (exit code $code, $message): $job"
        return
    fi
    rm -rf reference && mv job reference
    read -r allocations syncs < "$scratch/counts"
    inject FAIL_ALLOCATION "$allocations" 71
    inject FAIL_SYNC "$syncs" 73 74
    inject_full_disk
    case $job in *' -o '*) print_to_full_device ;; esac
}

make_inputs
list_jobs > "$scratch/jobs"
[ -s "$scratch/jobs" ] || skip "there are no jobs"
while read -r job <&4; do
    run_job
done 4< "$scratch/jobs"

for program in ${PROGRAMS-}; do
    program=${program##*/}
    grep -q "^$program " "$scratch/jobs" || failed "tests/fault/jobs.sh has no job for $program"
done
finish
