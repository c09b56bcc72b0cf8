# What is said of the programs: every program has a manual page with its sections in their
# order and all of its options, which completion offers too, and stands in tesserae(7), README
# and the fault injection; the same goes for --help and --version of each. Pages name each
# other in both directions.
. "$srcdir/tests/pipeline/lib.sh"

[ -n "${PROGRAMS-}" ] || skip "there are no programs"

# Roff's escapes undone, for grep.
plain() {
    sed 's/\\-/-/g; s/\\f[BIRP]//g; s/\\(aq/'\''/g' "$1"
}

# Those that all pages have, in order; others may stand between them.
has_sections() {
    sed -nE 's/^\.SH "?([^"]*)"?$/\1/p' "$1" |
        grep -xE 'NAME|SYNOPSIS|DESCRIPTION|OPTIONS|EXIT STATUS|EXAMPLES|SEE ALSO' > sections
    printf '%s\n' NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO' |
        diff sections - >&2
}

long_options() {
    "$1" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+).*/\2/p' | sort -u
}

has_options() {
    long_options "$1" > options
    [ -s options ] || return 1
    plain "$2" > page
    missing=0
    while read -r option; do
        grep -qE -e "$option([^a-z0-9-]|$)" page || {
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

# What bash offers after "program --" is what --help has.
completes_options() {
    cat > complete.sh << 'EOF_BASH'
. "$srcdir/share/completions/$1"
COMP_WORDS=("$1" --)
COMP_CWORD=1
_tesserae "$1" -- "$1"
printf '%s\n' "${COMPREPLY[@]}" | sort -u
EOF_BASH
    long_options "$1" > options
    bash complete.sh "$1" | diff options - >&2
}

# name(section) of every page that a page names under SEE ALSO.
see_also() {
    sed -n '/^\.SH SEE ALSO/,$p' "$1" | sed -nE 's/^\.BR ([^ ]+) \(([157])\),?$/\1.\2/p' |
        sed 's/\\-/-/g'
}

# Each page of ours that a page names must be there and name it in turn; tesserae(7) has its list.
is_seen_in_turn() {
    name=${1##*/}
    see_also "$1" | while read -r other; do
        case $other in
        tesserae.7 | make.1 | parallel.1 | gzip.1 | datamash.1 | jq.1) continue ;;
        esac
        see_also "$srcdir/man/$other" | grep -qx "$name" || {
            echo "$other does not name $name" >&2
            exit 1
        }
    done
}

for page in "$srcdir"/man/*.[15]; do
    check "$page and those it names name each other" is_seen_in_turn "$page"
    check "$page names tesserae(7)" sh -c 'sed -n "/SEE ALSO/,\$p" "$1" |
        grep -q "^.BR tesserae (7)"' - "$page"
done

for program in $PROGRAMS; do
    program=${program##*/}
    page=$srcdir/man/$program.1
    check "$program has a manual page" test -s "$page"
    [ -s "$page" ] || continue
    check "$program(1) has its sections" has_sections "$page"
    check "$program(1) describes the options" has_options "$program" "$page"
    check "$program(1) describes no others" has_no_other_options "$program" "$page"
    ! command -v bash > /dev/null ||
        check "completion offers the options of $program" completes_options "$program"
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

# The gallery: its pipelines are there, and draw the pictures that it names
# (make demo runs them all).
sed -n '/^## Gallery/,/^## How/p' "$srcdir/README" | grep '^|.*\.sh' > gallery
check "README has a gallery" test -s gallery
while IFS= read -r row; do
    for pipeline in $(echo "$row" | grep -o '[a-z-]*\.sh'); do
        check "$pipeline is there" test -s "$srcdir/share/pipelines/$pipeline"
    done
    for picture in $(echo "$row" | grep -o '[a-z0-9-]*\.png'); do
        check "$picture is drawn by one of its pipelines" sh -c 'for p in $2; do
            grep -qF -e "-o $1" "$3/$p" || grep -q -e "-o [\"]*${1%-*}-[\$]" "$3/$p" && exit
        done; exit 1' - "$picture" "$(echo "$row" | grep -o '[a-z-]*\.sh' | tr '\n' ' ')" \
            "$srcdir/share/pipelines"
    done
done < gallery
finish
