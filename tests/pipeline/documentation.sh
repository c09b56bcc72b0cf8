# What is said of the programs: every program has a manual page with its sections and all of its
# options, and stands in tesserae(7), README and the fault injection; the same goes for --help and
# --version of each.
. "$srcdir/tests/pipeline/lib.sh"

[ -n "${PROGRAMS-}" ] || skip "there are no programs"

# Roff's escapes undone, for grep.
plain() {
    sed 's/\\-/-/g; s/\\f[BIRP]//g; s/\\(aq/'\''/g' "$1"
}

has_sections() {
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        grep -Eq "^\.SH \"?$section\"?$" "$1" || {
            echo "$1 has no section $section" >&2
            return 1
        }
    done
}

has_options() {
    "$1" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+).*/\2/p' | sort -u > options
    [ -s options ] || return 1
    plain "$2" > page
    missing=0
    while read -r option; do
        case $option in
        --help | --usage | --version | --quiet | --verbose) continue ;; # tesserae(7) has them
        esac
        grep -q -e "$option" page || {
            echo "$2 does not describe $option" >&2
            missing=1
        }
    done < options
    return "$missing"
}

# Options that a page describes but the program does not have.
has_no_other_options() {
    sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$2" > page
    plain page | sed -nE '/^\.(TP|TQ|B|BR|BI|PP)/s/^\.(B|BR|BI) (.*)/\2/p' |
        grep -oE -e '--[a-z][a-z0-9-]+' | sort -u > described
    "$1" --help > help
    other=0
    while read -r option; do
        grep -q -e "$option" help || {
            echo "$2 describes $option, which $1 does not have" >&2
            other=1
        }
    done < described
    return "$other"
}

for program in $PROGRAMS; do
    program=${program##*/}
    page=$srcdir/man/$program.1
    check "$program has a manual page" test -s "$page"
    [ -s "$page" ] || continue
    check "$program(1) has its sections" has_sections "$page"
    check "$program(1) describes the options" has_options "$program" "$page"
    check "$program(1) describes no others" has_no_other_options "$program" "$page"
    check "tesserae(7) names $program" grep -q "$(echo "$program" | sed 's/-/.*-/')" \
        "$srcdir/man/tesserae.7"
    check "README names $program" grep -q "$program" "$srcdir/README"
    check "fault injection has a job for $program" grep -q "^$program " \
        "$srcdir/tests/fault/jobs.sh"
    check "$program has a pipeline test" test -s "$srcdir/tests/pipeline/$program.sh"
    check "$program --version" sh -c '"$1" --version | grep -q "^$1 (tesserae) [0-9]"' - "$program"
    check "$program -h" sh -c '"$1" -h | grep -q "^Usage: $1 "' - "$program"
    check_fails 64 'unrecognized option' "$program" --no-such-option
    check "pages are free of roff errors" sh -c '
        ! command -v groff > /dev/null || ! groff -man -ww -Tutf8 "$1" 2>&1 > /dev/null | grep .
    ' - "$page"
done
run_examples tesserae.7

# The commands of README ("    $ ...") run as written, from the top of the source tree.
ln -s "$srcdir/share" share
sed -n 's/^    \$ //p' "$srcdir/README" > commands
check "README has pipelines" test -s commands
while IFS= read -r command; do
    check "README: $command" pipeline "$command" > printed < /dev/null
done < commands
check "README's picture is drawn" test -s karate.png
finish
