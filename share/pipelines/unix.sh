# The genealogy of the Unix systems: drawn in time, and counted by family.
set -eu
: "${TESSERAE_DATA:?must name the folder of unix.csv}"
tensor-plot --kind graph --directed --x year --color family --edges "$TESSERAE_DATA/unix.csv" \
    "$TESSERAE_DATA/unix-nodes.csv" --width 1600 --height 1000 \
    --title "The genealogy of the Unix systems" -o unix.png
tensor-plot --kind histogram --x year "$TESSERAE_DATA/unix-nodes.csv" \
    --title "New Unix systems" --ylabel systems -o unix-years.png
echo family,systems
tail -n +2 "$TESSERAE_DATA/unix-nodes.csv" | cut -d, -f3 | sort | uniq -c | sort -rn |
    sed 's/^ *\([0-9]*\) \(.*\)/\2,\1/'
