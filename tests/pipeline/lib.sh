# What the shell tests share. A test is a POSIX sh script that begins with
#
#   . "$srcdir/tests/pipeline/lib.sh"
#
# and ends with `finish`. It runs in a scratch directory of its own, which is removed at the end;
# the programs that were just built come first in PATH, and TESSERAE_DATA names share/data of the
# source tree, which may be read-only. Redirections around a check apply to the command checked:
#
#   check "a tree has 7 nodes" graph-make tree --nodes 7 > tree.csv
#   check_output 6 sh -c 'grep -c , tree.csv'
#   check_fails 66 'nowhere.csv: .*No such file' graph-stats nowhere.csv
#   run_examples graph-make
#   finish
set -u
LC_ALL=C
export LC_ALL

: "${srcdir:?must name the top of the source tree}"
srcdir=$(cd "$srcdir" && pwd)
builddir=$(cd "${builddir:-$srcdir}" && pwd)
case ":$PATH:" in
*":$builddir/bin:"*) ;;
*) PATH=$builddir/bin:$PATH ;;
esac
TESSERAE_DATA=$srcdir/share/data
PYTHON=$(command -v "${PYTHON:-python3}" || echo python3)
export srcdir builddir PATH TESSERAE_DATA PYTHON

# metric NAME [FILE]: a figure of a report (report.json); of repeated runs the mean.
metric() {
    tr -d '\n\t' < "${2:-report.json}" |
        sed -n "s/.*\"$1\":[{ ]*\(\"mean\":\)*\([^,}]*\).*/\2/p"
}

# at_least NAME LOW [FILE]: whether a figure is there and not below.
at_least() {
    awk -v found="$(metric "$1" "${3:-report.json}")" -v low="$2" \
        'BEGIN { exit !(found != "" && found >= low) }'
}

# Outcomes are counted in a file, so that checks inside pipelines and subshells count too.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/tesserae-test.XXXXXX") || exit 99
trap 'cd /; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$scratch/work" "$scratch/bin" && : > "$scratch/outcomes" && cd "$scratch/work" || exit 99
# Examples say python3, and mean the one that has numpy.
printf '#!/bin/sh\nexec "%s" "$@"\n' "$PYTHON" > "$scratch/bin/python3"
chmod +x "$scratch/bin/python3"
PATH=$scratch/bin:$PATH
exec 3>&1

say() {
    printf '%s\n' "$*" >&3
}

passed() {
    echo passed >> "$scratch/outcomes"
    say "ok: $*"
}

# failed NAME [FILE...]: the files' contents are shown.
failed() {
    echo failed >> "$scratch/outcomes"
    say "FAIL: $1"
    shift
    for shown in "$@"; do
        sed "s/^/    ${shown##*/}: /" "$shown" | head -n 40 >&3
    done
}

# pipeline 'A | B': runs shell text in which every command must succeed, pipes included. A command
# whose reader went away early (head) ends by SIGPIPE; that is no failure.
pipeline() {
    if command -v bash > /dev/null; then
        bash -E -o pipefail -c "trap 's=\$?; [ \$s -eq 141 ] || exit \$s' ERR
$1
s=\$?; [ \$s -eq 0 ] || [ \$s -eq 141 ]"
    else
        sh -e -c "$1"
    fi
}

# check NAME COMMAND...: the command must succeed.
check() {
    check_name=$1
    shift
    "$@" 2> "$scratch/stderr"
    check_code=$?
    if [ "$check_code" -eq 0 ]; then
        passed "$check_name"
    else
        failed "$check_name: exit code $check_code of: $*" "$scratch/stderr"
    fi
}

# wait_until TRIES COMMAND...: whether the command succeeds at one of the tries, 50 ms apart. A test
# that waits for something must say when it gives up.
wait_until() {
    wait_tries=$1
    shift
    until "$@" > /dev/null 2>&1; do
        wait_tries=$((wait_tries - 1))
        [ "$wait_tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# check_output EXPECTED COMMAND...: the command must succeed and print EXPECTED (a final newline
# does not count).
check_output() {
    expected=$1
    shift
    actual=$("$@" 2> "$scratch/stderr")
    check_code=$?
    if [ "$check_code" -eq 0 ] && [ "$actual" = "$expected" ]; then
        passed "$*"
    else
        printf '%s\n' "$expected" > "$scratch/expected"
        printf '%s\n' "$actual" > "$scratch/actual"
        failed "exit code $check_code, or other output, of: $*" \
            "$scratch/expected" "$scratch/actual" "$scratch/stderr"
    fi
}

# check_fails CODE REGEX COMMAND...: the command must exit with the code, print nothing on standard
# output, and one message on standard error that begins with "program: " and matches the extended
# regular expression. For a COMMAND such as sh -c, any of our programs may be the one that speaks.
check_fails() {
    expected=$1 pattern=$2
    shift 2
    "$@" > "$scratch/stdout" 2> "$scratch/stderr"
    check_code=$?
    speaker=${1##*/}
    [ -x "$builddir/bin/$speaker" ] || speaker='[a-z][a-z0-9-]*'
    if [ "$check_code" -ne "$expected" ]; then
        failed "exit code $check_code instead of $expected of: $*" "$scratch/stderr"
    elif [ -s "$scratch/stdout" ]; then
        failed "printed output though it failed: $*" "$scratch/stdout"
    elif ! head -n 1 "$scratch/stderr" | grep -q "^$speaker: "; then
        failed "the message does not begin with '$speaker: ': $*" "$scratch/stderr"
    elif ! grep -Eq -e "$pattern" "$scratch/stderr"; then
        failed "the message does not match '$pattern': $*" "$scratch/stderr"
    else
        passed "fails with $expected: $*"
    fi
}

# Whether python3 with numpy is there.
have_numpy() {
    "$PYTHON" -c 'import numpy' 2> /dev/null
}

# The commands between .EX and .EE in the EXAMPLES of a manual page, as shell text; a line that is
# a single form feed ends each block.
extract_examples() {
    awk '
        /^\.SH/ { examples = /EXAMPLES/ }
        examples && /^\.EE/ { print "\f"; block = 0 }
        block {
            gsub(/\\\(aq/, "\047"); gsub(/\\\(dq/, "\""); gsub(/\\-/, "-"); gsub(/\\&/, "")
            gsub(/\\\(ti/, "~"); gsub(/\\\(ha/, "^"); gsub(/\\\(ga/, "`"); gsub(/\\f[BIRP]/, "")
            gsub(/\\\(rs/, "\\"); gsub(/\\e/, "\\")
            print
        }
        examples && /^\.EX/ { block = 1 }
    ' "$1"
}

# run_examples PROGRAM: every example of man/PROGRAM.1 must run, in order, in one scratch folder.
# Those that call python3 are left out where numpy is missing. Pages of other sections are named
# with them: run_examples tesserae.7.
run_examples() {
    page=$srcdir/man/$1.1
    [ -f "$page" ] || page=$srcdir/man/$1
    mkdir -p "$scratch/examples"
    extract_examples "$page" |
        awk -v folder="$scratch/examples" '
            BEGIN { name = sprintf("%s/%02d", folder, ++n) }
            /^\f$/ { close(name); name = sprintf("%s/%02d", folder, ++n); next }
            { print > name }'
    mkdir -p examples "$scratch/path"
    ln -sf "$(command -v "$PYTHON")" "$scratch/path/python3" # what an example calls python3
    example_count=0
    for example in "$scratch/examples"/*; do
        [ -f "$example" ] || continue
        example_count=$((example_count + 1))
        text=$(cat "$example")
        if grep -q python3 "$example" && ! have_numpy; then
            say "left out, for want of numpy: $text"
            continue
        fi
        if (cd examples && PATH=$scratch/path:$PATH && pipeline "$text") \
            > "$scratch/stdout" 2> "$scratch/stderr" < /dev/null
        then
            passed "example of $1: $text"
        else
            failed "example of $1: $text" "$scratch/stderr" "$scratch/stdout"
        fi
    done
    rm -rf "$scratch/examples"
    [ "$example_count" -gt 0 ] || failed "no examples in $page"
}

# skip REASON: leaves the rest of the test out.
skip() {
    say "skipped: $*"
    ! grep -q failed "$scratch/outcomes" || finish
    exit 77
}

# finish: prints the counts and ends the test.
finish() {
    passes=$(grep -c passed "$scratch/outcomes")
    failures=$(grep -c failed "$scratch/outcomes")
    say "$passes passed, $failures failed"
    [ "$failures" -eq 0 ] && [ "$passes" -gt 0 ]
    exit
}
