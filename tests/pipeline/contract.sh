# What every program promises (tesserae(7)), tried on the small jobs of the fault injection: the
# same bytes each time, from a file, from standard input, from gzip, and with the line ends of
# another system; the right exit codes for outputs and inputs that are not there; reports of one
# shape; and quiet when its reader has gone.
. "$srcdir/tests/pipeline/lib.sh"

inputs=$PWD/inputs
. "$srcdir/tests/fault/jobs.sh"

# run WORDS...: a command as shell text, in a fresh folder; its files stay in job/.
run() {
    rm -rf job && mkdir job && (cd job && sh -c "$*")
}

same_bytes() {
    run "$@" && cmp "job/$output" reference
}

# Ends by the reader's going, or before it noticed; says nothing.
is_quiet_without_reader() {
    { (sh -c "exec $command" 2> "$scratch/said"; echo $? > "$scratch/code"); } | true
    [ ! -s "$scratch/said" ] || { cat "$scratch/said" >&2; return 1; }
    case $(cat "$scratch/code") in 0 | 141) ;; *) return 1 ;; esac
}

# An empty input is either fine or bad data; bad data are told in one message, and print nothing.
copes_with_empty_input() {
    "$@" > "$scratch/stdout" 2> "$scratch/said"
    case $? in
    0) ;;
    65) [ ! -s "$scratch/stdout" ] && grep -q "^$program: " "$scratch/said" ;;
    *) cat "$scratch/said" >&2; return 1 ;;
    esac
}

# A report has the same members in every program, and names in snake_case; what is read is "input".
has_shape() {
    check_output 'program version options seed metrics time memory ' \
        sh -c "sed -n 's/^\t\"\([^\"]*\)\":.*/\1/p' job/report.json | tr '\n' ' '"
    check "named: $job" grep -q "^.\"program\":.\"$program\",$" job/report.json
    check "threads: $job" grep -q '^..\"threads\":.[1-9]' job/report.json
    check "times and memory: $job" test \
        "$(grep -cE '"(wall_s|cpu_s|peak_bytes)":' job/report.json)" = 3
    check "names in snake_case: $job" sh -c '! sed -n "/^.\"options\"/,/^.\"seed\"/p" \
        job/report.json |
        grep -E "^..\"[a-z0-9_]*[^a-z0-9_\"]"'
    case "$command " in
    score-sample*) ;; # its steps are those of a flow
    *" --load "* | *" --compare "*) ;;
    *" --steps "*)
        check "training: $job" test "$(
            grep -cE '^..\"(parameters|steps|best_step|seconds_per_step)\"' job/report.json)" -ge 4
        ;;
    esac
    case ${command##* } in
    "$inputs"/*) check "input: $job" grep -q "^..\"input\":.\"${command##* }\"" job/report.json ;;
    esac
}

try_report() {
    "$program" --help | grep -q -e ' --report=' || return
    check "reported: $job" run "$job --report report.json"
    has_shape
}

try_inputs() {
    file=${command##* }
    without=${command% *}
    case $file in "$inputs"/*) ;; *) return ;; esac
    gzip -c "$file" > "$scratch/input.gz"
    check "from '-': $job" same_bytes "$without - -o $output < $file"
    check "from a pipe: $job" same_bytes "cat $file | $without -o $output"
    check "from gzip: $job" same_bytes "$without $scratch/input.gz -o $output"
    case $program:$file in
    pathway-fit:*) ;; # a leaf has the hash of the very bytes of its cell
    *.csv)
        sed "s/\$/$(printf '\r')/" "$file" > "$scratch/crlf.csv"
        check "lines end in CR LF: $job" same_bytes "$without - -o $output < $scratch/crlf.csv"
        ;;
    esac
    check_fails 66 'No such file' run "$without nowhere.csv -o $output"
    check_fails 66 'is a folder' run "$without $inputs -o $output"
    check "nothing was left: $job" test ! -e "job/$output"
    check "empty input: $job" copes_with_empty_input sh -c "$without /dev/null -o $output"
}

try_job() {
    program=${job%% *}
    output=${job##* }
    command=${job% -o *}
    check "$job" run "$job"
    mv "job/$output" reference
    check "the same bytes again: $job" same_bytes "$job"
    case $output in
    *.*) ;; # the ending chooses the format
    *) check "the same bytes on standard output: $job" same_bytes "$command > $output" ;;
    esac
    check_fails 73 'no-such-folder.*No such file' run "$command -o no-such-folder/$output"
    check_fails 74 'standard output: cannot write' run "$command >&-"
    check "without a reader: $command" is_quiet_without_reader
    try_report
    try_inputs
}

make_inputs
list_jobs > "$scratch/jobs"
while read -r job <&4; do
    case $job in *" -o "*) try_job ;; esac # the others write a folder
done 4< "$scratch/jobs"
finish
