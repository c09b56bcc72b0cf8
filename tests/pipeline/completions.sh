# bash completion: loads under the name of a program, and completes options, values and kinds.
. "$srcdir/tests/pipeline/lib.sh"
command -v bash > /dev/null || skip "there is no bash"

# complete_line WORD...: what bash would offer for the last of the words, one a line, sorted.
cat > complete_line.sh << 'EOF_BASH'
program=$1
. "$srcdir/share/completions/$program"
complete -p "$program" | grep -q -- '-F _tesserae' || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tesserae "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
EOF_BASH

offers() {
    expected=$1
    shift
    check_output "$expected" bash complete_line.sh "$@"
}

offers '--seed ' graph-make --see
offers 'watts-strogatz ' graph-make wa
offers 'csv npy ' graph-distance --format ''
offers 'csv idx json npy npz png ' tensor-convert --format ''
offers 'npy ' graph-distance -f n
offers 'npy ' graph-distance --format = n
offers 'heatmap histogram ' tensor-plot --kind h
offers 'hyperbolic ' graph-embed --geometry hy
offers 'distortion mse relative ' graph-embed --loss ''
offers 'matrix shortest-path weights ' graph-embed --target ''
offers 'auto curved flat random square ' graph-embed --start ''
offers 'constant cosine ' graph-embed --decay co
offers '' graph-distance --output nothing-of-this-name

for program in $PROGRAMS; do
    program=${program##*/}
    check "$program: options are offered" sh -c \
        'bash complete_line.sh "$1" --vers | grep -q -- --version' - "$program"
done
finish
